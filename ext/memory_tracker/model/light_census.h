/*
 * Takes over into a tracker what the windows and walks of model/light.h have gathered: all numbers at once, with no reader
 * inside.
 *
 *     samples of a window  -> allocations of call paths, and of classes
 *     counts of a walk     -> what is live, and after a major GC what is retained, of classes
 *
 * All functions want the GVL. In a light tracker alone.
 */
#ifndef MEMORY_TRACKER_MODEL_LIGHT_CENSUS_H
#define MEMORY_TRACKER_MODEL_LIGHT_CENSUS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/light.h"
#include "model/tracker.h"

/*
 * The window is over: no address means anything from now on. `trusted` says that all frees and moves were seen until now.
 * No object may be freed meanwhile.
 */
void light_forget(struct tracker *tracker, bool trusted);

struct light_metadata {
	uint64_t allocated;       /* allocations that the VM has counted */
	uint64_t gcs;             /* since the walk before */
	uint64_t majors;          /* of these the major ones */
	uint64_t allocated_since; /* allocations since the latest of them marked */
	uint64_t monotonic_ns;    /* now */
};

/*
 * Takes over what a walk has found. Returns 0, or STATUS_NO_MEMORY when it has failed, or STATUS_BUSY when a reader did not
 * leave within LIGHT_PATIENCE_NS; then nothing is changed.
 */
#define LIGHT_PATIENCE_NS 20000000
int light_settle(struct tracker *tracker, const struct light_metadata *metadata);

/* The record of a class with this key, or NULL. At any time */
struct class_record *light_class(const struct tracker *tracker, uintptr_t key);

/* The same, made when it is not there; NULL when it cannot be. Between light_settle and light_forget */
struct class_record *light_class_for(struct tracker *tracker, uintptr_t key);

#endif
