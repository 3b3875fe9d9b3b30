/*
 * Questions that a program asks its terminal, such as where the cursor is: they are answered on behalf of the terminal
 * while another screen is up, and taken out of what is kept, lest the terminal answers when it is written there later.
 */
#ifndef MEMORY_TRACKER_TERMINAL_QUESTIONS_H
#define MEMORY_TRACKER_TERMINAL_QUESTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "terminal/column_tracker.h"

/* A sequence that is longer is no question. */
#define QUESTIONS_HELD_MAX 32

/* Room that questions_take needs in `kept` for `length` bytes. */
#define QUESTIONS_ROOM(length) ((length) + QUESTIONS_HELD_MAX)

/* All zero is the beginning. */
struct questions {
	struct column_tracker cursor;
	char held[QUESTIONS_HELD_MAX]; /* the beginning of a sequence, of which it is not known yet what it is */
	size_t length;
};

/* Who answers, and for a terminal of which size. */
struct questions_answerer {
	void (*answer)(void *context, const char *text); /* NULL: nobody does */
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
