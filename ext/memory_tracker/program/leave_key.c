#include "program/leave_key.h"

#include <string.h>

#include "base/vt_parser.h"

/* What stands around what is pasted. */
#define PASTE_BEGIN 200
#define PASTE_END 201

/* Of a key's event. */
#define RELEASED 3

size_t leave_key_resume(struct leave_key *key, char bytes[LEAVE_KEY_CUT_MAX])
{
	size_t length = key->cut_length;

	memcpy(bytes, key->cut, length);
	key->cut_length = 0;
	return length;
}

/* Whether bytes begin a sequence that may stand for the key. Esc, or Alt and "[", are keys without more. */
static bool is_cut(const char *bytes, size_t length)
{
	return length > 2 && length < LEAVE_KEY_CUT_MAX && bytes[0] == VT_ESCAPE_BYTE && bytes[1] == '[' &&
	       bytes[2] >= '0' && bytes[2] <= '9';
}

static void note_paste(struct leave_key *key, const struct vt_sequence *sequence)
{
	unsigned number = vt_is(sequence, 0, 0, '~') ? vt_value(sequence, 0, 0) : 0;

	if (number == PASTE_BEGIN || number == PASTE_END)
		key->pasting = number == PASTE_BEGIN;
}

/* Whether the event is the key. A terminal that has never said where a paste ends sends it alone all the same. */
static bool is_key(struct leave_key *key, enum vt_event event, const struct vt_sequence *sequence, char last,
                   bool alone)
{
	if (event == VT_CSI)
		note_paste(key, sequence);
	bool pressed =
	    event == VT_CONTROL ? last == LEAVE_KEY : event == VT_CSI && vt_control_key(sequence) == LEAVE_KEY;

	return pressed && (alone || !key->pasting);
}

static bool is_release(enum vt_event event, const struct vt_sequence *sequence)
{
	return event == VT_CSI && vt_value(sequence, 1, 1) == RELEASED;
}

/* Keeps bytes for the program, but for a sequence that the next read may turn out to be the key. */
static size_t keep(struct leave_key *key, enum vt_event event, char *to, const char *bytes, size_t length)
{
	if (event == VT_NONE && is_cut(bytes, length)) {
		memcpy(key->cut, bytes, length);
		key->cut_length = length;
		return 0;
	}
	memmove(to, bytes, length);
	return length;
}

bool leave_key_find(struct leave_key *key, char *bytes, size_t length, size_t *kept)
{
	struct vt_parser parser = {0};
	bool pressed = false;
	size_t count = 0;

	for (size_t at = 0, used; at < length; at += used) {
		enum vt_event event;

		used = vt_parser_next(&parser, bytes + at, length - at, &event);
		bool is = is_key(key, event, &parser.sequence, used ? bytes[at + used - 1] : 0, used == length);
		/* An ESC before the character is for the program. */
		size_t before = event == VT_CONTROL ? used - 1 : 0;
		if (pressed && !is && !is_release(event, &parser.sequence))
			break;
		if (is || !pressed)
			count += keep(key, event, bytes + count, bytes + at, is && !pressed ? before : used);
		pressed = is != pressed;
	}
	*kept = count;
	return pressed;
}
