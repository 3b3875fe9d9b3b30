#include "terminal/private_modes.h"

#include <stdio.h>

/* Modes of "ESC [ ? number h" and "l", and whether they are on as a terminal comes. The alternate screens come first. */
static const struct {
	unsigned number;
	bool on;
} known[] = {
    {47, false},   {1047, false}, {1049, false}, {1, false},    {7, true},     {9, false},
    {25, true},    {1000, false}, {1001, false}, {1002, false}, {1003, false}, {1004, false},
    {1005, false}, {1006, false}, {1015, false}, {2004, false},
};

#define KNOWN (sizeof(known) / sizeof(known[0]))
#define ALTERNATE 0x7u
#define NUMBER_MOST 100000

enum { TEXT, ESCAPE, BRACKET, QUESTION };

static void name_mode(struct private_modes *modes)
{
	for (size_t i = 0; i < KNOWN; i++) {
		if (known[i].number == modes->number)
			modes->named |= UINT32_C(1) << i;
	}
	modes->number = 0;
}

static void set(struct private_modes *modes, bool on)
{
	for (size_t i = 0; i < KNOWN; i++) {
		uint32_t bit = UINT32_C(1) << i;

		if (modes->named & bit)
			modes->changed = on == known[i].on ? modes->changed & ~bit : modes->changed | bit;
	}
}

/* A byte behind "ESC [ ?". Returns the state after it. */
static unsigned take_parameter(struct private_modes *modes, char byte)
{
	if (byte >= '0' && byte <= '9') {
		if (modes->number < NUMBER_MOST)
			modes->number = modes->number * 10 + (unsigned)(byte - '0');
		return QUESTION;
	}
	if (byte != ';' && byte != 'h' && byte != 'l')
		return TEXT;
	name_mode(modes);
	if (byte == ';')
		return QUESTION;
	set(modes, byte == 'h');
	return TEXT;
}

void private_modes_feed(struct private_modes *modes, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		char byte = bytes[i];

		if (byte == 0x1b) {
			modes->state = ESCAPE;
		} else if (modes->state == ESCAPE) {
			modes->state = byte == '[' ? BRACKET : TEXT;
		} else if (modes->state == BRACKET) {
			modes->state = byte == '?' ? QUESTION : TEXT;
			modes->number = 0;
			modes->named = 0;
		} else if (modes->state == QUESTION) {
			modes->state = take_parameter(modes, byte);
		}
	}
}

bool private_modes_alternate(const struct private_modes *modes)
{
	return modes->changed & ALTERNATE;
}

void private_modes_put(const struct private_modes *modes, bool again, char buffer[PRIVATE_MODES_MAX])
{
	size_t length = 0;

	buffer[0] = 0;
	for (size_t i = 0; i < KNOWN; i++) {
		if (modes->changed & UINT32_C(1) << i)
			length += (size_t)snprintf(buffer + length, PRIVATE_MODES_MAX - length, "\033[?%u%c",
			                           known[i].number, known[i].on == again ? 'l' : 'h');
	}
}
