/*
 * The pane with the program's output: its colours on the screen, and searching it.
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
#include "app/viewer_state.h"

static void print(struct shop_viewer *shop, const char *text)
{
	viewer_output(shop->viewer, text, strlen(text));
}

static void print_lines(struct shop_viewer *shop, unsigned first, unsigned last)
{
	char line[40];

	for (unsigned i = first; i <= last; i++) {
		snprintf(line, sizeof line, "line %u%s\n", i, i % 20 ? "." : ": an Error");
		print(shop, line);
	}
}

/* The cell in which a text begins that is on the screen once. */
static const struct grid_cell *cell_of(struct shop_viewer *shop, const char *text)
{
	const char *screen = shop_screen(shop), *at = strstr(screen, text), *start = screen;
	unsigned line = 0;

	assert_non_null(at);
	for (const char *c = screen; c < at; c++) {
		line += *c == '\n';
		start = *c == '\n' ? c + 1 : start;
	}
	return &shop->grid
	            .cells[(size_t)line * shop->grid.columns + text_width(start, (size_t)(at - start), TEXT_UTF8)];
}

static void assert_cell(struct shop_viewer *shop, const char *text, uint16_t style, uint16_t fg, uint16_t bg)
{
	const struct grid_cell *cell = cell_of(shop, text);

	assert_int_equal(cell->style, style);
	assert_int_equal(cell->fg, fg);
	assert_int_equal(cell->bg, bg);
}

static void test_output_has_its_own_colours(void **state)
{
	struct shop_viewer *shop = *state;

	print(shop, "plain \033[1;31mbold red\033[22m, red \033[0;48;5;17mon blue \033[4;7mboth\033[m end\n");
	shop_press(shop, "l");
	assert_cell(shop, "plain ", GRID_PLAIN, 0, 0);
	assert_cell(shop, "bold red", GRID_BOLD, 2, 0);
	assert_cell(shop, ", red", GRID_PLAIN, 2, 0);
	assert_cell(shop, "on blue", GRID_PLAIN, 0, 18);
	assert_cell(shop, "both", GRID_UNDERLINE | GRID_REVERSE, 0, 18);
	assert_cell(shop, " end", GRID_PLAIN, 0, 0);
	/* What stands there next has none of them. */
	shop_press(shop, "l");
	shop_screen(shop);
	for (size_t i = 0; i < (size_t)shop->grid.columns * shop->grid.lines; i++)
		assert_int_equal(shop->grid.cells[i].fg | shop->grid.cells[i].bg, 0);
}

/* Puts a change of colour before every byte whose number the step divides, if it begins a character. */
static void print_coloured(struct shop_viewer *shop, const char *text, size_t step)
{
	for (size_t i = 0; text[i]; i++) {
		if (i % step == 0 && ((unsigned char)text[i] & 0xc0) != 0x80)
			print(shop, i % (2 * step) ? "\033[31m" : "\033[42m");
		viewer_output(shop->viewer, &text[i], 1);
	}
	print(shop, "\033[m\n");
}

static void test_a_coloured_line_is_cut_like_any_other(void **state)
{
	static const char *const lines[] = {
	    "0123456789012345678901234567890123456",     "01234567890123456789012345678901234567",
	    "012345678901234567890123456789012345678",   "0123456789012345678901234567890123456789",
	    "01234567890123456789012345678901234567890", "日本語日本語日本語日本語日本語日本語日",
	    "日本語日本語日本語日本語日本語日本語日本",  "x日本語日本語日本語日本語日本語日本語日",
	    "x日本語日本語日本語日本語日本語日本語日本", "0123456789012345678901234567890123456日x",
	};
	struct shop_viewer *shop = *state;

	assert_true(grid_resize(&shop->grid, 40, 16));
	shop_press(shop, "l");
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		for (size_t step = 1; step < 42; step++) {
			print_coloured(shop, lines[i], SIZE_MAX);
			print_coloured(shop, lines[i], step);
			shop_screen(shop);
			const struct grid_cell *plain = &shop->grid.cells[(size_t)13 * 40];
			for (unsigned column = 0; column < 40; column++)
				assert_int_equal(plain[column].base, plain[column + 40].base);
		}
	}
}

