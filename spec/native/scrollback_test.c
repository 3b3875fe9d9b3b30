/*
 * What is kept of a program's output: lines, what they look like, and nothing that moves a cursor.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "screen/grid.h"
#include "panes/scrollback.h"

/* "[r1/2]" before what has these styles, ink and paper: letters b, d, u, r for styles, "-" for the terminal's own. */
static void put_look(struct buffer *out, const struct text_style *text_style)
{
	char text[40];

	snprintf(text, sizeof text, "[%s%s%s%s%d/%d]", text_style->style & GRID_BOLD ? "b" : "",
	         text_style->style & GRID_DIM ? "d" : "", text_style->style & GRID_UNDERLINE ? "u" : "",
	         text_style->style & GRID_REVERSE ? "r" : "", text_style->fg - 1, text_style->bg - 1);
	buffer_puts(out, text);
}

static void put_line(struct buffer *out, const struct scrollback_line *line, bool looks)
{
	size_t run = 0;

	for (size_t i = 0; i < line->length; i++) {
		for (; looks && run < line->run_count && line->runs[run].start == i; run++)
			put_look(out, &line->runs[run].text_style);
		buffer_add(out, &line->text[i], 1);
	}
	if (looks)
		assert_int_equal(run, line->run_count);
}

/* What the scrollback makes of a text, its lines joined by "|". The text comes in pieces of `piece` bytes. */
static void assert_lines(const char *expected, const char *text, size_t piece, bool looks)
{
	struct scrollback *scrollback = calloc(1, sizeof *scrollback);
	struct buffer joined = {0};

	for (size_t left = strlen(text), part; left; left -= part, text += part) {
		part = left < piece ? left : piece;
		scrollback_add(scrollback, text, part);
	}
	for (size_t i = 0; i < scrollback_count(scrollback); i++) {
		struct scrollback_line line = scrollback_line(scrollback, i);
		buffer_puts(&joined, i ? "|" : "");
		put_line(&joined, &line, looks);
	}
	buffer_add(&joined, "", 1);
	assert_string_equal(joined.text, expected);
	buffer_deinit(&joined);
	scrollback_deinit(scrollback);
	free(scrollback);
}

static void assert_cases(const char *const (*cases)[2], size_t count, bool looks)
{
	for (size_t i = 0; i < count; i++) {
		assert_lines(cases[i][1], cases[i][0], SIZE_MAX, looks);
		for (size_t piece = 1; piece < 5; piece++)
			assert_lines(cases[i][1], cases[i][0], piece, looks);
	}
}

static void test_control_sequences_are_taken_out(void **state)
{
	static const char *const cases[][2] = {
	    {"\033[1;31mred\033[0m", "red"},
	    {"\033]0;title\007a\033]8;;http://x\033\\link\033]8;;\033\\", "alink"},
	    {"\033Pq#0~~\033\\b\033_x\033\\c\033^y\033\\d\033X.\033\\e", "bcde"},
	    {"\033(Bf\0337\0338\033cg", "fg"},
	    {"\033[2J\033[Hh\033[?25l\033[?1049h\033[?1000h", "h"},
	    {"one\r\ntwo\nthree", "one|two|three"},
	    {"ab\bc\n", "ac"},
	    {"grö\bx\n", "grx"},
	    {"a\tb\n", "a       b"},
	    {"bell\007\177\001\n", "bell"},
	    {"\033[12\nnext", "|next"},
	    {"\033]0;never ended\nnext", "|next"},
	    {"\033\033[1mx", "x"},
	    {"\033]0;t\033[1mx", "x"},
	    {"\033[1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1mx", "x"},
	    {"\n\n", "|"},
	    {"Größe 日本", "Größe 日本"},
	};

	assert_cases(cases, sizeof cases / sizeof *cases, false);
}

