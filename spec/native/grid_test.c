#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "screen_text.h"
#include "screen/grid.h"
#include "table/sparkline.h"

#define PUT(grid, line, column, text) grid_put(grid, line, column, GRID_PLAIN, text, strlen(text))

static void open_grid(struct grid *grid, unsigned columns, unsigned lines)
{
	assert_true(grid_init(grid));
	assert_true(grid_resize(grid, columns, lines));
}

static void assert_grid(struct grid *grid, const char *expected)
{
	struct buffer text = {0};

	screen_text(&text, grid);
	buffer_add(&text, "", 1);
	assert_string_equal(text.text, expected);
	buffer_deinit(&text);
	grid_deinit(grid);
}

static void test_text_goes_where_it_is_put(void **state)
{
	struct grid grid;

	open_grid(&grid, 10, 2);
	assert_int_equal(PUT(&grid, 0, 0, "Hash"), 4);
	assert_int_equal(PUT(&grid, 1, 2, "Größe"), 7);
	assert_grid(&grid, "Hash\n  Größe\n");
}

static void test_text_is_cut_at_the_right_edge(void **state)
{
	struct grid grid;

	open_grid(&grid, 6, 1);
	assert_int_equal(PUT(&grid, 0, 3, "Session"), 6);
	assert_grid(&grid, "   Ses\n");
}

static void test_what_lies_outside_is_left_out(void **state)
{
	struct grid grid;

	open_grid(&grid, 4, 1);
	assert_int_equal(PUT(&grid, 1, 0, "below"), 0);
	assert_int_equal(PUT(&grid, 0, 4, "behind"), 4);
	assert_int_equal(PUT(&grid, 0, 4000, "behind"), 4000);
	grid_style(&grid, 1, 0, 4, GRID_BOLD);
	grid_style(&grid, 0, 3, 4000, GRID_BOLD);
	assert_int_equal(grid.cells[3].style, GRID_BOLD);
	assert_grid(&grid, "\n");
}

static void test_a_wide_character_takes_two_cells_or_none(void **state)
{
	struct grid grid;

	open_grid(&grid, 5, 1);
	assert_int_equal(PUT(&grid, 0, 0, "日本語"), 4);
	assert_int_equal(grid.cells[0].width, 2);
	assert_int_equal(grid.cells[1].base, 0);
	assert_grid(&grid, "日本\n");
}

static void test_half_of_a_wide_character_never_stays(void **state)
{
	struct grid grid;

	open_grid(&grid, 8, 2);
	PUT(&grid, 0, 0, "日本語");
	PUT(&grid, 0, 1, "x");
	PUT(&grid, 0, 4, "y");
	PUT(&grid, 1, 1, "日本語");
	PUT(&grid, 1, 2, "語");
	assert_grid(&grid, " x本y\n  語 語\n");
}

static void test_marks_stay_with_their_character(void **state)
{
	struct grid grid;

	open_grid(&grid, 4, 1);
	assert_int_equal(PUT(&grid, 0, 0, "e\u0301a"), 2);
	assert_int_equal(grid.cells[0].marks[0], 0x301);
	assert_grid(&grid, "e\u0301a\n");
}

static void test_marks_beyond_what_a_cell_holds_are_left_out(void **state)
{
	struct grid grid;

	open_grid(&grid, 4, 1);
	PUT(&grid, 0, 0, "e\u0301\u0302\u0303\u0304\u0305");
	assert_grid(&grid, "e\u0301\u0302\u0303\n");
}

static void test_a_mark_without_a_character_is_left_out(void **state)
{
	struct grid grid;

	open_grid(&grid, 4, 1);
	PUT(&grid, 0, 0, "a");
	PUT(&grid, 0, 1, "\u0301b");
	assert_grid(&grid, "ab\n");
}

