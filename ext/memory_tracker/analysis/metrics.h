/*
 * The numbers that a screen shows: those of a history as it is now, or of one as it was when the screen was paused.
 */
#ifndef MEMORY_TRACKER_ANALYSIS_METRICS_H
#define MEMORY_TRACKER_ANALYSIS_METRICS_H

#include <stdint.h>

#include "analysis/call_paths.h"
#include "analysis/history.h"
#include "analysis/id_index.h"

struct metrics_trend;

/* When the counts of trends were taken, as history_times says it. */
struct metrics_times {
	unsigned count;
	uint64_t at[SERIES_LENGTH];
};

/* Everything is borrowed. */
struct metrics {
	const struct snapshot_header *snapshot; /* NULL: none has come */
	const struct history_row *rows;         /* in the order of the snapshot's classes */
	const struct history_row *totals;
	const struct history *history;      /* what trends come from; NULL: from `trends` */
	const struct metrics_trend *trends; /* one for each row, then that of the totals */
	const struct metrics_times *times;  /* of those */
	const struct id_index *index;       /* where `history` is NULL: an id -> its row */
	const struct metrics *paths;        /* those of the call paths that are watched; NULL: there are none */
	const struct call_paths *plain;     /* all call paths of the snapshot; NULL: not built yet */
};

/* The metrics of a history, right until it is updated. */
struct metrics metrics_of(const struct history *history);

/* A row's counts at the latest snapshots, as history_trend says it. */
unsigned metrics_trend(const struct metrics *metrics, const struct history_row *row, enum history_trend which,
                       uint32_t out[SERIES_LENGTH]);

/* When that was. */
struct metrics_times metrics_times(const struct metrics *metrics);

/* The row with this id, NULL if there is none. */
const struct history_row *metrics_find(const struct metrics *metrics, uint64_t id);

/* A copy of a history's metrics. */
struct frozen_copy {
	struct metrics metrics;
	struct snapshot_header *snapshot; /* owned */
	struct history_row *rows;         /* owned; with the totals behind */
	struct metrics_trend *trends;     /* owned */
	struct metrics_times times;
	struct id_index index; /* owned */
};

/* Copies the metrics of a history that has a snapshot. NULL without memory. */
struct frozen_copy *frozen_copy_new(const struct history *history);

/* NULL is fine. */
void frozen_copy_free(struct frozen_copy *frozen_copy);

#endif
