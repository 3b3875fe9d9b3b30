#include "model/tracker.h"

#include <string.h>

#include "model/snapshot.h"

/* How many nodes with a provisional frame are looked at in one go. */
#define SETTLE_STEPS 256

/* How many dead classes are looked at when a new one comes. */
#define RECYCLE_STEPS 4

static void count(_Atomic uint64_t *counter)
{
	atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + 1, memory_order_relaxed);
}

/* --- life --- */

/* The frames to take for a class that nobody asked for by itself. */
static uint32_t usual_depth(struct tracker *tracker, const struct class_record *class)
{
	return class_filter_takes(&tracker->choice, class->name) ? tracker->options.depth : 0;
}

static struct class_record *make_class(struct tracker *tracker, const struct class_description *description)
{
	int status;

	/* Room first: what was taken cannot be given back while readers look for it. */
	if (class_table_reserve(&tracker->classes) != STATUS_OK || call_tree_reserve(&tracker->tree) != STATUS_OK)
		return NULL;
	uint32_t root_number = call_tree_add_root(&tracker->tree, tracker_epoch(tracker));
	struct node *root = node_at(&tracker->tree, root_number);
	struct class_record *class = class_table_take(&tracker->classes, root_number, root, &status);
	root->class_number = class->number;
	class_table_describe(&tracker->classes, class, description);
	class->depth = usual_depth(tracker, class);
	class->path_interval = tracker->options.path_interval;
	return class;
}

static struct class_record *make_pseudo_class(struct tracker *tracker, const char *name, uint32_t flags)
{
	struct class_description description = {
	    .name = {name, (uint32_t)strlen(name)},
	    .flags = SNAPSHOT_CLASS_INTERNAL | flags,
	};
	struct class_record *class = make_class(tracker, &description);

	if (!class)
		return NULL;
	class->depth = 0;
	class_table_publish(class);
	return class;
}

static int init_tables(struct tracker *tracker)
{
	struct memory *memory = tracker->memory;
	const struct limits *limits = &tracker->options.limits;
	struct call_tree_limits tree_limits = {
	    .nodes = limits->nodes,
	    .paths = limits->paths,
	    .node_memory = &tracker->record_memory,
	    .address_slots = limits->address_slots,
	    .serial_slots = limits->serial_slots,
	};

	if (heap_map_init(&tracker->map, &tracker->map_memory, tracker->options.slot_size) ||
	    strings_init(&tracker->strings, memory, limits->strings) ||
	    code_table_init(&tracker->codes, memory, &tracker->strings, limits->frames) ||
	    call_tree_init(&tracker->tree, memory, &tracker->codes, &tree_limits) ||
	    class_table_init(&tracker->classes, &tracker->record_memory, &tracker->strings, limits->classes) ||
	    class_filter_init(&tracker->choice, memory, &tracker->strings, tracker->options.class_filter,
	                      tracker->options.class_filter_count))
		return STATUS_NO_MEMORY;
	tracker->others = make_pseudo_class(tracker, "(classes not recorded)", 0);
	tracker->dead_class_totals = make_pseudo_class(tracker, "(unloaded classes)", SNAPSHOT_CLASS_UNLOADED);
	tracker->other_frame = code_table_pseudo_frame(&tracker->codes, "(other)", 0);
	if (!tracker->others || !tracker->dead_class_totals || !tracker->other_frame)
		return STATUS_NO_MEMORY;
	frame_retain(&tracker->codes, tracker->other_frame);
	return STATUS_OK;
}

static void share_memory(struct tracker *tracker, struct memory *memory)
{
	size_t limit = memory->limit;

	tracker->memory = memory;
	memory_init_share(&tracker->map_memory, memory, limits_map(limit));
	memory_init_share(&tracker->record_memory, memory, limits_records(limit));
	limits_fill(&tracker->options.limits, limit);
}

int tracker_init(struct tracker *tracker, struct memory *memory, const struct names *names,
                 const struct tracker_options *options)
{
	memset(tracker, 0, sizeof(*tracker));
	tracker->names = *names;
	tracker->options = *options;
	tracker->options.path_interval = options->path_interval ? options->path_interval : 1;
	share_memory(tracker, memory);
	pthread_rwlock_init(&tracker->reader_lock, NULL);
	int status = init_tables(tracker);
	tracker->options.class_filter = NULL;
	if (status == STATUS_OK && options->light && !(tracker->light = light_new(memory)))
		status = STATUS_NO_MEMORY;
	if (status != STATUS_OK)
		tracker_deinit(tracker);
	return status;
}

