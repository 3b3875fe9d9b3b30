/*
 * What is counted of some objects: of a class, of a node of the call tree, of all.
 *
 *     | allocated | freed | retained | allocated_bytes |
 *
 * Plain numbers: copies, for readers and for arithmetic. The counters that events change are in model/node.h. Live is
 * never stored: it is allocated - freed, and freed <= allocated always holds.
 *
 * These bytes lie in snapshots, so they are sent to other processes and kept in recordings. ANY THREAD
 */
#ifndef MEMORY_TRACKER_MODEL_COUNTS_H
#define MEMORY_TRACKER_MODEL_COUNTS_H

#include <assert.h>
#include <stdint.h>

struct counts {
	uint64_t allocated;       /* objects */
	uint64_t freed;           /* objects, of these */
	uint64_t retained;        /* objects that the latest major GC left, of those allocated before its mark ended */
	uint64_t allocated_bytes; /* bytes of the slots of all allocated ones; a light capture has none */
};
static_assert(sizeof(struct counts) == 32, "recordings have four numbers without gaps");

static inline uint64_t counts_live(struct counts counts)
{
	return counts.allocated - counts.freed;
}

static inline void counts_add(struct counts *sum, struct counts counts)
{
	sum->allocated += counts.allocated;
	sum->freed += counts.freed;
	sum->retained += counts.retained;
	sum->allocated_bytes += counts.allocated_bytes;
}

/* What so many times these objects would count: where each stands for some. */
static inline struct counts counts_times(struct counts counts, uint64_t factor)
{
	return (struct counts){counts.allocated * factor, counts.freed * factor, counts.retained * factor,
	                       counts.allocated_bytes * factor};
}

/* By how much a number grew; 0 where it is lower than before, because the counting has begun again. */
static inline uint64_t counts_growth(uint64_t before, uint64_t now)
{
	return now > before ? now - before : 0;
}

/* What has been added since `before`. */
static inline struct counts counts_since(struct counts before, struct counts now)
{
	return (struct counts){counts_growth(before.allocated, now.allocated), counts_growth(before.freed, now.freed),
	                       counts_growth(before.retained, now.retained),
	                       counts_growth(before.allocated_bytes, now.allocated_bytes)};
}

#endif
