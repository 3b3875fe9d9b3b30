/*
 * The tracker: all that one capture knows. The front door of the model.
 *
 * It is told of allocations, frees, moves and GC phases by one writer (whoever holds the lock of the watched runtime),
 * and read by any thread through tracker_snapshot. It never allocates in the watched program, never raises, never
 * aborts: what cannot be recorded for want of memory is counted in `dropped`.
 *
 * Records that readers can reach are recycled only with the reader lock, which any number of readers share while they
 * copy. The writer only ever tries it, and puts off what it cannot do, so it never waits for a reader. All else that it
 * changes in such records is published in one atomic store.
 */
#ifndef MEMORY_TRACKER_MODEL_TRACKER_H
#define MEMORY_TRACKER_MODEL_TRACKER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/call_tree.h"
#include "model/class_table.h"
#include "model/code_table.h"
#include "model/counts.h"
#include "model/heap_map.h"
#include "model/light.h"
#include "model/limits.h"
#include "model/memory.h"
#include "model/names.h"
#include "model/class_filter.h"
#include "model/strings.h"

struct tracker_options {
	heap_map_slot_size slot_size; /* how the map learns how large the slots of a page are */
	uint32_t depth;               /* frames to take for every chosen class; 0: counts only */
	uint32_t path_interval;       /* take the path of every nth allocation of a class; at least 1 */
	bool light;                   /* see model/light.h */
	struct limits limits;
	const struct text *class_filter; /* names of the chosen classes, borrowed by tracker_init alone */
	uint32_t class_filter_count;     /* 0: every class is chosen */
};

struct tracker {
	struct memory *memory;       /* borrowed */
	struct memory map_memory;    /* a share: nothing pushes out what counting takes */
	struct memory record_memory; /* a share: of classes and nodes */
	struct names names;
	struct tracker_options options;
	_Atomic uint32_t epoch; /* odd: a major mark has ended, its sweep has not */
	uint32_t observed;      /* classes whose events somebody wants */
	struct heap_map map;
	struct class_table classes;
	struct call_tree tree;
	struct code_table codes;
	struct strings strings;
	struct class_filter choice;
	struct light *light;                    /* owned; NULL: it hears of every allocation and free */
	struct class_record *others;            /* objects of classes that could not be recorded */
	struct class_record *dead_class_totals; /* the totals of classes that are gone */
	uint32_t other_frame;                   /* "(other)": made before there can be no room for it */
	uint32_t hidden_roots[HIDDEN_KINDS];    /* nodes, see model/hidden.h; 0: not met */
	uint64_t next_eviction;                 /* paths without room until leaves are looked for again */
	uint32_t eviction_place;                /* the number of the node that was looked at last */
	uint64_t mark_allocated;                /* objects allocated during the mark that ended last */
	pthread_rwlock_t reader_lock; /* shared by readers; the writer has it alone to recycle what they read */

	_Atomic uint64_t lost;
	_Atomic uint64_t dropped;
	_Atomic uint64_t paths_dropped;
	_Atomic uint64_t classes_dropped;
	_Atomic uint64_t events_dropped; /* written by whoever keeps the queue of events */
	_Atomic uint64_t gcs_seen;
	_Atomic uint64_t majors_seen;
	_Atomic uint64_t major_at_ns;
	_Atomic uint64_t major_allocated;
};

/*
 * `memory` is borrowed and must outlive the tracker, `names` is copied. Returns 0 or STATUS_NO_MEMORY, and then
 * holds nothing.
 */
int tracker_init(struct tracker *tracker, struct memory *memory, const struct names *names,
                 const struct tracker_options *options);

/* Nothing more will be written; what only the writer needs is given back, and the counts stay readable. GVL */
void tracker_end(struct tracker *tracker);

/* Nobody may read it any more. */
void tracker_deinit(struct tracker *tracker);

/* --- the writer: allocations --- */

/*
 * First thing at an allocation, for every object there is: whatever the tracker still knew of this address is dead. Its
 * place in the map; none where its page has no entries. HOOK
 */
static inline struct heap_place tracker_clear_address(struct tracker *tracker, uintptr_t address);

/*
 * The record that objects with this class key count on: of the class itself, or of `others` when it could not be
 * recorded. Never NULL. HOOK
 */
static inline struct class_record *tracker_class(struct tracker *tracker, uintptr_t key);

/* Right after tracker_clear_address at every allocation of what may be code. HOOK */
static inline void tracker_code_allocated(struct tracker *tracker, uintptr_t address);

/*
 * The node for a stack below a class; 0 when the stack is cut off before the class's depth is reached, and then it is to
 * be asked for with more frames. HOOK
 */
uint32_t tracker_path(struct tracker *tracker, struct class_record *class, const struct stack *stack);

