/*
 * When the sum of several processes began, and how far their major GCs allow it to be compared with itself.
 *
 *     process 1   major  major  major         major
 *     process 2               major                  major
 *     the sum                 1st round              2nd round
 *
 * The retained count of a sum changes with every major GC of any process, so these say nothing of how steadily it
 * grows: three processes that have each had their second one would make the sum rise three times. A round of a sum is
 * over when each process has had a major GC since the end of the round before; history.h compares the sum at the ends of
 * rounds. A process whose latest major GC is older than the window that growth looks at is not waited for: its count
 * does not change.
 *
 * A sum begins anew when a process joins or leaves it, or starts to count anew, and when the first major GC of a process
 * makes its retained count known: none of these allocates, frees or retains anything.
 *
 * One thread at a time; any thread, no GVL.
 */
#ifndef MEMORY_TRACKER_SOURCE_SUM_TIMES_H
#define MEMORY_TRACKER_SOURCE_SUM_TIMES_H

#include <stddef.h>
#include <stdint.h>

#include "model/snapshot.h"

/* All zero is one that has had no sum. */
struct sum_times {
	uint64_t started_ns; /* when the latest sum began */
	uint64_t round_ns;   /* the latest major GC of any process when the latest round was over; 0: none was */
	uint64_t members;    /* a checksum of which processes they are, and of whose retained count is known */
};

/* Enters into the sum of these parts its `started_ns`, and for `major_at_ns` the end of its latest round. */
void sum_times_enter(struct sum_times *times, struct snapshot_header *sum, const struct snapshot_header *const *parts,
                     size_t count);

#endif
