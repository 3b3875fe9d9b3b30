/* From a stack to a node: the part of the tracker that runs at births with call paths. */
#include "model/snapshot.h"
#include "model/tracker.h"

/* Leaves that are looked at in one go, in sixteenths of the limit. */
#define EVICTION_SHARE 16
#define EVICTION_PAUSE 100000

struct place {
	struct code *code;
	struct string *path; /* where it is shown: its own place, or its caller's */
	uint32_t line;
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
	/* The key bit first: code whose death would not be noticed must not be remembered. */
	uint32_t *entry = shadow_map_make(&tracker->map, address, &status);
	if (!entry)
		return NULL;
	code = code_table_add(&tracker->codes, address, &description);
	if (code)
		*entry |= SHADOW_KEY;
	return code;
}

/* Some VMs close a stack with the main program once more, without a line. */
static bool is_bottom(const struct stack *stack, uint32_t index, const struct code *code)
{
	return index > 0 && index + 1 == stack->depth && code->kind == CODE_SOURCE && stack->lines[index] == 0;
}

/*
 * Which code stands where, callers last. Native code takes the place of the source that called it; when that is
 * cut off, or was never there, it has none. Returns how many places there are.
 */
static uint32_t find_places(const struct stack *stack, struct code **codes, struct place *places)
{
	uint32_t count = 0;
	uint32_t unplaced = 0;

	for (uint32_t index = 0; index < stack->depth; index++) {
		struct code *code = codes[index];

		if (code->kind == CODE_IGNORED || is_bottom(stack, index, code))
			continue;
		places[count++] = (struct place){code, code->path, (uint32_t)stack->lines[index]};
		if (code->kind == CODE_NATIVE)
			continue;
		for (; unplaced < count; unplaced++) {
			places[unplaced].path = code->path;
			places[unplaced].line = (uint32_t)stack->lines[index];
		}
	}
	/* Native frames at the end whose caller is beyond the depth have no place that could be told. */
	return unplaced > 0 ? unplaced : count;
}

/* Nodes of pseudo frames are known by number elsewhere. */
static bool evictable(const struct tracker *tracker, const struct node *node, uint32_t epoch)
{
	struct node_counts counts = node_read(node, epoch);

	return !node->first_child && counts.allocated == counts.freed &&
	       !(frame_at(&tracker->codes, node->frame)->flags & SNAPSHOT_FRAME_PSEUDO);
}

/* Makes room: leaves without live objects give their counts to their class. */
static void evict_leaves(struct tracker *tracker)
{
	uint32_t epoch = tracker_epoch(tracker);
	uint32_t end = table_end(&tracker->tree.nodes);
	uint32_t wanted = tracker->options.limits.nodes / EVICTION_SHARE + 1;

	for (uint32_t number = 1; number < end && wanted > 0; number++) {
		struct node *node = node_published(&tracker->tree, number);

		/* A parent that becomes a leaf by this is met in the next round. */
		if (!node || !evictable(tracker, node, epoch))
			continue;
		/* In a light tracker the class has them already. */
		if (!tracker->light)
			node_fold(class_at(&tracker->classes, node->class_number)->root, node, epoch);
		call_tree_remove_leaf(&tracker->tree, number);
		wanted--;
	}
}

/* True when there may be room now. An attempt is expensive, so after one there is a pause. */
static bool make_room(struct tracker *tracker)
{
	if (tracker->next_eviction > 0) {
		tracker->next_eviction--;
		return false;
	}
	if (tracker->observed || !tracker_pause_readers(tracker))
		return false;
	evict_leaves(tracker);
	tracker_resume_readers(tracker);
	tracker->next_eviction = EVICTION_PAUSE;
	return true;
}

static uint32_t child_at(struct tracker *tracker, uint32_t parent, const struct place *place)
{
	uint32_t frame = code_table_frame(&tracker->codes, place->code, place->path, place->line);

	if (!frame)
		return 0;
	uint32_t number = call_tree_child(&tracker->tree, parent, frame, tracker_epoch(tracker));
	frame_release_unused(&tracker->codes, frame);
	return number;
}

static uint32_t follow(struct tracker *tracker, struct class_record *class, const struct place *places, uint32_t count)
{
	uint32_t number = class->root_number;

	for (uint32_t index = 0; index < count && number; index++)
		number = child_at(tracker, number, &places[index]);
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

static uint32_t resolve(struct tracker *tracker, struct class_record *class, const struct stack *stack,
                        struct code **codes)
{
	struct place places[PATH_DEPTH_LIMIT];
	uint32_t count = find_places(stack, codes, places);
	uint32_t number = follow(tracker, class, places, count);

	if (!number && make_room(tracker))
		number = follow(tracker, class, places, count);
	return number;
}

static void remember(struct tracker *tracker, struct path_cache *cache, uint64_t fingerprint, uint32_t number)
{
	path_cache_remember(cache, fingerprint, node_handle(&tracker->tree, number), table_count(&tracker->tree.nodes));
}

/* The long way, for a stack whose addresses are new or may have another meaning now. 0 without memory. */
static uint32_t find_by_code(struct tracker *tracker, struct class_record *class, const struct stack *stack)
{
	struct code *codes[PATH_DEPTH_LIMIT];
	uintptr_t serials[PATH_DEPTH_LIMIT];

	for (uint32_t index = 0; index < stack->depth; index++) {
		if (!(codes[index] = code_of(tracker, stack->addresses[index])))
			return 0;
		serials[index] = codes[index]->serial;
	}
	struct path_cache *cache = &tracker->tree.by_serial;
	uint64_t fingerprint = path_cache_fingerprint(cache, class->number, serials, stack->lines, stack->depth);
	uint32_t number = node_from_handle(&tracker->tree, path_cache_recall(cache, fingerprint));
	if (number)
		return number;
	number = resolve(tracker, class, stack, codes);
	if (number)
		remember(tracker, cache, fingerprint, number);
	return number;
}

uint32_t tracker_find_path(struct tracker *tracker, struct class_record *class, const struct stack *stack,
                           uint64_t fingerprint)
{
	struct stack cut = *stack;

	if (cut.depth > class->depth)
		cut.depth = class->depth;
	uint32_t number = find_by_code(tracker, class, &cut);
	if (!number)
		return other_node(tracker, class);
	if (fingerprint)
		remember(tracker, &tracker->tree.by_address, fingerprint, number);
	return number;
}

bool tracker_path_holds(struct tracker *tracker, const struct class_record *class, const struct stack *stack,
                        uint32_t number)
{
	struct code *codes[PATH_DEPTH_LIMIT];
	struct place places[PATH_DEPTH_LIMIT];

	for (uint32_t index = 0; index < stack->depth; index++) {
		if (!(codes[index] = code_of(tracker, stack->addresses[index])))
			return true;
	}
	/* What found no room. */
	if (number == class->other || (number == class->root_number && !class->other))
		return true;
	for (uint32_t index = find_places(stack, codes, places); index-- > 0;) {
		const struct place *place = &places[index];
		const struct node *node = node_at(&tracker->tree, number);
		uint32_t frame = code_table_frame(&tracker->codes, place->code, place->path, place->line);
		bool same = frame_canonical(&tracker->codes, frame) == frame_canonical(&tracker->codes, node->frame);

		frame_release_unused(&tracker->codes, frame);
		if (!same)
			return false;
		number = node->parent;
	}
	return number == class->root_number;
}
