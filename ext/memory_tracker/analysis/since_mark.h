/*
 * How counts have changed since a mark.
 *
 * Classes and call paths are found again by their ids. What the mark's snapshot does not have was not there then,
 * unless it may have been there under another id: a path that was given up because it had no objects left and came
 * again, or one whose method had no whole name yet. Then the change is not known, rather than wrong.
 *
 * One thread at a time; any thread.
 */
#ifndef MEMORY_TRACKER_ANALYSIS_SINCE_MARK_H
#define MEMORY_TRACKER_ANALYSIS_SINCE_MARK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/snapshot.h"
#include "analysis/call_paths.h"
#include "base/key_set.h"

/* How one count differs from what it was at the mark. All zero is not known. */
struct since_mark_change {
	bool live_known;
	bool retained_known; /* a major GC had told what is retained by then */
	bool bound; /* one of both retained counts is an upper bound, and so this is neither a bound nor exact */
	int64_t live;
	int64_t retained;
	double growth;     /* of what is retained, per second; only where growth_known */
	bool growth_known; /* there was a major GC in between */
};

/* The counts that something had at the mark. */
struct since_mark_counts {
	uint64_t key;
	struct counts counts;
};

struct since_mark_table {
	struct since_mark_counts *rows; /* owned, in the order of their keys */
	size_t count;
};

/* So many paths may be gone since the mark before changes of call paths are no longer told at all. */
#define SINCE_MARK_GONE_MAX 256

/* All zero compares with nothing. */
struct since_mark {
	const struct snapshot_header *mark; /* borrowed; NULL: nothing is compared */
	const struct snapshot_header *now;  /* borrowed, what is compared with it */

	struct call_paths plain; /* of the mark */
	struct call_paths inverted;
	struct since_mark_table table; /* classes and plain paths of the mark */
	struct since_mark_table inverted_table;

	uint32_t gone[SINCE_MARK_GONE_MAX]; /* nodes of the mark that had objects and are not there now */
	size_t gone_count;                  /* more than there is room for: they are too many */
};

void since_mark_deinit(struct since_mark *since);

/* Compares with another mark from here on; NULL: with none. False without memory; then it is with none. */
bool since_mark_choose(struct since_mark *since, const struct snapshot_header *mark);

/*
 * Takes the snapshot whose counts will be asked about, and what is unfolded: only below these classes call paths are
 * asked about, inverted if `inverted`. False without memory; then nothing is known of call paths.
 */
bool since_mark_update(struct since_mark *since, const struct snapshot_header *now, const struct key_set *unfolded,
                       bool inverted);

/* The change of a class, of a call path, and of everything. */
struct since_mark_change since_mark_class(const struct since_mark *since, const struct snapshot_class *class);
struct since_mark_change since_mark_path(const struct since_mark *since, const struct call_paths *paths,
                                         const struct call_path *path);
struct since_mark_change since_mark_totals(const struct since_mark *since, const struct snapshot_header *now);

#endif