void tracker_end(struct tracker *tracker)
{
	if (tracker->map.memory)
		heap_map_deinit(&tracker->map);
}

void tracker_deinit(struct tracker *tracker)
{
	if (tracker->map.memory)
		heap_map_deinit(&tracker->map);
	if (tracker->classes.memory)
		class_table_deinit(&tracker->classes);
	if (tracker->tree.memory)
		call_tree_deinit(&tracker->tree);
	if (tracker->codes.memory)
		code_table_deinit(&tracker->codes);
	if (tracker->light)
		light_free(tracker->light);
	if (tracker->choice.memory)
		class_filter_deinit(&tracker->choice);
	if (tracker->strings.memory)
		strings_deinit(&tracker->strings);
	pthread_rwlock_destroy(&tracker->reader_lock);
}

bool tracker_pause_readers(struct tracker *tracker)
{
	return pthread_rwlock_trywrlock(&tracker->reader_lock) == 0;
}

void tracker_resume_readers(struct tracker *tracker)
{
	strings_sweep(&tracker->strings);
	pthread_rwlock_unlock(&tracker->reader_lock);
}

void tracker_begin_reading(struct tracker *tracker)
{
	pthread_rwlock_rdlock(&tracker->reader_lock);
}

void tracker_end_reading(struct tracker *tracker)
{
	pthread_rwlock_unlock(&tracker->reader_lock);
}

void tracker_sweep_names(struct tracker *tracker)
{
	if (tracker->strings.retired && tracker_pause_readers(tracker))
		tracker_resume_readers(tracker);
}

void tracker_name_code(struct tracker *tracker, struct code *code, struct text label)
{
	code_table_name(&tracker->codes, code, label);
}

void tracker_resolve_names(struct tracker *tracker)
{
	/* Events that wait for a block name nodes by number. */
	if (tracker->observed || !tracker->tree.unresolved_count || !tracker_pause_readers(tracker))
		return;
	call_tree_resolve_aliases(&tracker->tree, tracker_epoch(tracker), SETTLE_STEPS);
	tracker_resume_readers(tracker);
}

void tracker_name_class(struct tracker *tracker, struct class_record *class, struct text name)
{
	class_table_rename(&tracker->classes, class, name);
	if (!class->own_depth)
		class->depth = usual_depth(tracker, class);
}

void tracker_reset_reader_lock(struct tracker *tracker)
{
	pthread_rwlock_init(&tracker->reader_lock, NULL);
}

/* --- keys --- */

/* Marks the address, so that its free and its moves are noticed. */
static bool mark_key(struct tracker *tracker, uintptr_t address)
{
	int status;
	struct heap_place place = heap_map_make(&tracker->map, address, &status);

	if (!place.page)
		return false;
	heap_map_set(place, *place.entry | HEAP_MAP_KEY);
	return true;
}

void tracker_retire_key(struct tracker *tracker, uintptr_t address)
{
	bool class = class_table_retire_key(&tracker->classes, address);

	/* With missed allocations it may be known as both. */
	if (code_table_retire(&tracker->codes, address) || !class)
		call_tree_code_freed(&tracker->tree, address);
}

bool tracker_watch(struct tracker *tracker, uintptr_t address)
{
	return mark_key(tracker, address);
}

void tracker_clear_stale(struct tracker *tracker, uintptr_t address, struct heap_place place)
{
	uint32_t value = *place.entry;

	heap_map_clear(&tracker->map, place);
	if (value & HEAP_MAP_KEY)
		tracker_retire_key(tracker, address);
	if (!(value & HEAP_MAP_NODE))
		return;
	node_freed(node_at(&tracker->tree, value & HEAP_MAP_NODE), tracker_epoch(tracker));
	count(&tracker->lost);
}

struct heap_place tracker_clear_reused(struct tracker *tracker, uintptr_t address, struct heap_place place)
{
	struct heap_page *page = place.page;

	if (likely(heap_map_fits(&tracker->map, page, address)))
		tracker_clear_stale(tracker, address, place);
	else
		tracker_clear_page(tracker, page);
	/* A page without entries may be another by the time that something is entered. */
	return page->used ? place : (struct heap_place){NULL, NULL};
}

void tracker_clear_page(struct tracker *tracker, struct heap_page *page)
{
	for (uint32_t index = 0; (index = heap_page_next(page, index)) < page->count; index++)
		tracker_clear_stale(tracker, heap_page_address(page, index),
		                    (struct heap_place){page, &page->entries[index]});
}

