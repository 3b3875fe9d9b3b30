#include "analysis/call_paths.h"

#include <stdlib.h>
#include <string.h>

/* Keys of paths: above those of classes, and the inverted ones apart from the others. */
#define PLAIN (UINT64_C(1) << 63)
#define TURNED (UINT64_C(3) << 62)

void call_paths_deinit(struct call_paths *paths)
{
	free(paths->paths);
	free(paths->first);
	free(paths->any);
	free(paths->allocated);
	*paths = (struct call_paths){0};
}

static bool reserve_classes(struct call_paths *paths, size_t count)
{
	if (count <= paths->class_capacity)
		return true;
	uint32_t *first = malloc(count * sizeof *first);
	bool *any = malloc(count * sizeof *any);
	uint64_t *allocated = malloc(count * sizeof *allocated);
	if (!first || !any || !allocated) {
		free(first);
		free(any);
		free(allocated);
		return false;
	}
	free(paths->first);
	free(paths->any);
	free(paths->allocated);
	paths->first = first;
	paths->any = any;
	paths->allocated = allocated;
	paths->class_capacity = count;
	return true;
}

static bool reserve(struct call_paths *paths, size_t count)
{
	if (count <= paths->capacity)
		return true;
	size_t capacity = count > paths->capacity * 2 ? count : paths->capacity * 2;
	struct call_path *larger = realloc(paths->paths, capacity * sizeof *larger);
	if (!larger)
		return false;
	paths->paths = larger;
	paths->capacity = capacity;
	return true;
}

/* Empties it for a snapshot. */
static bool begin(struct call_paths *paths, const struct snapshot_header *snapshot, bool inverted)
{
	paths->snapshot = NULL;
	paths->count = 0;
	if (!reserve_classes(paths, (size_t)snapshot->class_count + 1))
		return false;
	paths->snapshot = snapshot;
	paths->inverted = inverted;
	memset(paths->first, 0xff, snapshot->class_count * sizeof *paths->first);
	memset(paths->any, 0, snapshot->class_count * sizeof *paths->any);
	memset(paths->allocated, 0, snapshot->class_count * sizeof *paths->allocated);
	return true;
}

static bool give_up(struct call_paths *paths)
{
	paths->snapshot = NULL;
	paths->count = 0;
	return false;
}

/* How many objects one on a node of this frame stands for. */
static uint64_t weight(const struct snapshot_header *snapshot, uint32_t frame)
{
	if (!(snapshot->flags & SNAPSHOT_PATHS_ESTIMATED) ||
	    (snapshot_frames(snapshot)[frame].flags & SNAPSHOT_FRAME_ALL))
		return 1;
	return snapshot->path_interval;
}

/* A node's own counts: estimates where it stands for more objects than it counts. */
static struct counts weighed(const struct snapshot_header *snapshot, const struct snapshot_node *node)
{
	return counts_times(node->counts, weight(snapshot, node->frame));
}

/* What a class has of it, be it built or not. */
static void note_node(struct call_paths *paths, const struct snapshot_node *node)
{
	paths->any[node->class_index] = true;
	paths->allocated[node->class_index] += weighed(paths->snapshot, node).allocated;
}

/* Enters a path, of which all but the links is known, below its class or parent. */
static void link_path(struct call_paths *paths, uint32_t index)
{
	struct call_path *path = &paths->paths[index];
	uint32_t *first =
	    path->parent == CALL_PATHS_NONE ? &paths->first[path->class_index] : &paths->paths[path->parent].first;

	path->first = CALL_PATHS_NONE;
	path->next = *first;
	*first = index;
}

bool call_paths_build(struct call_paths *paths, const struct snapshot_header *snapshot)
{
	const struct snapshot_node *nodes = snapshot_nodes(snapshot);

	if (!begin(paths, snapshot, false))
		return false;
	if (!reserve(paths, snapshot->node_count))
		return give_up(paths);
	paths->count = snapshot->node_count;
	for (uint32_t i = 0; i < snapshot->node_count; i++) {
		paths->paths[i] = (struct call_path){.key = nodes[i].id | PLAIN,
		                                     .class_index = nodes[i].class_index,
		                                     .frame = nodes[i].frame,
		                                     .parent = nodes[i].parent,
		                                     .counts = weighed(snapshot, &nodes[i])};
		note_node(paths, &nodes[i]);
		link_path(paths, i);
	}
	/* What is below comes later, so that from the end on everything is whole when it is passed on. */
	for (size_t i = paths->count; i-- > 0;) {
		const struct call_path *path = &paths->paths[i];
		if (path->parent != CALL_PATHS_NONE)
			counts_add(&paths->paths[path->parent].counts, path->counts);
	}
	return true;
}

/* --- inverted --- */