/*
 * The same in steps, for a program whose stacks can be told apart by less than their codes and lines. The caller makes
 * the fingerprint with the cache `by_address`, of everything that the codes and lines of a path depend on, without what
 * code_table_folds leaves out. A path that is not known (0) is found by its stack, and remembered by a fingerprint that
 * is made anew, because its code is known by then; all of it that may die or move has been watched before. HOOK
 */
static inline uint32_t tracker_known_path(const struct tracker *tracker, uint64_t fingerprint);
uint32_t tracker_find_path(struct tracker *tracker, struct class_record *class, const struct stack *stack);
void tracker_remember_path(struct tracker *tracker, const struct class_record *class, uint64_t fingerprint,
                           uint32_t number);

/* Whether a node is the one for a stack, or one that takes what finds no room; for tests. HOOK */
bool tracker_path_holds(struct tracker *tracker, const struct class_record *class, const struct stack *stack,
                        uint32_t number);

/* Fingerprints made with this address are forgotten when it is another's. False without memory. HOOK */
bool tracker_watch(struct tracker *tracker, uintptr_t address);

/*
 * The object at `address` is allocated on a node. `place` is what tracker_clear_address returned. False when it could
 * not be recorded. HOOK
 */
static inline bool tracker_enter(struct tracker *tracker, uintptr_t address, struct heap_place place, uint32_t number,
                                 struct node *node);

/*
 * Nearly all allocations of classes whose call paths are not taken, and nearly all frees, without any call: an event
 * has to save no registers for them. False when there is more to see to, with nothing done. HOOK
 */
static inline bool tracker_count_allocated(struct tracker *tracker, uintptr_t address, uintptr_t key);
static inline bool tracker_count_freed(struct tracker *tracker, uintptr_t address);

/* Whether nothing is known of an address; false where that takes longer to find out. HOOK */
static inline bool tracker_is_clear(const struct tracker *tracker, uintptr_t address);

/* --- the writer: frees, moves, GC --- */

/* Returns the number of the node that the object was allocated on, 0 when it is not known. HOOK */
static inline uint32_t tracker_freed(struct tracker *tracker, uintptr_t address);

/* A major mark has ended, during which `allocated` objects were allocated. HOOK */
void tracker_mark_ended(struct tracker *tracker, uint64_t allocated);

/* A sweep has ended, of a major GC or a minor one. HOOK */
void tracker_sweep_ended(struct tracker *tracker, bool major, uint64_t monotonic_ns);

/* --- the writer: settings and names, outside of events --- */

/* An object that was there before the start. Like an allocation, below the node "(before the start)". GVL */
bool tracker_enter_existing(struct tracker *tracker, uintptr_t address, uintptr_t key);

/* The record of a class, entered when it is not there; NULL when it cannot be. GVL */
struct class_record *tracker_class_for(struct tracker *tracker, uintptr_t key);

/* Lets the key, and the address of the class itself unless that is 0, lead to its record again. GVL */
void tracker_add_keys(struct tracker *tracker, struct class_record *class, uintptr_t key, uintptr_t address);

/* Looks at so many of the classes that are dead but may have objects, and frees those without. HOOK */
void tracker_recycle_dead_classes(struct tracker *tracker, uint32_t steps);

/* Frames to take for this class from now on; UINT32_MAX: what it has without being asked for. GVL */
void tracker_set_depth(struct tracker *tracker, struct class_record *class, uint32_t depth);

/* Gives code its whole name. Never inside an event. GVL */
void tracker_name_code(struct tracker *tracker, struct code *code, struct text label);

/*
 * Tidies up, some steps at a time, what names have shown to be the same; put off while a reader is inside. Never inside an
 * event. GVL
 */
void tracker_resolve_names(struct tracker *tracker);

/* Gives a class its name. Never inside an event. GVL */
void tracker_name_class(struct tracker *tracker, struct class_record *class, struct text name);

/* Keeps readers out until tracker_resume_readers; false, and at once, when one is inside. HOOK */
bool tracker_pause_readers(struct tracker *tracker);
void tracker_resume_readers(struct tracker *tracker);

/* Frees names that nothing refers to any more, unless a reader is inside. HOOK */
void tracker_sweep_names(struct tracker *tracker);

/* After a fork, in the child: no other thread is left that could hold the reader lock. */
void tracker_reset_reader_lock(struct tracker *tracker);

/* --- reading, by any thread --- */

/* What is read between these stays where it is; the writer goes on counting. ANY THREAD */
void tracker_begin_reading(struct tracker *tracker);
void tracker_end_reading(struct tracker *tracker);

/* --- reading, by the writer's own thread --- */

/* All objects of one class. GVL */
struct counts tracker_class_counts(const struct tracker *tracker, const struct class_record *class);