/* --- classes --- */

/* The next node after `number` whose counts are part of the class's; 0 at the end. Start with the root. */
static uint32_t next_counted(const struct tracker *tracker, uint32_t root, uint32_t number)
{
	return tracker->light ? 0 : call_tree_next(&tracker->tree, root, number);
}

static void recycle_class(struct tracker *tracker, struct class_record *class)
{
	uint32_t epoch = tracker_epoch(tracker);
	uint32_t root = class->root_number;

	if (tracker->light)
		light_drop(tracker->light, class);
	for (uint32_t number = root; number; number = next_counted(tracker, root, number))
		node_fold(tracker->dead_class_totals->root, node_at(&tracker->tree, number), epoch);
	class_table_recycle(&tracker->classes, class);
	call_tree_remove_root(&tracker->tree, root);
}

void tracker_recycle_dead_classes(struct tracker *tracker, uint32_t steps)
{
	if (!tracker->classes.first_dead || !tracker_pause_readers(tracker))
		return;
	for (uint32_t step = 0; step < steps; step++) {
		struct class_record *class = class_table_next_dead(&tracker->classes);

		if (!class)
			break;
		struct counts counts = tracker_class_counts(tracker, class);
		if (!counts_live(counts) && !class->observed)
			recycle_class(tracker, class);
		else
			class_table_queue_dead(&tracker->classes, class);
	}
	tracker_resume_readers(tracker);
}

/* The allocating line of an object, when its call path was taken; else NULL. */
static const struct frame *allocation_of(const struct tracker *tracker, uint32_t entry)
{
	const struct frame *frame = NULL;

	for (uint32_t number = entry & HEAP_MAP_NODE; number; number = node_at(&tracker->tree, number)->parent) {
		uint32_t own = node_at(&tracker->tree, number)->frame;

		if (own)
			frame = frame_at(&tracker->codes, frame_resolved(&tracker->codes, own));
	}
	return frame;
}

/* A class is an object too: one without a name is known by the line that made it. */
static void place_class(struct tracker *tracker, struct class_record *class, uint32_t entry)
{
	const struct frame *allocation = class->name ? NULL : allocation_of(tracker, entry);

	if (allocation && allocation->line)
		class_table_place(&tracker->classes, class, allocation->path, allocation->line);
}

static struct class_record *find_or_make_class(struct tracker *tracker, uintptr_t key,
                                               const struct class_description *description)
{
	struct class_record *class = class_table_find(&tracker->classes, description->real);

	if (class)
		return class;
	/* A few at a time, so that no allocation takes long. */
	tracker_recycle_dead_classes(tracker, RECYCLE_STEPS);
	/* A pseudo class has no address that could die. */
	uintptr_t address = key < CLASS_KEY_PSEUDO_LIMIT ? 0 : description->real;
	if (address && !mark_key(tracker, address))
		return NULL;
	class = make_class(tracker, description);
	if (!class)
		return NULL;
	if (key >= CLASS_KEY_HIDDEN && key < CLASS_KEY_PSEUDO_LIMIT)
		class->depth = 0;
	if (address)
		place_class(tracker, class, *heap_map_find(&tracker->map, address).entry);
	/* Room for the key was made with the room for the record. */
	class_table_add_key(&tracker->classes, description->real, class);
	class->address = address;
	if (address && class_may_be_renamed(class))
		class_table_await_name(&tracker->classes, class);
	class_table_publish(class);
	return class;
}

struct class_record *tracker_class_for(struct tracker *tracker, uintptr_t key)
{
	struct class_record *class = class_table_find(&tracker->classes, key);
	struct class_description description = {.real = key};

	if (class)
		return class;
	tracker->names.describe_class(tracker->names.context, key, &description);
	class = find_or_make_class(tracker, key, &description);
	if (class && key != description.real && mark_key(tracker, key)) {
		/* Without memory for this short cut the long way is taken again next time. */
		class_table_add_key(&tracker->classes, key, class);
	}
	return class;
}

void tracker_add_keys(struct tracker *tracker, struct class_record *class, uintptr_t key, uintptr_t address)
{
	/* Without memory allocations of it are met as those of another class, which the next walk gives up. */
	class_table_add_key(&tracker->classes, key, class);
	if (!address || !mark_key(tracker, address))
		return;
	class->address = address;
	if (key != address && mark_key(tracker, key))
		class_table_add_key(&tracker->classes, address, class);
}

