/*
 * Text and control sequences, as the standards write them, cut at every byte; and random bytes.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/vt_parser.h"
#include "random_numbers.h"

static void put_values(struct buffer *out, const struct vt_sequence *sequence)
{
	char text[16];

	for (unsigned i = 0; i < sequence->count; i++) {
		bool joined = sequence->joined & UINT32_C(1) << i;

		snprintf(text, sizeof text, "%s%u", i == 0 ? "" : joined ? ":" : ";", sequence->values[i]);
		buffer_puts(out, text);
	}
}

/* "CSI(?25 h)" and the like. */
static void put_sequence(struct buffer *out, const char *name, const struct vt_sequence *sequence)
{
	buffer_puts(out, name);
	buffer_puts(out, "(");
	buffer_add(out, &sequence->marker, sequence->marker != 0);
	put_values(out, sequence);
	buffer_add(out, sequence->intermediates, strnlen(sequence->intermediates, VT_INTERMEDIATES));
	buffer_puts(out, " ");
	buffer_add(out, &sequence->final, 1);
	if (sequence->head_length)
		buffer_puts(out, " ");
	buffer_add(out, sequence->head, sequence->head_length);
	buffer_puts(out, ")");
}

static void put_event(struct buffer *out, enum vt_event event, const struct vt_parser *parser, const char *bytes,
                      size_t used)
{
	static const char *const names[] = {
	    [VT_ESCAPE] = "ESC", [VT_CSI] = "CSI", [VT_DCS] = "DCS", [VT_OSC] = "OSC", [VT_TEXT] = "TXT"};
	char text[16];

	if (event == VT_PRINT) {
		buffer_add(out, bytes, used);
	} else if (event == VT_CONTROL) {
		snprintf(text, sizeof text, "<%02x>", (unsigned char)bytes[used - 1]);
		buffer_puts(out, text);
	} else if (event == VT_ENDED) {
		buffer_puts(out, "END");
	} else if (event != VT_NONE) {
		put_sequence(out, names[event], &parser->sequence);
	}
}

static void parse(struct buffer *out, struct vt_parser *parser, const char *bytes, size_t length)
{
	while (length) {
		enum vt_event event;
		size_t used = vt_parser_next(parser, bytes, length, &event);

		put_event(out, event, parser, bytes, used);
		assert_true(used > 0 || event == VT_ENDED || event >= VT_DCS);
		bytes += used;
		length -= used;
	}
}

/* The text in two pieces, for each place to cut it at, and byte by byte. */
static void assert_events(const char *text, const char *expected)
{
	size_t length = strlen(text);

	for (size_t cut = 0; cut <= length; cut++) {
		struct vt_parser parser = {0};
		struct buffer out = {0};

		if (cut)
			parse(&out, &parser, text, cut);
		for (size_t i = cut, piece = cut ? length : 1; i < length; i += piece)
			parse(&out, &parser, text + i, i + piece > length ? length - i : piece);
		buffer_add(&out, "", 1);
		assert_string_equal(out.text, expected);
		buffer_deinit(&out);
	}
}

static void assert_all(const char *const (*cases)[2], size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_events(cases[i][0], cases[i][1]);
}

#define ASSERT_ALL(cases) assert_all(cases, sizeof cases / sizeof *cases)

static void test_text_and_controls(void **state)
{
	static const char *const cases[][2] = {
	    {"plain text that is longer than eight bytes", "plain text that is longer than eight bytes"},
	    {"one\r\ntwo\tx\177y", "one<0d><0a>two<09>x<7f>y"},
	    {"Größe 日本 \xff\x80\x9b", "Größe 日本 \xff\x80\x9b"},
	    /* The bytes of a character are no C1 controls: 0x9b is none of CSI, 0x90 none of DCS. */
	    {"\xe2\x90\x9b\x31m", "\xe2\x90\x9b\x31m"},
	};

	ASSERT_ALL(cases);
}

