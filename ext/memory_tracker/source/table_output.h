/*
 * Text on its way to a reader that may be slow, or not read at all: it is written as far as that takes it, and the rest
 * waits.
 *
 * One thread at a time; any thread.
 */
#ifndef MEMORY_TRACKER_SOURCE_TABLE_OUTPUT_H
#define MEMORY_TRACKER_SOURCE_TABLE_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

/* All zero but for `fd` is an empty one. */
struct table_output {
	int fd;             /* borrowed */
	struct buffer text; /* what is to be written is appended here */
	size_t written;     /* of it */
	bool moved;         /* something was taken since this was set to false */
	bool broken;        /* nothing can be written any more */
};

void table_output_deinit(struct table_output *output);

bool table_output_pending(const struct table_output *output);

/* Writes what is taken without waiting. Returns 0, or once why nothing can be written any more; not that the reader has gone. */
int table_output_write(struct table_output *output);

#endif
