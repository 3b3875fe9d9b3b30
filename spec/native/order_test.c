/*
 * Keys that decide on the order of lines and on the columns: freezing, following, picking.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "fake_snapshot.h"
#include "base/key_ranks.h"
#include "table/layout.h"
#include "app/viewer_state.h"
#include "viewer_asserts.h"

static int open_shop(void **state)
{
	return shop_enter(state, 120, 20, false);
}

static int open_shop_with_paths(void **state)
{
	return shop_enter(state, 120, 24, true);
}

/* The shop's next snapshot, with classes that the test says. */
static void feed(struct shop_viewer *shop, const struct fake_class *classes, uint32_t count)
{
	shop->head.sequence++;
	shop->head.monotonic_ns += UINT64_C(1000000000);
	shop->head.gcs_seen++;
	shop->head.majors_seen++;
	shop->head.major_at_ns = shop->head.monotonic_ns;
	assert_true(viewer_feed(shop->viewer, fake_snapshot(&shop->head, NULL, classes, count)));
}

/* Fails unless these texts are on the screen in this order. */
static void assert_order(struct shop_viewer *shop, const char *first, const char *second, const char *third)
{
	const char *screen = shop_screen(shop), *at = strstr(screen, first);
	const char *then = at ? strstr(at, second) : NULL;

	if (!then || !strstr(then, third))
		fail_msg("\"%s\", \"%s\", \"%s\" is not the order of\n%s", first, second, third, screen);
}

static const struct fake_class apples_first[] = {
    {21, "Apple", 300, 0, 300, 0}, {22, "Berry", 200, 0, 200, 0}, {23, "Cherry", 100, 0, 100, 0}};
static const struct fake_class cherries_first[] = {
    {21, "Apple", 300, 0, 300, 0}, {22, "Berry", 400, 0, 400, 0}, {23, "Cherry", 500, 0, 500, 0}};
static const struct fake_class with_dates[] = {{24, "Date", 900, 0, 900, 0},
                                               {21, "Apple", 300, 0, 300, 0},
                                               {22, "Berry", 400, 0, 400, 0},
                                               {23, "Cherry", 500, 0, 500, 0}};

static void test_a_frozen_order_stays_while_values_change(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "1");
	feed(shop, apples_first, 3);
	assert_order(shop, "Apple", "Berry", "Cherry");
	shop_press(shop, "o");
	assert_shown(shop, "frozen  1 of 3");
	assert_shown(shop, "o unfreeze order");
	feed(shop, cherries_first, 3);
	assert_order(shop, "Apple", "Berry", "Cherry");
	assert_shown(shop, " 500 ");
	feed(shop, with_dates, 4);
	assert_order(shop, "Berry", "Cherry", "Date");
	/* What went and comes again has its place. */
	feed(shop, with_dates, 1);
	feed(shop, with_dates, 4);
	assert_order(shop, "Apple", "Berry", "Cherry");
	assert_order(shop, "Berry", "Cherry", "Date");
	shop_press(shop, "o");
	assert_shown(shop, "o freeze order");
	assert_not_shown(shop, "frozen");
	assert_order(shop, "Date", "Cherry", "Berry");
}

static void test_sorting_a_frozen_table_freezes_the_new_order(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "1");
	feed(shop, apples_first, 3);
	shop_press(shop, "oI");
	assert_order(shop, "Cherry", "Berry", "Apple");
	feed(shop, cherries_first, 3);
	assert_order(shop, "Cherry", "Berry", "Apple");
	shop_press(shop, "1");
	assert_order(shop, "Cherry", "Berry", "Apple");
	feed(shop, apples_first, 3);
	assert_order(shop, "Cherry", "Berry", "Apple");
}

static void test_a_filter_does_not_disturb_a_frozen_order(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "1");
	feed(shop, apples_first, 3);
	shop_press(shop, "o/cherry\r");
	feed(shop, cherries_first, 3);
	shop_press(shop, "\033");
	assert_order(shop, "Apple", "Berry", "Cherry");
}

