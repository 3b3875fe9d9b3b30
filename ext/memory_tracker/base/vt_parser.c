#include "base/vt_parser.h"

#include <string.h>

enum state {
	GROUND,
	ESCAPE,
	ESCAPE_INTERMEDIATE,
	/* Of a CSI or DCS, up to its final. */
	ENTRY,
	PARAMETER,
	INTERMEDIATE,
	STRING,
	STRING_ESCAPE, /* after an ESC in a string */
};

/* Modifiers of a key. */
#define SHIFT 1u
#define CONTROL 4u
#define LOCKS 192u
#define RELEASED 3u

#define EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

/* --- text --- */

/* Whether one of eight bytes is below 0x20 or DEL. */
static bool has_control(uint64_t bytes)
{
	uint64_t deleted = bytes ^ EACH_BYTE(VT_DELETE);
	uint64_t below = (bytes - EACH_BYTE(0x20)) & ~bytes, zero = (deleted - EACH_BYTE(1)) & ~deleted;

	return (below | zero) & EACH_BYTE(0x80);
}

static size_t text_length(const char *bytes, size_t length)
{
	size_t count = 0;
	uint64_t eight;

	for (; length - count >= sizeof eight; count += sizeof eight) {
		memcpy(&eight, bytes + count, sizeof eight);
		if (has_control(eight))
			break;
	}
	while (count < length && (unsigned char)bytes[count] >= 0x20 && bytes[count] != VT_DELETE)
		count++;
	return count;
}

/* --- sequences --- */

static enum vt_event go(struct vt_parser *parser, enum state state)
{
	parser->state = (uint8_t)state;
	return VT_NONE;
}

static enum vt_event end(struct vt_parser *parser, enum vt_event event, char final)
{
	parser->state = GROUND;
	parser->sequence.final = final;
	return parser->broken ? VT_ENDED : event;
}

/* The first byte behind an ESC: what was before is not read any more. */
static void clear(struct vt_parser *parser)
{
	struct vt_sequence *sequence = &parser->sequence;

	sequence->marker = sequence->final = 0;
	memset(sequence->intermediates, 0, sizeof sequence->intermediates);
	sequence->count = 0;
	sequence->joined = 0;
	sequence->head_length = 0;
	parser->broken = false;
}

static enum vt_event begin_kind(struct vt_parser *parser, enum vt_event kind, enum state state, char final)
{
	parser->kind = (uint8_t)kind;
	parser->sequence.final = final;
	return go(parser, state);
}

static enum vt_event add_intermediate(struct vt_parser *parser, char byte, enum state state)
{
	char *intermediates = parser->sequence.intermediates;
	size_t count = strnlen(intermediates, VT_INTERMEDIATES);

	if (count < VT_INTERMEDIATES)
		intermediates[count] = byte;
	else
		parser->broken = true;
	return go(parser, state);
}

static enum vt_event after_escape(struct vt_parser *parser, char byte)
{
	if (parser->state == ESCAPE)
		clear(parser);
	if (byte < 0x30)
		return add_intermediate(parser, byte, ESCAPE_INTERMEDIATE);
	if (parser->state == ESCAPE_INTERMEDIATE)
		return end(parser, VT_ESCAPE, byte);
	switch (byte) {
	case '[':
		return begin_kind(parser, VT_CSI, ENTRY, 0);
	case 'P':
		return begin_kind(parser, VT_DCS, ENTRY, 0);
	case ']':
		return begin_kind(parser, VT_OSC, STRING, byte);
	case 'X':
	case '^':
	case '_':
		return begin_kind(parser, VT_TEXT, STRING, byte);
	default:
		return end(parser, VT_ESCAPE, byte);
	}
}

static void begin_value(struct vt_parser *parser, bool joined)
{
	struct vt_sequence *sequence = &parser->sequence;

	if (sequence->count == VT_VALUES) {
		parser->broken = true;
		return;
	}
	if (joined)
		sequence->joined |= UINT32_C(1) << sequence->count;
	sequence->values[sequence->count++] = 0;
}

/* A digit, ":" or ";". The first value begins with the first of them. */
static void add_parameter(struct vt_parser *parser, char byte)
{
	struct vt_sequence *sequence = &parser->sequence;

	if (!sequence->count)
		begin_value(parser, false);
	if (byte >= ':') {
		begin_value(parser, byte == ':');
		return;
	}
	uint16_t *value = &sequence->values[sequence->count - 1];
	unsigned larger = *value * 10u + (unsigned)(byte - '0');
	*value = (uint16_t)(larger < VT_VALUE_MAX ? larger : VT_VALUE_MAX);
}

/* A byte of a CSI or DCS up to the final, from 0x20 on. */
static enum vt_event in_header(struct vt_parser *parser, char byte)
{
	if (byte < 0x30)
		return add_intermediate(parser, byte, INTERMEDIATE);
	if (byte >= 0x40) {
		parser->sequence.final = byte;
		return parser->kind == VT_CSI ? end(parser, VT_CSI, byte) : go(parser, STRING);
	}
	bool is_marker = byte > ';';
	if (parser->state == INTERMEDIATE || (is_marker && parser->state != ENTRY))
		parser->broken = true;
	else if (is_marker)
		parser->sequence.marker = byte;
	else
		add_parameter(parser, byte);
	return go(parser, parser->state == INTERMEDIATE ? INTERMEDIATE : PARAMETER);
}

