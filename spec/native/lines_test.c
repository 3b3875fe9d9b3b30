/*
 * Keys that move between the lines of the table, and decide which there are and in what order.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "app/viewer_state.h"
#include "viewer_asserts.h"

static int open_shop(void **state)
{
	return shop_enter(state, 80, 16, false);
}

static void test_moving_by_lines(void **state)
{
	struct shop_viewer *shop = *state;

	assert_selected(shop, "Hash");
	press(shop, INPUT_KEY_DOWN);
	assert_selected(shop, "Shop::Session");
	press(shop, 'j');
	assert_selected(shop, "String");
	press(shop, 'k');
	press(shop, INPUT_KEY_UP);
	press(shop, INPUT_KEY_UP);
	assert_selected(shop, "Hash");
}

static void test_moving_by_screens_and_to_the_ends(void **state)
{
	struct shop_viewer *shop = *state;

	assert_true(grid_resize(&shop->grid, 80, 8));
	viewer_draw(shop->viewer, &shop->grid);
	press(shop, INPUT_KEY_PAGE_DOWN);
	assert_selected(shop, "Shop::Product");
	press(shop, INPUT_KEY_PAGE_DOWN);
	assert_not_shown(shop, "Hash");
	press(shop, INPUT_KEY_PAGE_UP);
	assert_selected(shop, "Shop::Product");
	press(shop, INPUT_KEY_END);
	assert_selected(shop, "Shop::Basket");
	press(shop, INPUT_KEY_DOWN);
	assert_selected(shop, "Shop::Basket");
	press(shop, INPUT_KEY_HOME);
	assert_selected(shop, "Hash");
}

static void test_the_selection_stays_with_its_class(void **state)
{
	struct shop_viewer *shop = *state;

	press(shop, INPUT_KEY_DOWN);
	press(shop, INPUT_KEY_DOWN);
	assert_selected(shop, "String");
	shop_press(shop, "1");
	assert_shown(shop, "1 of 9");
	assert_selected(shop, "String");
	shop_press(shop, "I");
	assert_shown(shop, "9 of 9");
	assert_selected(shop, "String");
	shop_second(shop, true);
	assert_selected(shop, "String");
}

static void test_at_first_and_after_home_the_selection_stays_on_the_first_line(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "1");
	assert_selected(shop, "String");
	shop_press(shop, "jj5");
	assert_selected(shop, "Hash");
	press(shop, INPUT_KEY_HOME);
	shop_press(shop, "5");
	assert_selected(shop, "�[31mred�[0m");
	shop_press(shop, "1");
	assert_selected(shop, "String");
}

static void test_a_selection_scrolled_to_is_seen_after_a_resize(void **state)
{
	struct shop_viewer *shop = *state;

	press(shop, INPUT_KEY_END);
	assert_true(grid_resize(&shop->grid, 40, 6));
	assert_selected(shop, "Shop::Basket");
	assert_true(grid_resize(&shop->grid, 1, 1));
	assert_string_equal(shop_screen(shop), "m\n");
	press(shop, INPUT_KEY_UP);
	assert_true(grid_resize(&shop->grid, 80, 40));
	assert_selected(shop, "Proc");
	assert_shown(shop, "Hash");
}

static void test_sorting_by_digit(void **state)
{
	static const struct {
		const char *key, *title, *first;
	} sorts[] = {
	    {"1", "RETAINED▾", "String"}, {"2", "GROWTH/s▾", "Hash"}, {"3", "LIVE▾", "String"},
	    {"4", "ALLOC/s▾", "String"},  {"5", "CLASS▾", "�[0m"},
	};
	struct shop_viewer *shop = *state;

	assert_true(grid_resize(&shop->grid, 120, 16));
	for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++) {
		shop_press(shop, sorts[i].key);
		assert_shown(shop, sorts[i].title);
		assert_selected(shop, sorts[i].first);
	}
	shop_press(shop, "6");
	assert_shown(shop, "there is no mark to compare with: b sets one");
	shop_press(shop, "b6");
	assert_shown(shop, "Δ 0 s▾");
}

static void test_sorting_by_the_neighbour(void **state)
{
	static const char *const titles[] = {"LIVE▾", "ALLOC/s▾", "CLASS▾", "RETAINED▾", "GROWTH/s▾"};
	struct shop_viewer *shop = *state;

	assert_true(grid_resize(&shop->grid, 120, 16));
	for (size_t i = 0; i < 5; i++) {
		shop_press(shop, ">");
		assert_shown(shop, titles[i]);
	}
	for (size_t i = 5; i-- > 1;) {
		shop_press(shop, "<");
		assert_shown(shop, titles[i - 1]);
	}
}

static void test_turning_the_order_round(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "I");
	assert_shown(shop, "GROWTH/s▴");
	assert_selected(shop, "Shop::Basket");
	shop_press(shop, "I");
	assert_selected(shop, "Hash");
	shop_press(shop, "I1");
	assert_shown(shop, "RETAINED▾");
}

static void test_sorting_as_the_options_say(void **state)
{
	struct viewer_options options = {.interval = 1, .sort = "class"};
	struct viewer *viewer = viewer_new(&options);

	assert_string_equal(viewer->table.sort->key, "class");
	viewer_free(viewer);
	options.sort = "trend";
	viewer = viewer_new(&options);
	assert_string_equal(viewer->table.sort->key, "growth");
	viewer_free(viewer);
}

static void test_a_filter_works_while_it_is_typed(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "/sess");
	assert_shown(shop, "filter: sess");
	assert_shown(shop, "\"sess\"  1 of 1");
	assert_selected(shop, "Shop::Session");
	shop_press(shop, "\b\b\b");
	assert_shown(shop, "Shop::Product");
	shop_press(shop, "q p\177\177\177");
	assert_not_shown(shop, "paused");
	assert_shown(shop, "\"s\"");
}

static void test_a_filter_stays_with_enter_and_goes_with_escape(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "/Hash\r");
	assert_shown(shop, "\"Hash\"  1 of 1");
	assert_shown(shop, "Esc clear the filter");
	assert_not_shown(shop, "filter: Hash");
	shop_second(shop, true);
	assert_not_shown(shop, "Shop::Session");
	shop_press(shop, "\033");
	assert_shown(shop, "Shop::Session");
	shop_press(shop, "/Hash\033");
	assert_shown(shop, "1 of 9");
	press(shop, INPUT_KEY_F1 + 3);
	assert_shown(shop, "filter:");
}

static void test_a_filter_of_many_characters(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "/größe");
	assert_shown(shop, "1 of 1");
	shop_press(shop, "\177\177\177\177");
	assert_shown(shop, "\"g\"");
	for (unsigned i = 0; i < 1000; i++)
		shop_press(shop, "ü");
	assert_shown(shop, "no class has \"gü");
	for (unsigned i = 0; i < 1000; i++)
		press(shop, INPUT_KEY_BACKSPACE);
	assert_shown(shop, "1 of 9");
}

static void test_the_selection_moves_while_a_filter_is_typed(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "/shop");
	press(shop, INPUT_KEY_DOWN);
	assert_selected(shop, "Shop::Product");
	shop_press(shop, "\033");
	assert_selected(shop, "Shop::Product");
}

static void test_internal_objects(void **state)
{
	struct shop_viewer *shop = *state;

	assert_not_shown(shop, "(internal T_DATA)");
	shop_press(shop, "a");
	assert_shown(shop, "(internal T_DATA)");
	shop_press(shop, "a");
	assert_not_shown(shop, "(internal T_DATA)");
}

#define SHOP_TEST(test) cmocka_unit_test_setup_teardown(test, open_shop, shop_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SHOP_TEST(test_moving_by_lines),
	    SHOP_TEST(test_moving_by_screens_and_to_the_ends),
	    SHOP_TEST(test_the_selection_stays_with_its_class),
	    SHOP_TEST(test_at_first_and_after_home_the_selection_stays_on_the_first_line),
	    SHOP_TEST(test_a_selection_scrolled_to_is_seen_after_a_resize),
	    SHOP_TEST(test_sorting_by_digit),
	    SHOP_TEST(test_sorting_by_the_neighbour),
	    SHOP_TEST(test_turning_the_order_round),
	    cmocka_unit_test(test_sorting_as_the_options_say),
	    SHOP_TEST(test_a_filter_works_while_it_is_typed),
	    SHOP_TEST(test_a_filter_stays_with_enter_and_goes_with_escape),
	    SHOP_TEST(test_a_filter_of_many_characters),
	    SHOP_TEST(test_the_selection_moves_while_a_filter_is_typed),
	    SHOP_TEST(test_internal_objects),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
