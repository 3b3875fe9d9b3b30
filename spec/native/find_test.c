/*
 * Searching for lines: as the text is typed, from match to match, round the ends.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "app/viewer_state.h"
#include "viewer_asserts.h"

#define KEY_F3 (INPUT_KEY_F1 + 2)

static int open_shop(void **state)
{
	return shop_enter(state, 120, 24, true);
}

static void test_the_selection_goes_to_a_match_while_it_is_typed(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "\\s");
	assert_shown(shop, "search: s");
	assert_selected(shop, "Hash");
	shop_press(shop, "t");
	assert_selected(shop, "String");
	shop_press(shop, "X");
	assert_shown(shop, "no line has \"stX\"");
	assert_selected(shop, "Hash");
	press(shop, INPUT_KEY_BACKSPACE);
	assert_selected(shop, "String");
	press(shop, INPUT_KEY_ENTER);
	assert_selected(shop, "String");
	/* All lines are still there. */
	assert_shown(shop, "3 of 9");
	shop_second(shop, true);
	assert_selected(shop, "String");
}

static void test_leaving_a_search_goes_back(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "j\\bask");
	assert_selected(shop, "Shop::Basket");
	shop_second(shop, true);
	press(shop, INPUT_KEY_ESCAPE);
	assert_selected(shop, "Shop::Session");
	assert_not_shown(shop, "search");
	press(shop, INPUT_KEY_HOME);
	shop_press(shop, "\\bask\033");
	shop_press(shop, "1");
	assert_selected(shop, "String");
}

static void test_from_match_to_match(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "\\shop::\r");
	assert_selected(shop, "Shop::Session");
	assert_shown(shop, "n N next match");
	shop_press(shop, "n");
	assert_selected(shop, "Shop::Product");
	press(shop, KEY_F3);
	assert_selected(shop, "ReferenceRe…");
	shop_press(shop, "n");
	assert_selected(shop, "Shop::Basket");
	shop_press(shop, "n");
	assert_selected(shop, "Shop::Session");
	assert_shown(shop, "the search goes on at the first line");
	shop_press(shop, "N");
	assert_selected(shop, "Shop::Basket");
	assert_shown(shop, "the search goes on at the last line");
	shop_press(shop, "NN");
	assert_selected(shop, "Shop::Product");
	press(shop, INPUT_KEY_ESCAPE);
	assert_not_shown(shop, "n N next match");
}

static void test_from_match_to_match_while_it_is_typed(void **state)
{
	struct shop_viewer *shop = *state;

	press(shop, KEY_F3);
	shop_press(shop, "shop");
	press(shop, INPUT_KEY_DOWN);
	assert_selected(shop, "Shop::Product");
	press(shop, KEY_F3);
	assert_selected(shop, "ReferenceRe…");
	press(shop, INPUT_KEY_UP);
	assert_selected(shop, "Shop::Product");
}

static void test_methods_and_places_are_found_where_they_are_unfolded(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "\\server#run");
	assert_shown(shop, "no line has \"server#run\"; a filter (/) also finds it");
	shop_press(shop, "\033*\\server#run\r");
	assert_selected(shop, "shop.rb:95");
	shop_press(shop, "\\rb:60\r");
	assert_selected(shop, "shop.rb:60");
	shop_press(shop, "n");
	assert_shown(shop, "no other line has \"rb:60\"");
}

static void test_what_was_filtered_for_is_searched_for_later(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "/shop\r");
	assert_shown(shop, "1 of 5");
	assert_not_shown(shop, "n N");
	shop_press(shop, "n");
	assert_selected(shop, "Shop::Session");
	/* Without anything to search for, it is asked for. */
	shop_press(shop, "\033n");
	assert_shown(shop, "search: ");
}

static void test_matches_are_underlined(void **state)
{
	struct shop_viewer *shop = *state;
	const struct grid *grid = &shop->grid;
	unsigned underlined = 0;

	shop_press(shop, "\\basket\r");
	shop_screen(shop);
	for (size_t i = 4 * (size_t)grid->columns; i < (size_t)(grid->lines - 1) * grid->columns; i++)
		underlined += (grid->cells[i].style & GRID_UNDERLINE) != 0;
	assert_int_equal(underlined, strlen("Basket"));
}

static void test_a_line_is_erased_at_once(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "\\basket");
	shop_press(shop, "\x15st");
	assert_shown(shop, "search: st ");
	assert_selected(shop, "String");
	shop_press(shop, "\033/basket\x15");
	assert_shown(shop, "of 9");
}

static void test_nothing_to_search_in(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "/nothing has this\r");
	shop_press(shop, "nN\\");
	press(shop, KEY_F3);
	assert_shown(shop, "no class has");
	assert_not_shown(shop, "search:");
}

#define SHOP_TEST(test) cmocka_unit_test_setup_teardown(test, open_shop, shop_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SHOP_TEST(test_the_selection_goes_to_a_match_while_it_is_typed),
	    SHOP_TEST(test_leaving_a_search_goes_back),
	    SHOP_TEST(test_from_match_to_match),
	    SHOP_TEST(test_from_match_to_match_while_it_is_typed),
	    SHOP_TEST(test_methods_and_places_are_found_where_they_are_unfolded),
	    SHOP_TEST(test_what_was_filtered_for_is_searched_for_later),
	    SHOP_TEST(test_matches_are_underlined),
	    SHOP_TEST(test_a_line_is_erased_at_once),
	    SHOP_TEST(test_nothing_to_search_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
