/*
 * The cell of a call path: its texts, and how it is drawn in cells of several widths.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "panes/path_cell_draw.h"
#include "screen_text.h"
#include "table/path_cell.h"

static const struct history_row grown = {.id = 1, .sustained = true};
static const struct column_line write_line = {
    .row = &grown,
    .name = "Store#write",
    .name_length = sizeof "Store#write" - 1,
    .path = {.depth = 1, .below = true, .share = 0.25, .file = "lib/store.rb", .file_length = 12, .line = 41},
    .charset = TEXT_UTF8};

static void test_a_share_takes_six_cells_whatever_it_is(void **state)
{
	static const struct {
		double share;
		const char *text;
	} cases[] = {{-1, "      "},     {0, " 0.0 %"},      {0.25, "25.0 %"},
	             {0.9994, "99.9 %"}, {0.9996, " 100 %"}, {1, " 100 %"}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char out[PATH_CELL_SHARE];

		path_cell_share(out, cases[i].share);
		assert_string_equal(out, cases[i].text);
	}
}

static void assert_place(const struct column_path *path, size_t size, const char *expected)
{
	char out[32];
	size_t length = path_cell_place(out, size, path);

	assert_int_equal(length, strlen(expected));
	assert_memory_equal(out, expected, length);
}

static void test_a_place_that_is_too_long_keeps_the_end_of_its_file(void **state)
{
	struct column_path path = write_line.path;

	assert_place(&path, 32, "lib/store.rb:41");
	assert_place(&path, 16, "store.rb:41");
	path.line = 0;
	assert_place(&path, 32, "lib/store.rb");
	path.file_length = 0;
	assert_place(&path, 32, "");
}

static void test_guides_take_a_third_of_the_cell_at_most(void **state)
{
	struct column_path path = {.depth = 3};

	assert_int_equal(path_cell_guides(&path, 60), 3 * PATH_CELL_MARK);
	path.depth = 100;
	assert_int_equal(path_cell_guides(&path, 60), 10 * PATH_CELL_MARK);
	assert_int_equal(path_cell_guides(&path, 5), 0);
}

/* The text of a cell, and the styles of it below. */
static void assert_drawn(const struct column_line *line, unsigned cells, const char *filter, const char *sign,
                         const char *expected)
{
	struct line_edit found = {.length = strlen(filter)};
	struct buffer text = {0};
	struct grid grid;

	memcpy(found.text, filter, found.length);
	assert_true(grid_init(&grid));
	assert_true(grid_resize(&grid, cells, 1));
	path_cell_draw(&grid, 0, 0, cells, line, &found, sign);
	screen_text(&text, &grid);
	screen_styles(&text, &grid, 0);
	buffer_add(&text, "", 1);
	assert_string_equal(text.text, expected);
	buffer_deinit(&text);
	grid_deinit(&grid);
}

static void test_a_wide_cell_has_share_and_place_in_columns(void **state)
{
	assert_drawn(&write_line, 50, "", NULL,
	             "│ ▸ 25.0 %  Store#write      lib/store.rb:41\n"
	             "D...DDDDDD...................ccccccccccccccc\n");
}

static void test_a_narrow_cell_has_no_share_and_keeps_the_place_longest(void **state)
{
	assert_drawn(&write_line, 31, "", NULL, "│ ▸ Store#write lib/store.rb:41\nD...............ccccccccccccccc\n");
	assert_drawn(&write_line, 30, "", NULL, "│ ▸ …ore#write lib/store.rb:41\nD..............ccccccccccccccc\n");
	assert_drawn(&write_line, 22, "", NULL, "│ ▸ lib/store.rb:41\nD...ccccccccccccccc\n");
	assert_drawn(&write_line, 12, "", NULL, "│ ▸ …e.rb:41\nD...cccccccc\n");
}

static void test_what_the_filter_finds_is_underlined_and_growth_has_its_sign(void **state)
{
	assert_drawn(&write_line, 50, "write", "▲",
	             "│ ▸ 25.0 %  Store#write    lib/store.rb:41       ▲\n"
	             "D...DDDDDD........UUUUU....ccccccccccccccc.......r\n");
}

static void test_a_frame_that_is_no_code_steps_back(void **state)
{
	struct column_line line = write_line;

	line.path.pseudo = true;
	line.path.below = false;
	line.path.file_length = 0;
	assert_drawn(&line, 50, "", NULL,
	             "│   25.0 %  Store#write\n"
	             "D...DDDDDD..DDDDDDDDDDD\n");
	line.charset = TEXT_ASCII;
	line.path.below = line.path.unfolded = true;
	assert_drawn(&line, 50, "", NULL,
	             "| v 25.0 %  Store#write\n"
	             "D...DDDDDD..DDDDDDDDDDD\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_share_takes_six_cells_whatever_it_is),
	    cmocka_unit_test(test_a_place_that_is_too_long_keeps_the_end_of_its_file),
	    cmocka_unit_test(test_guides_take_a_third_of_the_cell_at_most),
	    cmocka_unit_test(test_a_wide_cell_has_share_and_place_in_columns),
	    cmocka_unit_test(test_a_narrow_cell_has_no_share_and_keeps_the_place_longest),
	    cmocka_unit_test(test_what_the_filter_finds_is_underlined_and_growth_has_its_sign),
	    cmocka_unit_test(test_a_frame_that_is_no_code_steps_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
