/*
 * A screen on a pseudo terminal: what is written, what is read, and what happens when nobody reads.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "screen/escape.h"
#include "screen/screen.h"
#ifdef HAVE_CURSES
#include "random_numbers.h"
#include "screen_pty.h"
#include "taken_numbers.h"
#include "screen/screen_curses.h"
#endif

static void test_only_what_has_changed_is_written(void **state)
{
	struct pty *pty = pty_open("xterm-256color");

	pty_put(pty, 3, "81,204   +502.0   Hash");
	screen_show(pty->screen, &pty->grid);
	assert_true(pty_read_all(pty) > 20);
	screen_show(pty->screen, &pty->grid);
	assert_int_equal(pty_read_all(pty), 0);
	pty_put(pty, 3, "81,205");
	screen_show(pty->screen, &pty->grid);
	assert_in_range(pty_read_all(pty), 1, 20);
	screen_redraw(pty->screen);
	screen_show(pty->screen, &pty->grid);
	assert_true(pty_read_all(pty) > 20);
	pty_close(pty);
}

/* Text that differs from one call to the next in every cell. */
static void fill(struct pty *pty, unsigned number)
{
	char text[COLUMNS];

	for (unsigned line = 0; line < LINES_COUNT; line++) {
		for (unsigned i = 0; i < sizeof text; i++)
			text[i] = (char)('a' + (number + line * 7 + i) % 26);
		grid_put(&pty->grid, line, 0, number % 2 ? GRID_BOLD : GRID_GROWS, text, sizeof text);
	}
}

static void test_nobody_waits_for_a_terminal_that_is_not_read(void **state)
{
	struct pty *pty = pty_open("xterm-256color");
	struct input_event input;
	unsigned shown = 0;

	while (screen_send(pty->screen) && shown < 1000) {
		fill(pty, shown++);
		screen_show(pty->screen, &pty->grid);
	}
	/* It has taken some, and what is left is less than a screen. */
	assert_in_range(shown, 1, 999);
	assert_int_equal(write(pty->person, "x", 1), 1);
	while (!screen_key(pty->screen, &input))
		;
	assert_int_equal(input.key, 'x');
	pty_read_all(pty);
	size_t before = pty->seen.length;
	grid_clear(&pty->grid);
	pty_put(pty, 10, "the latest");
	screen_show(pty->screen, &pty->grid);
	assert_true(pty_read_all(pty) > 0);
	assert_true(pty_has_seen(pty, "the latest"));
	assert_true(before < shown * COLUMNS * LINES_COUNT * 2);
	pty_close(pty);
}

static void assert_next(struct pty *pty, const char *line_edit, uint32_t key, unsigned column, unsigned line)
{
	uint64_t end = pty_milliseconds() + DEADLINE_MS;
	struct input_event input = {0};

	assert_int_equal(write(pty->person, line_edit, strlen(line_edit)), strlen(line_edit));
	while (!screen_key(pty->screen, &input)) {
		struct pollfd pollfd = {.fd = pty->terminal, .events = POLLIN};

		poll(&pollfd, 1, 10);
		assert_true(pty_milliseconds() < end);
	}
	assert_int_equal(input.key, key);
	assert_int_equal(input.column, column);
	assert_int_equal(input.line, line);
	assert_false(screen_key(pty->screen, &input));
}

static void test_keys_and_the_mouse(void **state)
{
	static const char *const types[] = {"xterm-256color", "screen", "tmux-256color", "linux"};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		struct pty *pty = pty_open(types[i]);

		assert_next(pty, "q", 'q', 0, 0);
		assert_next(pty, "ö", 0xf6, 0, 0);
		assert_next(pty, "\033", INPUT_KEY_ESCAPE, 0, 0);
		assert_next(pty, "\033[<0;5;3M", INPUT_MOUSE_CLICK, 4, 2);
		assert_next(pty, "\033[<0;5;3m\033[<64;9;8M", INPUT_MOUSE_UP, 8, 7);
		assert_next(pty, "\033[<65;100;30M", INPUT_MOUSE_DOWN, 99, 29);
		assert_next(pty, "\033[<0;6;3M", INPUT_MOUSE_CLICK, 5, 2);
		/* Other buttons, Alt and a key, keys that nobody knows. */
		assert_next(pty, "\033[<2;6;3M\033[<1;6;3Mx", 'x', 0, 0);
		assert_next(pty, "\033x\033[77;5~y", 'y', 0, 0);
		pty_close(pty);
	}
}

