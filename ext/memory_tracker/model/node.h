/*
 * A node counts the objects allocated at one place: a class, or a frame in the tree of call paths below a class; and
 * the bytes of the slots that they were given.
 *
 * Counters have one writer and any number of readers, without locks. `freed` is stored with release and read
 * before `allocated`, so a reader never sees more freed than allocated.
 *
 * Retained without a walk: the ends of a major GC's mark and of its sweep only advance the tracker's epoch, odd
 * after a mark, even after a sweep. A node's first event in a new epoch settles what the old epochs mean for it:
 * since nothing happened to the node in between, its counters are still those of the moments it missed. A reader
 * works the same out for a node without an event, and writes nothing.
 */
#ifndef MEMORY_TRACKER_MODEL_NODE_H
#define MEMORY_TRACKER_MODEL_NODE_H

#include <assert.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/counts.h"
#include "model/status.h"

/* Stands in `epoch` while a node is being settled. */
#define NODE_SETTLING UINT32_MAX

/* In `generation`: readers may see the node. */
#define NODE_PUBLISHED UINT32_C(1)

struct node {
	_Atomic uint64_t allocated;
	_Atomic uint64_t freed;
	_Atomic uint64_t allocated_bytes; /* of slots */
	_Atomic uint32_t at_mark;    /* allocated when the latest major mark ended: its lower half, see node_at_mark */
	_Atomic uint32_t retained;   /* what the latest major sweep left of them; UINT32_MAX: at least so many */
	_Atomic uint32_t epoch;      /* the epoch that at_mark and retained are of */
	_Atomic uint32_t generation; /* of this record: identity is (generation, number); published last */
	uint32_t parent;             /* a node's number; 0 for a class's root */
	uint32_t frame;              /* 0 for a class's root */
	uint32_t class_number;
	uint32_t first_child; /* for the writer only, with the siblings */
	uint32_t next_sibling;
	uint32_t previous_sibling;
};
static_assert(sizeof(struct node) == 64, "a node is one cache line");

/* Brings at_mark and retained up to `epoch`. HOOK */
void node_settle(struct node *node, uint32_t epoch);

/* The counters as of `epoch`, the tracker's at the moment. ANY THREAD */
struct counts node_read(const struct node *node, uint32_t epoch);

static inline bool node_is_settled(const struct node *node, uint32_t epoch)
{
	return atomic_load_explicit(&((struct node *)node)->epoch, memory_order_relaxed) == epoch;
}

/* Of a settled node; `bytes` are those of the object's slot. HOOK */
static inline void node_count_allocated(struct node *node, uint32_t bytes)
{
	uint64_t allocated = atomic_load_explicit(&node->allocated, memory_order_relaxed);
	uint64_t before = atomic_load_explicit(&node->allocated_bytes, memory_order_relaxed);

	atomic_store_explicit(&node->allocated_bytes, before + bytes, memory_order_relaxed);
	atomic_store_explicit(&node->allocated, allocated + 1, memory_order_release);
}

/* Of a settled node. HOOK */
static inline void node_count_freed(struct node *node)
{
	uint64_t freed = atomic_load_explicit(&node->freed, memory_order_relaxed);

	atomic_store_explicit(&node->freed, freed + 1, memory_order_release);
}

static inline void node_allocated(struct node *node, uint32_t epoch, uint32_t bytes)
{
	if (unlikely(!node_is_settled(node, epoch)))
		node_settle(node, epoch);
	node_count_allocated(node, bytes);
}

static inline void node_freed(struct node *node, uint32_t epoch)
{
	if (unlikely(!node_is_settled(node, epoch)))
		node_settle(node, epoch);
	node_count_freed(node);
}

/* What a walk over the heap has found, in a tracker without events. GVL */
void node_set_retained(struct node *node, uint64_t retained);

/*
 * A live object of `from` counts for `to` from now on, as if it had been allocated there. Whether it is among those that
 * were there at the latest mark is not known of one object: it is counted as newer as long as there are newer ones, so
 * that what is retained stays an upper bound. `bytes` are those of its slot. HOOK
 */
void node_move(struct node *to, struct node *from, uint32_t epoch, uint32_t bytes);

/* Adds all that `from` has counted to `to`; both are settled. For nodes that are about to be recycled. HOOK */
void node_fold(struct node *to, struct node *from, uint32_t epoch);

#endif
