/* Makes a snapshot of a tracker. */
#ifndef MEMORY_TRACKER_MODEL_SNAPSHOT_BUILDER_H
#define MEMORY_TRACKER_MODEL_SNAPSHOT_BUILDER_H

#include "model/names.h"
#include "model/snapshot.h"
#include "model/tracker.h"

/* What a snapshot says that the tracker itself does not know. */
struct snapshot_metadata {
	/*
	 * Copied as it stands; the builder fills in magic, version, size, the counts and sums, the texts' references
	 * and the areas.
	 */
	struct snapshot_header header;
	struct text reason; /* empty when the numbers are exact */
	struct text command;
	struct text runtime;
};

/*
 * A snapshot that the caller frees with free(), or NULL without memory. Shares the tracker's reader lock: the
 * writer goes on counting meanwhile, but recycles nothing. ANY THREAD
 */
struct snapshot_header *tracker_snapshot(struct tracker *tracker, const struct snapshot_metadata *metadata);

#endif
