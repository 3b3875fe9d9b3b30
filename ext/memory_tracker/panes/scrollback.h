/*
 * What a program has printed lately, as lines of text that know how they are to look.
 *
 * Bounded: the oldest lines go when new ones come, and a line without end is cut into several. Of control sequences
 * those that set colours are understood, and those by which a progress bar begins its line anew; cursor movements,
 * titles, modes and the like are taken out. What is left may still be no UTF-8; whoever shows it puts it through
 * text_fit.
 */
#ifndef MEMORY_TRACKER_PANES_SCROLLBACK_H
#define MEMORY_TRACKER_PANES_SCROLLBACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "screen/text_style.h"

#define SCROLLBACK_LINES 2000
#define SCROLLBACK_LINE_SIZE 1000

/* Changes of the look in one line; further ones are left out. */
#define SCROLLBACK_RUNS 100

/* The bytes of a line from `start` up to the next run look like this. */
struct scrollback_run {
	uint16_t start;
	struct text_style text_style;
};

/* Not zero-terminated. What is before the first run looks as the terminal does. */
struct scrollback_line {
	const char *text;
	size_t length;
	const struct scrollback_run *runs;
	size_t run_count;
};

/* All zero is an empty one. */
struct scrollback {
	struct scrollback_line lines[SCROLLBACK_LINES]; /* a ring; each owns the block that begins with its runs */
	size_t count;                                   /* of whole lines that are kept */
	uint64_t total;                                 /* of whole lines that ever came */

	char current[SCROLLBACK_LINE_SIZE]; /* the line that has no end yet */
	size_t length;
	struct scrollback_run runs[SCROLLBACK_RUNS]; /* its */
	size_t run_count;
	bool returned; /* the cursor is at its beginning: what follows replaces the line */

	struct text_style text_style; /* of what follows */
	struct vt_parser parser;
};

void scrollback_deinit(struct scrollback *scrollback);

/* Takes bytes as they come; any cut, any bytes. A line there is no memory for is kept as an empty one. */
void scrollback_add(struct scrollback *scrollback, const char *bytes, size_t length);

/* How many lines there are, a last one without end included. */
size_t scrollback_count(const struct scrollback *scrollback);

/* A line, the oldest at 0. What it points to is borrowed until more is added. */
struct scrollback_line scrollback_line(const struct scrollback *scrollback, size_t nth);

#endif
