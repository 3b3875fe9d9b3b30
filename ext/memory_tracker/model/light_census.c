#include "model/light_census.h"

#include <time.h>

#include "base/clock.h"
#include "model/snapshot.h"

/* --- identities --- */

/* What tells a class from others, and the address of the class that counts; a pseudo class has none. */
struct identity {
	uint64_t number;
	uintptr_t address;
};

static struct identity identify(const struct tracker *tracker, uintptr_t key)
{
	struct identity identity = {key, 0};

	if (key < CLASS_KEY_PSEUDO_LIMIT)
		return identity;
	identity.address = key;
	identity.number = tracker->names.identify_class(tracker->names.context, &identity.address);
	return identity;
}

static struct class_record *find(const struct tracker *tracker, struct identity identity)
{
	return (struct class_record *)(uintptr_t)key_map_get(&tracker->light->identities, identity.number);
}

struct class_record *light_class(const struct tracker *tracker, uintptr_t key)
{
	return find(tracker, identify(tracker, key));
}

/* The record of a class that stands there; NULL when there is none and none is to be made, or none can be. */
static struct class_record *meet(struct tracker *tracker, uintptr_t key, bool make)
{
	struct key_map *identities = &tracker->light->identities;
	struct identity identity = identify(tracker, key);
	struct class_record *class = find(tracker, identity);

	if (class)
		tracker_add_keys(tracker, class, key, identity.address);
	/* Room first: a record that cannot be found again would be made again and again. */
	if (class || !make || key_map_reserve(identities) != STATUS_OK || !(class = tracker_class_for(tracker, key)))
		return class;
	class->identity = identity.number;
	key_map_put(identities, identity.number, (uint64_t)(uintptr_t) class);
	return class;
}

struct class_record *light_class_for(struct tracker *tracker, uintptr_t key)
{
	return meet(tracker, key, true);
}

/* A class that was met in a window for the first time. */
static void adopt(struct tracker *tracker, struct class_record *class)
{
	uint64_t identity = identify(tracker, class->address).number;

	/* Without memory the next walk makes another record, and gives this one up. */
	if (key_map_put(&tracker->light->identities, identity, (uint64_t)(uintptr_t) class) == STATUS_OK)
		class->identity = identity;
}

/* --- the window --- */

static void empty_entry(void *context, uintptr_t address, struct heap_place place)
{
	(void)address;
	heap_map_clear(context, place);
}

static void forget_class(struct tracker *tracker, struct class_record *class, bool trusted)
{
	if (!class->address)
		return;
	if (trusted && !class->identity)
		adopt(tracker, class);
	/* Without memory the class may be taken for dead, and gets a new record when objects of it are met. */
	key_map_put(&tracker->light->known, class->address, 1);
	class->address = 0;
}

void light_forget(struct tracker *tracker, bool trusted)
{
	struct heap_map_callback callback = {&tracker->map, empty_entry};
	uint32_t end = table_end(&tracker->classes.records);

	key_map_clear(&tracker->light->known);
	for (uint32_t number = 1; number < end; number++) {
		struct class_record *class = class_published(&tracker->classes, number);

		if (class)
			forget_class(tracker, class, trusted);
	}
	key_map_clear(&tracker->classes.by_key);
	code_table_forget(&tracker->codes);
	call_tree_forget_addresses(&tracker->tree);
	heap_map_each(&tracker->map, &callback);
}

/* --- the walk --- */

static uint64_t load(const _Atomic uint64_t *counter)
{
	return atomic_load_explicit((_Atomic uint64_t *)counter, memory_order_relaxed);
}

static void add(_Atomic uint64_t *counter, uint64_t value)
{
	atomic_store_explicit(counter, load(counter) + value, memory_order_relaxed);
}

static void share_out_to(struct tracker *tracker, uint64_t handle, uint64_t allocations)
{
	uint32_t number = node_from_handle(&tracker->tree, handle);

	if (!number)
		return;
	struct node *node = node_at(&tracker->tree, number);
	struct class_record *class = class_at(&tracker->classes, node->class_number);
	class->allocations += allocations;
	if (number == class->root_number)
		return;
	add(&node->allocated, allocations);
	add(&node->freed, allocations);
}

/*
 * All allocations since the walk before, in equal parts to the samples, which stand for those of objects with a
 * class.
 */
static void share_out(struct tracker *tracker, uint64_t allocations)
{
	struct light *light = tracker->light;
	uint64_t all = 0, given = 0;

	if (light->picked)
		all = (uint64_t)((double)allocations * light->sample_count / light->picked);
	for (uint32_t index = 0; index < light->sample_count; index++) {
		uint64_t up_to = (uint64_t)((double)all * (index + 1) / light->sample_count);

		share_out_to(tracker, light->samples[index], up_to - given);
		given = up_to;
	}
	light->sampled = light->sample_count;
	light->sampled_of = all;
	light->samples_left = light->sample_limit - light->sample_count;
	light->sample_count = light->picked = light->sample_limit = 0;
}

