#include "model/call_tree.h"

#include <string.h>

#include "model/snapshot.h"
#include "model/status.h"

/* The part of the nodes that is kept for roots and pseudo frames is one in this many. */
#define ROOTS_SHARE 16

/* What is asked for only after addresses were forgotten is not worth more memory. */
#define SERIAL_SLOTS (UINT32_C(1) << 18)

/* So many are kept of the addresses that dead code has left; clearing them is no work worth mentioning then. */
#define DEPARTED_LIMIT 1024

static uint32_t least(uint32_t wanted, uint32_t most)
{
	return wanted && wanted < most ? wanted : most;
}

int call_tree_init(struct call_tree *tree, struct memory *memory, struct code_table *codes,
                   const struct call_tree_limits *limits)
{
	struct memory *node_memory = limits->node_memory ? limits->node_memory : memory;

	memset(tree, 0, sizeof(*tree));
	tree->memory = memory;
	tree->codes = codes;
	tree->path_limit = least(limits->paths, limits->nodes - limits->nodes / ROOTS_SHARE);
	path_cache_init(&tree->by_address, memory, (uintptr_t)&tree->by_address,
	                least(limits->address_slots, UINT32_C(1) << 31));
	path_cache_init(&tree->by_serial, memory, (uintptr_t)&tree->by_serial,
	                least(limits->serial_slots, SERIAL_SLOTS));
	if (child_index_init(&tree->children, memory, &tree->nodes) || key_map_init(&tree->dead_code, memory) ||
	    table_init(&tree->nodes, node_memory, sizeof(struct node), limits->nodes))
		return STATUS_NO_MEMORY;
	return STATUS_OK;
}

void call_tree_deinit(struct call_tree *tree)
{
	if (tree->children.slots)
		child_index_deinit(&tree->children);
	if (tree->dead_code.slots)
		key_map_deinit(&tree->dead_code);
	if (tree->nodes.chunks)
		table_deinit(&tree->nodes);
	path_cache_deinit(&tree->by_address);
	path_cache_deinit(&tree->by_serial);
	memory_release(tree->memory, tree->unresolved, tree->unresolved_capacity * sizeof(*tree->unresolved));
	tree->unresolved = NULL;
}

/* --- addresses of code --- */

void call_tree_forget_addresses(struct call_tree *tree)
{
	path_cache_forget(&tree->by_address);
	if (tree->dead_code.count)
		key_map_clear(&tree->dead_code);
}

void call_tree_code_freed(struct call_tree *tree, uintptr_t address)
{
	if (tree->dead_code.count >= DEPARTED_LIMIT || key_map_put(&tree->dead_code, address, 1) != STATUS_OK)
		call_tree_forget_addresses(tree);
}

/* --- nodes --- */

static uint32_t take_node(struct call_tree *tree, uint32_t epoch)
{
	int status;
	uint32_t number = table_take(&tree->nodes, &status);

	if (!number)
		return 0;
	struct node *node = node_at(tree, number);
	tree->next_generation += 2 * NODE_PUBLISHED;
	atomic_store_explicit(&node->generation, tree->next_generation, memory_order_relaxed);
	atomic_store_explicit(&node->epoch, epoch, memory_order_relaxed);
	return number;
}

uint32_t call_tree_add_root(struct call_tree *tree, uint32_t epoch)
{
	return take_node(tree, epoch);
}

/* Paths leave some room for roots, and for the nodes that take what finds no place. */
static bool room_for(const struct call_tree *tree, uint32_t frame)
{
	return table_count(&tree->nodes) < tree->path_limit ||
	       (frame_at(tree->codes, frame)->flags & SNAPSHOT_FRAME_PSEUDO);
}

/* Without memory the node stays apart for good, which only costs room. */
static void wait_for_name(struct call_tree *tree, uint32_t number)
{
	if (tree->unresolved_count == tree->unresolved_capacity) {
		uint32_t capacity = tree->unresolved_capacity ? tree->unresolved_capacity * 2 : 64;
		uint64_t *grown = memory_allocate(tree->memory, capacity * sizeof(*grown));

		if (!grown)
			return;
		if (tree->unresolved_count)
			memcpy(grown, tree->unresolved, tree->unresolved_count * sizeof(*grown));
		memory_release(tree->memory, tree->unresolved, tree->unresolved_capacity * sizeof(*grown));
		tree->unresolved = grown;
		tree->unresolved_capacity = capacity;
	}
	tree->unresolved[tree->unresolved_count++] = node_handle(tree, number);
}

