/*
 * What a history consists of: for its own files alone.
 */
#ifndef MEMORY_TRACKER_ANALYSIS_HISTORY_STATE_H
#define MEMORY_TRACKER_ANALYSIS_HISTORY_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analysis/history_row.h"
#include "analysis/id_index.h"
#include "analysis/series.h"
#include "model/snapshot.h"

/* The rings of one class, each with a place for every sample of its axis. */
struct history_samples {
	uint32_t live[SERIES_LENGTH];
	uint32_t retained[SERIES_LENGTH];
	uint32_t post_gc_minima[SERIES_LENGTH];
	uint32_t majors[SERIES_LENGTH];
};

struct history {
	uint64_t window_ns;
	bool watching;                    /* what is new to it may have been there before */
	struct snapshot_header *snapshot; /* owned, the latest; NULL before the first */

	struct history_row totals;
	struct history_row *rows; /* owned, one for each class of the snapshot */
	struct id_index index;    /* a class's id -> its row */
	size_t samples_count;
	uint64_t rates_at; /* when the rows' `rated` were taken */

	struct series_axis ticks;          /* every snapshot: for trends */
	struct series_axis post_gc_minima; /* snapshots that are the first after a GC */
	struct series_axis majors;         /* major GCs */
	uint64_t major_allocated;          /* how many objects were allocated while the latest of those marked */

	/* What the update before looked at of the major GCs. */
	struct series_window majors_seen, short_majors_seen;
};

/* Samples have no room for more. */
static inline uint32_t saturated(uint64_t count)
{
	return count < UINT32_MAX ? (uint32_t)count : UINT32_MAX;
}

#endif
