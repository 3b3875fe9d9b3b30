#include "model/hidden.h"

#include <stddef.h>

/* The smallest page there is; where they are larger each is asked for several times. */
#define SMALLEST_PAGE ((uintptr_t)4096)
#define NO_PAGE UINTPTR_MAX

struct settling {
	struct tracker *tracker;
	const struct hidden_source *source;
	uintptr_t page; /* the one that was asked for last, or NO_PAGE */
	bool page_readable;
	uintptr_t unknown; /* key of a class that was met without a record, or 0 */
};

/* Entries come in order of address, so each page is asked for once. */
static bool readable(struct settling *settling, uintptr_t address)
{
	uintptr_t page = address & ~(SMALLEST_PAGE - 1);

	if (likely(!settling->source->readable))
		return true;
	if (page != settling->page) {
		settling->page = page;
		settling->page_readable = settling->source->readable(page);
	}
	return settling->page_readable;
}

static uint32_t root_of_kind(struct tracker *tracker, uint32_t kind)
{
	uint32_t *root = &tracker->hidden_roots[kind];

	if (!*root) {
		struct class_record *class = tracker_class_for(tracker, CLASS_KEY_HIDDEN + kind);

		*root = class ? class->root_number : 0;
	}
	return *root;
}

/* A class is not entered during the walk: the map that is walked over would get a new entry. */
static uint32_t root_of_class(struct settling *settling, uintptr_t address)
{
	uintptr_t key = settling->source->key(address);
	const struct class_record *class = class_table_find(&settling->tracker->classes, key);

	if (!class)
		settling->unknown = key;
	return class ? class->root_number : 0;
}

static void move(struct tracker *tracker, struct heap_place place, uint32_t root)
{
	struct call_tree *tree = &tracker->tree;

	/* It stays where it is without memory for the pseudo class, or until its own class is entered. */
	if (!root)
		return;
	node_move(node_at(tree, root), node_at(tree, *place.entry & HEAP_MAP_NODE), tracker_epoch(tracker),
	          place.page->slot_size);
	heap_map_set(place, (*place.entry & HEAP_MAP_KEY) | root);
}

static void settle_entry(void *context, uintptr_t address, struct heap_place place)
{
	struct settling *settling = context;
	struct tracker *tracker = settling->tracker;
	uint32_t number = *place.entry & HEAP_MAP_NODE;
	bool hidden = false;

	if (!number || !readable(settling, address))
		return;
	uint32_t kind = settling->source->kind(address, &hidden);
	if (kind == HIDDEN_KINDS)
		return;
	bool counted_hidden = number == tracker->hidden_roots[kind];
	if (likely(hidden == counted_hidden))
		return;
	move(tracker, place, hidden ? root_of_kind(tracker, kind) : root_of_class(settling, address));
}

/* Returns the key of a class that had no record, or 0. */
static uintptr_t walk(struct tracker *tracker, const struct hidden_source *source)
{
	struct settling settling = {tracker, source, NO_PAGE, false, 0};
	struct heap_map_callback callback = {&settling, settle_entry};

	heap_map_each(&tracker->map, &callback);
	return settling.unknown;
}

void hidden_settle(struct tracker *tracker, const struct hidden_source *source)
{
	uintptr_t unknown = walk(tracker, source);

	/* Revealed objects are of a few classes, each without a record once only. */
	for (uint32_t round = 0; unknown && round < HIDDEN_KINDS; round++) {
		if (!tracker_class_for(tracker, unknown))
			return;
		unknown = walk(tracker, source);
	}
}
