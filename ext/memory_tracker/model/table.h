/*
 * A table of records of one size that never move, numbered from 1.
 *
 * It grows by chunks, which are published with release stores, so another thread may read record n as soon as it
 * has learned of n. Records that were given back are handed out again first. One writer.
 */
#ifndef MEMORY_TRACKER_MODEL_TABLE_H
#define MEMORY_TRACKER_MODEL_TABLE_H

#include <stdatomic.h>
#include <stdint.h>

#include "model/memory.h"

#define TABLE_CHUNK_BITS 12
#define TABLE_CHUNK_RECORDS (UINT32_C(1) << TABLE_CHUNK_BITS)

struct table {
	struct memory *memory;   /* borrowed */
	_Atomic(char *) *chunks; /* owned */
	uint32_t chunk_limit;    /* how many chunks there may be */
	uint32_t record_size;
	_Atomic uint32_t end; /* every number ever handed out is below this */
	uint32_t limit;       /* the largest number */
	uint32_t free_count;
	uint32_t free_capacity;
	uint32_t *free; /* owned: numbers to hand out again */
};

/* Room for `limit` records of `record_size` bytes. Returns 0 or STATUS_NO_MEMORY. */
int table_init(struct table *table, struct memory *memory, uint32_t record_size, uint32_t limit);
void table_deinit(struct table *table);

/* Makes sure that the next table_take succeeds. Returns 0, STATUS_LIMIT or STATUS_NO_MEMORY. HOOK */
int table_reserve(struct table *table);

/* A zeroed record's number, or 0 when the limit is reached or memory is out (*status says which). HOOK */
uint32_t table_take(struct table *table, int *status);

/* Gives a record back, and zeroes it: nobody may still read it, not even to see that it is unused. HOOK */
void table_give(struct table *table, uint32_t number);

/* How many records are handed out. HOOK */
uint32_t table_count(const struct table *table);

/* One more than the largest number that may be in use. ANY THREAD */
static inline uint32_t table_end(const struct table *table)
{
	return atomic_load_explicit(&((struct table *)table)->end, memory_order_acquire);
}

/* The chunk that a record is in. ANY THREAD */
static inline void *table_chunk(const struct table *table, uint32_t number)
{
	return atomic_load_explicit(&table->chunks[number >> TABLE_CHUNK_BITS], memory_order_acquire);
}

/* Which record of its chunk it is. */
static inline size_t table_place(uint32_t number)
{
	return number & (TABLE_CHUNK_RECORDS - 1);
}

/* The record of a number that was handed out. ANY THREAD */
static inline void *table_at(const struct table *table, uint32_t number)
{
	return (char *)table_chunk(table, number) + table_place(number) * table->record_size;
}

#endif