static void test_escape_sequences(void **state)
{
	static const char *const cases[][2] = {
	    {"\0337a\0338\033c\033=", "ESC( 7)aESC( 8)ESC( c)ESC( =)"},
	    {"\033(B\033#8\033 F\033$(Cx", "ESC(( B)ESC(# 8)ESC(  F)ESC($( C)x"},
	    {"\033\\\033Ox", "ESC( \\)ESC( O)x"},
	    /* More intermediates than there are. */
	    {"\033###8x", "ENDx"},
	    /* An ESC begins anew; a control acts, DEL does nothing. */
	    {"\033\033[mx", "ENDCSI( m)x"},
	    {"\033(\n\177B", "<0a>ESC(( B)"},
	    {"\033(\030x\033\032y", "<18>x<1a>y"},
	};

	ASSERT_ALL(cases);
}

static void test_csi(void **state)
{
	static const char *const cases[][2] = {
	    {"\033[m\033[0m\033[1;31mx", "CSI( m)CSI(0 m)CSI(1;31 m)x"},
	    {"\033[;5H\033[3;H\033[;H", "CSI(0;5 H)CSI(3;0 H)CSI(0;0 H)"},
	    {"\033[?25h\033[>4;2m\033[=1;2u\033[<1u", "CSI(?25 h)CSI(>4;2 m)CSI(=1;2 u)CSI(<1 u)"},
	    {"\033[38:2::1:2:3;4:3m", "CSI(38:2:0:1:2:3;4:3 m)"},
	    {"\033[?2026$p\033[1 q\033[!p\033[4;5\"q", "CSI(?2026$ p)CSI(1  q)CSI(! p)CSI(4;5\" q)"},
	    {"\033[99999999999m\033[65534m", "CSI(65535 m)CSI(65534 m)"},
	    /* Malformed: a second marker, one behind a parameter, a parameter behind an intermediate. */
	    {"\033[??1hx\033[1?hy\033[1$2pz\033[ !\"qw", "ENDxENDyENDzENDw"},
	    /* Too many: the final is known all the same. */
	    {"\033[1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1mx", "ENDx"},
	    /* Controls act at once; CAN, SUB and ESC end it; DEL does nothing; a character ends it. */
	    {"\033[1\n;2\177m", "<0a>CSI(1;2 m)"},
	    {"\033[1\030mx\033[1\032y", "<18>mx<1a>y"},
	    {"\033[1\033[2mx", "ENDCSI(2 m)x"},
	    {"\033[1öx", "ENDöx"},
	};

	ASSERT_ALL(cases);
}

static void test_strings(void **state)
{
	static const char *const cases[][2] = {
	    {"\033]0;tïtle\007x\033]8;;\033\\y", "OSC( ] 0;tïtle)xOSC( ] 8;;)y"},
	    {"\033P$qm\033\\x\033P+q544e\033\\\033P1;2|a\007b\033\\", "DCS($ q m)xDCS(+ q 544e)DCS(1;2 | a\007b)"},
	    {"\033_Ga=q;\033\\\033^pm\033\\\033Xsos\033\\x", "TXT( _ Ga=q;)TXT( ^ pm)TXT( X sos)x"},
	    /* CAN and SUB end them, and so does any sequence. */
	    {"\033]0;a\030b\033P1$qc\032d", "<18>b<1a>d"},
	    {"\033]0;a\033[1mx\033_b\033\033[2my", "OSC( ] 0;a)CSI(1 m)xTXT( _ b)ENDCSI(2 m)y"},
	    {"\033P1\0332x\033P1öy", "ENDESC( 2)xENDöy"},
	    /* Multiplexers pass on what is in a DCS, with each ESC twice. */
	    {"\033Ptmux;\033\033]11;?\007\033\\x", "DCS( t mux;\033]11;?\007)x"},
	    /* Malformed. */
	    {"\033P1$2qabc\033\\x", "ENDx"},
	};

	/* Of the doubled ESC one is left. */
	ASSERT_ALL(cases);
}

