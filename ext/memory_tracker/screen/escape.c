#include "screen/escape.h"

/* What the characters of an old report of the mouse count from. */
#define OLD_OFFSET 32

/* Of the button: bits for Shift, Alt and Ctrl, and what it is when one is let go. */
#define MODIFIERS 28u
#define OLD_RELEASE 3u

/* What stands around what is pasted. */
#define PASTE_BEGIN 200
#define PASTE_END 201

static enum vt_event take(struct escape *escape, char byte)
{
	vt_parser_next(&escape->parser, &byte, 1, &escape->event);
	return escape->event;
}

static bool is(const struct escape *escape, char marker, char final)
{
	return escape->event == VT_CSI && vt_is(&escape->parser.sequence, marker, 0, final);
}

static bool is_old_report(const struct escape *escape)
{
	return is(escape, 0, 'M') && !escape->parser.sequence.count;
}

bool escape_add(struct escape *escape, uint32_t character)
{
	if (escape->length == ESCAPE_LENGTH)
		return false;
	if (!escape->length++)
		take(escape, VT_ESCAPE_BYTE);
	if (is_old_report(escape)) {
		escape->old_mouse[escape->old_length++] = character;
		return escape->old_length < ESCAPE_OLD_MOUSE;
	}
	/* A key of its own: SS3 and a letter. */
	if (escape->event == VT_ESCAPE)
		return false;
	/* A control character, a wide one and the final end it. Strings are for programs to send. */
	if (character < ' ' || character >= VT_DELETE)
		return false;
	if (escape->length == 1 && character != '[' && character != 'O')
		return false;
	return take(escape, (char)character) == VT_NONE || is_old_report(escape) || escape->event == VT_ESCAPE;
}

static bool read_old(const struct escape *escape, struct escape_mouse *mouse)
{
	const uint32_t *text = escape->old_mouse;

	if (escape->old_length < ESCAPE_OLD_MOUSE || text[0] < OLD_OFFSET || text[1] <= OLD_OFFSET ||
	    text[2] <= OLD_OFFSET)
		return false;
	mouse->button = (text[0] - OLD_OFFSET) & ~MODIFIERS;
	mouse->pressed = mouse->button != OLD_RELEASE;
	mouse->column = text[1] - OLD_OFFSET - 1;
	mouse->line = text[2] - OLD_OFFSET - 1;
	return true;
}

/* "CSI < button;column;line M", or m when it was let go. */
bool escape_read_mouse(const struct escape *escape, struct escape_mouse *mouse)
{
	const struct vt_sequence *sequence = &escape->parser.sequence;
	const uint16_t *values = sequence->values;

	if (is_old_report(escape))
		return read_old(escape, mouse);
	if ((!is(escape, '<', 'M') && !is(escape, '<', 'm')) || sequence->count != 3)
		return false;
	/* No screen has more cells than that. */
	if (!values[1] || !values[2] || values[1] == VT_VALUE_MAX || values[2] == VT_VALUE_MAX)
		return false;
	*mouse = (struct escape_mouse){values[0] & ~MODIFIERS, sequence->final == 'M', values[1] - 1u, values[2] - 1u};
	return true;
}

bool escape_begins_paste(const struct escape *escape)
{
	return is(escape, 0, '~') && vt_value(&escape->parser.sequence, 0, 0) == PASTE_BEGIN;
}

bool escape_ends_paste(const struct escape *escape)
{
	return is(escape, 0, '~') && vt_value(&escape->parser.sequence, 0, 0) == PASTE_END;
}
