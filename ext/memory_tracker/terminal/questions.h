/*
 * Questions that a program asks its terminal, such as where the cursor is: they are answered on behalf of the terminal
 * while another screen is up, and taken out of what is kept, lest the terminal answers when it is written there later. With
 * them go the flags for keys that a program pushes, which struct private_modes has.
 */
#ifndef MEMORY_TRACKER_TERMINAL_QUESTIONS_H
#define MEMORY_TRACKER_TERMINAL_QUESTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/vt_parser.h"
#include "terminal/column_tracker.h"

/* More of a sequence than a parser has to see to know whether it is a question. */
#define QUESTIONS_HELD_MAX 512

/* Room that questions_take needs in `kept` for `length` bytes. */
#define QUESTIONS_ROOM(length) ((length) + QUESTIONS_HELD_MAX + 1)

/* All zero is the beginning. */
struct questions {
	struct vt_parser parser;
	struct column_tracker cursor;
	char held[QUESTIONS_HELD_MAX]; /* the beginning of a sequence, of which it is not known yet what it is */
	size_t length;
	bool escaped; /* behind it an ESC, which may begin another one */
	enum { QUESTIONS_HOLD, QUESTIONS_KEEP, QUESTIONS_DROP } fate; /* of the sequence that has begun */
};

/* Who answers, and for a terminal of which size. */
struct questions_answerer {
	void (*answer)(void *context, const char *text); /* NULL: there is no answer */
	void *context;
	unsigned columns;
	unsigned lines;
};

/*
 * Takes bytes as they were printed; any cut, any bytes. Writes those to keep to `kept`, and returns their number.
 */
size_t questions_take(struct questions *questions, const char *bytes, size_t length, char *kept,
                      const struct questions_answerer *answerer);

#endif
