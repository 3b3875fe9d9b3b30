/* From a stack to a node: the part of the tracker that runs at allocations with call paths. */
#include "model/snapshot.h"
#include "model/tracker.h"

/* Nodes that are looked at in one event, microseconds' worth; when few of them go there is a pause, counted in paths. */
#define EVICTION_STEPS 1024
#define EVICTION_YIELD 16
#define EVICTION_PAUSE 64

/* The frames of a path, the allocating one first. */
struct path {
	struct code *codes[PATH_DEPTH_LIMIT];
	int lines[PATH_DEPTH_LIMIT];
	uint32_t count;
};

static struct code *code_of(struct tracker *tracker, uintptr_t address)
{
	struct code *code = code_table_find(&tracker->codes, address);
	struct code_description description = {.kind = CODE_IGNORED};
	int status;

	if (code)
		return code;
	tracker_sweep_names(tracker);
	tracker->names.describe_code(tracker->names.context, address, &description);
	/* The key bit first: code whose free would not be noticed must not be remembered. */
	struct heap_place place = heap_map_make(&tracker->map, address, &status);
	if (!place.page)
		return NULL;
	code = code_table_add(&tracker->codes, address, &description);
	if (code)
		heap_map_set(place, *place.entry | HEAP_MAP_KEY);
	return code;
}

/* Some VMs close a stack with the main program once more, without a line. */
static bool is_bottom(const struct stack *stack, uint32_t index, const struct code *code)
{
	return index > 0 && index + 1 == stack->depth && code->kind == CODE_SOURCE && stack->lines[index] == 0;
}

/*
 * What a path is made of. Methods that are written in C, or in Ruby in the language's core, differ between Rubies and
 * their JITs at one line of a program: they are folded into the line that calls them. Only where no such line is on the
 * stack the path is the allocating method, without a line. False when the stack is cut off before the path ends.
 */
static bool fold(const struct stack *stack, struct code *const *codes, uint32_t depth, struct path *path)
{
	path->count = 0;
	for (uint32_t index = 0; index < stack->depth && path->count < depth; index++) {
		if (codes[index]->kind != CODE_SOURCE || is_bottom(stack, index, codes[index]))
			continue;
		path->codes[path->count] = codes[index];
		path->lines[path->count++] = stack->lines[index];
	}
	if (path->count < depth && stack->cut)
		return false;
	if (!path->count && depth && stack->depth && codes[0]->kind == CODE_NATIVE) {
		path->codes[0] = codes[0];
		path->lines[0] = 0;
		path->count = 1;
	}
	return true;
}

/* The code of a whole stack. False without memory. */
static bool find_codes(struct tracker *tracker, const struct stack *stack, struct code **codes)
{
	for (uint32_t index = 0; index < stack->depth; index++) {
		if (!(codes[index] = code_of(tracker, stack->addresses[index])))
			return false;
	}
	return true;
}

/* Nodes of pseudo frames are known by number elsewhere. */
static bool evictable(const struct tracker *tracker, const struct node *node, uint32_t epoch)
{
	struct counts counts = node_read(node, epoch);

	return !node->first_child && !counts_live(counts) &&
	       !(frame_at(&tracker->codes, node->frame)->flags & SNAPSHOT_FRAME_PSEUDO);
}

/* Removes a leaf, and what becomes one by this, as far as it is evictable. The class gets the counts. */
static uint32_t evict_from(struct tracker *tracker, uint32_t number, uint32_t epoch)
{
	uint32_t evicted = 0;

	for (uint32_t parent; number; number = parent) {
		struct node *node = node_published(&tracker->tree, number);

		/* No root is published. */
		if (!node || !evictable(tracker, node, epoch))
			break;
		parent = node->parent;
		/* In a light tracker the class has them already. */
		if (!tracker->light)
			node_fold(class_at(&tracker->classes, node->class_number)->root, node, epoch);
		call_tree_remove_leaf(&tracker->tree, number);
		evicted++;
	}
	return evicted;
}

/* Makes room: leaves without live objects go, so many nodes at a time in turn. Returns how many have gone. */
static uint32_t evict_leaves(struct tracker *tracker)
{
	uint32_t epoch = tracker_epoch(tracker);
	uint32_t end = table_end(&tracker->tree.nodes);
	uint32_t steps = end < EVICTION_STEPS ? end : EVICTION_STEPS;
	uint32_t evicted = 0;

	for (; steps > 0; steps--) {
		tracker->eviction_place = tracker->eviction_place + 1 < end ? tracker->eviction_place + 1 : 1;
		evicted += evict_from(tracker, tracker->eviction_place, epoch);
	}
	return evicted;
}

/* True when there may be room now. */
static bool make_room(struct tracker *tracker)
{
	if (tracker->next_eviction > 0) {
		tracker->next_eviction--;
		return false;
	}
	if (tracker->observed || !tracker_pause_readers(tracker))
		return false;
	uint32_t evicted = evict_leaves(tracker);
	tracker_resume_readers(tracker);
	tracker->next_eviction = evicted < EVICTION_YIELD ? EVICTION_PAUSE : 0;
	return evicted > 0;
}

static uint32_t child_at(struct tracker *tracker, uint32_t parent, struct code *code, int line)
{
	uint32_t frame = code_table_frame(&tracker->codes, code, (uint32_t)line);

	if (!frame)
		return 0;
	uint32_t number = call_tree_child(&tracker->tree, parent, frame, tracker_epoch(tracker));
	frame_release_unused(&tracker->codes, frame);
	return number;
}

