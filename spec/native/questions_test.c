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
		char out[2 * QUESTIONS_ROOM(1024)];
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

/* All that a terminal answers would be typed into the shell that comes after the program. */
static void test_no_question_is_kept(void **state)
{
	static const char *const asked[] = {
	    "\033[=c",
	    "\033Z",
	    "\033[?996n",
	    "\033[?15n",
	    "\033[?26n",
	    "\033[?u",
	    "\033[>q",
	    "\033[>0q",
	    "\033[14t",
	    "\033[14;2t",
	    "\033[16t",
	    "\033[18t",
	    "\033[19t",
	    "\033[11t",
	    "\033[21t",
	    "\033[?25$p",
	    "\033[4$p",
	    "\033P$qm\033\\",
	    "\033P$q q\033\\",
	    "\033P+q544e;524742\033\\",
	    "\033]10;?\007",
	    "\033]11;?\033\\",
	    "\033]4;5;?\007",
	    "\033]4;0;?;1;?\033\\",
	    "\033]4;1;#fff;2;?\007",
	    "\033]10;?;?\007",
	    "\033]52;c;?\007",
	    "\033]21;foreground=?\033\\",
	    "\033]22;?\033\\",
	    "\033[?2;1;0S",
	    "\033[x",
	    "\033[1x",
	    "\033[?4m",
	    "\033[1$w",
	    "\033[1;1;1;1;1;1*y",
	    "\033_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\033\\",
	    "\005",
	    "\033Ptmux;\033\033]11;?\007\033\\",
	    "\033Ptmux;\033\033[?996n\033\\",
	};

	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		char printed[200], kept[] = "before\033[1mafter";

		snprintf(printed, sizeof printed, "before%s\033[1mafter", asked[i]);
		struct questions questions = {0};
		struct questions_answerer answerer = {.columns = 80, .lines = 24};
		char out[QUESTIONS_ROOM(200)];
		size_t count = 0, length = strlen(printed);

		for (size_t at = 0; at < length; at++)
			count += questions_take(&questions, printed + at, 1, out + count, &answerer);
		assert_int_equal(count, strlen(kept));
		assert_memory_equal(out, kept, count);
		questions = (struct questions){0};
		count = questions_take(&questions, printed, length, out, &answerer);
		assert_int_equal(count, strlen(kept));
		assert_memory_equal(out, kept, count);
	}
}

/* A control character acts before the sequence that it is in, and an ESC cuts one off. */
static void test_sequences_in_pieces(void **state)
{
	ASSERT_KEPT("a\033[6\nnb", "a\nb", "\033[24;1R");
	ASSERT_KEPT("a\033[3\n1mb", "a\n\033[31mb", "");
	ASSERT_KEPT("a\033[1\033[6nb\033[1\033[1mc", "a\033[1b\033[1\033[1mc", "\033[24;2R");
	ASSERT_KEPT("\033]11;?\033[1mx\033]0;t\033[6ny", "\033[1mx\033]0;ty", "\033[24;2R");
	ASSERT_KEPT("\033\033[6n\033\177[6nx\033[6\030nx\033[6\xc3\xb6", "\033x\033[6\030nx\033[6\xc3\xb6",
	            "\033[24;1R\033[24;1R");
	ASSERT_KEPT("\033\xc3\xb6\033[6nx", "\033\xc3\xb6x", "\033[24;2R");
	ASSERT_KEPT("\033Ptmux;\033\033[1m\033\\x", "\033Ptmux;\033\033[1m\033\\x", "");
}

static void test_what_is_long_is_kept(void **state)
{
	char printed[1000] = "\033]52;c;";

	memset(printed + 7, 'A', 900);
	strcpy(printed + 907, "\033\\text");
	assert_kept(printed, strlen(printed), printed, "");
	memset(printed + 7, '=', 900);
	strcpy(printed + 907, "\033[1mtext");
	assert_kept(printed, strlen(printed), printed, "");
	/* Also of a question there is no end. */
	memcpy(printed, "\033P+q", 4);
	assert_kept(printed, strlen(printed), "\033[1mtext", "");
}

