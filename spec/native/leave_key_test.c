/*
 * The key that leaves the console, in all the ways in which terminals send it, cut at every byte.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "program/leave_key.h"

/* Reads bytes as a console does. Returns whether the key was pressed; what is for the program is added to `out`. */
static bool take(struct leave_key *key, const char *bytes, size_t length, char *out)
{
	char input[256];
	size_t count, before = leave_key_resume(key, input);

	memcpy(input + before, bytes, length);
	bool pressed = leave_key_find(key, input, before + length, &count);
	strncat(out, input, count);
	return pressed;
}

static void assert_whole(const char *typed, bool pressed, const char *kept)
{
	struct leave_key key = {0};
	char out[256] = "";

	assert_int_equal(take(&key, typed, strlen(typed), out), pressed);
	assert_string_equal(out, kept);
}

/* In two pieces; what is behind the key is lost only where it was read with it. */
static void assert_cut(const char *typed, const char *kept)
{
	for (size_t cut = 3; cut < strlen(typed); cut++) {
		struct leave_key key = {0};
		char out[256] = "";

		assert_false(take(&key, typed, cut, out));
		assert_true(take(&key, typed + cut, strlen(typed) - cut, out));
		assert_string_equal(out, kept);
	}
}

static void test_it_leaves(void **state)
{
	assert_whole("\035", true, "");
	assert_whole("words\r\035rest", true, "words\r");
	assert_whole("a\033[93;5ub", true, "a");
	assert_whole("a\033[93;5:1ub", true, "a");
	assert_whole("a\033[27;5;93~b", true, "a");
	assert_whole("\033[93;5:1u\033[93;5:3u", true, "");
	assert_whole("\033[1098::93;5u", true, "");
	assert_cut("\033[93;5u", "");
	assert_cut("\033[93;5:1u", "");
	assert_cut("\033[27;5;93~", "");
}

static void test_other_keys_are_for_the_program(void **state)
{
	static const char *const typed[] = {"plain",           "\033",         "\033[",       "\033[A",
	                                    "\033OP",          "\033[93;5:3u", "ö\033x",      "\033[27;5;92~",
	                                    "\033[93;2u",      "\033[99;5u",   "\033[24;80R", "\033]11;rgb:0/0/0\007",
	                                    "\033P1$r0m\033\\"};

	for (size_t i = 0; i < sizeof typed / sizeof *typed; i++)
		assert_whole(typed[i], false, typed[i]);
	/* A sequence is sent when its rest has come. */
	struct leave_key key = {0};
	char out[64] = "";
	assert_false(take(&key, "a\033[24;8", 7, out));
	assert_string_equal(out, "a");
	assert_false(take(&key, "0Rb", 3, out));
	assert_string_equal(out, "a\033[24;80Rb");
}

static void test_twice_it_is_a_key_of_the_program(void **state)
{
	assert_whole("\035\035", false, "\035");
	assert_whole("a\035\035b", false, "a\035b");
	assert_whole("\035\035\035", true, "\035");
	assert_whole("\033[93;5u\033[93;5u", false, "\033[93;5u");
	assert_whole("\033[93;5:1u\033[93;5:3u\033[93;5:1u\033[93;5:3u", false, "\033[93;5:1u\033[93;5:3u");
}

static void test_what_is_pasted_leaves_nothing(void **state)
{
	struct leave_key key = {0};
	char out[64] = "";

	assert_whole("\033[200~a\035b\033[201~", false, "\033[200~a\035b\033[201~");
	assert_whole("\033[200~a\033[201~\035", true, "\033[200~a\033[201~");
	/* Without an end, the key alone leaves. */
	assert_false(take(&key, "\033[200~a", 7, out));
	assert_false(take(&key, "\035b", 2, out));
	assert_true(take(&key, "\035", 1, out));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_it_leaves),
	    cmocka_unit_test(test_other_keys_are_for_the_program),
	    cmocka_unit_test(test_twice_it_is_a_key_of_the_program),
	    cmocka_unit_test(test_what_is_pasted_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