uint32_t call_tree_child(struct call_tree *tree, uint32_t parent, uint32_t frame, uint32_t epoch)
{
	uint32_t number = child_index_get(&tree->children, parent, frame);

	if (!number && !room_for(tree, frame)) {
		memory_refuse(tree->memory);
		return 0;
	}
	/* Room first: a node that was taken cannot be given back while readers look for nodes. */
	if (number || child_index_reserve(&tree->children) != STATUS_OK || !(number = take_node(tree, epoch)))
		return number;
	struct node *node = node_at(tree, number);
	struct node *above = node_at(tree, parent);
	node->parent = parent;
	node->frame = frame;
	node->class_number = above->class_number;
	child_index_add(&tree->children, number);
	node->next_sibling = above->first_child;
	if (node->next_sibling)
		node_at(tree, node->next_sibling)->previous_sibling = number;
	above->first_child = number;
	frame_retain(tree->codes, frame);
	if (frame_at(tree->codes, frame)->owner)
		wait_for_name(tree, number);
	atomic_store_explicit(&node->generation, node_generation(node), memory_order_release);
	return number;
}

static void unlink_child(struct call_tree *tree, uint32_t number)
{
	struct node *node = node_at(tree, number);

	if (node->previous_sibling)
		node_at(tree, node->previous_sibling)->next_sibling = node->next_sibling;
	else
		node_at(tree, node->parent)->first_child = node->next_sibling;
	if (node->next_sibling)
		node_at(tree, node->next_sibling)->previous_sibling = node->previous_sibling;
	child_index_remove(&tree->children, number);
}

static void free_node(struct call_tree *tree, uint32_t number)
{
	struct node *node = node_at(tree, number);

	atomic_store_explicit(&node->generation, node_generation(node) & ~NODE_PUBLISHED, memory_order_release);
	if (node->frame)
		frame_release(tree->codes, node->frame);
	table_give(&tree->nodes, number);
}

void call_tree_remove_leaf(struct call_tree *tree, uint32_t number)
{
	unlink_child(tree, number);
	free_node(tree, number);
}

/* Takes the first leaf on the left until none is left, so no stack is needed however deep the tree is. */
void call_tree_remove_root(struct call_tree *tree, uint32_t root)
{
	for (;;) {
		uint32_t number = root;

		while (node_at(tree, number)->first_child)
			number = node_at(tree, number)->first_child;
		if (number == root)
			break;
		call_tree_remove_leaf(tree, number);
	}
	free_node(tree, root);
}

uint32_t call_tree_next(const struct call_tree *tree, uint32_t root, uint32_t number)
{
	const struct node *node = node_at(tree, number);

	if (node->first_child)
		return node->first_child;
	while (number != root) {
		node = node_at(tree, number);
		if (node->next_sibling)
			return node->next_sibling;
		number = node->parent;
	}
	return 0;
}

/* --- aliases --- */

/* Gives all that is dead below `from` to the same places below `to`. True when nothing of `from` is left. */
static bool merge(struct call_tree *tree, uint32_t from, uint32_t to, uint32_t epoch)
{
	struct node *node = node_at(tree, from);
	uint32_t next;

	for (uint32_t child = node->first_child; child; child = next) {
		uint32_t frame = frame_resolved(tree->codes, node_at(tree, child)->frame);
		uint32_t place = call_tree_child(tree, to, frame, epoch);

		next = node_at(tree, child)->next_sibling;
		if (place)
			merge(tree, child, place, epoch);
	}
	struct counts counts = node_read(node, epoch);
	if (node->first_child || counts_live(counts))
		return false;
	node_fold(node_at(tree, to), node, epoch);
	call_tree_remove_leaf(tree, from);
	return true;
}

/* The node's frame is replaced by the one that it stands for. */
static void take_frame(struct call_tree *tree, uint32_t number, uint32_t frame)
{
	struct node *node = node_at(tree, number);
	uint32_t old = node->frame;

	child_index_remove(&tree->children, number);
	frame_retain(tree->codes, frame);
	node->frame = frame;
	child_index_add(&tree->children, number);
	frame_release(tree->codes, old);
}

/* True when there is nothing more to wait for. */
static bool resolve_alias(struct call_tree *tree, uint64_t handle, uint32_t epoch)
{
	uint32_t number = node_from_handle(tree, handle);

	if (!number)
		return true;
	struct node *node = node_at(tree, number);
	uint32_t frame = frame_resolved(tree->codes, node->frame);
	if (frame == node->frame)
		return !frame_at(tree->codes, frame)->owner;
	uint32_t sibling = child_index_get(&tree->children, node->parent, frame);
	if (sibling)
		return merge(tree, number, sibling, epoch);
	take_frame(tree, number, frame);
	return true;
}

void call_tree_resolve_aliases(struct call_tree *tree, uint32_t epoch, uint32_t steps)
{
	if (steps > tree->unresolved_count)
		steps = tree->unresolved_count;
	for (; steps > 0; steps--) {
		if (tree->unresolved_next >= tree->unresolved_count)
			tree->unresolved_next = 0;
		if (resolve_alias(tree, tree->unresolved[tree->unresolved_next], epoch))
			tree->unresolved[tree->unresolved_next] = tree->unresolved[--tree->unresolved_count];
		else
			tree->unresolved_next++;
	}
}