static void test_two_clicks_at_a_place_are_a_double_one(void **state)
{
	struct pty *pty = pty_open("xterm-256color");

	/* In one go, so that no time passes between them. */
	const char *clicks = "\033[<0;5;3M\033[<0;5;3m\033[<0;5;3M\033[<0;5;3m\033[<0;5;3M\033[<0;5;4M";
	static const uint32_t expected[] = {INPUT_MOUSE_CLICK, INPUT_MOUSE_DOUBLE, INPUT_MOUSE_CLICK,
	                                    INPUT_MOUSE_CLICK};
	struct input_event input;
	assert_int_equal(write(pty->person, clicks, strlen(clicks)), strlen(clicks));
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		uint64_t end = pty_milliseconds() + DEADLINE_MS;

		while (!screen_key(pty->screen, &input))
			assert_true(pty_milliseconds() < end);
		assert_int_equal(input.key, expected[i]);
	}
	pty_close(pty);
}

static void test_a_sequence_may_come_in_pieces(void **state)
{
	struct pty *pty = pty_open("xterm-256color");
	struct input_event input;

	assert_int_equal(write(pty->person, "\033[<0;12", 7), 7);
	struct pollfd pollfd = {.fd = pty->terminal, .events = POLLIN};
	assert_int_equal(poll(&pollfd, 1, DEADLINE_MS), 1);
	assert_false(screen_key(pty->screen, &input));
	assert_next(pty, ";4M", INPUT_MOUSE_CLICK, 11, 3);
	pty_close(pty);
}

static void test_the_mouse_is_switched_on_and_off(void **state)
{
	char end_sequence[SCREEN_END_SEQUENCE_MAX];
	struct pty *pty = pty_open("xterm-256color");

	screen_show(pty->screen, &pty->grid);
	pty_read_all(pty);
	assert_false(pty_has_seen(pty, ESCAPE_MOUSE_ON));
	screen_mouse(pty->screen, true);
	screen_show(pty->screen, &pty->grid);
	pty_read_all(pty);
	assert_true(pty_has_seen(pty, ESCAPE_MOUSE_ON));
	assert_false(pty_has_seen(pty, ESCAPE_MOUSE_OFF));
	size_t length = screen_end_sequence(end_sequence);
	assert_non_null(memmem(end_sequence, length, ESCAPE_MOUSE_OFF, strlen(ESCAPE_MOUSE_OFF)));
	screen_mouse(pty->screen, false);
	screen_show(pty->screen, &pty->grid);
	pty_read_all(pty);
	assert_true(pty_has_seen(pty, ESCAPE_MOUSE_OFF));
	pty_close(pty);

	/* One that has no mouse is not told of it. */
	pty = pty_open("vt100");
	screen_mouse(pty->screen, true);
	screen_show(pty->screen, &pty->grid);
	pty_read_all(pty);
	assert_false(pty_has_seen(pty, "\033[?1000"));
	length = screen_end_sequence(end_sequence);
	assert_null(memmem(end_sequence, length, "\033[?1000", 7));
	pty_close(pty);
}

static void test_the_terminal_is_given_back(void **state)
{
	struct pty *pty = pty_open("xterm-256color");

	screen_show(pty->screen, &pty->grid);
	pty_read_all(pty);
	assert_true(fcntl(pty->terminal, F_GETFL) & O_NONBLOCK);
	screen_close(pty->screen);
	pty->screen = NULL;
	while (pty_read_some(pty) > 0)
		;
	assert_true(pty_has_seen(pty, "\033[?1049l"));
	assert_false(fcntl(pty->terminal, F_GETFL) & O_NONBLOCK);
	pty_close(pty);

	/* One without a second screen goes on in its last line. */
	pty = pty_open("vt100");
	screen_show(pty->screen, &pty->grid);
	pty_read_all(pty);
	screen_close(pty->screen);
	pty->screen = NULL;
	while (pty_read_some(pty) > 0)
		;
	assert_true(pty_has_seen(pty, "\033[30;1H\033[K"));
	pty_close(pty);
}

/* Everything a grid can have, on a terminal of each kind. */
static void test_terminals(void **state)
{
	static const char *const types[] = {"xterm-256color", "xterm", "screen", "tmux-256color", "linux", "vt100"};
	static const uint16_t styles[] = {
	    GRID_PLAIN, GRID_BOLD,        GRID_DIM,     GRID_REVERSE, GRID_UNDERLINE,
	    GRID_GROWS, GRID_UNCONFIRMED, GRID_SHRINKS, GRID_PLACE,   GRID_PLACE | GRID_BOLD};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		struct pty *pty = pty_open(types[i]);

		for (unsigned line = 0; line < sizeof styles / sizeof *styles; line++)
			grid_put(&pty->grid, line, 2, styles[line], "Größe 日本 e\u0301", 18);
		for (unsigned column = 0; column < COLUMNS; column++)
			grid_paint(&pty->grid, 20, column, 1, (uint16_t)(column % 257), (uint16_t)(column * 3 % 257));
		screen_show(pty->screen, &pty->grid);
		assert_true(pty_read_all(pty) > 100);
		assert_true(pty_has_seen(pty, "日本"));
		pty_close(pty);
	}
}

