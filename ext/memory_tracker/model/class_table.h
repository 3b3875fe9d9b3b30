/*
 * The classes: which record an object's class leads to, by address, and held weakly.
 *
 * A record is found by the address of a class or of a singleton class of it. It lives until its class is dead and
 * all objects of it are freed; then it is recycled. Some records stand for no class at all: hidden objects by type,
 * and the two below.
 */
#ifndef MEMORY_TRACKER_MODEL_CLASS_TABLE_H
#define MEMORY_TRACKER_MODEL_CLASS_TABLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/key_map.h"
#include "model/memory.h"
#include "model/names.h"
#include "model/node.h"
#include "model/record_queue.h"
#include "model/strings.h"
#include "model/table.h"

enum class_state {
	CLASS_FREE = 0,
	CLASS_LIVE = 1,
};

struct class_record {
	/* What an allocation reads. */
	struct node *root; /* borrowed from the call tree */
	uint32_t root_number;
	uint32_t depth;         /* frames to take; 0: counts only */
	uint32_t observed;      /* a block is to be told of allocations and frees */
	uint32_t path_interval; /* take the path of every nth allocation */
	uint32_t path_due;      /* allocations until the next path */
	uint32_t number;

	uint64_t id;                 /* never given again */
	uintptr_t address;           /* 0: dead, or none */
	uintptr_t anonymous;         /* address at first sight, for the name of a class without one */
	struct string *_Atomic name; /* owned reference; NULL: anonymous */
	struct string *origin;  /* owned reference; of a class without a name its file or its superclass, or NULL */
	uint32_t origin_line;   /* 0: the origin is no file */
	_Atomic uint32_t flags; /* enum snapshot_class_flag */
	_Atomic uint32_t state; /* enum class_state; published last */
	uint32_t other;         /* node "(other)", or 0 */
	uint32_t before;        /* node "(before the start)", or 0 */
	uint32_t next_dead;
	uint32_t walk;    /* of a light tracker: the latest that has met it */
	bool own_depth;   /* depth was set for this class, not for all */
	bool awaits_name; /* it is in the queue of those that may get a name */
	struct record_links unnamed;

	/* Of a light tracker. */
	uint64_t identity;    /* see light_class; 0: not known */
	uint64_t standing;    /* objects that the walk under way has met */
	uint64_t allocations; /* estimated, since the walk before */
};

struct class_table {
	struct memory *memory;   /* borrowed */
	struct strings *strings; /* borrowed */
	struct key_map by_key;   /* -> struct class_record * */
	struct table records;
	uint64_t next_id;
	uint32_t first_dead; /* classes that are dead but may have objects: a queue */
	uint32_t last_dead;
	struct record_queue unnamed; /* classes without a name that may get one */
};

/* Returns 0 or STATUS_NO_MEMORY. */
int class_table_init(struct class_table *table, struct memory *memory, struct strings *strings, uint32_t limit);
void class_table_deinit(struct class_table *table);

/* The record for a key, or NULL. HOOK */
static inline struct class_record *class_table_find(const struct class_table *table, uintptr_t key)
{
	return (struct class_record *)(uintptr_t)key_map_get(&table->by_key, key);
}

/*
 * Makes sure that there is room for one more record and one more key. Returns 0, STATUS_LIMIT or STATUS_NO_MEMORY.
 * HOOK
 */
int class_table_reserve(struct class_table *table);

/*
 * A record with this root, not yet published and under no key. NULL without memory or at the limit (*status). HOOK
 */
struct class_record *class_table_take(struct class_table *table, uint32_t root_number, struct node *root, int *status);

/* Names the record, from a description. Without memory for the name it stays anonymous. HOOK */
void class_table_describe(struct class_table *table, struct class_record *record,
                          const struct class_description *description);

/* The file and line where an anonymous class was made, in place of its superclass; before it is published. HOOK */
void class_table_place(struct class_table *table, struct class_record *record, struct string *path, uint32_t line);

/*
 * Whether the class may get another name: it has none, or one that begins with the address of a module without a name
 * ("#<Module:0x…>::Order"), or was given one for the time being, which is never a constant's. Of constants those that begin
 * with another letter than these count as such, which costs asking, and nothing else. HOOK
 */
bool class_may_be_renamed(const struct class_record *record);

/* Without a name, or with one that may change: class_table_unnamed will find it. HOOK */
void class_table_await_name(struct class_table *table, struct class_record *record);

/* The class that has waited longest to be asked for its name, or NULL. GVL */
struct class_record *class_table_unnamed(const struct class_table *table);

/* The one that waits behind it, or NULL. GVL */
struct class_record *class_table_next_unnamed(const struct class_table *table, const struct class_record *record);

/* It was asked and has no name yet: all others are asked before it is again. GVL */
void class_table_ask_later(struct class_table *table, struct class_record *record);

/* Those that wait are not asked any more. GVL */
void class_table_forget_unnamed(struct class_table *table);

/* Another name. Readers may be inside. GVL */
void class_table_rename(struct class_table *table, struct class_record *record, struct text name);

/* Makes it visible to readers. HOOK */
void class_table_publish(struct class_record *record);

/* Lets `key` lead to the record. Returns 0 or STATUS_NO_MEMORY. HOOK */
int class_table_add_key(struct class_table *table, uintptr_t key, struct class_record *record);

/*
 * What stood at this key is dead. When it was the class itself its record is queued to be recycled. False when
 * there was no such key. HOOK
 */
bool class_table_retire_key(struct class_table *table, uintptr_t key);

/* The key has moved. False when there is none at the old address. HOOK */
bool class_table_move_key(struct class_table *table, uintptr_t from, uintptr_t to);

/* The dead class that has waited longest, taken from the queue, or NULL. HOOK */
struct class_record *class_table_next_dead(struct class_table *table);

/* Puts it at the end of the queue again. HOOK */
void class_table_queue_dead(struct class_table *table, struct class_record *record);

/* Frees the record, while no reader is inside. HOOK */
void class_table_recycle(struct class_table *table, struct class_record *record);

static inline struct class_record *class_at(const struct class_table *table, uint32_t number)
{
	return table_at(&table->records, number);
}

/* The record when readers may see it, else NULL. ANY THREAD */
static inline struct class_record *class_published(const struct class_table *table, uint32_t number)
{
	struct class_record *record = class_at(table, number);

	return atomic_load_explicit(&record->state, memory_order_acquire) == CLASS_LIVE ? record : NULL;
}

#endif