static void test_searching_goes_from_the_newest_line_back(void **state)
{
	struct shop_viewer *shop = *state;

	print_lines(shop, 1, 100);
	shop_press(shop, "l/");
	assert_shown(shop, "search: ");
	assert_shown(shop, " line 99.");
	shop_press(shop, "line 8");
	assert_shown(shop, " line 89.");
	shop_press(shop, "0: an ERR");
	assert_shown(shop, " line 80: an Error");
	assert_shown(shop, "1 found");
	for (unsigned i = 0; i < 9; i++)
		viewer_press(shop->viewer, INPUT_KEY_BACKSPACE);
	for (unsigned i = 0; i < 6; i++)
		viewer_press(shop->viewer, INPUT_KEY_BACKSPACE);
	shop_press(shop, "err\r");
	assert_shown(shop, " line 100: an Error");
	assert_shown(shop, "5 found");
	assert_cell(shop, "Error", GRID_UNDERLINE | GRID_REVERSE, 0, 0);
	shop_press(shop, "n");
	assert_shown(shop, " line 80: an Error");
	assert_not_shown(shop, " line 100: an Error");
	shop_press(shop, "nN");
	assert_shown(shop, " line 80: an Error");
	shop_press(shop, "N");
	assert_shown(shop, " line 100: an Error");
	shop_press(shop, "N");
	assert_shown(shop, "no newer line has this");
	shop_press(shop, "nnnn");
	assert_shown(shop, " line 20: an Error");
	shop_press(shop, "n");
	assert_shown(shop, "no older line has this");
}

static void test_what_was_found_stays_while_lines_come(void **state)
{
	struct shop_viewer *shop = *state;

	print_lines(shop, 1, 100);
	shop_press(shop, "l/line 60\r");
	assert_shown(shop, " line 60: an Error");
	print_lines(shop, 101, 500);
	assert_shown(shop, " line 60: an Error");
	assert_cell(shop, "line 60", GRID_UNDERLINE | GRID_REVERSE, 0, 0);
	/* Until it is forgotten; then the search begins anew. */
	print_lines(shop, 501, 500 + SCROLLBACK_LINES);
	assert_not_shown(shop, " line 60: an Error");
	shop_press(shop, "n");
	assert_shown(shop, "line 609.");
	assert_cell(shop, "line 609", GRID_UNDERLINE | GRID_REVERSE, 0, 0);
}

static void test_the_ways_out_of_searching(void **state)
{
	struct shop_viewer *shop = *state;

	/* Nothing to search. */
	shop_press(shop, "l/");
	assert_not_shown(shop, "search: ");
	print_lines(shop, 1, 30);
	shop_press(shop, "/nothing like this\r");
	assert_shown(shop, "no line of the output has this");
	assert_shown(shop, "0 found");
	viewer_press(shop->viewer, INPUT_KEY_ESCAPE);
	assert_not_shown(shop, "found");
	shop_press(shop, "/line");
	viewer_press(shop->viewer, INPUT_KEY_ESCAPE);
	assert_not_shown(shop, "search: ");
	assert_shown(shop, "── output ");
	viewer_press(shop->viewer, INPUT_KEY_ESCAPE);
	assert_not_shown(shop, "── output ");
	/* The table's filter is another thing. */
	shop_press(shop, "l/line\rl/shop\r");
	assert_shown(shop, "\"shop\"");
	assert_not_shown(shop, " String");
}

static int open_shop(void **state)
{
	return shop_enter(state, 80, 24, false);
}

#define SHOP_TEST(test) cmocka_unit_test_setup_teardown(test, open_shop, shop_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SHOP_TEST(test_output_has_its_own_colours),
	    SHOP_TEST(test_a_coloured_line_is_cut_like_any_other),
	    SHOP_TEST(test_searching_goes_from_the_newest_line_back),
	    SHOP_TEST(test_what_was_found_stays_while_lines_come),
	    SHOP_TEST(test_the_ways_out_of_searching),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
