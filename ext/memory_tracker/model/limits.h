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
#include <stdint.h>

/* What no table may outgrow, beside the limit of the memory; a zero takes a share of that. */
struct limits {
	uint32_t classes; /* records */
	uint32_t nodes;   /* of call paths, classes included */
	uint32_t paths;   /* nodes beyond which paths count under "(other)" */
	uint32_t frames;
	uint32_t address_slots; /* of the caches of known paths; powers of two */
	uint32_t serial_slots;
	size_t strings; /* bytes of text, with what tells of it */
};

/* Bytes of `limit` that are reserved for the map, and for classes and nodes; none without a limit. */
size_t limits_map(size_t limit);
size_t limits_records(size_t limit);

/* Fills in the limits that are 0. */
void limits_fill(struct limits *limits, size_t limit);

#endif
