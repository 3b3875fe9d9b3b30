/*
 * The tables of a fleet: one of the process that there is, or a list of all processes and one table of their sum.
 *
 * What is alive is in the sum, with its last numbers if it does not answer. When nothing is alive any more, the last table has the last numbers
 * of all that have ended since the table before. Rates and growth are the sums of those of each process, each from its
 * second snapshot on.
 *
 * One thread at a time; any thread, no GVL.
 */
#ifndef MEMORY_TRACKER_SOURCE_FLEET_TABLE_H
#define MEMORY_TRACKER_SOURCE_FLEET_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "source/fleet.h"
#include "source/sum_times.h"
#include "source/batch.h"

/* Bytes of what there is to say of a process, with its zero byte. */
#define FLEET_NOTE_SIZE (TRANSPORT_PROBLEM_MAX + 64)

/* All zero but for `options` is one that has not been filled. */
struct fleet_table {
	struct batch_options options; /* without `paths` and `list`, for all tables */
	bool per_process;             /* a table for each process follows that of the sum */

	/* Of the latest fill; snapshots of processes are borrowed from the fleet. */
	struct metrics metrics; /* of the sum, or of the only process */
	struct batch_list list;
	struct batch_process processes[FLEET_MAX];
	const struct fleet_process *sources[FLEET_MAX]; /* of those */
	char notes[FLEET_MAX][FLEET_NOTE_SIZE];
	const struct path_watch *paths;

	/* Of sums. */
	struct snapshot_header *sum; /* owned */
	struct history_row *rows;    /* owned; with the totals behind */
	struct path_watch watch;     /* owned, once `watches` */
	bool watches;
	uint64_t sequence;
	struct sum_times times;
};

void fleet_table_deinit(struct fleet_table *table);

/*
 * Puts together what the fleet has. `last`: nothing is alive, so the table is of what has ended. False when there are no
 * numbers, or no memory.
 */
bool fleet_table_fill(struct fleet_table *table, const struct fleet *fleet, bool last);

/* The snapshot of the table that was filled: the sum, or that of the only process. */
const struct snapshot_header *fleet_table_snapshot(const struct fleet_table *table);

/* Appends the table, and with `per_process` those of each process. False without memory, with nothing appended. */
bool fleet_table_print(const struct fleet_table *table, struct buffer *out);

#endif
