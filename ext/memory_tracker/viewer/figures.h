/*
 * The numbers that a screen shows: those of a history as it is now, or of one as it was when the screen was paused.
 */
#ifndef MEMORY_TRACKER_VIEWER_FIGURES_H
#define MEMORY_TRACKER_VIEWER_FIGURES_H

#include <stdint.h>

#include "viewer/history.h"
#include "viewer/id_index.h"

struct figures_trend;

/* Everything is borrowed. */
struct figures {
	const struct snapshot_header *snapshot; /* NULL: none has come */
	const struct history_row *rows;         /* in the order of the snapshot's classes */
	const struct history_row *totals;
	const struct history *history;      /* what trends come from; NULL: from `trends` */
	const struct figures_trend *trends; /* one for each row, then that of the totals */
	const struct id_index *index;       /* where `history` is NULL: an id -> its row */
	const struct figures *paths;        /* those of the call paths that are watched; NULL: there are none */
};

/* The figures of a history, right until it is updated. */
struct figures figures_of(const struct history *history);

/* How many objects of a row were live at the latest snapshots, as history_trend says it. */
unsigned figures_trend(const struct figures *figures, const struct history_row *row, uint32_t out[SERIES_LENGTH]);

/* The row with this id, NULL if there is none. */
const struct history_row *figures_find(const struct figures *figures, uint64_t id);

/* A copy of a history's figures. */
struct still {
	struct figures figures;
	struct snapshot_header *snapshot; /* owned */
	struct history_row *rows;         /* owned; with the totals behind */
	struct figures_trend *trends;     /* owned */
	struct id_index index;            /* owned */
};

/* Copies the figures of a history that has a snapshot. NULL without memory. */
struct still *still_new(const struct history *history);

/* NULL is fine. */
void still_free(struct still *still);

#endif
