/*
 * Code and frames.
 *
 * Code is a method or block of the program, known by the address of the object that stands for it, and held weakly:
 * it is forgotten when that object dies. A frame is a place in code as a person knows it: path, label, line. A
 * frame's identity is its content, so code that is loaded again leads to the frames it had before.
 *
 * The label at first sight may be only part of the name ("write"); the whole one ("SessionStore#write") can only be
 * had outside of events. Until then a frame belongs to its code alone, so that no two methods are ever mixed up;
 * when the whole name comes, the frame takes it, or becomes an alias of the frame that already has this content.
 */
#ifndef MEMORY_TRACKER_MODEL_CODE_TABLE_H
#define MEMORY_TRACKER_MODEL_CODE_TABLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/key_map.h"
#include "model/memory.h"
#include "model/names.h"
#include "model/record_queue.h"
#include "model/status.h"
#include "model/strings.h"
#include "model/table.h"

struct code {
	uintptr_t address;        /* 0: the record is free */
	uint64_t serial;          /* never given again */
	uint8_t kind;             /* enum code_kind */
	bool named;               /* the label is the whole name; else it is in the queue of those that wait for it */
	uint32_t first_temporary; /* frames that still belong to this code alone */
	struct record_links unnamed;
	struct string *path; /* owned references */
	struct string *label;
};

struct frame {
	struct string *path;          /* owned reference */
	struct string *_Atomic label; /* owned reference */
	uint32_t line;
	uint32_t flags;         /* enum snapshot_frame_flag */
	_Atomic uint32_t alias; /* the frame that has taken this one's place, or 0; an owned reference */
	uint32_t references;    /* nodes and aliases; at 0 nobody can reach it */
	uint32_t owner;         /* code it belongs to alone, or 0 */
	uint32_t next_same;     /* another frame with the same hash */
	uint32_t next_temporary;
	uint32_t reserved;
};

#define CODE_FOLD_BITS 10
#define CODE_FOLD_PLACES (1 << CODE_FOLD_BITS)

struct code_table {
	struct memory *memory;                 /* borrowed */
	struct strings *strings;               /* borrowed */
	struct key_map by_address;             /* -> code's number */
	struct key_map by_content;             /* hash -> frame's number */
	struct key_map folded;                 /* of by_address, the code that has lines but no frames */
	uint8_t fold_counts[CODE_FOLD_PLACES]; /* how many of these have such a hash; most have none */
	struct table codes;
	struct table frames;
	uint64_t next_serial;
	struct record_queue unnamed; /* codes that wait for their whole name */
	_Atomic uint32_t aliased;    /* frames that have become aliases, ever */
};

/* Returns 0 or STATUS_NO_MEMORY. */
int code_table_init(struct code_table *table, struct memory *memory, struct strings *strings, uint32_t frame_limit);
void code_table_deinit(struct code_table *table);

/* The code at an address, or NULL. HOOK */
struct code *code_table_find(const struct code_table *table, uintptr_t address);

/* Enters code. NULL without memory or beyond the limit. HOOK */
struct code *code_table_add(struct code_table *table, uintptr_t address, const struct code_description *description);

/* The code at this address is dead. Returns false when there was none. HOOK */
bool code_table_retire(struct code_table *table, uintptr_t address);

/* All addresses of code have lost their meaning. GVL */
void code_table_forget(struct code_table *table);

/* The code has moved. Returns false when there is none at the old address. HOOK */
bool code_table_move(struct code_table *table, uintptr_t from, uintptr_t to);

/*
 * The frame of `code` at a line. Without a reference: give it one with frame_retain or give it back with
 * frame_release_unused. 0 without memory. HOOK
 */
uint32_t code_table_frame(struct code_table *table, struct code *code, uint32_t line);

static inline uint32_t code_fold_place(uintptr_t address)
{
	return (uint32_t)(address * UINT64_C(0x9e3779b97f4a7c15) >> (64 - CODE_FOLD_BITS));
}

/* Whether code with lines stands at an address that is known to be left out of paths. HOOK */
static inline bool code_table_folds(const struct code_table *table, uintptr_t address)
{
	return unlikely(table->fold_counts[code_fold_place(address)]) && key_map_get(&table->folded, address);
}

/* A frame that stands for no code, by its label; flags beside SNAPSHOT_FRAME_PSEUDO. HOOK */
uint32_t code_table_pseudo_frame(struct code_table *table, const char *label, uint32_t flags);

/*
 * Gives code its whole name. Frames that it has so far may become aliases; true when some did. Readers may be
 * inside. GVL
 */
bool code_table_name(struct code_table *table, struct code *code, struct text label);

/* The code that has waited longest for its name, or NULL. GVL */
struct code *code_table_unnamed(const struct code_table *table);

/* Follows aliases. ANY THREAD */
uint32_t frame_resolved(const struct code_table *table, uint32_t number);

void frame_retain(struct code_table *table, uint32_t number);
/* HOOK, when no reader can reach the frame by the node that held it */
void frame_release(struct code_table *table, uint32_t number);
/* Frees a frame that nothing came to refer to. HOOK */
void frame_release_unused(struct code_table *table, uint32_t number);

static inline struct frame *frame_at(const struct code_table *table, uint32_t number)
{
	return table_at(&table->frames, number);
}

#endif