static void test_no_more_of_a_string_than_its_head_is_kept(void **state)
{
	struct vt_parser parser = {0};
	enum vt_event event;

	assert_int_equal(vt_parser_next(&parser, "\033]", 2, &event), 2);
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(vt_parser_next(&parser, "0123456789", 10, &event), 10);
	assert_true(vt_parser_in_sequence(&parser));
	assert_int_equal(vt_parser_next(&parser, "\007", 1, &event), 1);
	assert_int_equal(event, VT_OSC);
	assert_int_equal(parser.sequence.head_length, VT_HEAD_MAX);
	assert_memory_equal(parser.sequence.head, "012345678901", 12);
	assert_false(vt_parser_in_sequence(&parser));
}

static unsigned control_key(const char *text)
{
	struct vt_parser parser = {0};
	enum vt_event event;

	assert_int_equal(vt_parser_next(&parser, text, strlen(text), &event), strlen(text));
	assert_int_equal(event, VT_CSI);
	return vt_control_key(&parser.sequence);
}

static void test_keys_with_ctrl(void **state)
{
	static const char *const brackets[] = {"\033[93;5u",    "\033[93;5:1u",    "\033[93;5:2u",  "\033[27;5;93~",
	                                       "\033[93;69u",   "\033[93;197:1u",  "\033[93;5;29u", "\033[1098::93;5u",
	                                       "\033[57:93;6u", "\033[93::93;5:1u"};
	static const char *const others[] = {"\033[93;5:3u", "\033[93u",    "\033[93;1u",    "\033[93;7u",
	                                     "\033[93;6u",   "\033[27;5~",  "\033[27;2;93~", "\033[57442;5u",
	                                     "\033[3;5~",    "\033[?93;5u", "\033[93;5v",    "\033[93;5$u"};

	for (size_t i = 0; i < sizeof brackets / sizeof *brackets; i++)
		assert_int_equal(control_key(brackets[i]), 0x1d);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_int_equal(control_key(others[i]), 0);
	assert_int_equal(control_key("\033[99;5u"), 3);
}

/* Bytes of which sequences are made are frequent. */
static char random_byte(uint64_t *seed)
{
	static const char frequent[] = "\033\033\033[]P_\\;:?0123456789mhqt$ \007\030\n";
	uint64_t number = random_number(seed);

	return number % 4 ? frequent[number / 4 % (sizeof frequent - 1)] : (char)(number >> 8);
}

static void test_random_bytes(void **state)
{
	uint64_t seed = 20;

	for (unsigned round = 0; round < 20000; round++) {
		struct vt_parser whole = {0}, cut = {0};
		struct buffer expected = {0}, out = {0};
		char bytes[64];
		size_t length = 1 + random_number(&seed) % sizeof bytes;

		for (size_t i = 0; i < length; i++)
			bytes[i] = random_byte(&seed);
		parse(&expected, &whole, bytes, length);
		for (size_t i = 0, piece; i < length; i += piece) {
			piece = 1 + random_number(&seed) % 7;
			piece = piece < length - i ? piece : length - i;
			parse(&out, &cut, bytes + i, piece);
		}
		assert_int_equal(out.length, expected.length);
		assert_true(!out.length || !memcmp(out.text, expected.text, out.length));
		/* Whatever was before, CAN ends it, and all text behind it is there. */
		out.length = 0;
		parse(&out, &cut, "\030text", 5);
		assert_int_equal(out.length, 8);
		assert_memory_equal(out.text, "<18>text", 8);
		buffer_deinit(&expected);
		buffer_deinit(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_text_and_controls),
	    cmocka_unit_test(test_escape_sequences),
	    cmocka_unit_test(test_csi),
	    cmocka_unit_test(test_strings),
	    cmocka_unit_test(test_no_more_of_a_string_than_its_head_is_kept),
	    cmocka_unit_test(test_keys_with_ctrl),
	    cmocka_unit_test(test_random_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