static void take_counts(struct tracker *tracker)
{
	const struct key_map *counts = &tracker->light->counts;

	for (uint32_t index = 0; index <= counts->mask; index++) {
		const struct key_map_slot *slot = &counts->slots[index];

		if (!slot->key)
			continue;
		/* Of a class without objects only that it is there is of interest. */
		struct class_record *class = meet(tracker, (uintptr_t)slot->key, slot->value > 0);
		if (!class && slot->value) {
			add(&tracker->classes_dropped, slot->value);
			class = tracker->others;
		}
		if (!class)
			continue;
		class->standing += slot->value;
		class->walk = tracker->light->number;
	}
}

/* What grew was allocated, be there samples of it or not. No reader is inside. */
static uint64_t settle_class(struct tracker *tracker, struct class_record *class, bool major)
{
	struct node *root = class->root;
	uint64_t before = load(&root->allocated) - load(&root->freed);
	uint64_t standing = class->standing;
	uint64_t grown = standing > before ? standing - before : 0;

	add(&root->allocated, class->allocations > grown ? class->allocations : grown);
	atomic_store(&root->freed, load(&root->allocated) - standing);
	if (major)
		node_set_retained(root, standing);
	if (class->identity && class->walk != tracker->light->number && class->identity >= CLASS_KEY_PSEUDO_LIMIT &&
	    !(atomic_fetch_or(&class->flags, SNAPSHOT_CLASS_UNLOADED) & SNAPSHOT_CLASS_UNLOADED))
		class_table_queue_dead(&tracker->classes, class);
	class->standing = class->allocations = 0;
	return standing;
}

static uint64_t settle_classes(struct tracker *tracker, bool major)
{
	uint32_t end = table_end(&tracker->classes.records);
	uint64_t live = 0;

	for (uint32_t number = 1; number < end; number++) {
		struct class_record *class = class_published(&tracker->classes, number);

		live += class ? settle_class(tracker, class, major) : 0;
	}
	return live;
}

/*
 * Objects that count for no class are among the VM's allocations; those of them that stand now and did not before are
 * left out, so that what is left of allocations and frees is what stands.
 */
static void settle_sums(struct light *light, uint64_t allocations, uint64_t live)
{
	uint64_t grown = light->internals > light->internals_last ? light->internals - light->internals_last : 0;
	uint64_t before = light->allocated - light->freed;

	allocations -= allocations < grown ? allocations : grown;
	if (light->number == 1 || allocations + before < live)
		allocations = live - before;
	light->allocated += allocations;
	light->freed = light->allocated - live;
	light->internals_last = light->internals;
}

static void note_majors(struct tracker *tracker, const struct light_metadata *metadata)
{
	add(&tracker->majors_seen, metadata->majors);
	atomic_store(&tracker->major_at_ns, metadata->monotonic_ns);
	/* Something may always have been allocated while it marked. */
	atomic_store(&tracker->major_allocated, metadata->allocated_since ? metadata->allocated_since : 1);
}

/* All numbers change together, so no reader may be inside; one that never leaves must not hold up the program. */
static bool pause_readers(struct tracker *tracker)
{
	struct timespec pause = clock_timespec(LIGHT_PATIENCE_NS / 100);

	for (int attempt = 0; attempt < 100; attempt++) {
		if (tracker_pause_readers(tracker))
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

/* The first time that an identity is asked for it may not be had, and then nothing must be half done. */
static void ask_for_identities(const struct tracker *tracker)
{
	const struct key_map *counts = &tracker->light->counts;

	for (uint32_t index = 0; index <= counts->mask; index++) {
		if (counts->slots[index].key)
			identify(tracker, (uintptr_t)counts->slots[index].key);
	}
}

int light_settle(struct tracker *tracker, const struct light_metadata *metadata)
{
	struct light *light = tracker->light;

	light_count_run(light);
	if (light->failed)
		return STATUS_NO_MEMORY;
	ask_for_identities(tracker);
	if (!pause_readers(tracker))
		return STATUS_BUSY;
	uint64_t allocations = light->number ? metadata->allocated - light->vm_allocated : 0;
	bool major = light->number && metadata->majors;
	uint64_t gcs = light->number ? metadata->gcs : 0;
	light->number++;
	share_out(tracker, allocations);
	take_counts(tracker);
	settle_sums(light, allocations, settle_classes(tracker, major));
	light->vm_allocated = metadata->allocated;
	light->taken_ns = metadata->monotonic_ns;
	add(&tracker->gcs_seen, gcs);
	if (major)
		note_majors(tracker, metadata);
	tracker_resume_readers(tracker);
	tracker_recycle_dead_classes(tracker, table_count(&tracker->classes.records));
	return STATUS_OK;
}
