/*
 * Finds a class of a snapshot by its id: a hash table that is built once and then only read. One thread at a
 * time; any thread.
 */
#ifndef MEMORY_TRACKER_ANALYSIS_ID_INDEX_H
#define MEMORY_TRACKER_ANALYSIS_ID_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/snapshot.h"

#define ID_INDEX_NONE UINT32_MAX

/* All zero is an index of nothing. */
struct id_index {
	struct id_index_slot {
		uint64_t id;
		uint32_t position; /* plus one; 0: the slot is empty */
	} * slots;                 /* owned */
	size_t mask;
};

/* Indexes `count` classes. Returns false without memory; there is nothing to deinit then. */
bool id_index_init(struct id_index *index, const struct snapshot_class *classes, uint32_t count);

void id_index_deinit(struct id_index *index);

/* The position of the class with this id, the first if there are several; ID_INDEX_NONE if there is none. */
uint32_t id_index_find(const struct id_index *index, uint64_t id);

#endif
