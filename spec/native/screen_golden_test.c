/*
 * Whole screens against spec/screens/NAME.txt, which are there to be read. SCREENS=write writes them anew.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "screen_text.h"
#include "shop_viewer.h"
#include "viewer/process_view.h"

#define FOLDER "spec/screens/"
#define MILLISECOND UINT64_C(1000000)

struct golden {
	const char *name;
	unsigned columns;
	unsigned lines;
	void (*prepare)(struct shop_viewer *shop); /* NULL: as the shop opens */
	enum text_charset charset;
};

static void unfold_the_leak(struct shop_viewer *shop)
{
	shop_press(shop, "\r");
}

static void unfold_all(struct shop_viewer *shop)
{
	shop_press(shop, "*j*k");
	shop_second(shop, true);
	shop_second(shop, true);
	shop_press(shop, "j");
}

static void open_source(struct shop_viewer *shop)
{
	shop_press(shop, "\rjv");
}

static void turn_the_tree(struct shop_viewer *shop)
{
	shop_press(shop, "i*");
}

static void freeze_and_follow(struct shop_viewer *shop)
{
	shop_press(shop, "1jjoF");
	shop_second(shop, true);
}

static void type_search(struct shop_viewer *shop)
{
	shop_press(shop, "*\\shop.rb:7");
}

static void keep_search(struct shop_viewer *shop)
{
	shop_press(shop, "\\shop\rn");
}

static void pick_order(struct shop_viewer *shop)
{
	shop_press(shop, "s>");
}

static void choose_columns(struct shop_viewer *shop)
{
	shop_screen(shop);
	shop_press(shop, "C>> >>");
}

static void name_file(struct shop_viewer *shop)
{
	shop->head.wall_ns = UINT64_C(1795344067) * 1000000000;
	shop_second(shop, true);
	shop_press(shop, "w");
}

static void make_inexact(struct shop_viewer *shop)
{
	shop->reason = "1,231 frees were not reported while another tool's hook ran";
	shop->head.flags &= ~(uint32_t)SNAPSHOT_EXACT;
	shop->head.flags |= SNAPSHOT_RETAINED_BOUND;
	shop_second(shop, false);
}

static void make_light(struct shop_viewer *shop)
{
	shop->reason = "live is exact, retained at most this; allocations* are estimated from 8192 of 184221";
	shop->head.flags &= ~(uint32_t)SNAPSHOT_EXACT;
	shop->head.flags |= SNAPSHOT_RETAINED_BOUND | SNAPSHOT_LIGHT;
	shop_second(shop, false);
	shop_press(shop, "\r>>");
	shop_second(shop, true);
}

static void type_filter(struct shop_viewer *shop)
{
	shop_press(shop, "/SHOP");
}

static void keep_filter(struct shop_viewer *shop)
{
	shop_press(shop, "/shop\r");
}

static void filter_all_away(struct shop_viewer *shop)
{
	shop_press(shop, "/shöp\r");
}

static void open_help(struct shop_viewer *shop)
{
	shop_press(shop, "?");
}

static void print_something(struct shop_viewer *shop)
{
	static const char output[] = "10:41:07 web.1  | GET /cart \033[32m200\033[0m in 12 ms\r\n"
	                             "10:41:07 web.1  | GET /checkout 302 in 31 ms\r\n"
	                             "progress 10 %\rprogress 55 %\rprogress 100 %\r\n"
	                             "größer als 日本 \xff\r\nirb> ";

	viewer_output(shop->viewer, output, sizeof output - 1);
}

static void open_output(struct shop_viewer *shop)
{
	print_something(shop);
	shop_press(shop, "l");
}

static void search_output(struct shop_viewer *shop)
{
	print_something(shop);
	shop_press(shop, "l/pro");
}

static void collect_garbage(struct shop_viewer *shop)
{
	viewer_press(shop->viewer, VIEWER_KEY_DOWN);
	assert_int_equal(shop_press(shop, "g"), VIEWER_GC);
	shop->session_freed = 1307;
	shop_second(shop, true);
	viewer_gc_done(shop->viewer, true, 41 * MILLISECOND, NULL);
}

/* The shop anew, with a capture that has seen no major GC yet. */
static void start_without_majors(struct shop_viewer *shop)
{
	shop->head.started_ns = shop->head.monotonic_ns;
	shop->head.majors_seen = shop->head.major_at_ns = shop->head.gcs_seen = 0;
	for (unsigned second = 0; second < 6; second++)
		shop_second(shop, false);
}

/* A mark after five seconds, three more seconds, a second mark, two more. */
static void set_marks(struct shop_viewer *shop)
{
	shop_press(shop, "b");
	for (unsigned second = 0; second < 3; second++)
		shop_second(shop, true);
	shop_press(shop, "b");
	for (unsigned second = 0; second < 2; second++)
		shop_second(shop, true);
	shop_press(shop, "mj");
}