/* Each cell its own colours, more than a terminal has pairs for. */
static void test_more_colours_than_there_are_pairs(void **state)
{
	struct pty *pty = pty_open("xterm-256color");

	for (unsigned shown = 0; shown < 3; shown++) {
		for (unsigned line = 0; line < LINES_COUNT; line++) {
			for (unsigned column = 0; column < COLUMNS; column++)
				grid_paint(&pty->grid, line, column, 1, (uint16_t)((line * COLUMNS + column) % 257),
				           (uint16_t)((line + shown) % 257));
		}
		screen_show(pty->screen, &pty->grid);
		pty_read_all(pty);
	}
	/* When there are few again, all have theirs. */
	grid_clear(&pty->grid);
	pty_put(pty, 1, "orange");
	grid_paint(&pty->grid, 1, 1, 6, 209, 0);
	for (unsigned shown = 0; shown < 2; shown++) {
		screen_show(pty->screen, &pty->grid);
		pty_read_all(pty);
	}
	assert_true(pty_has_seen(pty, "\033[38;5;208morange"));
	pty_close(pty);
}

static void test_no_color(void **state)
{
	setenv("NO_COLOR", "1", 1);
	struct pty *pty = pty_open("xterm-256color");

	pty_put(pty, 1, "text");
	grid_style(&pty->grid, 1, 1, 2, GRID_GROWS);
	grid_paint(&pty->grid, 1, 3, 2, 10, 20);
	screen_show(pty->screen, &pty->grid);
	pty_read_all(pty);
	unsetenv("NO_COLOR");
	assert_false(pty_has_seen(pty, "\033[31m"));
	assert_false(pty_has_seen(pty, "\033[38;5"));
	assert_false(pty_has_seen(pty, "\033[48;5"));
	pty_close(pty);
}

static void test_terminals_that_have_no_screen(void **state)
{
	char problem[200];
	int person = posix_openpt(O_RDWR | O_NOCTTY);

	setenv("TERM", "dumb", 1);
	assert_string_equal(screen_problem(person, problem, sizeof problem),
	                    "a terminal of the type TERM=dumb cannot show a screen");
	setenv("TERM", "no-such-terminal", 1);
	assert_string_equal(screen_problem(person, problem, sizeof problem),
	                    "the terminal type TERM=no-such-terminal is not known");
	setenv("TERM", "", 1);
	assert_string_equal(screen_problem(person, problem, sizeof problem), "TERM is not set");
	setenv("TERM", "vt100", 1);
	assert_null(screen_problem(person, problem, sizeof problem));
	close(person);
}

static void test_sizes_that_come_and_go(void **state)
{
	static const struct winsize sizes[] = {{.ws_col = 1, .ws_row = 1},   {.ws_col = 250, .ws_row = 80},
	                                       {.ws_col = 3, .ws_row = 60},  {.ws_col = 200, .ws_row = 2},
	                                       {.ws_col = 80, .ws_row = 24}, {.ws_col = 1, .ws_row = 40}};
	struct pty *pty = pty_open("xterm-256color");
	unsigned columns, lines;

	for (unsigned i = 0; i < 300; i++) {
		const struct winsize *size = &sizes[i % (sizeof sizes / sizeof *sizes)];

		ioctl(pty->terminal, TIOCSWINSZ, size);
		assert_true(screen_measure(pty->screen, &columns, &lines));
		assert_int_equal(columns, size->ws_col);
		assert_int_equal(lines, size->ws_row);
		assert_true(grid_resize(&pty->grid, columns, lines));
		grid_put(&pty->grid, lines - 1, 0, GRID_BOLD, "日本語 text of a line", 23);
		screen_show(pty->screen, &pty->grid);
		pty_read_all(pty);
	}
	assert_false(screen_measure(pty->screen, &columns, &lines));
	pty_close(pty);
}

#ifdef HAVE_CURSES

/* What curses was told, a call at a time, is all of what the grid has. */
static void assert_told(const struct pty *pty)
{
	for (unsigned line = 0; line < LINES_COUNT; line++) {
		for (unsigned column = 0; column < COLUMNS; column++) {
			const struct grid_cell *cell = &pty->grid.cells[line * COLUMNS + column];
			wchar_t text[CCHARW_MAX + 1];
			attr_t attributes;
			cchar_t held;
			short pair;

			if (cell->base == 0 && column > 0 && cell[-1].width == 2)
				continue;
			assert_int_equal(mvwin_wch(stdscr, (int)line, (int)column, &held), OK);
			assert_int_equal(getcchar(&held, text, &attributes, &pair, NULL), OK);
			assert_int_equal(text[0], cell->base ? cell->base : ' ');
			assert_int_equal((uint32_t)text[1], cell->marks[0]);
			assert_int_equal((attributes & A_BOLD) != 0, (cell->style & GRID_BOLD) != 0);
		}
	}
}

