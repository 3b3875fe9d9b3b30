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

#include "scenes.h"
#include "screen_text.h"
#include "shop_viewer.h"
#include "screen/theme.h"

#define FOLDER "spec/screens/"

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

static const struct view views[] = {
    {.name = "classes", .lines = 18},
    {.name = "unfolded", .prepare = scene_unfold_all, .lines = 18, .paths = true},
    {.name = "unfolded_marked", .prepare = scene_unfold_and_mark, .lines = 20, .paths = true},
    {.name = "source", .prepare = scene_open_source, .lines = 20, .paths = true},
    {.name = "graph", .prepare = scene_open_graph, .lines = 22},
    {.name = "marked", .prepare = scene_set_marks, .lines = 15},
    {.name = "deltas", .prepare = scene_show_deltas, .lines = 15},
    {.name = "gc", .prepare = scene_collect_garbage, .lines = 15},
    {.name = "gc_since_mark", .prepare = scene_collect_against_a_mark, .lines = 15},
    {.name = "output", .prepare = scene_open_output, .lines = 15},
    {.name = "output_searched", .prepare = scene_search_output, .lines = 15},
    {.name = "sort_picked", .prepare = scene_pick_order, .lines = 13},
    {.name = "columns_chosen", .prepare = scene_choose_columns, .lines = 13},
    {.name = "filter_typed", .prepare = scene_type_filter, .lines = 10},
    {.name = "filter_kept", .prepare = scene_keep_filter, .lines = 10},
    {.name = "search_typed", .prepare = scene_type_search, .lines = 14, .paths = true},
    {.name = "file_named", .prepare = scene_name_file, .lines = 10},
    {.name = "quit_asked", .prepare = scene_ask_to_quit, .lines = 10},
    {.name = "frozen", .prepare = scene_freeze_and_follow, .lines = 14},
    {.name = "paused", .prepare = scene_pause_shop, .lines = 10},
    {.name = "ended", .prepare = scene_end_shop, .lines = 14},
    {.name = "inexact", .prepare = scene_make_inexact, .lines = 14},
    {.name = "estimated", .prepare = scene_estimate_paths, .lines = 15, .paths = true},
    {.name = "light", .prepare = scene_make_light, .lines = 16, .paths = true},
    {.name = "unconfirmed", .prepare = scene_start_without_majors, .lines = 14},
    {.name = "anonymous", .prepare = scene_leave_names_out, .lines = 16},
    {.name = "awaited", .prepare = scene_choose_classes, .lines = 10},
    {.name = "processes", .prepare = scene_list_processes, .lines = 18},
    {.name = "help", .prepare = scene_open_help, .lines = 24},
};