static void test_a_progress_bar_leaves_its_last_state(void **state)
{
	static const char *const cases[][2] = {
	    {"10 %\r55 %\r100 %\n", "100 %"}, {"a long state\rdone\n", "done"}, {"10 %\033[G20 %\033[1G30 %\n", "30 %"},
	    {"10 %\r\033[K20 %\n", "20 %"},   {"10 %\033[2K\r20 %\n", "20 %"},  {"10 %\r\033[K\ndone\n", "|done"},
	    {"10 %\033[K\r\n", "10 %"},       {"10 %\033[7G!\n", "10 %!"},      {"|\b/\b-\b\\ working", "\\ working"},
	};

	assert_cases(cases, sizeof cases / sizeof *cases, false);
}

static void test_colours_are_kept(void **state)
{
	static const char *const cases[][2] = {
	    {"a\033[31mb\033[mc", "a[1/-1]"
	                          "b[-1/-1]c"},
	    {"\033[1;4;7;2mx\033[22my\033[24mz\033[27mw", "[bdur-1/-1]x[ur-1/-1]y[r-1/-1]z[-1/-1]w"},
	    {"\033[92;103mx", "[10/11]x"},
	    {"\033[38;5;208;48;5;17mx\033[39my\033[49mz", "[208/17]x[-1/17]y[-1/-1]z"},
	    {"\033[38;2;255;0;0mx", "[196/-1]x"},
	    {"\033[48;2;128;128;128mx", "[-1/244]x"},
	    {"\033[38:5:9mx\033[38:2::0:0:255my\033[38:2:0:255:0mz", "[9/-1]x[21/-1]y[46/-1]z"},
	    {"\033[4:3mx\033[4:0my", "[u-1/-1]x[-1/-1]y"},
	    {"\033[31mone\ntwo\033[0m\n", "[1/-1]one|[1/-1]two"},
	    {"\033[31mx\ry", "[1/-1]y"},
	    {"\033[31mx\b\033[32my", "[2/-1]y"},
	    /* What is no colour changes nothing. */
	    {"\033[38;5mx\033[38;5;300my\033[38;2;1;2mz\033[38mw", "xyzw"},
	    {"\033[?31mx\033[>4;2my\033[31 qz\033[5;8;9;3;77m!", "xyz!"},
	    {"\033[99999999999999999999mx\033[31$mq", "xq"},
	    {"\033[31m\033[32m\033[33mx", "[3/-1]x"},
	};

	assert_cases(cases, sizeof cases / sizeof *cases, true);
}

static void test_a_line_has_so_many_colours_at_most(void **state)
{
	struct scrollback *scrollback = calloc(1, sizeof *scrollback);
	char text[32];

	for (unsigned i = 0; i < 3 * SCROLLBACK_RUNS; i++)
		scrollback_add(scrollback, text, (size_t)snprintf(text, sizeof text, "\033[3%umx", i % 7));
	scrollback_add(scrollback, "\n", 1);
	struct scrollback_line line = scrollback_line(scrollback, 0);
	assert_int_equal(line.length, 3 * SCROLLBACK_RUNS);
	assert_int_equal(line.run_count, SCROLLBACK_RUNS);
	scrollback_deinit(scrollback);
	free(scrollback);
}

static void test_a_line_without_end_goes_on_in_the_next(void **state)
{
	char text[3001];
	struct scrollback *scrollback = calloc(1, sizeof *scrollback);

	for (size_t i = 0; i + 2 < sizeof text; i += 2)
		memcpy(text + i, "ö", 2);
	scrollback_add(scrollback, "\033[35m", 5);
	scrollback_add(scrollback, text, sizeof text - 1);
	assert_true(scrollback->total >= 2);
	for (size_t i = 0; i < scrollback_count(scrollback); i++) {
		struct scrollback_line line = scrollback_line(scrollback, i);
		assert_int_equal(line.length % 2, 0);
		assert_memory_equal(line.text, "ö", 2);
		assert_int_equal(line.run_count, 1);
		assert_int_equal(line.runs[0].text_style.fg, 6);
	}
	scrollback_deinit(scrollback);
	free(scrollback);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_control_sequences_are_taken_out),
	    cmocka_unit_test(test_a_progress_bar_leaves_its_last_state),
	    cmocka_unit_test(test_colours_are_kept),
	    cmocka_unit_test(test_a_line_has_so_many_colours_at_most),
	    cmocka_unit_test(test_a_line_without_end_goes_on_in_the_next),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
