/*
 * The reader of tables: a pipe that they are written to, and what has come out of it.
 */
#ifndef MEMORY_TRACKER_TABLE_READER_H
#define MEMORY_TRACKER_TABLE_READER_H

#include <stddef.h>

#include "source/tables.h"

struct table_reader {
	int read_end, write_end;
	char *text; /* that was read, zero-terminated */
	size_t length, capacity;
};

void table_reader_open(struct table_reader *reader);
void table_reader_close(struct table_reader *reader);

/* Closes its end of the pipe. */
void table_reader_leave(struct table_reader *reader);

/* Writes so much into the pipe, lines of blanks, that no more goes in. */
void table_reader_fill(struct table_reader *reader);

/* Waits until there is something to read, and fails the test when there is nothing for long. */
void table_reader_wait(struct table_reader *reader);

/* Reads what there is. All that was read so far; how many tables that are; and the last of them, from its pid on. */
const char *table_reader_text(struct table_reader *reader);
size_t table_reader_count(struct table_reader *reader);
const char *table_reader_last(const struct table_reader *reader);

#endif
