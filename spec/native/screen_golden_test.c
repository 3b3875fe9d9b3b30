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
#include "viewer/theme.h"
#include "viewer/process_view.h"

#define FOLDER "spec/screens/"
#define MILLISECOND UINT64_C(1000000)

/* What is prepared, and how the shop is opened. */
struct view {
	const char *name;
	void (*prepare)(struct shop_viewer *shop); /* NULL: as the shop opens */
	unsigned lines;
	unsigned columns; /* 0: all of `widths` */
	bool paths;
	enum text_charset charset;
	bool monochrome; /* of a screen with its styles */
};

static const unsigned widths[] = {250, 120, 80, 60, 40};

#define WIDTHS (sizeof widths / sizeof *widths)

/* One screen of a view. */
struct golden {
	const struct view *view;
	unsigned columns;
	char name[80];
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

static void open_source_gone(struct shop_viewer *shop)
{
	shop_press(shop, "\rjv");
}

static void open_source(struct shop_viewer *shop)
{
	shop->path = "spec/fixtures/shop.rb";
	shop_second(shop, true);
	open_source_gone(shop);
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

static void filter_and_select(struct shop_viewer *shop)
{
	keep_filter(shop);
	shop_press(shop, "jj");
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

static const struct view views[] = {
    {.name = "classes", .lines = 18},
    {.name = "unfolded", .prepare = unfold_all, .lines = 18, .paths = true},
    {.name = "unfolded_marked", .prepare = unfold_and_mark, .lines = 20, .paths = true},
    {.name = "source", .prepare = open_source, .lines = 20, .paths = true},
    {.name = "graph", .prepare = open_graph, .lines = 22},
    {.name = "marked", .prepare = set_marks, .lines = 15},
    {.name = "deltas", .prepare = show_deltas, .lines = 15},
    {.name = "gc", .prepare = collect_garbage, .lines = 15},
    {.name = "gc_since_mark", .prepare = collect_against_a_mark, .lines = 15},
    {.name = "output", .prepare = open_output, .lines = 15},
    {.name = "output_searched", .prepare = search_output, .lines = 15},
    {.name = "sort_picked", .prepare = pick_order, .lines = 13},
    {.name = "columns_chosen", .prepare = choose_columns, .lines = 13},
    {.name = "filter_typed", .prepare = type_filter, .lines = 10},
    {.name = "filter_kept", .prepare = keep_filter, .lines = 10},
    {.name = "search_typed", .prepare = type_search, .lines = 14, .paths = true},
    {.name = "file_named", .prepare = name_file, .lines = 10},
    {.name = "frozen", .prepare = freeze_and_follow, .lines = 14},
    {.name = "paused", .prepare = pause_shop, .lines = 10},
    {.name = "ended", .prepare = end_shop, .lines = 14},
    {.name = "inexact", .prepare = make_inexact, .lines = 14},
    {.name = "estimated", .prepare = estimate_paths, .lines = 15, .paths = true},
    {.name = "light", .prepare = make_light, .lines = 16, .paths = true},
    {.name = "unconfirmed", .prepare = start_without_majors, .lines = 14},
    {.name = "anonymous", .prepare = leave_names_out, .lines = 16},
    {.name = "awaited", .prepare = choose_classes, .lines = 10},
    {.name = "processes", .prepare = list_processes, .lines = 18},
    {.name = "help", .prepare = open_help, .lines = 24},
};

/* On screens of sizes of their own. */
static const struct view more_views[] = {
    {.name = "classes", .columns = 160, .lines = 20},
    {.name = "classes", .columns = 100, .lines = 10},
    {.name = "classes", .columns = 100, .lines = 16},
    {.name = "classes", .columns = 80, .lines = 24},
    {.name = "classes", .columns = 120, .lines = 6},
    {.name = "classes", .columns = 40, .lines = 6},
    {.name = "inexact", .prepare = make_inexact, .columns = 40, .lines = 6},
    {.name = "marked", .prepare = set_marks, .columns = 160, .lines = 20},
    {.name = "too_small", .columns = 31, .lines = 4},
    {.name = "too_small", .columns = 39, .lines = 24},
    {.name = "too_small", .columns = 7, .lines = 3},
    {.name = "too_small", .columns = 1, .lines = 1},
    {.name = "filter_without_match", .prepare = filter_all_away, .columns = 80, .lines = 10},
    {.name = "search_kept", .prepare = keep_search, .columns = 80, .lines = 14},
    {.name = "output_closed", .prepare = print_something, .columns = 80, .lines = 8},
    {.name = "graph_shrinking", .prepare = open_graph_of_a_shrinking_class, .columns = 80, .lines = 22},
    {.name = "graph_unconfirmed", .prepare = open_graph_without_majors, .columns = 80, .lines = 20},
    {.name = "internal", .prepare = list_internal, .columns = 80, .lines = 18},
    {.name = "sorted_by_live_reversed", .prepare = sort_reversed, .columns = 80, .lines = 16},
    {.name = "anonymous_filtered", .prepare = filter_by_origin, .columns = 100, .lines = 12},
    {.name = "first_numbers", .prepare = start_without_gc, .columns = 120, .lines = 18},
    {.name = "folded", .columns = 120, .lines = 12, .paths = true},
    {.name = "unfolded_leak", .prepare = unfold_the_leak, .columns = 120, .lines = 16, .paths = true},
    {.name = "source_gone", .prepare = open_source_gone, .columns = 80, .lines = 18, .paths = true},
    {.name = "turned", .prepare = turn_the_tree, .columns = 120, .lines = 16, .paths = true},
    {.name = "help", .prepare = open_help, .columns = 120, .lines = 80},
    {.name = "help", .prepare = open_help, .columns = 40, .lines = 140, .charset = TEXT_ASCII},
    {.name = "ascii", .prepare = make_inexact, .columns = 100, .lines = 16, .charset = TEXT_ASCII},
    {.name = "ascii_unfolded",
     .prepare = unfold_all,
     .columns = 100,
     .lines = 16,
     .paths = true,
     .charset = TEXT_ASCII},
    {.name = "ascii_graph", .prepare = open_graph, .columns = 100, .lines = 20, .charset = TEXT_ASCII},
    {.name = "ascii_deltas", .prepare = show_deltas, .columns = 80, .lines = 16, .charset = TEXT_ASCII},
    {.name = "ascii_anonymous", .prepare = leave_names_out, .columns = 80, .lines = 16, .charset = TEXT_ASCII},
    {.name = "ascii_processes", .prepare = list_processes, .columns = 80, .lines = 20, .charset = TEXT_ASCII},
    {.name = "ascii_sort_picked", .prepare = pick_order, .columns = 40, .lines = 10, .charset = TEXT_ASCII},
};

/* With a line of letters below each line, for what its cells mean. */
static const struct view styled_views[] = {
    {.name = "styles_filtered", .prepare = filter_and_select, .columns = 80, .lines = 16},
    {.name = "styles_unfolded", .prepare = unfold_and_mark, .columns = 120, .lines = 20, .paths = true},
    {.name = "styles_source", .prepare = open_source, .columns = 80, .lines = 16, .paths = true},
    {.name = "styles_unconfirmed", .prepare = start_without_majors, .columns = 80, .lines = 12},
    {.name = "styles_inexact", .prepare = make_inexact, .columns = 80, .lines = 12},
    {.name = "styles_light", .prepare = make_light, .columns = 100, .lines = 14, .paths = true},
    {.name = "styles_graph", .prepare = open_graph, .columns = 80, .lines = 22},
    {.name = "styles_output", .prepare = open_output, .columns = 80, .lines = 14},
    {.name = "styles_output_searched", .prepare = search_output, .columns = 80, .lines = 14},
    {.name = "styles_columns_chosen", .prepare = choose_columns, .columns = 120, .lines = 12},
    {.name = "styles_paused", .prepare = pause_shop, .columns = 80, .lines = 12},
    {.name = "styles_help", .prepare = open_help, .columns = 80, .lines = 10},
    {.name = "monochrome_unfolded",
     .prepare = unfold_and_mark,
     .columns = 120,
     .lines = 20,
     .paths = true,
     .monochrome = true},
    {.name = "monochrome_unconfirmed", .prepare = start_without_majors, .columns = 80, .lines = 12, .monochrome = true},
    {.name = "monochrome_inexact", .prepare = make_inexact, .columns = 80, .lines = 12, .monochrome = true},
    {.name = "monochrome_graph", .prepare = open_graph, .columns = 80, .lines = 22, .monochrome = true},
    {.name = "monochrome_output", .prepare = open_output, .columns = 80, .lines = 14, .monochrome = true},
};

#define VIEWS (sizeof views / sizeof *views)
#define MORE_VIEWS (sizeof more_views / sizeof *more_views)
#define STYLED_VIEWS (sizeof styled_views / sizeof *styled_views)
#define GOLDENS (VIEWS * WIDTHS + MORE_VIEWS + STYLED_VIEWS)

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

static void open_view(struct shop_viewer *shop, const struct golden *golden)
{
	const struct view *view = golden->view;

	(view->paths ? shop_open_with_paths : shop_open)(shop, golden->columns, view->lines, view->charset);
	if (view->prepare)
		view->prepare(shop);
}

static void test_screen(void **state)
{
	const struct golden *golden = *state;
	struct shop_viewer shop;

	open_view(&shop, golden);
	check_screen(golden->name, shop_screen(&shop));
	shop_close(&shop);
}

/* As on a terminal without colours. */
static void leave_colours_out(struct grid *grid)
{
	for (size_t i = 0; i < (size_t)grid->columns * grid->lines; i++) {
		grid->cells[i].style = theme_monochrome(grid->cells[i].style);
		grid->cells[i].ink = grid->cells[i].paper = 0;
	}
}

static void test_styles(void **state)
{
	const struct golden *golden = *state;
	struct shop_viewer shop;
	struct buffer text = {0};
	struct grid line;

	open_view(&shop, golden);
	viewer_draw(shop.viewer, &shop.grid);
	if (golden->view->monochrome)
		leave_colours_out(&shop.grid);
	for (unsigned i = 0; i < shop.grid.lines; i++) {
		line = (struct grid){shop.grid.columns, 1, shop.grid.cells + (size_t)i * shop.grid.columns};
		screen_text(&text, &line);
		screen_styles(&text, &shop.grid, i);
	}
	buffer_add(&text, "", 1);
	check_screen(golden->name, text.text);
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

static struct golden goldens[GOLDENS];

/* Adds a screen of a view to the tests. */
static void add_test(struct CMUnitTest *tests, size_t *count, const struct view *view, unsigned columns,
                     CMUnitTestFunction test)
{
	struct golden *golden = &goldens[*count];

	golden->view = view;
	golden->columns = columns;
	snprintf(golden->name, sizeof golden->name, "%s_%ux%u", view->name, columns, view->lines);
	tests[(*count)++] = (struct CMUnitTest){.name = golden->name, .test_func = test, .initial_state = golden};
}

int main(void)
{
	struct CMUnitTest tests[GOLDENS + 1];
	size_t count = 0;

	for (size_t i = 0; i < VIEWS * WIDTHS; i++)
		add_test(tests, &count, &views[i / WIDTHS], widths[i % WIDTHS], test_screen);
	for (size_t i = 0; i < MORE_VIEWS; i++)
		add_test(tests, &count, &more_views[i], more_views[i].columns, test_screen);
	for (size_t i = 0; i < STYLED_VIEWS; i++)
		add_test(tests, &count, &styled_views[i], styled_views[i].columns, test_styles);
	tests[count] = (struct CMUnitTest)cmocka_unit_test(test_a_viewer_without_numbers_waits);
	return cmocka_run_group_tests_name("screens", tests, NULL, NULL);
}