static void show_deltas(struct shop_viewer *shop)
{
	set_marks(shop);
	shop_press(shop, "d");
}

static void collect_against_a_mark(struct shop_viewer *shop)
{
	set_marks(shop);
	assert_int_equal(shop_press(shop, "g"), VIEWER_GC);
	shop_second(shop, true);
	viewer_gc_done(shop->viewer, true, 41 * MILLISECOND, NULL);
}

/* A while with a mark in it, and major GCs only now and then. */
static void open_graph(struct shop_viewer *shop)
{
	for (unsigned second = 0; second < 15; second++) {
		shop_second(shop, second % 4 == 0);
		if (second == 7)
			shop_press(shop, "b");
	}
	shop_press(shop, "jt");
}

static void open_graph_of_a_shrinking_class(struct shop_viewer *shop)
{
	open_graph(shop);
	viewer_press(shop->viewer, VIEWER_KEY_END);
}

static void open_graph_without_majors(struct shop_viewer *shop)
{
	start_without_majors(shop);
	shop_press(shop, "t");
}

static void unfold_and_mark(struct shop_viewer *shop)
{
	shop_press(shop, "*");
	set_marks(shop);
}

static void pause_shop(struct shop_viewer *shop)
{
	shop_press(shop, "p");
	shop_second(shop, true);
	shop_second(shop, true);
}

static void end_shop(struct shop_viewer *shop)
{
	viewer_ended(shop->viewer, "ended with status 0 after 5:44");
}

static void list_internal(struct shop_viewer *shop)
{
	shop_press(shop, "a");
}

static void sort_reversed(struct shop_viewer *shop)
{
	shop_press(shop, "3I");
}

static void start_without_gc(struct shop_viewer *shop)
{
	shop->head.started_ns = shop->head.monotonic_ns;
	shop->head.majors_seen = shop->head.major_at_ns = 0;
	shop_second(shop, false);
}

static void leave_names_out(struct shop_viewer *shop)
{
	shop->anonymous = true;
	shop_second(shop, true);
	shop_second(shop, true);
}

static void filter_by_origin(struct shop_viewer *shop)
{
	leave_names_out(shop);
	shop_press(shop, "/strainers.rb:112\r");
}

static void choose_classes(struct shop_viewer *shop)
{
	shop->head.chosen_count = 2;
	shop->awaited = "Shop::Sesion, Shop::\033Kart";
	shop_second(shop, true);
}

/* Call paths of every 16th object. */
static void estimate_paths(struct shop_viewer *shop)
{
	shop->head.path_interval = 16;
	shop->head.flags |= SNAPSHOT_PATHS_ESTIMATED;
	shop_second(shop, true);
	unfold_all(shop);
}

