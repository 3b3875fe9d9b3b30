/*
 * Marks: moments that later numbers are compared with. Setting one changes nothing that is counted.
 *
 * A mark keeps its snapshot, so that nothing has to be watched from then on. There are few of them, because a snapshot
 * of a large program has some megabytes. One thread at a time; any thread.
 */
#ifndef MEMORY_TRACKER_ANALYSIS_MARKS_H
#define MEMORY_TRACKER_ANALYSIS_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/snapshot.h"

#define MARKS_MAX 9

enum marks_result {
	MARKS_SET,
	MARKS_FULL,
	MARKS_KNOWN, /* this very snapshot is marked already */
	MARKS_NO_MEMORY,
};

/* All zero has none. */
struct marks {
	struct snapshot_header *snapshots[MARKS_MAX]; /* owned, in the order of their times */
	unsigned count;
	unsigned chosen; /* the one that is compared with */
};

void marks_deinit(struct marks *marks);

/* Marks the moment of a snapshot, of which it keeps a copy, and chooses that, or the mark that is there already. */
enum marks_result marks_set(struct marks *marks, const struct snapshot_header *snapshot);

/* Takes the chosen one away; then the newest is chosen. */
void marks_clear_chosen(struct marks *marks);

/* Chooses the one before the chosen one; before the oldest is the newest. */
void marks_choose_other(struct marks *marks);

/* The snapshot that is compared with, NULL if there is no mark. Borrowed until the marks change. */
const struct snapshot_header *marks_chosen(const struct marks *marks);

/* Whether the marks, if there are any, are of the same start of the same capture as a snapshot. */
bool marks_belong(const struct marks *marks, const struct snapshot_header *snapshot);

#endif
