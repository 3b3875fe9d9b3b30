#include "model/class_table.h"

#include <stddef.h>
#include <string.h>

#include "model/snapshot.h"
#include "model/status.h"

int class_table_init(struct class_table *table, struct memory *memory, struct strings *strings, uint32_t limit)
{
	memset(table, 0, sizeof(*table));
	table->memory = memory;
	table->strings = strings;
	if (key_map_init(&table->by_key, memory) ||
	    table_init(&table->records, memory, sizeof(struct class_record), limit))
		return STATUS_NO_MEMORY;
	record_queue_init(&table->unnamed, &table->records, offsetof(struct class_record, unnamed));
	return STATUS_OK;
}

void class_table_deinit(struct class_table *table)
{
	if (table->by_key.slots)
		key_map_deinit(&table->by_key);
	if (table->records.chunks)
		table_deinit(&table->records);
}

int class_table_reserve(struct class_table *table)
{
	int status = table_reserve(&table->records);

	return status != STATUS_OK ? status : key_map_reserve(&table->by_key);
}

struct class_record *class_table_take(struct class_table *table, uint32_t root_number, struct node *root, int *status)
{
	uint32_t number = table_take(&table->records, status);

	if (!number)
		return NULL;
	struct class_record *record = class_at(table, number);
	record->number = number;
	record->id = ++table->next_id;
	record->root = root;
	record->root_number = root_number;
	record->path_interval = 1;
	return record;
}

void class_table_describe(struct class_table *table, struct class_record *record,
                          const struct class_description *description)
{
	uint32_t flags = description->flags;
	struct string *name = NULL;

	if (description->name.bytes)
		name = strings_intern(table->strings, description->name.bytes, description->name.length);
	if (!name)
		flags |= SNAPSHOT_CLASS_ANONYMOUS;
	if (!name && description->superclass.bytes)
		record->origin =
		    strings_intern(table->strings, description->superclass.bytes, description->superclass.length);
	record->anonymous = description->real;
	atomic_store_explicit(&record->name, name, memory_order_relaxed);
	atomic_store_explicit(&record->flags, flags, memory_order_relaxed);
}

static void forget_origin(struct class_table *table, struct class_record *record)
{
	strings_release(table->strings, record->origin);
	record->origin = NULL;
	record->origin_line = 0;
}

void class_table_place(struct class_table *table, struct class_record *record, struct string *path, uint32_t line)
{
	forget_origin(table, record);
	record->origin = strings_retain(path);
	record->origin_line = line;
}

bool class_may_be_renamed(const struct class_record *record)
{
	const struct string *name = atomic_load_explicit(&record->name, memory_order_relaxed);

	return !name || !name->length || name->bytes[0] < 'A' || name->bytes[0] > 'Z';
}

void class_table_await_name(struct class_table *table, struct class_record *record)
{
	if (!record->awaits_name)
		record_queue_add(&table->unnamed, record->number);
	record->awaits_name = true;
}

static void stop_waiting(struct class_table *table, struct class_record *record)
{
	if (record->awaits_name)
		record_queue_remove(&table->unnamed, record->number);
	record->awaits_name = false;
}

struct class_record *class_table_unnamed(const struct class_table *table)
{
	return table->unnamed.first ? class_at(table, table->unnamed.first) : NULL;
}

struct class_record *class_table_next_unnamed(const struct class_table *table, const struct class_record *record)
{
	return record->unnamed.next ? class_at(table, record->unnamed.next) : NULL;
}

void class_table_ask_later(struct class_table *table, struct class_record *record)
{
	stop_waiting(table, record);
	class_table_await_name(table, record);
}

void class_table_forget_unnamed(struct class_table *table)
{
	struct class_record *record;

	while ((record = class_table_unnamed(table)))
		stop_waiting(table, record);
}

void class_table_rename(struct class_table *table, struct class_record *record, struct text name)
{
	struct string *old = record->name;
	struct string *renamed = strings_intern(table->strings, name.bytes, name.length);

	if (!renamed)
		return;
	atomic_store_explicit(&record->name, renamed, memory_order_release);
	atomic_fetch_and_explicit(&record->flags, ~(uint32_t)SNAPSHOT_CLASS_ANONYMOUS, memory_order_relaxed);
	strings_release(table->strings, old);
	stop_waiting(table, record);
}

void class_table_publish(struct class_record *record)
{
	atomic_store_explicit(&record->state, CLASS_LIVE, memory_order_release);
}

int class_table_add_key(struct class_table *table, uintptr_t key, struct class_record *record)
{
	return key_map_put(&table->by_key, key, (uint64_t)(uintptr_t)record);
}

bool class_table_retire_key(struct class_table *table, uintptr_t key)
{
	struct class_record *record = (struct class_record *)(uintptr_t)key_map_remove(&table->by_key, key);

	if (!record)
		return false;
	if (record->address == key) {
		record->address = 0;
		stop_waiting(table, record);
		atomic_fetch_or_explicit(&record->flags, SNAPSHOT_CLASS_UNLOADED, memory_order_relaxed);
		class_table_queue_dead(table, record);
	}
	return true;
}

bool class_table_move_key(struct class_table *table, uintptr_t from, uintptr_t to)
{
	struct class_record *record = (struct class_record *)(uintptr_t)key_map_remove(&table->by_key, from);

	if (!record)
		return false;
	/* One key was just removed, so this needs no memory. */
	key_map_put(&table->by_key, to, (uint64_t)(uintptr_t)record);
	if (record->address == from)
		record->address = to;
	return true;
}

struct class_record *class_table_next_dead(struct class_table *table)
{
	if (!table->first_dead)
		return NULL;
	struct class_record *record = class_at(table, table->first_dead);
	table->first_dead = record->next_dead;
	if (!table->first_dead)
		table->last_dead = 0;
	record->next_dead = 0;
	return record;
}

void class_table_queue_dead(struct class_table *table, struct class_record *record)
{
	record->next_dead = 0;
	if (table->last_dead)
		class_at(table, table->last_dead)->next_dead = record->number;
	else
		table->first_dead = record->number;
	table->last_dead = record->number;
}

void class_table_recycle(struct class_table *table, struct class_record *record)
{
	strings_release(table->strings, record->name);
	record->name = NULL;
	forget_origin(table, record);
	stop_waiting(table, record);
	atomic_store_explicit(&record->state, CLASS_FREE, memory_order_release);
	table_give(&table->records, record->number);
}