static void test_call_paths_are_frozen_too(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "*1o");
	assert_order(shop, "shop.rb:41", "shop.rb:77", "shop.rb:60");
	shop_press(shop, "-");
	shop_second(shop, true);
	shop_press(shop, "*");
	assert_order(shop, "shop.rb:41", "shop.rb:77", "shop.rb:60");
}

static void test_what_is_followed_keeps_its_line_of_the_screen(void **state)
{
	struct fake_class many[60];
	struct shop_viewer *shop = *state;
	static char names[60][8];

	for (uint32_t i = 0; i < 60; i++) {
		names[i][0] = 'N';
		names[i][1] = (char)('0' + i / 10);
		names[i][2] = (char)('0' + i % 10);
		many[i] = (struct fake_class){100 + i, names[i], 1000 - i, 0, 1000 - i, 0};
	}
	shop_press(shop, "1");
	feed(shop, many, 60);
	for (unsigned i = 0; i < 30; i++)
		press(shop, 'j');
	assert_selected(shop, "N30");
	press(shop, 'k');
	shop_press(shop, "F");
	assert_shown(shop, "N29 stays where it is on the screen");
	assert_shown(shop, "following  30 of 60");
	assert_shown(shop, "F stop following");
	const struct selection *selection = &shop->viewer->table.selection;
	size_t line = selection->position - selection->top;
	many[29].allocated = many[29].retained = 985;
	feed(shop, many, 60);
	assert_selected(shop, "N29");
	assert_shown(shop, "following  17 of 60");
	assert_int_equal(selection->position - selection->top, line);
	press(shop, 'j');
	assert_not_shown(shop, "following");
}

static void test_who_is_followed_and_goes_is_missed(void **state)
{
	struct shop_viewer *shop = *state;

	feed(shop, apples_first, 3);
	shop_press(shop, "F");
	assert_shown(shop, "Apple stays where it is");
	feed(shop, apples_first + 1, 2);
	assert_shown(shop, "Apple is gone from the table, and not followed any more");
	assert_not_shown(shop, "following ");
	shop_press(shop, "F");
	assert_shown(shop, "Berry stays");
	shop_press(shop, "/c");
	assert_shown(shop, "Berry is gone from the table");
	shop_press(shop, "\033FF");
	assert_not_shown(shop, "following");
}

static void test_picking_the_order(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "s");
	assert_shown(shop, "sort by: RETAINED  GROWTH/s  LIVE  ALLOC/s  CLASS");
	assert_shown(shop, "GROWTH/s: how many more of them");
	press(shop, INPUT_KEY_RIGHT);
	assert_shown(shop, "LIVE▾");
	assert_shown(shop, "LIVE: objects allocated and not freed yet");
	press(shop, INPUT_KEY_LEFT);
	press(shop, INPUT_KEY_LEFT);
	assert_shown(shop, "RETAINED▾");
	press(shop, INPUT_KEY_LEFT);
	assert_shown(shop, "CLASS▾");
	press(shop, 'I');
	assert_shown(shop, "CLASS▴");
	press(shop, INPUT_KEY_ENTER);
	assert_shown(shop, "CLASS▴");
	assert_not_shown(shop, "sort by:");
}

static void test_leaving_the_picker_leaves_the_order(void **state)
{
	struct shop_viewer *shop = *state;

	press(shop, 'I');
	press(shop, INPUT_KEY_F1 + 5);
	press(shop, '>');
	assert_shown(shop, "LIVE▾");
	press(shop, INPUT_KEY_ESCAPE);
	assert_shown(shop, "GROWTH/s▴");
	assert_not_shown(shop, "sort by:");
}

