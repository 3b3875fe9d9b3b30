/*
 * How the memory limit of a tracker is shared out.
 *
 *     | map 1/4 + 1 MB | classes and nodes 1/2 - 1 MB | all else: frames, code, names, caches of known paths |
 *
 * The first two are reserved (model/memory.h), the third has a bound for each table. Nodes of call paths have one, too,
 * which leaves room for classes: a class that finds none is worth more than the paths of another. A server of forty Rails
 * models that has started has half a million nodes at depth 10, a twentieth as many frames and 330,000 slots.
 */
#ifndef MEMORY_TRACKER_MODEL_LIMITS_H
#define MEMORY_TRACKER_MODEL_LIMITS_H

#include <stddef.h>

#include "model/tracker.h"

/* Bytes of `limit` that are reserved for the map, and for classes and nodes; none without a limit. */
size_t limits_map(size_t limit);
size_t limits_records(size_t limit);

/* Fills in the limits that are 0. */
void limits_fill(struct tracker_limits *limits, size_t limit);

#endif
