/*
 * The call paths of a snapshot as trees that can be gone through: below each class the allocating lines and below
 * those their callers, or inverted: the outermost callers first.
 *
 * Counts here are those of a node with all that is below it; where only every nth object has its call path they are
 * estimates, n times as much. One thread at a time; any thread.
 */
#ifndef MEMORY_TRACKER_ANALYSIS_CALL_PATHS_H
#define MEMORY_TRACKER_ANALYSIS_CALL_PATHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/snapshot.h"
#include "base/key_set.h"

#define CALL_PATHS_NONE UINT32_MAX

struct call_path {
	uint64_t key; /* the same in every snapshot of one capture; never that of a class */
	struct counts counts;
	uint32_t class_index;
	uint32_t frame;
	uint32_t parent; /* these are indexes of call paths, or CALL_PATHS_NONE */
	uint32_t first;  /* of those below */
	uint32_t next;   /* of those beside it */
};

/* All zero has no snapshot. */
struct call_paths {
	const struct snapshot_header *snapshot; /* borrowed */
	bool inverted;

	struct call_path *paths; /* owned; a parent stands before what is below it */
	size_t count;
	size_t capacity;

	uint32_t *first;     /* owned; of each class the first of the paths directly below it */
	bool *any;           /* owned; whether a class has paths, be they built or not */
	uint64_t *allocated; /* owned; objects of a class that were allocated on any of its paths */
	size_t class_capacity;
};

void call_paths_deinit(struct call_paths *paths);

/* Builds the trees of all classes. Returns false without memory; there are no paths then. */
bool call_paths_build(struct call_paths *paths, const struct snapshot_header *snapshot);

/* Builds the inverted trees of the classes whose ids are in `classes`. Likewise. */
bool call_paths_build_inverted(struct call_paths *paths, const struct snapshot_header *snapshot,
                               const struct key_set *classes);

/* The first of the paths directly below a class (`path` is CALL_PATHS_NONE) or a path. */
uint32_t call_paths_below(const struct call_paths *paths, uint32_t class_index, uint32_t path);

#endif