static void test_styles_add_up_and_text_replaces_them(void **state)
{
	struct grid grid;

	open_grid(&grid, 3, 1);
	grid_put(&grid, 0, 0, GRID_GROWS | GRID_BOLD, "abc", 3);
	grid_style(&grid, 0, 1, 2, GRID_REVERSE);
	PUT(&grid, 0, 2, "d");
	assert_int_equal(grid.cells[0].style, GRID_GROWS | GRID_BOLD);
	assert_int_equal(grid.cells[1].style, GRID_GROWS | GRID_BOLD | GRID_REVERSE);
	assert_int_equal(grid.cells[2].style, GRID_PLAIN);
	assert_grid(&grid, "abd\n");
}

static void test_resizing_empties(void **state)
{
	struct grid grid;

	open_grid(&grid, 3, 1);
	PUT(&grid, 0, 0, "abc");
	assert_true(grid_resize(&grid, 3, 1));
	assert_int_equal(grid.cells[0].base, ' ');
	PUT(&grid, 0, 0, "abc");
	assert_true(grid_resize(&grid, 0, 5));
	assert_int_equal(PUT(&grid, 0, 0, "abc"), 0);
	assert_true(grid_resize(&grid, 2, 2));
	assert_grid(&grid, "\n\n");
}

static void test_a_grid_there_is_no_memory_for_is_none(void **state)
{
	struct grid grid;

	open_grid(&grid, 3, 1);
	assert_false(grid_resize(&grid, UINT32_MAX, UINT32_MAX));
	assert_int_equal(grid.columns, 0);
	assert_int_equal(grid.lines, 0);
	grid_clear(&grid);
	grid_deinit(&grid);
}

static void assert_bars(const char *expected, const uint32_t *values, unsigned count, unsigned cells)
{
	struct buffer text = {0};

	sparkline_print(&text, values, count, cells, TEXT_UTF8);
	buffer_add(&text, "", 1);
	assert_string_equal(text.text, expected);
	buffer_deinit(&text);
}

static void test_bars_show_how_counts_went(void **state)
{
	assert_bars("▁▂▃▄▅▆▇█", (uint32_t[]){100, 200, 300, 400, 500, 600, 700, 800}, 8, 8);
	assert_bars("█▁      ", (uint32_t[]){9, 0}, 2, 8);
	assert_bars("        ", NULL, 0, 8);
	assert_bars("▁▁", (uint32_t[]){0, 0}, 2, 2);
	assert_bars("▁█", (uint32_t[]){0, UINT32_MAX}, 2, 2);
}

static void test_bars_of_what_is_level_are_level(void **state)
{
	assert_bars("▅▅▅▅", (uint32_t[]){40771, 40771, 40771, 40771}, 4, 4);
	assert_bars("▅▅▄▅", (uint32_t[]){40795, 40771, 40700, 40771}, 4, 4);
}

static void test_a_bar_is_the_lowest_of_what_it_stands_for(void **state)
{
	/* Garbage comes and goes above a level of 100 that rises to 200. */
	assert_bars("▁▁██", (uint32_t[]){100, 900, 100, 800, 200, 700, 200, 900}, 8, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_text_goes_where_it_is_put),
	    cmocka_unit_test(test_text_is_cut_at_the_right_edge),
	    cmocka_unit_test(test_what_lies_outside_is_left_out),
	    cmocka_unit_test(test_a_wide_character_takes_two_cells_or_none),
	    cmocka_unit_test(test_half_of_a_wide_character_never_stays),
	    cmocka_unit_test(test_marks_stay_with_their_character),
	    cmocka_unit_test(test_marks_beyond_what_a_cell_holds_are_left_out),
	    cmocka_unit_test(test_a_mark_without_a_character_is_left_out),
	    cmocka_unit_test(test_styles_add_up_and_text_replaces_them),
	    cmocka_unit_test(test_resizing_empties),
	    cmocka_unit_test(test_a_grid_there_is_no_memory_for_is_none),
	    cmocka_unit_test(test_bars_show_how_counts_went),
	    cmocka_unit_test(test_bars_of_what_is_level_are_level),
	    cmocka_unit_test(test_a_bar_is_the_lowest_of_what_it_stands_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
