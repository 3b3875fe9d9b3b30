/*
 * A viewer as actions see it: what they may ask and do, without knowing what it is made of.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "input/viewer_control.h"
#include "test_folder.h"
#include "viewer_asserts.h"

static int open_shop(void **state)
{
	return shop_enter(state, 120, 24, true);
}

static void test_what_there_is_follows_the_viewer(void **state)
{
	struct shop_viewer *shop = *state;
	struct viewer_status status = viewer_status(shop->viewer);

	assert_int_equal(status.mode, MODE_TABLE);
	assert_int_equal(status.metrics->snapshot->pid, 4711);
	assert_int_equal(status.table->tree.count, 9);
	assert_true(status.running);
	assert_false(status.ended || status.paused || status.collecting || status.replay || status.attached);

	viewer_ended(shop->viewer, "ended with status 0");
	status = viewer_status(shop->viewer);
	assert_true(status.ended);
	assert_false(status.running);
}

static void test_a_viewer_without_numbers(void **state)
{
	const struct viewer_options options = {.replay = true, .attached = true, .silent = true, .console = true};
	struct viewer *viewer = viewer_new(&options);

	assert_non_null(viewer);
	struct viewer_status status = viewer_status(viewer);
	assert_null(status.metrics->snapshot);
	assert_false(status.running);
	assert_true(status.replay && status.attached && status.silent && status.console);
	viewer_free(viewer);
}

static void test_paused_numbers_are_those_on_the_screen(void **state)
{
	struct shop_viewer *shop = *state;

	assert_true(viewer_pause(shop->viewer));
	uint64_t sequence = viewer_status(shop->viewer).metrics->snapshot->sequence;
	shop_second(shop, true);
	assert_true(viewer_status(shop->viewer).paused);
	assert_int_equal(viewer_status(shop->viewer).metrics->snapshot->sequence, sequence);
	viewer_go_on(shop->viewer);
	assert_false(viewer_status(shop->viewer).paused);
	assert_int_equal(viewer_status(shop->viewer).metrics->snapshot->sequence, sequence + 1);
}

static void test_a_question_gives_keys_back_to_what_they_went_to(void **state)
{
	struct shop_viewer *shop = *state;

	assert_int_equal(viewer_end_question(shop->viewer), VIEWER_NOTHING);
	assert_int_equal(viewer_status(shop->viewer).mode, MODE_TABLE);
	viewer_enter(shop->viewer, MODE_HELP);
	viewer_ask(shop->viewer, VIEWER_QUIT, "really? ");
	assert_int_equal(viewer_status(shop->viewer).mode, MODE_QUESTION);
	assert_shown(shop, "really?");
	assert_int_equal(viewer_end_question(shop->viewer), VIEWER_QUIT);
	assert_int_equal(viewer_status(shop->viewer).mode, MODE_HELP);
	assert_int_equal(viewer_end_question(shop->viewer), VIEWER_NOTHING);
	viewer_return(shop->viewer);
	assert_int_equal(viewer_status(shop->viewer).mode, MODE_TABLE);
}

static void test_a_selection_is_found_again_in_another_order(void **state)
{
	struct shop_viewer *shop = *state;
	struct table_view *table = viewer_table(shop->viewer);

	table_view_select(table, 3);
	shop_screen(shop);
	uint64_t key = tree_lines_key(table_view_selected(table));
	viewer_keep_selection(shop->viewer);
	table_view_select(table, 7);
	table_view_reverse(table);
	viewer_restore_selection(shop->viewer);
	assert_int_equal(tree_lines_key(table_view_selected(table)), key);
	assert_int_not_equal(table->selection.position, 3);
}

static void test_intervals_go_from_one_end_to_the_other(void **state)
{
	struct shop_viewer *shop = *state;
	unsigned steps = 0;

	while (viewer_change_interval(shop->viewer, true))
		assert_in_range(++steps, 1, 20);
	assert_true(viewer_interval(shop->viewer) == 0.1);
	for (steps = 0; viewer_change_interval(shop->viewer, false); steps++)
		assert_in_range(steps, 0, 20);
	assert_int_equal(steps, 8);
	assert_true(viewer_interval(shop->viewer) == 60);
}

static void test_changes_are_compared_with_the_chosen_mark_only(void **state)
{
	struct shop_viewer *shop = *state;
	struct viewer_status status = viewer_status(shop->viewer);
	struct marks *marks = viewer_marks(shop->viewer);

	assert_int_equal(marks_set(marks, status.metrics->snapshot), MARKS_SET);
	assert_true(viewer_compare(shop->viewer));
	viewer_table(shop->viewer)->deltas = true;
	shop_second(shop, true);
	shop_press(shop, "/Shop::Session\r");
	assert_int_equal(status.table->tree.lines[0].change.retained, 502);
	marks_clear_chosen(marks);
	assert_true(viewer_compare(shop->viewer));
	assert_false(status.table->deltas);
	assert_false(status.table->tree.lines[0].change.retained_known);
}

static void test_reports_are_written_in_both_formats_and_over_nothing(void **state)
{
	struct shop_viewer *shop = *state;

	test_folder_enter();
	shop_screen(shop);
	assert_int_equal(viewer_write(shop->viewer, "report", REPORT_TEXT), 0);
	assert_int_equal(viewer_write(shop->viewer, "report", REPORT_JSON), EEXIST);
	assert_int_equal(viewer_write(shop->viewer, "nowhere/report", REPORT_JSON), ENOENT);
	assert_int_equal(viewer_write(shop->viewer, "other", REPORT_JSON), 0);
	char *text = test_folder_read("report"), *json = test_folder_read("other");
	assert_non_null(strstr(text, "ruby shop.rb"));
	assert_int_equal(json[0], '{');
	assert_int_equal(test_folder_count(), 2);
	free(text);
	free(json);
	test_folder_leave();
}

#define SHOP_TEST(test) cmocka_unit_test_setup_teardown(test, open_shop, shop_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SHOP_TEST(test_what_there_is_follows_the_viewer),
	    cmocka_unit_test(test_a_viewer_without_numbers),
	    SHOP_TEST(test_paused_numbers_are_those_on_the_screen),
	    SHOP_TEST(test_a_question_gives_keys_back_to_what_they_went_to),
	    SHOP_TEST(test_a_selection_is_found_again_in_another_order),
	    SHOP_TEST(test_intervals_go_from_one_end_to_the_other),
	    SHOP_TEST(test_changes_are_compared_with_the_chosen_mark_only),
	    SHOP_TEST(test_reports_are_written_in_both_formats_and_over_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
