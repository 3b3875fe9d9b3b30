/*
 * In which column a program's cursor is, as far as that can be told from what it prints: good enough to answer a
 * program that asks, and no terminal.
 */
#ifndef MEMORY_TRACKER_TERMINAL_COLUMN_TRACKER_H
#define MEMORY_TRACKER_TERMINAL_COLUMN_TRACKER_H

#include "base/vt_parser.h"

/* All zero is the first column. */
struct column_tracker {
	unsigned column; /* from 0 */
};

/*
 * What a parser has made of `length` bytes that were printed. A terminal with so many columns keeps the cursor within
 * them.
 */
void column_tracker_take(struct column_tracker *tracker, enum vt_event event, const struct vt_sequence *sequence,
                         const char *bytes, size_t length, unsigned columns);

#endif