/* On screens of sizes of their own. */
static const struct view more_views[] = {
    {.name = "classes", .columns = 160, .lines = 20},
    {.name = "classes", .columns = 100, .lines = 10},
    {.name = "classes", .columns = 100, .lines = 16},
    {.name = "classes", .columns = 80, .lines = 24},
    {.name = "classes", .columns = 120, .lines = 6},
    {.name = "classes", .columns = 40, .lines = 6},
    {.name = "inexact", .prepare = scene_make_inexact, .columns = 40, .lines = 6},
    {.name = "marked", .prepare = scene_set_marks, .columns = 160, .lines = 20},
    {.name = "too_small", .columns = 31, .lines = 4},
    {.name = "too_small", .columns = 39, .lines = 24},
    {.name = "too_small", .columns = 7, .lines = 3},
    {.name = "too_small", .columns = 1, .lines = 1},
    {.name = "filter_without_match", .prepare = scene_filter_all_away, .columns = 80, .lines = 10},
    {.name = "search_kept", .prepare = scene_keep_search, .columns = 80, .lines = 14},
    {.name = "output_closed", .prepare = scene_print_something, .columns = 80, .lines = 8},
    {.name = "graph_shrinking", .prepare = scene_open_graph_of_a_shrinking_class, .columns = 80, .lines = 22},
    {.name = "graph_unconfirmed", .prepare = scene_open_graph_without_majors, .columns = 80, .lines = 20},
    {.name = "internal", .prepare = scene_list_internal, .columns = 80, .lines = 18},
    {.name = "sorted_by_live_reversed", .prepare = scene_sort_reversed, .columns = 80, .lines = 16},
    {.name = "anonymous_filtered", .prepare = scene_filter_by_origin, .columns = 100, .lines = 12},
    {.name = "first_numbers", .prepare = scene_start_without_gc, .columns = 120, .lines = 18},
    {.name = "folded", .columns = 120, .lines = 12, .paths = true},
    {.name = "unfolded_leak", .prepare = scene_unfold_the_leak, .columns = 120, .lines = 16, .paths = true},
    {.name = "source_gone", .prepare = scene_open_source_gone, .columns = 80, .lines = 18, .paths = true},
    {.name = "turned", .prepare = scene_turn_the_tree, .columns = 120, .lines = 16, .paths = true},
    {.name = "help", .prepare = scene_open_help, .columns = 120, .lines = 80},
    {.name = "help", .prepare = scene_open_help, .columns = 40, .lines = 140, .charset = TEXT_ASCII},
    {.name = "ascii", .prepare = scene_make_inexact, .columns = 100, .lines = 16, .charset = TEXT_ASCII},
    {.name = "ascii_unfolded",
     .prepare = scene_unfold_all,
     .columns = 100,
     .lines = 16,
     .paths = true,
     .charset = TEXT_ASCII},
    {.name = "ascii_graph", .prepare = scene_open_graph, .columns = 100, .lines = 20, .charset = TEXT_ASCII},
    {.name = "ascii_deltas", .prepare = scene_show_deltas, .columns = 80, .lines = 16, .charset = TEXT_ASCII},
    {.name = "ascii_anonymous", .prepare = scene_leave_names_out, .columns = 80, .lines = 16, .charset = TEXT_ASCII},
    {.name = "ascii_processes", .prepare = scene_list_processes, .columns = 80, .lines = 20, .charset = TEXT_ASCII},
    {.name = "ascii_sort_picked", .prepare = scene_pick_order, .columns = 40, .lines = 10, .charset = TEXT_ASCII},
};

/* With a line of letters below each line, for what its cells mean. */
static const struct view styled_views[] = {
    {.name = "styles_filtered", .prepare = scene_filter_and_select, .columns = 80, .lines = 16},
    {.name = "styles_unfolded", .prepare = scene_unfold_and_mark, .columns = 120, .lines = 20, .paths = true},
    {.name = "styles_source", .prepare = scene_open_source, .columns = 80, .lines = 16, .paths = true},
    {.name = "styles_unconfirmed", .prepare = scene_start_without_majors, .columns = 80, .lines = 12},
    {.name = "styles_inexact", .prepare = scene_make_inexact, .columns = 80, .lines = 12},
    {.name = "styles_light", .prepare = scene_make_light, .columns = 100, .lines = 14, .paths = true},
    {.name = "styles_graph", .prepare = scene_open_graph, .columns = 80, .lines = 22},
    {.name = "styles_output", .prepare = scene_open_output, .columns = 80, .lines = 14},
    {.name = "styles_output_searched", .prepare = scene_search_output, .columns = 80, .lines = 14},
    {.name = "styles_columns_chosen", .prepare = scene_choose_columns, .columns = 120, .lines = 12},
    {.name = "styles_paused", .prepare = scene_pause_shop, .columns = 80, .lines = 12},
    {.name = "styles_help", .prepare = scene_open_help, .columns = 80, .lines = 10},
    {.name = "monochrome_unfolded",
     .prepare = scene_unfold_and_mark,
     .columns = 120,
     .lines = 20,
     .paths = true,
     .monochrome = true},
    {.name = "monochrome_unconfirmed",
     .prepare = scene_start_without_majors,
     .columns = 80,
     .lines = 12,
     .monochrome = true},
    {.name = "monochrome_inexact", .prepare = scene_make_inexact, .columns = 80, .lines = 12, .monochrome = true},
    {.name = "monochrome_graph", .prepare = scene_open_graph, .columns = 80, .lines = 22, .monochrome = true},
    {.name = "monochrome_output", .prepare = scene_open_output, .columns = 80, .lines = 14, .monochrome = true},
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
		grid->cells[i].fg = grid->cells[i].bg = 0;
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
