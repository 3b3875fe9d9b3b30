/*
 * The numbers that a screen shows: those of a history as it is now, or of one as it was when the screen was paused.
 */
#ifndef MEMORY_TRACKER_VIEWER_FIGURES_H
#define MEMORY_TRACKER_VIEWER_FIGURES_H

#include <stdint.h>

#include "viewer/call_paths.h"
#include "viewer/history.h"
#include "viewer/id_index.h"

struct figures_trend;

/* When the counts of trends were taken, as history_times says it. */
struct figures_times {
	unsigned count;
	uint64_t at[SERIES_LENGTH];
};

/* Everything is borrowed. */
struct figures {
	const struct snapshot_header *snapshot; /* NULL: none has come */
	const struct history_row *rows;         /* in the order of the snapshot's classes */
	const struct history_row *totals;
	const struct history *history;      /* what trends come from; NULL: from `trends` */
	const struct figures_trend *trends; /* one for each row, then that of the totals */
	const struct figures_times *times;  /* of those */
	const struct id_index *index;       /* where `history` is NULL: an id -> its row */
	const struct figures *paths;        /* those of the call paths that are watched; NULL: there are none */
	const struct call_paths *plain;     /* all call paths of the snapshot; NULL: not built yet */
};

/* The figures of a history, right until it is updated. */
struct figures figures_of(const struct history *history);

/* A row's counts at the latest snapshots, as history_trend says it. */
unsigned figures_trend(const struct figures *figures, const struct history_row *row, enum history_trend which,
                       uint32_t out[SERIES_LENGTH]);

/* When that was. */
struct figures_times figures_times(const struct figures *figures);

/* The row with this id, NULL if there is none. */
const struct history_row *figures_find(const struct figures *figures, uint64_t id);

/* A copy of a history's figures. */
struct still {
	struct figures figures;
	struct snapshot_header *snapshot; /* owned */
	struct history_row *rows;         /* owned; with the totals behind */
	struct figures_trend *trends;     /* owned */
	struct figures_times times;
	struct id_index index; /* owned */
};

/* Copies the figures of a history that has a snapshot. NULL without memory. */
struct still *still_new(const struct history *history);

/* NULL is fine. */
void still_free(struct still *still);

#endif
