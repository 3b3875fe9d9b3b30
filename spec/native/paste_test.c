/*
 * What is pasted into a terminal, and keys that come as sequences.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#ifdef HAVE_CURSES

#include <locale.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "screen/escape.h"
#include "screen_pty.h"

static void wait_for_key(struct pty *pty, struct input_event *input)
{
	uint64_t end = pty_milliseconds() + DEADLINE_MS;

	while (!screen_key(pty->screen, input)) {
		struct pollfd pollfd = {.fd = pty->terminal, .events = POLLIN};

		poll(&pollfd, 1, 10);
		assert_true(pty_milliseconds() < end);
	}
}

static void assert_key(struct pty *pty, const char *sent, uint32_t key)
{
	struct input_event input;

	assert_int_equal(write(pty->person, sent, strlen(sent)), strlen(sent));
	wait_for_key(pty, &input);
	assert_int_equal(input.key, key);
	assert_false(input.pasted);
}

/* Reads what was pasted, and a key behind it that is none of it. */
static void assert_pasted(struct pty *pty, const char *expected, uint32_t last)
{
	struct input_event input = {.pasted = true};
	char text[100] = "";

	while (input.pasted) {
		wait_for_key(pty, &input);
		if (input.pasted)
			strncat(text, &(char){(char)input.key}, 1);
	}
	assert_string_equal(text, expected);
	assert_int_equal(input.key, last);
}

static void test_what_is_pasted_is_marked(void **state)
{
	static const char *const types[] = {"xterm-256color", "screen", "tmux-256color", "linux", "vt100"};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		struct pty *pty = pty_open(types[i]);
		static const char pasted[] = "\033[200~Qy\r\001\035\033[A\033OPq\033[31mw\033[<0;5;3Mz\033[201~k";

		assert_int_equal(write(pty->person, pasted, sizeof pasted - 1), sizeof pasted - 1);
		/* Sequences and keys that curses knows are left out. */
		assert_pasted(pty, "Qy\r\001\035qwz", 'k');
		pty_close(pty);
	}
}

/* Also what ends a paste may come in pieces, an ESC first. */
static void test_a_paste_may_come_in_pieces(void **state)
{
	static const char pasted[] = "\033[200~one\033[201~";

	for (size_t cut = 6; cut < sizeof pasted - 1; cut++) {
		struct pty *pty = pty_open("xterm-256color");
		struct pollfd pollfd = {.fd = pty->terminal, .events = POLLIN};
		struct input_event input;
		char text[10] = "";

		assert_int_equal(write(pty->person, pasted, cut), cut);
		assert_int_equal(poll(&pollfd, 1, DEADLINE_MS), 1);
		while (screen_key(pty->screen, &input))
			strncat(text, &(char){(char)input.key}, 1);
		assert_int_equal(write(pty->person, pasted + cut, sizeof pasted - 1 - cut), sizeof pasted - 1 - cut);
		assert_int_equal(write(pty->person, "k", 1), 1);
		assert_pasted(pty, "one" + strlen(text), 'k');
		pty_close(pty);
	}
}

static void test_pasting_is_asked_for_and_put_back(void **state)
{
	char end_sequence[SCREEN_END_SEQUENCE_MAX];
	struct pty *pty = pty_open("xterm-256color");

	screen_show(pty->screen, &pty->grid);
	pty_read_all(pty);
	assert_true(pty_has_seen(pty, ESCAPE_PASTE_ON));
	assert_false(pty_has_seen(pty, ESCAPE_PASTE_OFF));
	size_t length = screen_end_sequence(end_sequence);
	assert_true(length < sizeof end_sequence);
	assert_non_null(memmem(end_sequence, length, ESCAPE_PASTE_OFF, strlen(ESCAPE_PASTE_OFF)));
	screen_close(pty->screen);
	pty->screen = NULL;
	while (pty_read_some(pty) > 0)
		;
	assert_true(pty_has_seen(pty, ESCAPE_PASTE_OFF));
	pty_close(pty);

	/* One whose sequences are others is not asked. */
	pty = pty_open("vt52");
	screen_show(pty->screen, &pty->grid);
	pty_read_all(pty);
	assert_false(pty_has_seen(pty, "2004"));
	pty_close(pty);
}

static void test_keys_with_ctrl_that_come_as_sequences(void **state)
{
	struct pty *pty = pty_open("xterm-256color");

	assert_key(pty, "\033[93;5u", 0x1d);
	assert_key(pty, "\033[93;5:3u\033[27;5;108~", 'L' - '@');
	pty_close(pty);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_is_pasted_is_marked),
	    cmocka_unit_test(test_a_paste_may_come_in_pieces),
	    cmocka_unit_test(test_pasting_is_asked_for_and_put_back),
	    cmocka_unit_test(test_keys_with_ctrl_that_come_as_sequences),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
	return 0;
}

#endif
