#include "scenes.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "panes/process_view.h"

#define MILLISECOND UINT64_C(1000000)

void scene_unfold_the_leak(struct shop_viewer *shop)
{
	shop_press(shop, "\r");
}

void scene_unfold_all(struct shop_viewer *shop)
{
	shop_press(shop, "*j*k");
	shop_second(shop, true);
	shop_second(shop, true);
	shop_press(shop, "j");
}

void scene_open_source_gone(struct shop_viewer *shop)
{
	shop_press(shop, "\rjv");
}

void scene_open_source(struct shop_viewer *shop)
{
	shop->path = "spec/fixtures/shop.rb";
	shop_second(shop, true);
	scene_open_source_gone(shop);
}

void scene_turn_the_tree(struct shop_viewer *shop)
{
	shop_press(shop, "i*");
}

void scene_freeze_and_follow(struct shop_viewer *shop)
{
	shop_press(shop, "1jjoF");
	shop_second(shop, true);
}

void scene_type_search(struct shop_viewer *shop)
{
	shop_press(shop, "*\\shop.rb:7");
}

void scene_keep_search(struct shop_viewer *shop)
{
	shop_press(shop, "\\shop\rn");
}

void scene_pick_order(struct shop_viewer *shop)
{
	shop_press(shop, "s>");
}

void scene_choose_columns(struct shop_viewer *shop)
{
	shop_screen(shop);
	shop_press(shop, "C>> >>");
}

void scene_name_file(struct shop_viewer *shop)
{
	shop->head.wall_ns = UINT64_C(1795344067) * 1000000000;
	shop_second(shop, true);
	shop_press(shop, "w");
}

void scene_ask_to_quit(struct shop_viewer *shop)
{
	shop_press(shop, "Q");
}

void scene_make_inexact(struct shop_viewer *shop)
{
	shop->reason = "at least 1,231 frees were not reported while another tool's hook ran";
	shop->head.flags &= ~(uint32_t)SNAPSHOT_EXACT;
	shop->head.flags |= SNAPSHOT_RETAINED_BOUND;
	shop_second(shop, false);
}

void scene_make_light(struct shop_viewer *shop)
{
	shop->reason = "live is exact, retained at most this; allocations* are estimated from 4096 of 184221";
	shop->head.flags &= ~(uint32_t)SNAPSHOT_EXACT;
	shop->head.flags |= SNAPSHOT_RETAINED_BOUND | SNAPSHOT_LIGHT;
	shop_second(shop, false);
	shop_press(shop, "\r>>");
	shop_second(shop, true);
}

void scene_type_filter(struct shop_viewer *shop)
{
	shop_press(shop, "/SHOP");
}

void scene_keep_filter(struct shop_viewer *shop)
{
	shop_press(shop, "/shop\r");
}

void scene_filter_all_away(struct shop_viewer *shop)
{
	shop_press(shop, "/shöp\r");
}

void scene_open_help(struct shop_viewer *shop)
{
	shop_press(shop, "?");
}

void scene_print_something(struct shop_viewer *shop)
{
	static const char output[] = "10:41:07 web.1  | GET /cart \033[32m200\033[0m in 12 ms\r\n"
	                             "10:41:07 web.1  | GET /checkout 302 in 31 ms\r\n"
	                             "progress 10 %\rprogress 55 %\rprogress 100 %\r\n"
	                             "größer als 日本 \xff\r\nirb> ";

	viewer_output(shop->viewer, output, sizeof output - 1);
}

void scene_open_output(struct shop_viewer *shop)
{
	scene_print_something(shop);
	shop_press(shop, "l");
}

void scene_search_output(struct shop_viewer *shop)
{
	scene_print_something(shop);
	shop_press(shop, "l/pro");
}

void scene_collect_garbage(struct shop_viewer *shop)
{
	viewer_press(shop->viewer, INPUT_KEY_DOWN);
	assert_int_equal(shop_press(shop, "g"), VIEWER_GC);
	shop->session_freed = 1307;
	shop_second(shop, true);
	viewer_gc_done(shop->viewer, true, 41 * MILLISECOND, NULL);
}

/* The shop anew, with a capture that has seen no major GC yet. */
void scene_start_without_majors(struct shop_viewer *shop)
{
	shop->head.started_ns = shop->head.monotonic_ns;
	shop->head.majors_seen = shop->head.major_at_ns = shop->head.gcs_seen = 0;
	for (unsigned second = 0; second < 6; second++)
		shop_second(shop, false);
}

