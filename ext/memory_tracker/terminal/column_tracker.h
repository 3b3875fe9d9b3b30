/*
 * In which column a program's cursor is, as far as that can be told from what it prints: good enough to answer a
 * program that asks, and no terminal.
 */
#ifndef MEMORY_TRACKER_TERMINAL_COLUMN_TRACKER_H
#define MEMORY_TRACKER_TERMINAL_COLUMN_TRACKER_H

/* All zero is the first column. */
struct column_tracker {
	unsigned column; /* from 0 */
	unsigned state;  /* where in a control sequence the bytes so far end */
	unsigned number;
};

/* The next byte that was printed. A terminal with so many columns keeps the cursor within them. */
void column_tracker_take(struct column_tracker *tracker, unsigned char byte, unsigned columns);

#endif