static void test_everything_else_is_kept(void **state)
{
	ASSERT_KEPT("\033]2;?\007\033]8;;?\033\\\033]52;c;YT8=\007\033]4;1;#fff\007",
	            "\033]2;?\007\033]8;;?\033\\\033]52;c;YT8=\007\033]4;1;#fff\007", "");
	ASSERT_KEPT("\033[1c\033[22;0t\033[2 q\033[?25h\033[u\033[>4;2m\033[!p\033[1x\033[$x",
	            "\033[1c\033[22;0t\033[2 q\033[?25h\033[u\033[>4;2m\033[!p\033[$x", "");
	ASSERT_KEPT("\033P0;1|17/ab\033\\\033_Ga=T,f=24;aq=\033\\\033Pq#0~\033\\",
	            "\033P0;1|17/ab\033\\\033_Ga=T,f=24;aq=\033\\\033Pq#0~\033\\", "");
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

/* What undoes it, once the keys' flags are set, and what does it again, while they are not. */
static void assert_modes(const char *printed, const char *off, const char *on)
{
	size_t length = strlen(printed);

	for (size_t piece = 1; piece <= length; piece++) {
		struct private_modes modes = {0};
		char text[PRIVATE_MODES_MAX];

		for (size_t i = 0; i < length; i += piece)
			private_modes_feed(&modes, printed + i, length - i < piece ? length - i : piece);
		modes.keys_set = true;
		private_modes_put(&modes, false, text);
		assert_string_equal(text, off);
		modes.keys_set = false;
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

static void test_flags_for_keys_are_popped_and_pushed_again(void **state)
{
	assert_modes("\033[>1u", "\033[<1u", "\033[>1u");
	assert_modes("\033[>1u\033[>5u\033[=8;2u", "\033[<2u", "\033[>1u\033[>13u");
	assert_modes("\033[>1u\033[>5u\033[<u", "\033[<1u", "\033[>1u");
	assert_modes("\033[>1u\033[>5u\033[<9u\033[?u", "", "");
	assert_modes("\033[=5u", "\033[=0u", "\033[=5u");
	assert_modes("\033[=5;1u\033[=4;3u\033[>31u", "\033[<1u\033[=0u", "\033[=1u\033[>31u");
	assert_modes("\033[=5u\033[<u", "", "");
	/* Each screen has its own. */
	assert_modes("\033[>1u\033[?1049h\033[>2u\033[>3u", "\033[?47l\033[<1u\033[?47h\033[<2u\033[?1049l",
	             "\033[?1049h\033[?47l\033[>1u\033[?47h\033[>2u\033[>3u");
	assert_modes("\033[?47h\033[>2u\033[?47l", "\033[?47h\033[<1u\033[?47l", "\033[?47h\033[>2u\033[?47l");
	/* A reset undoes all. */
	assert_modes("\033[>1u\033[>4;2m\033[?25l\033c", "", "");
	/* More than are known: all are popped, and the latest ones pushed. */
	assert_modes("\033[>9u\033[>9u\033[>9u\033[>1u\033[>2u\033[>3u\033[>4u\033[>5u\033[>6u\033[>7u\033[>8u",
	             "\033[<11u", "\033[>1u\033[>2u\033[>3u\033[>4u\033[>5u\033[>6u\033[>7u\033[>8u");
}

static void test_other_codes_for_keys_are_reset(void **state)
{
	assert_modes("\033[>4;2m", "\033[>4m", "\033[>4;2m");
	assert_modes("\033[>4;1m\033[?2004h", "\033[?2004l\033[>4m", "\033[?2004h\033[>4;1m");
	assert_modes("\033[>4;2m\033[>4m", "", "");
	assert_modes("\033[>4;2m\033[>4;0m", "", "");
	assert_modes("\033[>4;2m\033[>m", "", "");
	assert_modes("\033[>4;2m\033[>4n", "", "");
	assert_modes("\033[>1;2m\033[4;2m", "", "");
}

static void test_flags_that_are_not_set_are_not_popped(void **state)
{
	struct private_modes modes = {0};
	char text[PRIVATE_MODES_MAX];

	private_modes_feed(&modes, "\033[>1u", 5);
	private_modes_put(&modes, false, text);
	assert_string_equal(text, "");
	modes.keys_set = true;
	private_modes_put(&modes, true, text);
	assert_string_equal(text, "");
}

static void test_there_is_room_for_all_of_it(void **state)
{
	struct private_modes modes = {0};
	char text[PRIVATE_MODES_MAX];
	static const char printed[] =
	    "\033[?1;9;1000;1001;1002;1003;1004;1005;1006;1015;2004h\033[?7;25l\033[>4;3m\033[=31u";
	static const char alternate[] = "\033[?47;1047;1049h\033[=31u";

	private_modes_feed(&modes, printed, sizeof printed - 1);
	for (unsigned i = 0; i < 200; i++)
		private_modes_feed(&modes, "\033[>31u", 6);
	private_modes_feed(&modes, alternate, sizeof alternate - 1);
	for (unsigned i = 0; i < 200; i++)
		private_modes_feed(&modes, "\033[>31u", 6);
	private_modes_put(&modes, true, text);
	assert_true(strlen(text) > 200 && strlen(text) < PRIVATE_MODES_MAX - 1);
	assert_non_null(strstr(text, "\033[>4;3m"));
	modes.keys_set = true;
	private_modes_put(&modes, false, text);
	assert_true(strlen(text) < PRIVATE_MODES_MAX - 1);
	assert_non_null(strstr(text, "\033[<99u"));
	assert_non_null(strstr(text, "\033[>4m"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_questions_are_answered_and_taken_out),
	    cmocka_unit_test(test_no_question_is_kept),
	    cmocka_unit_test(test_sequences_in_pieces),
	    cmocka_unit_test(test_what_is_long_is_kept),
	    cmocka_unit_test(test_everything_else_is_kept),
	    cmocka_unit_test(test_where_the_cursor_is),
	    cmocka_unit_test(test_nobody_answers),
	    cmocka_unit_test(test_modes_are_switched_off_and_on_again),
	    cmocka_unit_test(test_flags_for_keys_are_popped_and_pushed_again),
	    cmocka_unit_test(test_other_codes_for_keys_are_reset),
	    cmocka_unit_test(test_flags_that_are_not_set_are_not_popped),
	    cmocka_unit_test(test_there_is_room_for_all_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
