/*
 * What a program has printed lately, as lines of text without control sequences.
 *
 * Bounded: the oldest lines go when new ones come, and a line without end is cut into several. Colours, cursor
 * movements, titles and the like are taken out; a carriage return begins the line anew, as progress bars want it.
 * What is left may still be no UTF-8; whoever shows it puts it through text_fit.
 */
#ifndef MEMORY_TRACKER_VIEWER_SCROLLBACK_H
#define MEMORY_TRACKER_VIEWER_SCROLLBACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCROLLBACK_LINES 2000
#define SCROLLBACK_LINE_SIZE 1000

struct scrollback_line {
	char *text; /* owned; NULL when empty */
	size_t length;
};

/* All zero is an empty one. */
struct scrollback {
	struct scrollback_line lines[SCROLLBACK_LINES]; /* a ring */
	size_t count;                                   /* of whole lines that are kept */
	uint64_t total;                                 /* of whole lines that ever came */

	char current[SCROLLBACK_LINE_SIZE]; /* the line that has no end yet */
	size_t length;
	bool returned;  /* a carriage return came: what follows replaces the line */
	unsigned state; /* where in a control sequence the bytes so far end */
};

void scrollback_deinit(struct scrollback *scrollback);

/* Takes bytes as they come; any cut, any bytes. A line there is no memory for is kept as an empty one. */
void scrollback_add(struct scrollback *scrollback, const char *bytes, size_t length);

/* How many lines there are, a last one without end included. */
size_t scrollback_count(const struct scrollback *scrollback);

/* A line, the oldest at 0. Not zero-terminated; borrowed until more is added. */
const char *scrollback_line(const struct scrollback *scrollback, size_t nth, size_t *length);

#endif