/* A mark after five seconds, three more seconds, a second mark, two more. */
void scene_set_marks(struct shop_viewer *shop)
{
	shop_press(shop, "b");
	for (unsigned second = 0; second < 3; second++)
		shop_second(shop, true);
	shop_press(shop, "b");
	for (unsigned second = 0; second < 2; second++)
		shop_second(shop, true);
	shop_press(shop, "mj");
}

void scene_show_deltas(struct shop_viewer *shop)
{
	scene_set_marks(shop);
	shop_press(shop, "d");
}

void scene_collect_against_a_mark(struct shop_viewer *shop)
{
	scene_set_marks(shop);
	assert_int_equal(shop_press(shop, "g"), VIEWER_GC);
	shop_second(shop, true);
	viewer_gc_done(shop->viewer, true, 41 * MILLISECOND, NULL);
}

/* A while with a mark in it, and major GCs only now and then. */
void scene_open_graph(struct shop_viewer *shop)
{
	for (unsigned second = 0; second < 15; second++) {
		shop_second(shop, second % 4 == 0);
		if (second == 7)
			shop_press(shop, "b");
	}
	shop_press(shop, "jt");
}

void scene_open_graph_of_a_shrinking_class(struct shop_viewer *shop)
{
	scene_open_graph(shop);
	viewer_press(shop->viewer, INPUT_KEY_END);
}

void scene_open_graph_without_majors(struct shop_viewer *shop)
{
	scene_start_without_majors(shop);
	shop_press(shop, "t");
}

void scene_filter_and_select(struct shop_viewer *shop)
{
	scene_keep_filter(shop);
	shop_press(shop, "jj");
}

void scene_unfold_and_mark(struct shop_viewer *shop)
{
	shop_press(shop, "*");
	scene_set_marks(shop);
}

void scene_pause_shop(struct shop_viewer *shop)
{
	shop_press(shop, "p");
	shop_second(shop, true);
	shop_second(shop, true);
}

void scene_end_shop(struct shop_viewer *shop)
{
	viewer_ended(shop->viewer, "ended with status 0 after 5:44");
}

void scene_list_internal(struct shop_viewer *shop)
{
	shop_press(shop, "a");
}

void scene_sort_reversed(struct shop_viewer *shop)
{
	shop_press(shop, "3I");
}

void scene_start_without_gc(struct shop_viewer *shop)
{
	shop->head.started_ns = shop->head.monotonic_ns;
	shop->head.majors_seen = shop->head.major_at_ns = 0;
	shop_second(shop, false);
}

void scene_leave_names_out(struct shop_viewer *shop)
{
	shop->anonymous = true;
	shop_second(shop, true);
	shop_second(shop, true);
}

void scene_filter_by_origin(struct shop_viewer *shop)
{
	scene_leave_names_out(shop);
	shop_press(shop, "/strainers.rb:112\r");
}

void scene_choose_classes(struct shop_viewer *shop)
{
	shop->head.class_filter_count = 2;
	shop->unmatched = "Shop::Sesion, Shop::\033Kart";
	shop_second(shop, true);
}

/* Call paths of every 16th object. */
void scene_estimate_paths(struct shop_viewer *shop)
{
	shop->head.path_interval = 16;
	shop->head.flags |= SNAPSHOT_PATHS_ESTIMATED;
	shop_second(shop, true);
	scene_unfold_all(shop);
}

void scene_list_processes(struct shop_viewer *shop)
{
	static const struct process_summary processes[] = {
	    {.pid = 4711,
	     .command = "puma 6.4 (tcp://0.0.0.0:9292) [shop]",
	     .known = true,
	     .retained_known = true,
	     .growth_known = true,
	     .live = 412301,
	     .retained = 398220,
	     .up_ns = UINT64_C(192000000000)},
	    {.pid = 4720,
	     .command = "puma: cluster worker 0: 4711 [shop]",
	     .shown = true,
	     .known = true,
	     .retained_known = true,
	     .growth_known = true,
	     .live = 1240113,
	     .retained = 1180020,
	     .retained_bound = true,
	     .growth = 502,
	     .up_ns = UINT64_C(190000000000)},
	    {.pid = 4721,
	     .command = "\033[2Jpuma: cluster worker 1",
	     .known = true,
	     .live = 1220113,
	     .up_ns = UINT64_C(190000000000)},
	    {.pid = 4722, .command = "puma: cluster worker 2", .ended = true, .known = true, .live = 7},
	    {.pid = 4723},
	};

	viewer_processes(shop->viewer, processes, sizeof processes / sizeof *processes);
	viewer_press(shop->viewer, INPUT_KEY_TAB);
}