static void test_wide_and_narrow_characters_take_each_others_place(void **state)
{
	static const char *const texts[] = {"日", "本語", "a", "bc", "e\u0301", " ", "é日x", "a long one, 語, and on"};
	struct pty *pty = pty_open("xterm-256color");
	uint64_t seed = 77;

	for (unsigned shown = 0; shown < 2000; shown++) {
		for (unsigned i = random_number(&seed) % 6; i < 6; i++) {
			const char *text = texts[random_number(&seed) % (sizeof texts / sizeof *texts)];
			unsigned line = (unsigned)(random_number(&seed) % LINES_COUNT);
			unsigned column = (unsigned)(random_number(&seed) % COLUMNS);

			grid_put(&pty->grid, line, column, random_number(&seed) % 2 ? GRID_BOLD : GRID_PLAIN, text,
			         strlen(text));
			/* Of a wide character perhaps one half, with what is beside it. */
			column = (unsigned)(random_number(&seed) % COLUMNS);
			grid_paint(&pty->grid, line, column, 1, (uint16_t)(random_number(&seed) % 3), 0);
		}
		screen_show(pty->screen, &pty->grid);
		pty_read_all(pty);
		assert_told(pty);
	}
	pty_close(pty);
}

/* A program that closes all, and opens its own file at the numbers, gets no screen into that, and no key is taken from it. */
static void test_a_screen_whose_descriptors_the_program_has_closed(void **state)
{
	struct taken_numbers numbers;
	char path[] = "/tmp/screen-test-XXXXXX", keys[32] = "";
	struct input_event input;
	struct stat status;

	taken_numbers_note(&numbers);
	struct pty *pty = pty_open("xterm-256color");
	taken_numbers_own(&numbers, pty->person);
	pty_put(pty, 3, "81,204   +502.0   Hash");
	screen_show(pty->screen, &pty->grid);
	pty_read_all(pty);
	assert_false(screen_lost(pty->screen));
	int own = mkstemp(path);
	taken_numbers_own(&numbers, own);
	assert_int_equal(write(own, "not keys", 8), 8);
	assert_int_equal(lseek(own, 0, SEEK_SET), 0);
	/* The terminal, both streams and the file that curses writes into. */
	taken_numbers_take(&numbers, dup(own), 4);
	assert_true(screen_lost(pty->screen));
	pty_put(pty, 3, "81,205");
	screen_mouse(pty->screen, true);
	screen_show(pty->screen, &pty->grid);
	assert_false(screen_key(pty->screen, &input));
	assert_true(screen_send(pty->screen));
	screen_close(pty->screen);
	pty->screen = NULL;
	assert_int_equal(read(own, keys, sizeof keys), 8);
	assert_string_equal(keys, "not keys");
	/* The rest is what is in streams at the end of the process. */
	fflush(NULL);
	assert_int_equal(fstat(own, &status), 0);
	assert_int_equal(status.st_size, 8);
	taken_numbers_release(&numbers);
	pty_close(pty);
	close(own);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_only_what_has_changed_is_written),
	    cmocka_unit_test(test_nobody_waits_for_a_terminal_that_is_not_read),
	    cmocka_unit_test(test_keys_and_the_mouse),
	    cmocka_unit_test(test_two_clicks_at_a_place_are_a_double_one),
	    cmocka_unit_test(test_a_sequence_may_come_in_pieces),
	    cmocka_unit_test(test_the_mouse_is_switched_on_and_off),
	    cmocka_unit_test(test_the_terminal_is_given_back),
	    cmocka_unit_test(test_terminals),
	    cmocka_unit_test(test_more_colours_than_there_are_pairs),
	    cmocka_unit_test(test_no_color),
	    cmocka_unit_test(test_terminals_that_have_no_screen),
	    cmocka_unit_test(test_sizes_that_come_and_go),
	    cmocka_unit_test(test_wide_and_narrow_characters_take_each_others_place),
	    cmocka_unit_test(test_a_screen_whose_descriptors_the_program_has_closed),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

static void test_a_build_without_curses_says_so(void **state)
{
	char problem[200];

	assert_non_null(strstr(screen_problem(0, problem, sizeof problem), "without ncurses"));
	assert_null(screen_open(0, false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_build_without_curses_says_so)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
