/*
 * Snapshots made by hand, for tests of what reads them.
 */
#ifndef MEMORY_TRACKER_FAKE_SNAPSHOT_H
#define MEMORY_TRACKER_FAKE_SNAPSHOT_H

#include <stdint.h>

#include "model/snapshot.h"

struct fake_class {
	uint64_t id;
	const char *name;
	uint64_t allocated;
	uint64_t freed;
	uint64_t retained;
	uint32_t flags;
};

/*
 * A snapshot with these classes. Everything in the header that is not about the layout comes from `head`; its
 * allocated, freed and retained become the sums over the classes. `reason` may be NULL. The caller frees it.
 */
struct snapshot_header *fake_snapshot(const struct snapshot_header *head, const char *reason,
                                      const struct fake_class *classes, uint32_t count);

/* A node with a frame of its own, or that of an earlier node that has the same. */
struct fake_node {
	uint64_t id;
	uint32_t class_index;
	uint32_t parent; /* index of a node, or SNAPSHOT_NONE */
	uint64_t allocated;
	uint64_t freed;
	uint64_t retained;
	const char *path;
	const char *label;
	uint32_t line;
	uint32_t flags;
};

/* The same with call paths. */
struct snapshot_header *fake_snapshot_with_paths(const struct snapshot_header *head, const char *reason,
                                                 const struct fake_class *classes, uint32_t count,
                                                 const struct fake_node *nodes, uint32_t node_count);

/* The same snapshot in a larger block, with one text more. Its reference comes into *reference. */
struct snapshot_header *fake_snapshot_with_text(struct snapshot_header *snapshot, const char *text,
                                                snapshot_string_ref *reference);

/* Likewise: the class comes from there. */
struct snapshot_header *fake_snapshot_with_origin(struct snapshot_header *snapshot, uint32_t class_index,
                                                  const char *origin, uint32_t line);

#endif
