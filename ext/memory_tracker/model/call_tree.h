/*
 * The tree of call paths: (parent node, frame) -> node, with a root for every class.
 *
 * Paths that were seen before are found through two caches. By the addresses of code it takes one probe, but code
 * may die and other code come to its address: that cache is forgotten when something that may be code is allocated
 * where known code was freed, and when known code moves. Most paths are not concerned by it, and are found again by the
 * serial numbers of code, which takes longer.
 */
#ifndef MEMORY_TRACKER_MODEL_CALL_TREE_H
#define MEMORY_TRACKER_MODEL_CALL_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/child_index.h"
#include "model/class_table.h"
#include "model/code_table.h"
#include "model/key_map.h"
#include "model/memory.h"
#include "model/names.h"
#include "model/node.h"
#include "model/path_cache.h"
#include "model/status.h"
#include "model/table.h"

/* The most frames that a stack is asked for: enough for the deepest path with calls of the language's core in it. */
#define STACK_LIMIT (4 * PATH_DEPTH_LIMIT)

/* A stack as the program has it, the allocating frame first. */
struct stack {
	const uintptr_t *addresses; /* of code */
	const int *lines;           /* 0 where there is none */
	uint32_t depth;
	bool cut; /* more frames may follow */
};

struct call_tree {
	struct memory *memory;    /* borrowed, of all but the nodes */
	struct code_table *codes; /* borrowed */
	struct table nodes;
	struct child_index children;  /* by parent and frame */
	struct path_cache by_address; /* good until code moves, or comes to a departed address */
	struct key_map dead_code;     /* addresses of dead code that by_address may know */
	struct path_cache by_serial;  /* good as long as the nodes are there */
	uint32_t next_generation;
	uint32_t path_limit;  /* nodes beyond which only roots and pseudo frames get one */
	uint64_t *unresolved; /* owned: handles of nodes whose frame belonged to its code alone when they were made */
	uint32_t unresolved_count;
	uint32_t unresolved_capacity;
	uint32_t unresolved_next;
};

struct call_tree_limits {
	uint32_t nodes; /* roots included */
	uint32_t paths; /* nodes beyond which only roots and pseudo frames get one; 0: what leaves some for these */
	struct memory *node_memory; /* borrowed: where nodes come from; NULL: where all else does */
	uint32_t address_slots;     /* of the two caches; powers of two, 0: as many as there are paths for */
	uint32_t serial_slots;
};

/* Returns 0 or STATUS_NO_MEMORY. */
int call_tree_init(struct call_tree *tree, struct memory *memory, struct code_table *codes,
                   const struct call_tree_limits *limits);
void call_tree_deinit(struct call_tree *tree);

/* Makes sure that the next call_tree_add_root succeeds. Returns 0, STATUS_LIMIT or STATUS_NO_MEMORY. HOOK */
static inline int call_tree_reserve(struct call_tree *tree)
{
	return table_reserve(&tree->nodes);
}

/* A root for a class; 0 without memory or at the limit. HOOK */
uint32_t call_tree_add_root(struct call_tree *tree, uint32_t epoch);

/* The child of `parent` for a frame, made when it is not there; 0 without memory or at the limit. HOOK */
uint32_t call_tree_child(struct call_tree *tree, uint32_t parent, uint32_t frame, uint32_t epoch);

/* The addresses of code tell nothing any more. HOOK */
void call_tree_forget_addresses(struct call_tree *tree);

/* Code was freed: its address tells nothing about what will be there next. HOOK */
void call_tree_code_freed(struct call_tree *tree, uintptr_t address);

/* Something that may be code is allocated at this address. HOOK */
static inline void call_tree_code_allocated(struct call_tree *tree, uintptr_t address)
{
	if (unlikely(tree->dead_code.count && key_map_get(&tree->dead_code, address)))
		call_tree_forget_addresses(tree);
}

/*
 * Looks at some of the nodes whose frame may have become an alias meanwhile. They take the place that their frame
 * stands for now, or give their counts to the node that has it, as soon as nothing below them is live. While no
 * reader is inside. GVL
 */
void call_tree_resolve_aliases(struct call_tree *tree, uint32_t epoch, uint32_t steps);

/* Frees a leaf, while no reader is inside. HOOK */
void call_tree_remove_leaf(struct call_tree *tree, uint32_t number);

/* Frees a root with all below it, while no reader is inside. HOOK */
void call_tree_remove_root(struct call_tree *tree, uint32_t root);

/* The next node after `number` below `root`, parents first; 0 at the end. Start with the root. HOOK, GVL */
uint32_t call_tree_next(const struct call_tree *tree, uint32_t root, uint32_t number);

static inline struct node *node_at(const struct call_tree *tree, uint32_t number)
{
	/* At every allocation and free, so not by table_at, which has to multiply. */
	return (struct node *)table_chunk(&tree->nodes, number) + table_place(number);
}

/* The same before and after the node is published. HOOK */
static inline uint32_t node_generation(const struct node *node)
{
	return atomic_load_explicit(&((struct node *)node)->generation, memory_order_relaxed) | NODE_PUBLISHED;
}

/* What stands for a node where it may be gone by the time it is asked for. HOOK */
static inline uint64_t node_handle(const struct call_tree *tree, uint32_t number)
{
	return (uint64_t)node_generation(node_at(tree, number)) << 32 | number;
}

/* The node's number, or 0 when it is gone. HOOK */
static inline uint32_t node_from_handle(const struct call_tree *tree, uint64_t handle)
{
	uint32_t number = (uint32_t)handle;

	return number && node_generation(node_at(tree, number)) == handle >> 32 ? number : 0;
}

/* The node when readers may see it, else NULL. ANY THREAD */
static inline struct node *node_published(const struct call_tree *tree, uint32_t number)
{
	struct node *node = node_at(tree, number);

	return atomic_load_explicit(&node->generation, memory_order_acquire) & NODE_PUBLISHED ? node : NULL;
}

#endif