struct class_record *tracker_add_class(struct tracker *tracker, uintptr_t key)
{
	struct class_record *class = tracker_class_for(tracker, key);

	if (class)
		return class;
	count(&tracker->classes_dropped);
	return tracker->others;
}

void tracker_set_depth(struct tracker *tracker, struct class_record *class, uint32_t depth)
{
	class->own_depth = depth != UINT32_MAX;
	class->depth = class->own_depth ? depth : usual_depth(tracker, class);
}

/* --- allocations --- */

bool tracker_enter_slowly(struct tracker *tracker, uintptr_t address, uint32_t number, struct node *node)
{
	int status;
	struct heap_place place = heap_map_make(&tracker->map, address, &status);

	if (!place.page) {
		count(&tracker->dropped);
		return false;
	}
	/* The class may have been entered at its own allocation's address only just now: its key bit stays. */
	heap_map_set(place, (*place.entry & HEAP_MAP_KEY) | number);
	node_allocated(node, tracker_epoch(tracker), place.page->slot_size);
	return true;
}

/* Its name is interned once for each class: a start may enter millions of objects. 0 without room. */
static uint32_t add_before_the_start(struct tracker *tracker, const struct class_record *class)
{
	uint32_t frame = code_table_pseudo_frame(&tracker->codes, "(before the start)", SNAPSHOT_FRAME_ALL);

	if (!frame)
		return 0;
	uint32_t number = call_tree_child(&tracker->tree, class->root_number, frame, tracker_epoch(tracker));
	frame_release_unused(&tracker->codes, frame);
	return number;
}

static uint32_t node_before_the_start(struct tracker *tracker, struct class_record *class)
{
	/* What has no class of its own is not told apart any further. */
	if (class == tracker->others)
		return class->root_number;
	if (!class->before)
		class->before = add_before_the_start(tracker, class);
	return class->before ? class->before : class->root_number;
}

bool tracker_enter_existing(struct tracker *tracker, uintptr_t address, uintptr_t key)
{
	int status;
	struct class_record *class = tracker_class(tracker, key);
	struct heap_place place = heap_map_make(&tracker->map, address, &status);

	if (!place.page) {
		count(&tracker->dropped);
		return false;
	}
	if (*place.entry & HEAP_MAP_NODE)
		return true;
	uint32_t number = node_before_the_start(tracker, class);
	heap_map_set(place, *place.entry | number);
	node_allocated(node_at(&tracker->tree, number), tracker_epoch(tracker), place.page->slot_size);
	return true;
}

/* --- GC --- */

void tracker_mark_ended(struct tracker *tracker, uint64_t allocated)
{
	uint32_t epoch = tracker_epoch(tracker);

	/* From odd to odd when the sweep before was never reported to end: by now it has. */
	epoch += (epoch & 1) ? 2 : 1;
	/* The value that stands for "being settled" is left out; both are odd. */
	epoch += epoch == NODE_SETTLING ? 2 : 0;
	atomic_store_explicit(&tracker->epoch, epoch, memory_order_release);
	tracker->mark_allocated = allocated;
}

void tracker_sweep_ended(struct tracker *tracker, bool major, uint64_t monotonic_ns)
{
	uint32_t epoch = tracker_epoch(tracker);

	if (major && (epoch & 1)) {
		atomic_store_explicit(&tracker->epoch, epoch + 1, memory_order_release);
		atomic_store_explicit(&tracker->major_at_ns, monotonic_ns, memory_order_relaxed);
		atomic_store_explicit(&tracker->major_allocated, tracker->mark_allocated, memory_order_relaxed);
		count(&tracker->majors_seen);
	}
	count(&tracker->gcs_seen);
}

/* --- counts --- */

struct counts tracker_class_counts(const struct tracker *tracker, const struct class_record *class)
{
	struct counts sum = {0};
	uint32_t root = class->root_number;

	for (uint32_t number = root; number; number = next_counted(tracker, root, number))
		counts_add(&sum, node_read(node_at(&tracker->tree, number), tracker_epoch(tracker)));
	return sum;
}

struct counts tracker_counts(const struct tracker *tracker)
{
	struct counts sum = {0};
	uint32_t end = table_end(&tracker->classes.records);

	for (uint32_t number = 1; number < end; number++) {
		struct class_record *class = class_published(&tracker->classes, number);

		if (class)
			counts_add(&sum, tracker_class_counts(tracker, class));
	}
	if (tracker->light) {
		sum.allocated = tracker->light->allocated;
		sum.freed = tracker->light->freed;
	}
	return sum;
}
