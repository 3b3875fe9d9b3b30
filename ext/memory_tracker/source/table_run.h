/* Tables of numbers that come from somewhere else: another process, or a recording. */
#ifndef MEMORY_TRACKER_SOURCE_TABLE_RUN_H
#define MEMORY_TRACKER_SOURCE_TABLE_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "source/tables.h"
#include "source/snapshot_source.h"

/* What tables are to be like. */
struct table_options {
	uint64_t interval_ns;       /* between two tables */
	uint64_t tables;            /* how many are printed, not counting the one at the end */
	uint64_t gc_ns;             /* between two full GCs; 0: none */
	struct batch_options batch; /* what it points to is borrowed */
};

struct table_run {
	struct snapshot_source source;
	struct table_options options; /* interval_ns 0: the next numbers as soon as there are some */
	struct tables tables;
	uint64_t printed;              /* tables */
	bool unprinted;                /* there are numbers that no table has */
	bool over;                     /* table_run has returned, and not because of tables_cancel */
	bool collecting;               /* a GC was asked for, and is not over */
	char how[SOURCE_SENTENCE_MAX]; /* how the program has ended; empty as long as it has not */
};

/* What the options point to, and `fd`, are borrowed. False without memory, and then there is nothing to deinit. */
bool table_run_init(struct table_run *run, const struct snapshot_source *source, int fd,
                    const struct table_options *options);
void table_run_deinit(struct table_run *run);

/*
 * Prints a table at the interval until the numbers end, or as many are printed as are wanted, or their reader is gone,
 * or tables_cancel is called, after which it can go on. ANY THREAD that does not hold the GVL
 */
void table_run(struct table_run *run);

#endif