static enum vt_event add_to_string(struct vt_parser *parser, char byte)
{
	struct vt_sequence *sequence = &parser->sequence;

	if (sequence->head_length < VT_HEAD_MAX)
		sequence->head[sequence->head_length++] = byte;
	return go(parser, STRING);
}

static enum vt_event in_string(struct vt_parser *parser, char byte)
{
	if (byte == VT_ESCAPE_BYTE)
		return go(parser, STRING_ESCAPE);
	if (byte == VT_BELL && parser->kind == VT_OSC)
		return end(parser, VT_OSC, parser->sequence.final);
	return add_to_string(parser, byte);
}

/*
 * The byte after an ESC in a string. Anything but ST cuts it off; in a DCS two are one of what is passed on to a terminal
 * outside of a multiplexer.
 */
static enum vt_event after_string(struct vt_parser *parser, char byte, size_t *used)
{
	if (byte == VT_ESCAPE_BYTE && parser->kind == VT_DCS) {
		++*used;
		return add_to_string(parser, byte);
	}
	enum vt_event event = end(parser, parser->kind, parser->sequence.final);
	if (byte == '\\')
		++*used;
	else
		parser->state = ESCAPE;
	return event;
}

/* A control character outside of strings. That of a DCS does not act. */
static enum vt_event control(struct vt_parser *parser, unsigned char byte)
{
	bool header = parser->state >= ENTRY;

	if (byte == VT_ESCAPE_BYTE) {
		bool cut_off = parser->state != GROUND;
		parser->state = ESCAPE;
		return cut_off ? VT_ENDED : VT_NONE;
	}
	if (parser->state != GROUND && (byte == VT_DELETE || (header && parser->kind == VT_DCS)))
		return VT_NONE;
	return VT_CONTROL;
}

static enum vt_event step(struct vt_parser *parser, unsigned char byte, size_t *used)
{
	if (byte == VT_CANCEL || byte == VT_SUBSTITUTE) {
		++*used;
		parser->state = GROUND;
		return VT_CONTROL;
	}
	if (parser->state == STRING_ESCAPE)
		return after_string(parser, (char)byte, used);
	/* A character has no place in a sequence. */
	if (byte >= 0x80 && parser->state != STRING) {
		parser->state = GROUND;
		return VT_ENDED;
	}
	++*used;
	if (parser->state == STRING)
		return in_string(parser, (char)byte);
	if (byte < 0x20 || byte == VT_DELETE)
		return control(parser, byte);
	return parser->state < ENTRY ? after_escape(parser, (char)byte) : in_header(parser, (char)byte);
}

size_t vt_parser_next(struct vt_parser *parser, const char *bytes, size_t length, enum vt_event *event)
{
	size_t used = parser->state == GROUND ? text_length(bytes, length) : 0;

	*event = used ? VT_PRINT : VT_NONE;
	while (*event == VT_NONE && used < length)
		*event = step(parser, (unsigned char)bytes[used], &used);
	return used;
}

void vt_parser_reset(struct vt_parser *parser)
{
	parser->state = GROUND;
}

bool vt_parser_in_sequence(const struct vt_parser *parser)
{
	return parser->state != GROUND;
}

/* --- reading one --- */

bool vt_is(const struct vt_sequence *sequence, char marker, char intermediate, char final)
{
	return sequence->marker == marker && sequence->intermediates[0] == intermediate &&
	       !sequence->intermediates[1] && sequence->final == final;
}

unsigned vt_value(const struct vt_sequence *sequence, unsigned parameter, unsigned sub)
{
	unsigned at = 0;

	for (; at < sequence->count; at++) {
		bool joined = sequence->joined & UINT32_C(1) << at;

		if (!joined && !parameter--)
			break;
	}
	for (; sub && ++at < sequence->count && (sequence->joined & UINT32_C(1) << at); sub--)
		;
	return !sub && at < sequence->count ? sequence->values[at] : 0;
}

unsigned vt_control_key(const struct vt_sequence *sequence)
{
	bool kitty = vt_is(sequence, 0, 0, 'u'), xterm = vt_is(sequence, 0, 0, '~') && vt_value(sequence, 0, 0) == 27;
	unsigned modifiers = vt_value(sequence, 1, 0), code = vt_value(sequence, xterm ? 2 : 0, 0);

	if ((!kitty && !xterm) || !modifiers || vt_value(sequence, 1, 1) == RELEASED)
		return 0;
	modifiers = (modifiers - 1) & ~LOCKS;
	/* What Shift makes of the key, or what is at its place on a keyboard of ASCII. */
	unsigned shifted = vt_value(sequence, 0, 1), base = vt_value(sequence, 0, 2);
	if (kitty && modifiers == (CONTROL | SHIFT) && shifted)
		code = shifted;
	else if (modifiers != CONTROL)
		return 0;
	else if (kitty && code >= 0x80 && base)
		code = base;
	return code >= 0x40 && code < VT_DELETE ? code & 0x1f : 0;
}
