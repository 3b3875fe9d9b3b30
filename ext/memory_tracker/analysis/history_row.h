/*
 * What a history knows of one class, or of all classes together, as of its latest snapshot.
 *
 * history.c makes rows and brings them up to date, and its header says how they are computed. Tables, panes and reports
 * read them; they include this header where they need no history.
 */
#ifndef MEMORY_TRACKER_ANALYSIS_HISTORY_ROW_H
#define MEMORY_TRACKER_ANALYSIS_HISTORY_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "model/snapshot.h"

enum history_certainty {
	HISTORY_UNKNOWN,
	HISTORY_UNCONFIRMED,
	HISTORY_CONFIRMED,
};

struct history_samples;

/* A plain change per second, from the first sample of some time to the last, and how sure it is. */
struct history_change {
	double per_second;
	enum history_certainty certainty;
};

/* One class as of the latest snapshot. */
struct history_row {
	uint64_t id; /* snapshot_class.id */
	struct counts counts;
	double allocated_rate; /* objects per second since the snapshot before; negative: unknown */
	double freed_rate;
	double growth; /* objects per second */
	enum history_certainty certainty;
	bool sustained;                     /* growth that is confirmed and steady: a leak suspect */
	struct history_change short_change; /* over the latest HISTORY_SHORT_NS (history.h) */
	struct history_change long_change;  /* over the window */

	/* For history.c alone. */
	uint64_t since_ns;        /* what was before this is not known; 0: everything is */
	uint64_t majors_since_ns; /* likewise, for what major GCs left */
	bool untracked;           /* it changed, and there were no samples left to keep that in */
	struct counts rated;      /* the counts that the next rates are computed from, of the history's rates_at */
	struct history_samples *samples; /* owned; NULL as long as the counts have never changed */
};

#endif