/* All objects of all classes. GVL */
struct counts tracker_counts(const struct tracker *tracker);

/* --- the parts that are inlined into the events --- */

/* What the entry of an address stood for was freed without an event. HOOK */
void tracker_clear_stale(struct tracker *tracker, uintptr_t address, struct heap_place place);
/* The same of all that is entered on a page. HOOK */
void tracker_clear_page(struct tracker *tracker, struct heap_page *page);
/* The same of an object's address when it is allocated, and of its whole page where the VM has made a new one of it. HOOK */
struct heap_place tracker_clear_reused(struct tracker *tracker, uintptr_t address, struct heap_place place);
/* HOOK */
struct class_record *tracker_add_class(struct tracker *tracker, uintptr_t key);
/* HOOK */
void tracker_retire_key(struct tracker *tracker, uintptr_t address);
/* HOOK */
bool tracker_enter_slowly(struct tracker *tracker, uintptr_t address, uint32_t number, struct node *node);

static inline struct heap_place tracker_clear_address(struct tracker *tracker, uintptr_t address)
{
	struct heap_place place = heap_map_find(&tracker->map, address);

	heap_map_prefetch(place.entry);
	if (unlikely(place.page && *place.entry))
		return tracker_clear_reused(tracker, address, place);
	return place;
}

static inline struct class_record *tracker_class(struct tracker *tracker, uintptr_t key)
{
	struct class_record *class = class_table_find(&tracker->classes, key);

	return likely(class) ? class : tracker_add_class(tracker, key);
}

static inline void tracker_code_allocated(struct tracker *tracker, uintptr_t address)
{
	call_tree_code_allocated(&tracker->tree, address);
}

static inline uint32_t tracker_known_path(const struct tracker *tracker, uint64_t fingerprint)
{
	const struct call_tree *tree = &tracker->tree;

	return node_from_handle(tree, path_cache_recall(&tree->by_address, fingerprint));
}

static inline uint32_t tracker_epoch(const struct tracker *tracker)
{
	return atomic_load_explicit(&((struct tracker *)tracker)->epoch, memory_order_relaxed);
}

static inline bool tracker_enter(struct tracker *tracker, uintptr_t address, struct heap_place place, uint32_t number,
                                 struct node *node)
{
	if (unlikely(!place.page))
		return tracker_enter_slowly(tracker, address, number, node);
	heap_map_set(place, number);
	node_allocated(node, tracker_epoch(tracker), place.page->slot_size);
	return true;
}

static inline bool tracker_is_clear(const struct tracker *tracker, uintptr_t address)
{
	struct heap_place place = heap_map_find_cached(&tracker->map, address);

	if (unlikely(!place.page))
		return false;
	heap_map_prefetch(place.entry);
	return likely(!*place.entry);
}

/* The class before the place: so there are registers enough, and none has to be saved. */
static inline bool tracker_count_allocated(struct tracker *tracker, uintptr_t address, uintptr_t key)
{
	const struct class_record *class = class_table_find(&tracker->classes, key);

	if (unlikely(!class || class->depth || class->observed))
		return false;
	if (unlikely(!node_is_settled(class->root, tracker_epoch(tracker))))
		return false;
	struct heap_place place = heap_map_find_cached(&tracker->map, address);
	if (unlikely(!place.page))
		return false;
	heap_map_prefetch(place.entry);
	if (unlikely(*place.entry))
		return false;
	*place.entry = class->root_number;
	place.page->used++;
	node_count_allocated(class->root, place.page->slot_size);
	return true;
}

static inline bool tracker_count_freed(struct tracker *tracker, uintptr_t address)
{
	struct heap_place place = heap_map_find_cached(&tracker->map, address);

	if (unlikely(!place.page || tracker->observed))
		return false;
	uint32_t number = *place.entry;
	if (unlikely(number & HEAP_MAP_KEY))
		return false;
	if (!number)
		return true;
	struct node *node = node_at(&tracker->tree, number);
	if (unlikely(!node_is_settled(node, tracker_epoch(tracker))))
		return false;
	node_count_freed(node);
	heap_map_clear(&tracker->map, place);
	return true;
}

static inline uint32_t tracker_freed(struct tracker *tracker, uintptr_t address)
{
	struct heap_place place = heap_map_find(&tracker->map, address);

	if (!place.page || !*place.entry)
		return 0;
	uint32_t value = *place.entry;
	heap_map_clear(&tracker->map, place);
	if (unlikely(value & HEAP_MAP_KEY))
		tracker_retire_key(tracker, address);
	uint32_t number = value & HEAP_MAP_NODE;
	if (likely(number))
		node_freed(node_at(&tracker->tree, number), tracker_epoch(tracker));
	return number;
}

#endif
