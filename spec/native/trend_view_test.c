/*
 * Marks and trends on the screen: what their keys do, and what stays as it is meanwhile.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "shop_viewer.h"
#include "panes/graph_plot.h"
#include "app/viewer_state.h"

#define SECOND UINT64_C(1000000000)

static int open_shop(void **state)
{
	return shop_enter(state, 120, 24, false);
}

static int open_shop_with_paths(void **state)
{
	return shop_enter(state, 160, 24, true);
}

static void pass(struct shop_viewer *shop, unsigned seconds)
{
	while (seconds--)
		shop_second(shop, true);
}

static void test_a_mark_is_named_by_its_time_and_compared_with(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "b");
	assert_shown(shop, "marked 10:41:12");
	assert_shown(shop, "Δ 0 s");
	pass(shop, 62);
	assert_shown(shop, "Δ 1:02");
	assert_shown(shop, "     33,634     +31,124     +502.0 ▲");
	/* Nothing that is counted has changed by it. */
	assert_shown(shop, "up 1:07");
}

static void test_marks_are_cleared_and_changed_between(void **state)
{
	struct shop_viewer *shop = *state;

	assert_not_shown(shop, "Δ");
	shop_press(shop, "b");
	pass(shop, 10);
	shop_press(shop, "b");
	pass(shop, 4);
	assert_shown(shop, "Δ 4 s");
	shop_press(shop, "m");
	assert_shown(shop, "compared with the mark of 10:41:12, 14 s ago (1 of 2)");
	assert_shown(shop, "Δ 14 s");
	shop_press(shop, "m");
	assert_shown(shop, "compared with the mark of 10:41:22, 4 s ago (2 of 2)");
	shop_press(shop, "B");
	assert_shown(shop, "10:41:22 is cleared; compared with the mark of 10:41:12, 14 s ago (1 of 1)");
	shop_press(shop, "m");
	assert_shown(shop, "Δ 14 s");
	shop_press(shop, "B");
	assert_shown(shop, "the mark of 10:41:12 is cleared");
	assert_not_shown(shop, "Δ");
	shop_press(shop, "B");
	assert_not_shown(shop, "cleared");
}

static void test_nine_marks_are_the_most(void **state)
{
	struct shop_viewer *shop = *state;

	for (unsigned i = 0; i < 9; i++) {
		shop_press(shop, "b");
		assert_shown(shop, "marked");
		pass(shop, 1);
	}
	shop_press(shop, "b");
	assert_shown(shop, "there are 9 marks, which is the most: B clears the one compared with");
	shop_press(shop, "B");
	shop_press(shop, "b");
	assert_shown(shop, "marked");
	shop_press(shop, "b");
	assert_shown(shop, "this moment is marked already");
}

static void test_a_mark_before_any_major_gc_says_what_to_do(void **state)
{
	struct shop_viewer *shop = *state;

	shop->head.started_ns = shop->head.monotonic_ns;
	shop->head.majors_seen = shop->head.major_at_ns = shop->head.gcs_seen = 0;
	shop_second(shop, false);
	shop_press(shop, "b");
	assert_shown(shop, "no major GC has told yet what is retained: press g, then b again");
	pass(shop, 2);
	/* What is retained now is known, but not how it differs. */
	assert_shown(shop, "      4,016           –");
}

static void test_deltas_show_changes_and_go_again(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "d");
	assert_not_shown(shop, "Δ");
	shop_press(shop, "b");
	pass(shop, 3);
	shop_press(shop, "d");
	assert_shown(shop, "Δ RETAINED");
	assert_shown(shop, "changes since 10:41:12");
	assert_shown(shop, "     +1,506     +502.0 ▲     +1,506");
	assert_shown(shop, "       -150      -50.0         -150");
	shop_press(shop, "d");
	assert_not_shown(shop, "changes since");
	assert_shown(shop, "Δ 3 s");
	/* Without a mark there are no changes. */
	shop_press(shop, "dB");
	assert_not_shown(shop, "Δ RETAINED");
	assert_shown(shop, "   RETAINED     GROWTH/s▾");
}

static void test_marks_survive_a_pause(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "b");
	pass(shop, 2);
	shop_press(shop, "p");
	pass(shop, 10);
	assert_shown(shop, "Δ 2 s");
	/* It is what is shown that is marked. */
	shop_press(shop, "b");
	assert_shown(shop, "marked 10:41:14");
	assert_shown(shop, "Δ 0 s");
	shop_press(shop, "p");
	assert_shown(shop, "Δ 10 s");
	shop_press(shop, "m");
	assert_shown(shop, "Δ 12 s");
}

static void test_a_new_start_drops_the_marks_with_a_word(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "bd");
	pass(shop, 2);
	shop_press(shop, "p");
	shop->head.started_ns += SECOND;
	shop_second(shop, true);
	assert_shown(shop, "the capture was started anew: the marks are gone");
	assert_not_shown(shop, "Δ");
	shop_press(shop, "p");
	assert_not_shown(shop, "Δ");
	shop_press(shop, "b");
	assert_shown(shop, "marked");
}

