/*
 * The line of keys: which of the commands that it is given have room, and what stands before them.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "panes/footer.h"
#include "screen_text.h"

static const struct footer_command commands[] = {
    {"↑ ↓", "move", 4}, {"g", "GC", 3}, {"b", "mark", 7}, {"q", "leave", 1}, {"x", "not ranked", 0},
};

#define COMMANDS (sizeof commands / sizeof *commands)

/* Draws it on a line of so many columns, and fails the test when that is another text. */
static void assert_drawn(const struct footer *footer, unsigned columns, const char *expected)
{
	struct buffer text = {0};
	struct grid grid;

	assert_true(grid_init(&grid));
	assert_true(grid_resize(&grid, columns, 1));
	grid_clear(&grid);
	footer_draw(footer, &grid, 0);
	screen_text(&text, &grid);
	buffer_add(&text, "", 1);
	text.text[strcspn(text.text, "\n")] = '\0';
	assert_string_equal(text.text, expected);
	buffer_deinit(&text);
	grid_deinit(&grid);
}

static void test_the_lowest_ranks_have_room_first_and_keep_their_order(void **state)
{
	const struct footer footer = {.commands = commands, .count = COMMANDS};

	assert_drawn(&footer, 80, " ↑ ↓ move  g GC  b mark  q leave");
	assert_drawn(&footer, 32, " ↑ ↓ move  g GC  b mark  q leave");
	assert_drawn(&footer, 31, " ↑ ↓ move  g GC  q leave");
	assert_drawn(&footer, 24, " ↑ ↓ move  g GC  q leave");
	/* The one that has no room leaves it to those behind it. */
	assert_drawn(&footer, 23, " g GC  b mark  q leave");
	assert_drawn(&footer, 14, " g GC  q leave");
	assert_drawn(&footer, 13, " q leave");
	assert_drawn(&footer, 7, " g GC");
	assert_drawn(&footer, 4, "");
}

static void test_what_is_typed_stands_before_the_keys_and_its_end_is_seen(void **state)
{
	struct line_edit typed = {.text = "größe", .length = strlen("größe")};
	struct footer footer = {.line_edit = &typed, .label = "filter: ", .commands = commands, .count = COMMANDS};

	footer.charset = TEXT_UTF8;
	assert_drawn(&footer, 30, " filter: größe   g GC  q leave");
	/* The cursor has a cell of its own behind it. */
	assert_drawn(&footer, 15, " filter: größe");
	assert_drawn(&footer, 14, " filter: …öße");
}

static void test_a_question_stands_before_the_keys(void **state)
{
	const struct footer footer = {.question = "end the program? y/n ", .commands = commands, .count = 2};

	assert_drawn(&footer, 40, " end the program? y/n  ↑ ↓ move  g GC");
	assert_drawn(&footer, 36, " end the program? y/n  g GC");
	assert_drawn(&footer, 10, " end the p");
}

static void test_columns_to_pick_from_leave_room_to_the_keys(void **state)
{
	struct table_view table = {.sort = column_find("live")};
	struct picker picker;

	picker_open(&picker, &table, PICKER_SORT);
	const struct footer footer = {.picker = &picker, .table = &table, .commands = commands, .count = COMMANDS};
	assert_drawn(&footer, 50, " sort by: GROWTH/s  LIVE  ↑ ↓ move  g GC  q leave");
	table_view_deinit(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_lowest_ranks_have_room_first_and_keep_their_order),
	    cmocka_unit_test(test_what_is_typed_stands_before_the_keys_and_its_end_is_seen),
	    cmocka_unit_test(test_a_question_stands_before_the_keys),
	    cmocka_unit_test(test_columns_to_pick_from_leave_room_to_the_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