static void test_choosing_columns(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "C");
	assert_shown(shop, "columns: [x] RETAINED");
	shop_press(shop, " ");
	assert_shown(shop, "columns: [ ] RETAINED");
	while (column_screen[shop->viewer->picker.at] != column_find("growth"))
		press(shop, INPUT_KEY_RIGHT);
	shop_press(shop, " \r");
	assert_not_shown(shop, "RETAINED");
	assert_not_shown(shop, "GROWTH/s");
	/* The sign of growth is then behind the name. */
	assert_shown(shop, "Hash ▲");
	shop_press(shop, "C \033");
	assert_not_shown(shop, "RETAINED");
	shop_press(shop, "C \r");
	assert_shown(shop, "RETAINED");
}

static void test_a_column_without_room_says_so(void **state)
{
	struct shop_viewer *shop = *state;

	assert_true(grid_resize(&shop->grid, 40, 10));
	shop_screen(shop);
	shop_press(shop, "C");
	press(shop, INPUT_KEY_LEFT);
	assert_shown(shop, "TREND: how many");
	assert_true(grid_resize(&shop->grid, 80, 10));
	shop_screen(shop);
	shop_press(shop, "<>");
	assert_shown(shop, "the newest at the ri");
	assert_true(strstr(shop->viewer->sentence, "there is no room for it on this screen") != NULL);
	assert_true(grid_resize(&shop->grid, 120, 10));
	shop_screen(shop);
	shop_press(shop, "<>");
	assert_null(strstr(shop->viewer->sentence, "no room"));
}

/* At any width the names keep some room, whatever was chosen. */
static void test_a_layout_fits_its_screen(void **state)
{
	const struct column_context context = {.marked = true};

	for (unsigned columns = 40; columns <= 250; columns += 7) {
		for (layout_choice choice = 0; choice < (layout_choice)1 << column_screen_count; choice++) {
			struct layout layout;
			layout_make(&layout, columns, choice, &context);
			const struct layout_place *last = &layout.places[layout.count - 1];
			if (last->column->cells || last->start + last->cells > columns || last->cells < 20)
				fail_msg("%u columns, choice %x: names have %u cells from %u on", columns, choice,
				         last->cells, last->start);
		}
	}
}

static void test_ranks(void **state)
{
	struct key_ranks ranks = {0};

	for (uint64_t key = 1; key <= 5000; key++)
		assert_int_equal(key_ranks_of(&ranks, key * 977), key);
	for (uint64_t key = 5000; key; key--)
		assert_int_equal(key_ranks_of(&ranks, key * 977), key);
	key_ranks_clear(&ranks);
	assert_int_equal(key_ranks_of(&ranks, 7), 1);
	for (uint64_t key = 8; ranks.count < KEY_RANKS_MAX; key++)
		key_ranks_of(&ranks, key);
	assert_int_equal(key_ranks_of(&ranks, UINT64_MAX), UINT32_MAX);
	assert_int_equal(key_ranks_of(&ranks, 7), 1);
	key_ranks_deinit(&ranks);
}

#define SHOP_TEST(test) cmocka_unit_test_setup_teardown(test, open_shop, shop_leave)
#define PATH_TEST(test) cmocka_unit_test_setup_teardown(test, open_shop_with_paths, shop_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SHOP_TEST(test_a_frozen_order_stays_while_values_change),
	    SHOP_TEST(test_sorting_a_frozen_table_freezes_the_new_order),
	    SHOP_TEST(test_a_filter_does_not_disturb_a_frozen_order),
	    PATH_TEST(test_call_paths_are_frozen_too),
	    SHOP_TEST(test_what_is_followed_keeps_its_line_of_the_screen),
	    SHOP_TEST(test_who_is_followed_and_goes_is_missed),
	    SHOP_TEST(test_picking_the_order),
	    SHOP_TEST(test_leaving_the_picker_leaves_the_order),
	    SHOP_TEST(test_choosing_columns),
	    SHOP_TEST(test_a_column_without_room_says_so),
	    cmocka_unit_test(test_a_layout_fits_its_screen),
	    cmocka_unit_test(test_ranks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
