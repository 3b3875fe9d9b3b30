#include "model/table.h"

#include <string.h>

#include "model/status.h"

#define FIRST_FREE_CAPACITY 64

static size_t chunk_size(const struct table *table)
{
	return (size_t)table->record_size * TABLE_CHUNK_RECORDS;
}

int table_init(struct table *table, struct memory *memory, uint32_t record_size, uint32_t limit)
{
	memset(table, 0, sizeof(*table));
	table->memory = memory;
	table->record_size = record_size;
	table->limit = limit;
	table->chunk_limit = (limit >> TABLE_CHUNK_BITS) + 1;
	atomic_init(&table->end, 1);
	table->chunks = memory_allocate(memory, table->chunk_limit * sizeof(*table->chunks));
	return table->chunks ? STATUS_OK : STATUS_NO_MEMORY;
}

void table_deinit(struct table *table)
{
	for (uint32_t index = 0; table->chunks && index < table->chunk_limit; index++)
		memory_release(table->memory, table->chunks[index], chunk_size(table));
	memory_release(table->memory, table->chunks, table->chunk_limit * sizeof(*table->chunks));
	memory_release(table->memory, table->free, table->free_capacity * sizeof(*table->free));
	memset(table, 0, sizeof(*table));
}

/*
 * Every record handed out has a place to be given back to, so that giving back cannot fail. Room is made when a
 * chunk is added, for all of its records; that is only done when none is left to hand out again.
 */
static int reserve_free(struct table *table, uint32_t records)
{
	uint32_t capacity = table->free_capacity ? table->free_capacity : FIRST_FREE_CAPACITY;

	while (capacity < records)
		capacity *= 2;
	if (capacity == table->free_capacity)
		return STATUS_OK;
	uint32_t *grown = memory_allocate(table->memory, capacity * sizeof(*grown));
	if (!grown)
		return STATUS_NO_MEMORY;
	memory_release(table->memory, table->free, table->free_capacity * sizeof(*table->free));
	table->free = grown;
	table->free_capacity = capacity;
	return STATUS_OK;
}

static int add_chunk(struct table *table, uint32_t index)
{
	if (reserve_free(table, (index + 1) << TABLE_CHUNK_BITS) != STATUS_OK)
		return STATUS_NO_MEMORY;
	char *chunk = memory_allocate(table->memory, chunk_size(table));
	if (!chunk)
		return STATUS_NO_MEMORY;
	atomic_store_explicit(&table->chunks[index], chunk, memory_order_release);
	return STATUS_OK;
}

int table_reserve(struct table *table)
{
	uint32_t number = atomic_load_explicit(&table->end, memory_order_relaxed);
	uint32_t index = number >> TABLE_CHUNK_BITS;

	if (table->free_count)
		return STATUS_OK;
	if (number > table->limit) {
		memory_refuse(table->memory);
		return STATUS_LIMIT;
	}
	if (atomic_load_explicit(&table->chunks[index], memory_order_relaxed))
		return STATUS_OK;
	return add_chunk(table, index);
}

uint32_t table_take(struct table *table, int *status)
{
	*status = table_reserve(table);
	if (*status != STATUS_OK)
		return 0;
	if (table->free_count)
		return table->free[--table->free_count];
	uint32_t number = atomic_load_explicit(&table->end, memory_order_relaxed);
	atomic_store_explicit(&table->end, number + 1, memory_order_release);
	return number;
}

void table_give(struct table *table, uint32_t number)
{
	memset(table_at(table, number), 0, table->record_size);
	table->free[table->free_count++] = number;
}

uint32_t table_count(const struct table *table)
{
	return table_end(table) - 1 - table->free_count;
}