/* Finds a path by what is above it and its frame. */
struct finder {
	uint32_t *slots; /* index plus one; 0: free */
	size_t size;
};

static uint64_t mixed(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 29;
}

static uint64_t hash_text(const struct snapshot_header *snapshot, uint64_t hash, snapshot_string_ref reference)
{
	uint32_t length;
	const char *text = snapshot_string(snapshot, reference, &length);

	for (uint32_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
	return mixed(hash, length);
}

/* Turned paths have no node to take an identity from: theirs is what they consist of. */
static uint64_t key_of(const struct call_paths *paths, uint32_t class_index, uint32_t parent, uint32_t frame)
{
	const struct snapshot_header *snapshot = paths->snapshot;
	const struct snapshot_frame *record = &snapshot_frames(snapshot)[frame];
	uint64_t above =
	    parent == CALL_PATHS_NONE ? snapshot_classes(snapshot)[class_index].id : paths->paths[parent].key;
	uint64_t hash = mixed(mixed(UINT64_C(0xcbf29ce484222325), above), record->line);

	return hash_text(snapshot, hash_text(snapshot, hash, record->path), record->label) | TURNED;
}

static uint32_t *slot_of(const struct finder *finder, const struct call_paths *paths, uint32_t class_index,
                         uint32_t parent, uint32_t frame)
{
	uint64_t above = parent == CALL_PATHS_NONE ? ~(uint64_t)class_index : parent;
	size_t place = (size_t)mixed(mixed(1, above), frame) & (finder->size - 1);

	for (;; place = (place + 1) & (finder->size - 1)) {
		uint32_t *slot = &finder->slots[place];

		if (!*slot)
			return slot;
		const struct call_path *path = &paths->paths[*slot - 1];
		if (path->class_index == class_index && path->parent == parent && path->frame == frame)
			return slot;
	}
}

static bool make_room(struct finder *finder, const struct call_paths *paths)
{
	if (finder->size > paths->count * 2)
		return true;
	struct finder larger = {.size = finder->size ? finder->size * 2 : 1024};
	larger.slots = calloc(larger.size, sizeof *larger.slots);
	if (!larger.slots)
		return false;
	for (uint32_t i = 0; i < paths->count; i++) {
		const struct call_path *path = &paths->paths[i];
		*slot_of(&larger, paths, path->class_index, path->parent, path->frame) = i + 1;
	}
	free(finder->slots);
	*finder = larger;
	return true;
}

/* The path below `parent` with this frame, made if there is none; CALL_PATHS_NONE without memory. */
static uint32_t child(struct call_paths *paths, struct finder *finder, uint32_t class_index, uint32_t parent,
                      uint32_t frame)
{
	if (!make_room(finder, paths) || !reserve(paths, paths->count + 1))
		return CALL_PATHS_NONE;
	uint32_t *slot = slot_of(finder, paths, class_index, parent, frame);
	if (*slot)
		return *slot - 1;
	uint32_t index = (uint32_t)paths->count++;
	paths->paths[index] = (struct call_path){.key = key_of(paths, class_index, parent, frame),
	                                         .class_index = class_index,
	                                         .frame = frame,
	                                         .parent = parent};
	link_path(paths, index);
	*slot = index + 1;
	return index;
}

/* A node's own objects have a path that ends with it; from it upwards that path is inverted. */
static bool add_inverted(struct call_paths *paths, struct finder *finder, uint32_t index)
{
	const struct snapshot_node *nodes = snapshot_nodes(paths->snapshot), *own = &nodes[index];
	uint32_t path = CALL_PATHS_NONE;

	for (uint32_t at = index; at != SNAPSHOT_NONE; at = nodes[at].parent) {
		path = child(paths, finder, own->class_index, path, nodes[at].frame);
		if (path == CALL_PATHS_NONE)
			return false;
		counts_add(&paths->paths[path].counts, weighed(paths->snapshot, own));
	}
	return true;
}

bool call_paths_build_inverted(struct call_paths *paths, const struct snapshot_header *snapshot,
                               const struct key_set *classes)
{
	const struct snapshot_node *nodes = snapshot_nodes(snapshot);
	struct finder finder = {0};
	bool whole = begin(paths, snapshot, true);

	for (uint32_t i = 0; whole && i < snapshot->node_count; i++) {
		note_node(paths, &nodes[i]);
		if (nodes[i].counts.allocated &&
		    key_set_has(classes, snapshot_classes(snapshot)[nodes[i].class_index].id))
			whole = add_inverted(paths, &finder, i);
	}
	free(finder.slots);
	return whole || give_up(paths);
}

uint32_t call_paths_below(const struct call_paths *paths, uint32_t class_index, uint32_t path)
{
	return path == CALL_PATHS_NONE ? paths->first[class_index] : paths->paths[path].first;
}
