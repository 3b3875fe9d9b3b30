#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define SHOWN(expected, text, width, charset)                                                                          \
	do {                                                                                                           \
		char out[256];                                                                                         \
		size_t length = text_fit(out, sizeof out, text, sizeof text - 1, width, charset);                      \
		assert_string_equal(out, expected);                                                                    \
		assert_int_equal(length, strlen(expected));                                                            \
	} while (0)

#define UTF8(expected, text) SHOWN(expected, text, TEXT_UNLIMITED, TEXT_UTF8)
#define ASCII(expected, text) SHOWN(expected, text, TEXT_UNLIMITED, TEXT_ASCII)

static void test_plain_text_stays(void **state)
{
	UTF8("", "");
	UTF8("Shop::Session", "Shop::Session");
	UTF8("Grüße::日本語", "Grüße::日本語");
	UTF8("😀", "😀");
	ASCII("Gr??e", "Grüße");
}

static void test_control_characters_are_replaced(void **state)
{
	UTF8("a�[31mred�[0m", "a\033[31mred\033[0m");
	UTF8("�]0;title�", "\033]0;title\007");
	UTF8("two�rows�", "two\nrows\r");
	UTF8("nul�and�del", "nul\0and\177del");
	UTF8("�[31m", "\xc2\x9b[31m"); /* CSI as the C1 control character U+009B */
	ASCII("a?[31m", "a\033[31m");
}

static void test_changes_of_the_reading_direction_are_replaced(void **state)
{
	UTF8("a�b", "a\u202eb");
	UTF8("a�b", "a\u2066b");
	UTF8("a�b", "a\u2028b");
	UTF8("a�b", "a\ufeffb");
}

static void test_bytes_that_are_no_utf8_are_replaced(void **state)
{
	UTF8("a�b", "a\xff"
	            "b");
	UTF8("��", "\xc0\xaf");           /* overlong */
	UTF8("���", "\xed\xa0\x80");      /* surrogate */
	UTF8("����", "\xf4\x90\x80\x80"); /* beyond U+10FFFF */
	UTF8("a��", "a\xe2\x80");         /* cut short */
	UTF8("�", "\x9b");                /* C1 as a bare byte */
	UTF8("�x", "\xe2x");
}

static void test_text_that_is_too_wide_ends_in_an_ellipsis(void **state)
{
	SHOWN("Session", "Session", 7, TEXT_UTF8);
	SHOWN("Sessi…", "Session", 6, TEXT_UTF8);
	SHOWN("…", "Session", 1, TEXT_UTF8);
	SHOWN("", "Session", 0, TEXT_UTF8);
	SHOWN("Ses...", "Session", 6, TEXT_ASCII);
	SHOWN("..", "Session", 2, TEXT_ASCII);
}

static void test_wide_and_combining_characters_are_measured(void **state)
{
	assert_int_equal(text_width("日本", strlen("日本"), TEXT_UTF8), 4);
	assert_int_equal(text_width("日本", strlen("日本"), TEXT_ASCII), 2);
	assert_int_equal(text_width("e\u0301x", strlen("e\u0301x"), TEXT_UTF8), 2);
	SHOWN("日…", "日本語", 4, TEXT_UTF8);
	SHOWN("日本…", "日本語", 5, TEXT_UTF8);
	SHOWN("e\u0301x", "e\u0301x", 2, TEXT_UTF8);
}

static void test_towers_of_marks_are_cut(void **state)
{
	UTF8("a", "\u0301a"); /* nothing of ours carries this one */

	char tower[1 + 2 * 1000];
	char out[64];
	tower[0] = 'a';
	for (size_t i = 0; i < 1000; i++)
		memcpy(tower + 1 + 2 * i, "\u0301", 2);
	assert_int_equal(text_fit(out, sizeof out, tower, sizeof tower, 10, TEXT_UTF8), 1 + 8 * 2);
}

static void test_a_small_buffer_is_never_overrun(void **state)
{
	const char text[] = "日本語\033[31mSession";

	for (size_t capacity = 1; capacity < 40; capacity++) {
		char *out = malloc(capacity);
		size_t length = text_fit(out, capacity, text, sizeof text - 1, TEXT_UNLIMITED, TEXT_UTF8);
		assert_true(length < capacity);
		assert_int_equal(out[length], '\0');
		free(out);
	}
}

static void test_random_bytes_never_let_a_control_character_through(void **state)
{
	uint32_t seed = 12345;

	for (int round = 0; round < 2000; round++) {
		char text[64], out[256];
		for (size_t i = 0; i < sizeof text; i++) {
			seed = seed * 1664525u + 1013904223u;
			text[i] = (char)(seed >> 24);
		}
		size_t length = text_fit(out, sizeof out, text, sizeof text, 30, TEXT_UTF8);
		assert_true(text_width(out, length, TEXT_UTF8) <= 30);
		for (size_t i = 0; i < length; i++) {
			unsigned char byte = (unsigned char)out[i];
			bool c1 = byte == 0xc2 && (unsigned char)out[i + 1] < 0xa0;
			assert_false(byte < 0x20 || byte == 0x7f || c1);
		}
		/* What comes out goes in again unchanged: it is valid UTF-8. */
		char again[256];
		text_fit(again, sizeof again, out, length, TEXT_UNLIMITED, TEXT_UTF8);
		assert_string_equal(again, out);
	}
}

static void assert_end(const char *text, size_t width, enum text_charset charset, const char *expected)
{
	char out[64];

	assert_int_equal(text_fit_end(out, sizeof out, text, strlen(text), width, charset), strlen(expected));
	assert_string_equal(out, expected);
}

static void test_what_is_too_wide_can_lose_its_beginning(void **state)
{
	char small[8];

	assert_end("/srv/shop.rb:41", 15, TEXT_UTF8, "/srv/shop.rb:41");
	assert_end("/srv/shop.rb:41", 11, TEXT_UTF8, "…shop.rb:41");
	assert_end("/srv/shop.rb:41", 13, TEXT_ASCII, "...shop.rb:41");
	assert_end("/srv/shop.rb:41", 1, TEXT_UTF8, "…");
	assert_end("/srv/shop.rb:41", 2, TEXT_ASCII, "..");
	assert_end("/srv/shop.rb:41", 0, TEXT_UTF8, "");
	assert_end("", 5, TEXT_UTF8, "");
	/* Half a wide character is none, and a mark goes with what carries it. */
	assert_end("日本語", 4, TEXT_UTF8, "…語");
	assert_end("abe\u0301c", 2, TEXT_UTF8, "…c");
	assert_end("ab\033\n", 3, TEXT_UTF8, "…\xef\xbf\xbd\xef\xbf\xbd");
	/* Nor does it write over the end of what it was given. */
	assert_true(text_fit_end(small, sizeof small, "\xff\xff\xff\xff\xff\xff", 6, 40, TEXT_UTF8) < sizeof small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_plain_text_stays),
	    cmocka_unit_test(test_control_characters_are_replaced),
	    cmocka_unit_test(test_changes_of_the_reading_direction_are_replaced),
	    cmocka_unit_test(test_bytes_that_are_no_utf8_are_replaced),
	    cmocka_unit_test(test_text_that_is_too_wide_ends_in_an_ellipsis),
	    cmocka_unit_test(test_wide_and_combining_characters_are_measured),
	    cmocka_unit_test(test_towers_of_marks_are_cut),
	    cmocka_unit_test(test_a_small_buffer_is_never_overrun),
	    cmocka_unit_test(test_random_bytes_never_let_a_control_character_through),
	    cmocka_unit_test(test_what_is_too_wide_can_lose_its_beginning),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
