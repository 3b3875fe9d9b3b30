/*
 * Numbers that are recorded as they pass.
 *
 * One thread at a time; any thread, no GVL.
 */
#ifndef MEMORY_TRACKER_SOURCE_RECORDED_SOURCE_H
#define MEMORY_TRACKER_SOURCE_RECORDED_SOURCE_H

#include "source/snapshot_source.h"
#include "transport/recording.h"

struct recorded_source {
	struct snapshot_source source;
	struct recorder *recorder;           /* borrowed */
	char problem[TRANSPORT_PROBLEM_MAX]; /* to be said; empty: none */
	char how[SOURCE_SENTENCE_MAX];       /* the program has ended, to be told behind that; empty: it has not */
};

/* `source` with everything that it gives written to `recorder`. Its context is `recorded`. All are borrowed. */
struct snapshot_source recorded_source_init(struct recorded_source *recorded, const struct snapshot_source *source,
                                            struct recorder *recorder);

#endif
