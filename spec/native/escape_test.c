/*
 * What terminals send behind an Escape.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "screen/escape.h"

/* Adds characters up to the end of the sequence. Returns how many belong to it. */
static size_t add(struct escape *escape, const char *text)
{
	size_t count = 0;

	*escape = (struct escape){0};
	while (text[count]) {
		if (!escape_add(escape, (unsigned char)text[count++]))
			return count;
	}
	return 0;
}

static void assert_mouse(const char *text, unsigned button, bool pressed, unsigned column, unsigned line)
{
	struct escape_mouse mouse;
	struct escape escape;

	assert_int_equal(add(&escape, text), strlen(text));
	assert_true(escape_read_mouse(&escape, &mouse));
	assert_int_equal(mouse.button, button);
	assert_int_equal(mouse.pressed, pressed);
	assert_int_equal(mouse.column, column);
	assert_int_equal(mouse.line, line);
}

static void test_the_mouse(void **state)
{
	assert_mouse("[<0;1;1M", 0, true, 0, 0);
	assert_mouse("[<0;250;80m", 0, false, 249, 79);
	assert_mouse("[<65;7;9M", 65, true, 6, 8);
	/* With Shift, Alt and Ctrl. */
	assert_mouse("[<28;3;4M", 0, true, 2, 3);
	assert_mouse("[<80;3;4M", 64, true, 2, 3);
	/* As terminals told it before. */
	assert_mouse("[M !!", 0, true, 0, 0);
	assert_mouse("[M#+,", 3, false, 10, 11);
	assert_mouse("[Ma~!", 65, true, 93, 0);
}

static void test_what_is_no_mouse(void **state)
{
	static const char *const texts[] = {"[<0;1M",
	                                    "[<0;0;1M",
	                                    "[<0;1;0M",
	                                    "[<0;1;1;1M",
	                                    "[<0;1;1x",
	                                    "[<;;M",
	                                    "[<-1;1;1M",
	                                    "[<M",
	                                    "[M\037!!",
	                                    "[M   ",
	                                    "[<0;99999999999999999999;1M",
	                                    "[A",
	                                    "OA",
	                                    "[15~",
	                                    "[200~",
	                                    "[<1;1M",
	                                    "[M!!\001",
	                                    "q",
	                                    "\033"};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct escape_mouse mouse;
		struct escape escape;

		assert_int_equal(add(&escape, texts[i]), strlen(texts[i]));
		assert_false(escape_read_mouse(&escape, &mouse));
	}
}

static void test_what_stands_around_a_paste(void **state)
{
	struct escape escape;

	add(&escape, "[200~");
	assert_true(escape_begins_paste(&escape) && !escape_ends_paste(&escape));
	add(&escape, "[201~");
	assert_true(escape_ends_paste(&escape) && !escape_begins_paste(&escape));
	add(&escape, "[?201~");
	assert_false(escape_ends_paste(&escape));
	add(&escape, "[201");
	assert_false(escape_ends_paste(&escape));
}

static void test_only_what_belongs_to_it_is_taken(void **state)
{
	struct escape escape;

	assert_int_equal(add(&escape, "xq"), 1);
	assert_int_equal(add(&escape, "[Aq"), 2);
	assert_int_equal(add(&escape, "OPq"), 2);
	assert_int_equal(add(&escape, "[<0;1;1Mq"), 8);
	assert_int_equal(add(&escape, "[M !!q"), 5);
	assert_int_equal(add(&escape, "[1;2\nq"), 5);
	assert_int_equal(add(&escape, "[1;2"), 0);
	assert_int_equal(add(&escape, "[1111111111111111111111111111111111111111111111"), ESCAPE_LENGTH + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_mouse),
	    cmocka_unit_test(test_what_is_no_mouse),
	    cmocka_unit_test(test_what_stands_around_a_paste),
	    cmocka_unit_test(test_only_what_belongs_to_it_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