static void test_sorting_by_the_change(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "b");
	pass(shop, 3);
	shop_press(shop, "6I");
	assert_shown(shop, "Δ 3 s▴");
	const char *screen = shop_screen(shop);
	assert_true(strstr(screen, "Shop::Basket") < strstr(screen, "String"));
	assert_true(strstr(screen, "String") < strstr(screen, "Shop::Session"));
	/* The neighbours are the columns that are shown. */
	shop_press(shop, ">");
	assert_shown(shop, "GROWTH/s▾");
	shop_press(shop, "<<");
	assert_shown(shop, "RETAINED▾");
}

static void test_call_paths_against_a_mark(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "b");
	pass(shop, 4);
	/* It was not on the screen at the mark, and is known all the same. */
	shop_press(shop, "*");
	assert_shown(shop, "      4,500      +2,000");
	shop_press(shop, "i");
	assert_shown(shop, "      4,500      +2,000");
}

static void test_a_gc_against_a_mark(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "bj");
	assert_int_equal(shop_press(shop, "g"), VIEWER_GC);
	shop->session_freed = 1307;
	shop_second(shop, true);
	viewer_gc_done(shop->viewer, true, 1, NULL);
	assert_shown(shop, "Shop::Session: freed 1,307, stayed 1,705, -805 since the mark");
	/* What comes later changes nothing of what the GC has left. */
	pass(shop, 3);
	assert_shown(shop, "Shop::Session: freed 1,307, stayed 1,705, -805 since the mark");
}

static void test_one_pane_at_a_time(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "t");
	assert_shown(shop, "── trend ── Hash ──");
	shop_press(shop, "v");
	assert_not_shown(shop, "── trend ──");
	shop_press(shop, "t");
	assert_shown(shop, "── trend ──");
	assert_not_shown(shop, "── source ──");
	shop_press(shop, "l");
	assert_not_shown(shop, "── trend ──");
	shop_press(shop, "t");
	assert_shown(shop, "── trend ──");
	shop_press(shop, "\033");
	assert_not_shown(shop, "── trend ──");
	shop_press(shop, "tt");
	assert_not_shown(shop, "── trend ──");
}

static void test_the_pane_follows_the_selection_and_stays_paused(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "tj");
	assert_shown(shop, "── trend ── Shop::Session ──");
	pass(shop, 10);
	shop_press(shop, "p");
	pass(shop, 10);
	assert_shown(shop, "14 s ago");
	assert_shown(shop, "█ retained         7,530");
	shop_press(shop, "p");
	assert_shown(shop, "24 s ago");
	assert_shown(shop, "█ retained        12,550");
	shop_press(shop, "/nothing\r");
	assert_shown(shop, "nothing is selected");
}

static void test_a_path_that_was_not_watched_has_a_trend_from_then_on(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "\rj\rjt");
	assert_shown(shop, "the trend of this line is recorded from now on");
	pass(shop, 3);
	assert_shown(shop, "ago ─");
}

static void test_the_plot_holds_each_count_until_the_next(void **state)
{
	struct shop_viewer *shop = *state;
	struct graph_plot plot;

	pass(shop, 10);
	const struct column_line *line = table_view_selected(&shop->viewer->table);
	assert_true(graph_plot_make(&plot, line, 100));
	assert_int_equal(plot.to - plot.from, 14 * SECOND);
	assert_int_equal(plot.retained[0], 502);
	assert_int_equal(plot.retained[99], 15 * 502);
	for (unsigned i = 1; i < 100; i++) {
		assert_true(plot.known[i]);
		assert_true(plot.retained[i] >= plot.retained[i - 1]);
		assert_true(plot.live[i] >= plot.retained[i]);
	}
	assert_int_equal(graph_plot_column(&plot, plot.to), 99);
	assert_int_equal(graph_plot_column(&plot, plot.to + 1), 100);
	assert_int_equal(graph_plot_column(&plot, plot.from - 1), 100);
	assert_int_equal(graph_plot_height(&plot, (uint32_t)plot.top, 40), 40);
	assert_int_equal(graph_plot_height(&plot, (uint32_t)plot.bottom, 40), 0);
	assert_false(graph_plot_make(&plot, line, 1));
}

#define SHOP_TEST(test) cmocka_unit_test_setup_teardown(test, open_shop, shop_leave)
#define PATH_TEST(test) cmocka_unit_test_setup_teardown(test, open_shop_with_paths, shop_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SHOP_TEST(test_a_mark_is_named_by_its_time_and_compared_with),
	    SHOP_TEST(test_marks_are_cleared_and_changed_between),
	    SHOP_TEST(test_nine_marks_are_the_most),
	    SHOP_TEST(test_a_mark_before_any_major_gc_says_what_to_do),
	    SHOP_TEST(test_deltas_show_changes_and_go_again),
	    SHOP_TEST(test_marks_survive_a_pause),
	    SHOP_TEST(test_a_new_start_drops_the_marks_with_a_word),
	    SHOP_TEST(test_sorting_by_the_change),
	    PATH_TEST(test_call_paths_against_a_mark),
	    SHOP_TEST(test_a_gc_against_a_mark),
	    PATH_TEST(test_one_pane_at_a_time),
	    SHOP_TEST(test_the_pane_follows_the_selection_and_stays_paused),
	    PATH_TEST(test_a_path_that_was_not_watched_has_a_trend_from_then_on),
	    SHOP_TEST(test_the_plot_holds_each_count_until_the_next),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
