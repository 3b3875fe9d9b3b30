#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "terminal/private_modes.h"
#include "terminal/questions.h"

/* What has been answered so far. */
struct answers {
	char text[1024];
};

static void note(void *context, const char *text)
{
	struct answers *answers = context;

	strncat(answers->text, text, sizeof answers->text - strlen(answers->text) - 1);
}

/* Checks what is kept and answered, with the bytes cut into pieces of every size. */
static void assert_kept(const char *printed, size_t length, const char *kept, const char *answered)
{
	for (size_t piece = 1; piece <= length; piece++) {
		struct questions questions = {0};
		struct answers answers = {""};
		struct questions_answerer answerer = {note, &answers, 80, 24};
		char out[QUESTIONS_ROOM(1024)];
		size_t count = 0;

		for (size_t i = 0; i < length; i += piece)
			count += questions_take(&questions, printed + i, length - i < piece ? length - i : piece,
			                        out + count, &answerer);
		assert_int_equal(count, strlen(kept));
		assert_memory_equal(out, kept, count);
		assert_string_equal(answers.text, answered);
	}
}

#define ASSERT_KEPT(printed, kept, answered) assert_kept(printed, sizeof(printed) - 1, kept, answered)

static void test_questions_are_answered_and_taken_out(void **state)
{
	ASSERT_KEPT("one\033[6ntwo", "onetwo", "\033[24;4R");
	ASSERT_KEPT("\033[c\033[>c\033[5n", "", "\033[?1;2c\033[>0;0;0c\033[0n");
	ASSERT_KEPT("\033]11;?\007a\033]10;?\033\\b\033[?2026$pc", "abc", "");
}

static void test_everything_else_is_kept(void **state)
{
	ASSERT_KEPT("\033[31mred\033[0m\033[16n\033[6m\033(B", "\033[31mred\033[0m\033[16n\033[6m\033(B", "");
	ASSERT_KEPT("\033]0;a title?\007x\033]11;#fff\007", "\033]0;a title?\007x\033]11;#fff\007", "");
	ASSERT_KEPT("\033[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17mx",
	            "\033[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17mx", "");
	ASSERT_KEPT("\xff\xfe\r\n\t", "\xff\xfe\r\n\t", "");
}

static void test_where_the_cursor_is(void **state)
{
	ASSERT_KEPT("line\n> \xe2\x96\xbd\033[6n", "line\n> \xe2\x96\xbd", "\033[24;4R");
	ASSERT_KEPT("\033[1mbold\033[0m\033[6n", "\033[1mbold\033[0m", "\033[24;5R");
	ASSERT_KEPT("abc\033[2D\033[6n\033[10G\033[6n\033[3;7H\033[6n", "abc\033[2D\033[10G\033[3;7H",
	            "\033[24;2R\033[24;10R\033[24;7R");
	ASSERT_KEPT("a\tb\b\033[6n\033]0;long title\007\r\033[6n", "a\tb\b\033]0;long title\007\r",
	            "\033[24;9R\033[24;1R");
	ASSERT_KEPT("\033[999C\033[6n", "\033[999C", "\033[24;80R");
}

static void test_nobody_answers(void **state)
{
	struct questions questions = {0};
	struct questions_answerer answerer = {.columns = 80, .lines = 24};
	char out[QUESTIONS_ROOM(16)];

	assert_int_equal(questions_take(&questions, "a\033[6nb", 6, out, &answerer), 2);
	assert_memory_equal(out, "ab", 2);
}

static void assert_modes(const char *printed, const char *off, const char *on)
{
	size_t length = strlen(printed);

	for (size_t piece = 1; piece <= length; piece++) {
		struct private_modes modes = {0};
		char text[PRIVATE_MODES_MAX];

		for (size_t i = 0; i < length; i += piece)
			private_modes_feed(&modes, printed + i, length - i < piece ? length - i : piece);
		private_modes_put(&modes, false, text);
		assert_string_equal(text, off);
		private_modes_put(&modes, true, text);
		assert_string_equal(text, on);
		assert_int_equal(private_modes_alternate(&modes), strstr(on, "1049") != NULL);
	}
}

static void test_modes_are_switched_off_and_on_again(void **state)
{
	assert_modes("x\033[?1000;1006h\033[?25l", "\033[?25h\033[?1000l\033[?1006l",
	             "\033[?25l\033[?1000h\033[?1006h");
	assert_modes("\033[?1049h\033[2Jtext", "\033[?1049l", "\033[?1049h");
	assert_modes("\033[?1049h\033[?1049l\033[?25l\033[?25h", "", "");
	assert_modes("\033[4h\033[?12345678901234567890h\033[?9999h\033[?25\033[31m\033[?1000x", "", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_questions_are_answered_and_taken_out),
	    cmocka_unit_test(test_everything_else_is_kept),
	    cmocka_unit_test(test_where_the_cursor_is),
	    cmocka_unit_test(test_nobody_answers),
	    cmocka_unit_test(test_modes_are_switched_off_and_on_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