static uint32_t follow(struct tracker *tracker, const struct class_record *class, const struct path *path)
{
	uint32_t number = class->root_number;

	for (uint32_t index = 0; index < path->count && number; index++)
		number = child_at(tracker, number, path->codes[index], path->lines[index]);
	return number;
}

static uint32_t other_node(struct tracker *tracker, struct class_record *class)
{
	uint64_t dropped = atomic_load_explicit(&tracker->paths_dropped, memory_order_relaxed);

	atomic_store_explicit(&tracker->paths_dropped, dropped + 1, memory_order_relaxed);
	if (class->other)
		return class->other;
	class->other =
	    call_tree_child(&tracker->tree, class->root_number, tracker->other_frame, tracker_epoch(tracker));
	return class->other ? class->other : class->root_number;
}

static uint32_t resolve(struct tracker *tracker, struct class_record *class, const struct path *path)
{
	uint32_t number = follow(tracker, class, path);

	if (!number && make_room(tracker))
		number = follow(tracker, class, path);
	return number;
}

static void remember(struct tracker *tracker, struct path_cache *cache, uint64_t fingerprint, uint32_t number)
{
	path_cache_remember(cache, fingerprint, node_handle(&tracker->tree, number), table_count(&tracker->tree.nodes));
}

static uint32_t find_by_serial(struct tracker *tracker, struct class_record *class, const struct path *path)
{
	uintptr_t serials[PATH_DEPTH_LIMIT];

	for (uint32_t index = 0; index < path->count; index++)
		serials[index] = path->codes[index]->serial;
	struct path_cache *cache = &tracker->tree.by_serial;
	uint64_t fingerprint = path_cache_fingerprint(cache, class->number, serials, path->lines, path->count);
	uint32_t number = node_from_handle(&tracker->tree, path_cache_recall(cache, fingerprint));
	if (number)
		return number;
	number = resolve(tracker, class, path);
	if (number)
		remember(tracker, cache, fingerprint, number);
	return number;
}

uint32_t tracker_find_path(struct tracker *tracker, struct class_record *class, const struct stack *stack)
{
	struct code *codes[STACK_LIMIT];
	struct path path;

	if (!find_codes(tracker, stack, codes))
		return other_node(tracker, class);
	if (!fold(stack, codes, class->depth, &path))
		return 0;
	uint32_t number = find_by_serial(tracker, class, &path);
	return number ? number : other_node(tracker, class);
}

void tracker_remember_path(struct tracker *tracker, const struct class_record *class, uint64_t fingerprint,
                           uint32_t number)
{
	/* What found no room may find some the next time. */
	if (number != class->other && number != class->root_number)
		remember(tracker, &tracker->tree.by_address, fingerprint, number);
}

/* The fingerprint of what is known to be a path; 0 when the stack is cut off before it ends. */
static uint64_t stack_fingerprint(const struct tracker *tracker, const struct class_record *class,
                                  const struct stack *stack)
{
	const struct path_cache *cache = &tracker->tree.by_address;
	const uint64_t *keys = path_cache_keys(cache);
	uint64_t sum = path_cache_begin(cache, class->number);
	uint32_t count = 0;

	for (uint32_t index = 0; index < stack->depth && count < class->depth; index++) {
		const struct code *code = code_table_find(&tracker->codes, stack->addresses[index]);

		if (code && code->kind != CODE_SOURCE)
			continue;
		sum += path_cache_part(keys + PATH_KEYS * count++, stack->addresses[index],
		                       (uint32_t)stack->lines[index], 0);
	}
	if (count < class->depth && stack->cut)
		return 0;
	if (!count && stack->depth)
		sum += path_cache_part(keys, stack->addresses[0], 0, 0);
	return path_cache_end(sum);
}

uint32_t tracker_path(struct tracker *tracker, struct class_record *class, const struct stack *stack)
{
	uint64_t fingerprint = stack_fingerprint(tracker, class, stack);
	uint32_t number = fingerprint ? tracker_known_path(tracker, fingerprint) : 0;

	if (number)
		return number;
	number = tracker_find_path(tracker, class, stack);
	/* By now it is known which code has no frames. */
	if (number)
		tracker_remember_path(tracker, class, stack_fingerprint(tracker, class, stack), number);
	return number;
}

bool tracker_path_holds(struct tracker *tracker, const struct class_record *class, const struct stack *stack,
                        uint32_t number)
{
	struct code *codes[STACK_LIMIT];
	struct path path;

	/* What found no room. */
	if (number == class->other || (number == class->root_number && !class->other))
		return true;
	if (!find_codes(tracker, stack, codes) || !fold(stack, codes, class->depth, &path))
		return true;
	while (path.count-- > 0) {
		const struct node *node = node_at(&tracker->tree, number);
		uint32_t frame =
		    code_table_frame(&tracker->codes, path.codes[path.count], (uint32_t)path.lines[path.count]);
		bool same = frame_resolved(&tracker->codes, frame) == frame_resolved(&tracker->codes, node->frame);

		frame_release_unused(&tracker->codes, frame);
		if (!same)
			return false;
		number = node->parent;
	}
	return number == class->root_number;
}