static void list_processes(struct shop_viewer *shop)
{
	static const struct viewer_process processes[] = {
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
	viewer_press(shop->viewer, VIEWER_KEY_TAB);
}

static const struct golden goldens[] = {
    {"classes_250x24", 250, 24, NULL, TEXT_UTF8},
    {"classes_160x20", 160, 20, NULL, TEXT_UTF8},
    {"classes_120x18", 120, 18, NULL, TEXT_UTF8},
    {"classes_100x10", 100, 10, NULL, TEXT_UTF8},
    {"classes_80x16", 80, 16, NULL, TEXT_UTF8},
    {"classes_60x12", 60, 12, NULL, TEXT_UTF8},
    {"classes_40x10", 40, 10, NULL, TEXT_UTF8},
    {"classes_40x6", 40, 6, NULL, TEXT_UTF8},
    {"classes_120x6", 120, 6, NULL, TEXT_UTF8},
    {"too_small_31x4", 31, 4, NULL, TEXT_UTF8},
    {"too_small_39x24", 39, 24, NULL, TEXT_UTF8},
    {"too_small_7x3", 7, 3, NULL, TEXT_UTF8},
    {"too_small_1x1", 1, 1, NULL, TEXT_UTF8},
    {"ascii_100x16", 100, 16, make_inexact, TEXT_ASCII},
    {"inexact_120x18", 120, 18, make_inexact, TEXT_UTF8},
    {"inexact_40x6", 40, 6, make_inexact, TEXT_UTF8},
    {"filter_typed_80x12", 80, 12, type_filter, TEXT_UTF8},
    {"filter_kept_120x12", 120, 12, keep_filter, TEXT_UTF8},
    {"filter_kept_40x8", 40, 8, keep_filter, TEXT_UTF8},
    {"filter_without_match_80x10", 80, 10, filter_all_away, TEXT_UTF8},
    {"frozen_120x18", 120, 18, freeze_and_follow, TEXT_UTF8},
    {"frozen_40x10", 40, 10, freeze_and_follow, TEXT_UTF8},
    {"search_kept_80x14", 80, 14, keep_search, TEXT_UTF8},
    {"sort_picked_120x12", 120, 12, pick_order, TEXT_UTF8},
    {"sort_picked_40x10", 40, 10, pick_order, TEXT_ASCII},
    {"columns_chosen_120x12", 120, 12, choose_columns, TEXT_UTF8},
    {"columns_chosen_60x12", 60, 12, choose_columns, TEXT_UTF8},
    {"file_named_80x10", 80, 10, name_file, TEXT_UTF8},
    {"help_120x80", 120, 80, open_help, TEXT_UTF8},
    {"help_80x20", 80, 20, open_help, TEXT_UTF8},
    {"help_40x140", 40, 140, open_help, TEXT_ASCII},
    {"output_closed_80x8", 80, 8, print_something, TEXT_UTF8},
    {"output_120x18", 120, 18, open_output, TEXT_UTF8},
    {"output_40x8", 40, 8, open_output, TEXT_UTF8},
    {"output_searched_120x18", 120, 18, search_output, TEXT_UTF8},
    {"gc_120x18", 120, 18, collect_garbage, TEXT_UTF8},
    {"gc_60x10", 60, 10, collect_garbage, TEXT_UTF8},
    {"gc_since_mark_120x18", 120, 18, collect_against_a_mark, TEXT_UTF8},
    {"marked_160x20", 160, 20, set_marks, TEXT_UTF8},
    {"marked_120x18", 120, 18, set_marks, TEXT_UTF8},
    {"marked_80x16", 80, 16, set_marks, TEXT_UTF8},
    {"marked_60x12", 60, 12, set_marks, TEXT_UTF8},
    {"deltas_120x18", 120, 18, show_deltas, TEXT_UTF8},
    {"deltas_80x16", 80, 16, show_deltas, TEXT_ASCII},
    {"deltas_60x12", 60, 12, show_deltas, TEXT_UTF8},
    {"graph_120x24", 120, 24, open_graph, TEXT_UTF8},
    {"graph_80x24", 80, 24, open_graph, TEXT_UTF8},
    {"graph_60x16", 60, 16, open_graph, TEXT_UTF8},
    {"graph_40x12", 40, 12, open_graph, TEXT_UTF8},
    {"graph_100x20", 100, 20, open_graph, TEXT_ASCII},
    {"graph_shrinking_80x24", 80, 24, open_graph_of_a_shrinking_class, TEXT_UTF8},
    {"graph_unconfirmed_80x20", 80, 20, open_graph_without_majors, TEXT_UTF8},
    {"classes_80x24", 80, 24, NULL, TEXT_UTF8},
    {"paused_120x18", 120, 18, pause_shop, TEXT_UTF8},
    {"ended_120x18", 120, 18, end_shop, TEXT_UTF8},
    {"ended_80x16", 80, 16, end_shop, TEXT_UTF8},
    {"internal_80x18", 80, 18, list_internal, TEXT_UTF8},
    {"sorted_by_live_reversed_80x16", 80, 16, sort_reversed, TEXT_UTF8},
    {"unconfirmed_120x18", 120, 18, start_without_majors, TEXT_UTF8},
    {"anonymous_120x18", 120, 18, leave_names_out, TEXT_UTF8},
    {"anonymous_80x16", 80, 16, leave_names_out, TEXT_ASCII},
    {"anonymous_40x10", 40, 10, leave_names_out, TEXT_UTF8},
    {"anonymous_filtered_100x12", 100, 12, filter_by_origin, TEXT_UTF8},
    {"awaited_120x18", 120, 18, choose_classes, TEXT_UTF8},
    {"awaited_40x10", 40, 10, choose_classes, TEXT_UTF8},
    {"first_numbers_120x18", 120, 18, start_without_gc, TEXT_UTF8},
    {"processes_120x24", 120, 24, list_processes, TEXT_UTF8},
    {"processes_80x20", 80, 20, list_processes, TEXT_ASCII},
    {"processes_60x14", 60, 14, list_processes, TEXT_UTF8},
    {"processes_40x10", 40, 10, list_processes, TEXT_UTF8},
};

/* Of the shop with call paths. */
static const struct golden path_goldens[] = {
    {"folded_120x12", 120, 12, NULL, TEXT_UTF8},
    {"search_typed_120x16", 120, 16, type_search, TEXT_UTF8},
    {"unfolded_120x16", 120, 16, unfold_the_leak, TEXT_UTF8},
    {"unfolded_all_160x20", 160, 20, unfold_all, TEXT_UTF8},
    {"unfolded_all_120x20", 120, 20, unfold_all, TEXT_UTF8},
    {"unfolded_all_100x16", 100, 16, unfold_all, TEXT_ASCII},
    {"unfolded_all_80x16", 80, 16, unfold_all, TEXT_UTF8},
    {"unfolded_all_60x14", 60, 14, unfold_all, TEXT_UTF8},
    {"unfolded_all_40x12", 40, 12, unfold_all, TEXT_UTF8},
    {"unfolded_marked_120x20", 120, 20, unfold_and_mark, TEXT_UTF8},
    {"source_gone_120x20", 120, 20, open_source, TEXT_UTF8},
    {"source_gone_40x10", 40, 10, open_source, TEXT_UTF8},
    {"estimated_120x18", 120, 18, estimate_paths, TEXT_UTF8},
    {"estimated_60x14", 60, 14, estimate_paths, TEXT_UTF8},
    {"light_120x18", 120, 18, make_light, TEXT_UTF8},
    {"light_60x14", 60, 14, make_light, TEXT_UTF8},
    {"turned_120x16", 120, 16, turn_the_tree, TEXT_UTF8},
};

#define GOLDENS (sizeof goldens / sizeof *goldens)
#define PATH_GOLDENS (sizeof path_goldens / sizeof *path_goldens)

static bool writes(void)
{
	const char *wish = getenv("SCREENS");

	return wish && !strcmp(wish, "write");
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void assert_file(const char *path, const char *text)
{
	static char expected[1 << 20];
	FILE *file = fopen(path, "r");

	if (!file)
		fail_msg("%s is not there; SCREENS=write makes it", path);
	expected[fread(expected, 1, sizeof expected - 1, file)] = '\0';
	fclose(file);
	if (strcmp(text, expected))
		fail_msg("the screen differs from %s; it is\n%s", path, text);
}

static void check_screen(const char *name, const char *text)
{
	char path[200];

	snprintf(path, sizeof path, FOLDER "%s.txt", name);
	if (writes())
		write_file(path, text);
	else
		assert_file(path, text);
}

static void check_golden(const struct golden *golden, struct shop_viewer *shop)
{
	if (golden->prepare)
		golden->prepare(shop);
	check_screen(golden->name, shop_screen(shop));
	shop_close(shop);
}

static void test_screen(void **state)
{
	const struct golden *golden = *state;
	struct shop_viewer shop;

	shop_open(&shop, golden->columns, golden->lines, golden->charset);
	check_golden(golden, &shop);
}

static void test_screen_with_paths(void **state)
{
	const struct golden *golden = *state;
	struct shop_viewer shop;

	shop_open_with_paths(&shop, golden->columns, golden->lines, golden->charset);
	check_golden(golden, &shop);
}

/* Below each line of the screen, what its cells mean. */
static void test_styles(void **state)
{
	struct shop_viewer shop;
	struct buffer text = {0};
	struct grid line;

	shop_open(&shop, 80, 16, TEXT_UTF8);
	keep_filter(&shop);
	shop_press(&shop, "jj");
	viewer_draw(shop.viewer, &shop.grid);
	for (unsigned i = 0; i < shop.grid.lines; i++) {
		line = (struct grid){shop.grid.columns, 1, shop.grid.cells + (size_t)i * shop.grid.columns};
		screen_text(&text, &line);
		screen_styles(&text, &shop.grid, i);
	}
	buffer_add(&text, "", 1);
	check_screen("styles_80x16", text.text);
	buffer_deinit(&text);
	shop_close(&shop);
}

static void test_a_viewer_without_numbers_waits(void **state)
{
	const struct viewer_options options = {.interval = 1, .command = "ruby shop.rb"};
	struct shop_viewer shop = {.viewer = viewer_new(&options)};

	assert_true(grid_init(&shop.grid));
	assert_true(grid_resize(&shop.grid, 80, 8));
	check_screen("waiting_80x8", shop_screen(&shop));
	shop_close(&shop);
}

int main(void)
{
	struct CMUnitTest tests[GOLDENS + PATH_GOLDENS + 2];
	size_t count = 0;

	for (size_t i = 0; i < GOLDENS; i++)
		tests[count++] = (struct CMUnitTest){
		    .name = goldens[i].name, .test_func = test_screen, .initial_state = (void *)&goldens[i]};
	for (size_t i = 0; i < PATH_GOLDENS; i++)
		tests[count++] = (struct CMUnitTest){.name = path_goldens[i].name,
		                                     .test_func = test_screen_with_paths,
		                                     .initial_state = (void *)&path_goldens[i]};
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_styles);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_a_viewer_without_numbers_waits);
	return cmocka_run_group_tests_name("screens", tests, NULL, NULL);
}
