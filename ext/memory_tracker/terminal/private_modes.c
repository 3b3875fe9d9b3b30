#include "terminal/private_modes.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Modes of "CSI ? number h" and "l", and whether they are on as a terminal comes. The alternate screens come first. */
static const struct {
	unsigned number;
	bool on;
} known[] = {
    {47, false},   {1047, false}, {1049, false}, {1, false},    {7, true},     {9, false},
    {25, true},    {1000, false}, {1001, false}, {1002, false}, {1003, false}, {1004, false},
    {1005, false}, {1006, false}, {1015, false}, {2004, false},
};

#define KNOWN (sizeof(known) / sizeof(known[0]))
#define ALTERNATE_MODES 3
#define ALTERNATE ((UINT32_C(1) << ALTERNATE_MODES) - 1)

/* All flags that there are. */
#define KEY_FLAGS 31u

/* "CSI > 4": which resource of xterm the keys are, and the most that it can be. */
#define OTHER_KEYS 4u
#define OTHER_KEYS_MOST 3u

/* --- what was printed --- */

static void set_modes(struct private_modes *modes, const struct vt_sequence *sequence, bool on)
{
	for (unsigned nth = 0; nth < sequence->count; nth++) {
		for (size_t i = 0; i < KNOWN; i++) {
			uint32_t bit = UINT32_C(1) << i;

			if (known[i].number == sequence->values[nth])
				modes->changed = on == known[i].on ? modes->changed & ~bit : modes->changed | bit;
		}
	}
}

static uint8_t *flags_of(struct key_flags *keys, unsigned nth)
{
	return nth ? &keys->flags[nth % PRIVATE_MODES_KNOWN] : &keys->first;
}

static void push(struct key_flags *keys, unsigned flags)
{
	keys->pushed += keys->pushed < PRIVATE_MODES_PUSHED;
	*flags_of(keys, keys->pushed) = (uint8_t)(flags & KEY_FLAGS);
}

/* One more than there are, and all is as it comes. */
static void pop(struct key_flags *keys, unsigned count)
{
	count = count ? count : 1;
	if (count > keys->pushed)
		*keys = (struct key_flags){0};
	else
		keys->pushed = (uint8_t)(keys->pushed - count);
}

/* Changes the flags that are in use: all, or some are added or taken away. */
static void change(struct key_flags *keys, unsigned flags, unsigned how)
{
	uint8_t *now = flags_of(keys, keys->pushed);

	flags &= KEY_FLAGS;
	*now = (uint8_t)(how == 2 ? *now | flags : how == 3 ? *now & ~flags : flags);
}

static void take_csi(struct private_modes *modes, const struct vt_sequence *sequence)
{
	struct key_flags *keys = &modes->key_flags[private_modes_alternate(modes)];
	unsigned first = vt_value(sequence, 0, 0), second = vt_value(sequence, 1, 0);

	if (vt_is(sequence, '?', 0, 'h') || vt_is(sequence, '?', 0, 'l'))
		set_modes(modes, sequence, sequence->final == 'h');
	else if (vt_is(sequence, '>', 0, 'u'))
		push(keys, first);
	else if (vt_is(sequence, '<', 0, 'u'))
		pop(keys, first);
	else if (vt_is(sequence, '=', 0, 'u'))
		change(keys, first, second);
	else if (vt_is(sequence, '>', 0, 'm') && (first == OTHER_KEYS || !sequence->count))
		modes->other_keys = (uint8_t)(second < OTHER_KEYS_MOST ? second : OTHER_KEYS_MOST);
	else if (vt_is(sequence, '>', 0, 'n') && first == OTHER_KEYS)
		modes->other_keys = 0;
}

static void forget(struct private_modes *modes)
{
	modes->changed = 0;
	memset(modes->key_flags, 0, sizeof(modes->key_flags));
	modes->other_keys = 0;
}

void private_modes_feed(struct private_modes *modes, const char *bytes, size_t length)
{
	while (length) {
		enum vt_event event;
		size_t used = vt_parser_next(&modes->parser, bytes, length, &event);
		const struct vt_sequence *sequence = &modes->parser.sequence;

		if (event == VT_CSI)
			take_csi(modes, sequence);
		else if (event == VT_ESCAPE && vt_is(sequence, 0, 0, 'c'))
			forget(modes);
		bytes += used;
		length -= used;
	}
}

bool private_modes_alternate(const struct private_modes *modes)
{
	return modes->changed & ALTERNATE;
}

/* --- what undoes it --- */

__attribute__((format(printf, 2, 3))) static void put(char *buffer, const char *format, ...)
{
	size_t length = strlen(buffer);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(buffer + length, PRIVATE_MODES_MAX - length, format, arguments);
	va_end(arguments);
}

static void put_modes(const struct private_modes *modes, size_t from, size_t to, bool again, char *buffer)
{
	for (size_t i = from; i < to; i++) {
		if (modes->changed & UINT32_C(1) << i)
			put(buffer, "\033[?%u%c", known[i].number, known[i].on == again ? 'l' : 'h');
	}
}

static void put_flags(const struct key_flags *keys, bool again, char *buffer)
{
	unsigned known = keys->pushed < PRIVATE_MODES_KNOWN ? keys->pushed : PRIVATE_MODES_KNOWN;

	if (!again && keys->pushed)
		put(buffer, "\033[<%uu", keys->pushed);
	if (keys->first)
		put(buffer, "\033[=%uu", again ? keys->first : 0u);
	for (unsigned i = keys->pushed - known + 1; again && i <= keys->pushed; i++)
		put(buffer, "\033[>%uu", keys->flags[i % PRIVATE_MODES_KNOWN]);
}

/* Those of a screen are changed while it is shown. */
static void put_key_flags(const struct private_modes *modes, bool alternate, bool again, char *buffer)
{
	const struct key_flags *keys = &modes->key_flags[alternate];
	bool shown = private_modes_alternate(modes) == alternate;

	if (modes->keys_set == again || (!keys->pushed && !keys->first))
		return;
	if (!shown)
		put(buffer, "\033[?47%c", alternate ? 'h' : 'l');
	put_flags(keys, again, buffer);
	if (!shown)
		put(buffer, "\033[?47%c", alternate ? 'l' : 'h');
}

void private_modes_put(const struct private_modes *modes, bool again, char buffer[PRIVATE_MODES_MAX])
{
	buffer[0] = 0;
	if (again)
		put_modes(modes, 0, ALTERNATE_MODES, again, buffer);
	put_key_flags(modes, false, again, buffer);
	put_key_flags(modes, true, again, buffer);
	put_modes(modes, again ? ALTERNATE_MODES : 0, KNOWN, again, buffer);
	if (modes->other_keys && again)
		put(buffer, "\033[>4;%um", modes->other_keys);
	else if (modes->other_keys)
		put(buffer, "\033[>4m");
}
