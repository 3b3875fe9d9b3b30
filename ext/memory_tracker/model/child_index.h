/*
 * Finds the child that a node has for a frame, among all nodes of a tree.
 *
 * Open addressing with linear probing, as in key_map.h. A slot is only the number of a node, which knows its parent
 * and frame itself: that costs a visit to it, and a fourth of the memory. For the writer only.
 */
#ifndef MEMORY_TRACKER_MODEL_CHILD_INDEX_H
#define MEMORY_TRACKER_MODEL_CHILD_INDEX_H

#include <stdint.h>

#include "model/memory.h"
#include "model/table.h"

struct child_index {
	struct memory *memory;     /* borrowed */
	const struct table *nodes; /* borrowed */
	uint32_t *slots;           /* owned; a power of two of them, 0: empty */
	uint32_t count;
	uint32_t mask;
	uint32_t shift; /* the hash's upper bits are the good ones */
};

/* Returns 0 or STATUS_NO_MEMORY. */
int child_index_init(struct child_index *index, struct memory *memory, const struct table *nodes);
void child_index_deinit(struct child_index *index);

/* The number of the child, or 0. HOOK */
uint32_t child_index_get(const struct child_index *index, uint32_t parent, uint32_t frame);

/* Makes sure that there is room for one more. Returns 0 or STATUS_NO_MEMORY. HOOK */
int child_index_reserve(struct child_index *index);

/* Adds a node, which has its parent and its frame and is not there yet, to where there is room for it. HOOK */
void child_index_add(struct child_index *index, uint32_t number);

/* Removes a node that still has the parent and the frame that it was added with. HOOK */
void child_index_remove(struct child_index *index, uint32_t number);

#endif
