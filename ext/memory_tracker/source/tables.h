/*
 * Tables of snapshots, one after the other, written to a file descriptor.
 *
 * One thread at a time; any thread, no GVL. Only tables_cancel may be called by another one.
 */
#ifndef MEMORY_TRACKER_SOURCE_TABLES_H
#define MEMORY_TRACKER_SOURCE_TABLES_H

#include <stdatomic.h>
#include <stdbool.h>

#include "source/table_output.h"
#include "source/batch.h"

struct tables {
	struct table_output output;
	struct batch_options batch;
	struct history *history; /* owned */
	struct path_watch paths;
	atomic_bool cancelled;
	int error; /* why it could not be written, as errno has it; 0: it could, or only its reader has gone */
};

/* What `batch` points to is borrowed. False without memory, and then there is nothing to deinit. */
bool tables_init(struct tables *tables, int fd, const struct batch_options *batch);
void tables_deinit(struct tables *tables);

/* Takes the next snapshot and owns it from here on; NULL is fine. False when there is no new one to print. */
bool tables_take(struct tables *tables, struct snapshot_header *snapshot);

/* Prints a table of the latest snapshot. Waits until its reader takes it. */
void tables_print(struct tables *tables);

/* Prints what is left of a table after tables_cancel. */
void tables_resume(struct tables *tables);

/* Makes tables_print return soon although the reader does not take what it prints. ANY THREAD */
void tables_cancel(struct tables *tables);

#endif
