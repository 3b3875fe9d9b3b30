/*
 * How fast a process grows: what the latest major GCs of it left, of which the first and the last are compared.
 *
 * One thread at a time; any thread.
 */
#ifndef MEMORY_TRACKER_SOURCE_PROCESS_GROWTH_H
#define MEMORY_TRACKER_SOURCE_PROCESS_GROWTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/snapshot.h"

/* Major GCs that are compared, at most. */
#define PROCESS_GROWTH_POINTS 8

/* All zero is one that knows of none. */
struct process_growth {
	uint64_t majors; /* that have been seen */
	size_t points;
	struct {
		uint64_t at_ns;
		uint64_t retained;
	} point[PROCESS_GROWTH_POINTS];
};

/* The next snapshot of the process. Fewer major GCs than before: its counting has begun anew. */
void process_growth_add(struct process_growth *growth, const struct snapshot_header *snapshot);

/* Objects per second. False, and nothing is written: fewer than two major GCs have been seen. */
bool process_growth(const struct process_growth *growth, double *per_second);

#endif
