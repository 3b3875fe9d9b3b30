#include "model/code_table.h"

#include <stddef.h>
#include <string.h>

#include "model/snapshot.h"
#include "model/status.h"

static struct code *code_at(const struct code_table *table, uint32_t number)
{
	return table_at(&table->codes, number);
}

int code_table_init(struct code_table *table, struct memory *memory, struct strings *strings, uint32_t frame_limit)
{
	memset(table, 0, sizeof(*table));
	table->memory = memory;
	table->strings = strings;
	if (key_map_init(&table->by_address, memory) || key_map_init(&table->by_content, memory) ||
	    key_map_init(&table->folded, memory) ||
	    table_init(&table->codes, memory, sizeof(struct code), frame_limit) ||
	    table_init(&table->frames, memory, sizeof(struct frame), frame_limit))
		return STATUS_NO_MEMORY;
	record_queue_init(&table->unnamed, &table->codes, offsetof(struct code, unnamed));
	return STATUS_OK;
}

void code_table_deinit(struct code_table *table)
{
	if (table->by_address.slots)
		key_map_deinit(&table->by_address);
	if (table->by_content.slots)
		key_map_deinit(&table->by_content);
	if (table->folded.slots)
		key_map_deinit(&table->folded);
	if (table->codes.chunks)
		table_deinit(&table->codes);
	if (table->frames.chunks)
		table_deinit(&table->frames);
}

struct code *code_table_find(const struct code_table *table, uintptr_t address)
{
	uint32_t number = (uint32_t)key_map_get(&table->by_address, address);

	return number ? code_at(table, number) : NULL;
}

/* Native code without a path is written in C: that it has no lines tells it from all other code. */
static bool is_folded(const struct code *code)
{
	return code->kind == CODE_IGNORED || (code->kind == CODE_NATIVE && code->path->length > 0);
}

/* Lets an address lead to code. Returns 0 or STATUS_NO_MEMORY, and has changed nothing then. */
static int insert_address(struct code_table *table, uintptr_t address, const struct code *code, uint32_t number)
{
	bool folded = is_folded(code);

	if ((folded && key_map_reserve(&table->folded)) || key_map_put(&table->by_address, address, number))
		return STATUS_NO_MEMORY;
	if (folded) {
		uint8_t *count = &table->fold_counts[code_fold_place(address)];

		key_map_put(&table->folded, address, number);
		*count += *count < UINT8_MAX;
	}
	return STATUS_OK;
}

static uint32_t remove_address(struct code_table *table, uintptr_t address)
{
	uint8_t *count = &table->fold_counts[code_fold_place(address)];

	/* At the most that can be counted there may be more, and it stays. */
	if (key_map_remove(&table->folded, address))
		*count -= *count < UINT8_MAX;
	return (uint32_t)key_map_remove(&table->by_address, address);
}

struct code *code_table_add(struct code_table *table, uintptr_t address, const struct code_description *description)
{
	int status;
	uint32_t number = table_take(&table->codes, &status);

	if (!number)
		return NULL;
	struct code *code = code_at(table, number);
	code->kind = (uint8_t)description->kind;
	code->serial = ++table->next_serial;
	code->path = strings_intern(table->strings, description->path.bytes ? description->path.bytes : "",
	                            description->path.length);
	code->label = strings_intern(table->strings, description->label.bytes ? description->label.bytes : "",
	                             description->label.length);
	if (!code->path || !code->label || insert_address(table, address, code, number) != STATUS_OK) {
		strings_release(table->strings, code->path);
		strings_release(table->strings, code->label);
		table_give(&table->codes, number);
		return NULL;
	}
	code->address = address;
	code->named = code->kind == CODE_IGNORED;
	if (!code->named)
		record_queue_add(&table->unnamed, number);
	return code;
}

/* --- frames by content --- */

static uint64_t mix(uint64_t value)
{
	/* The finalizer of MurmurHash3 (Austin Appleby), which is in the public domain. */
	value ^= value >> 33;
	value *= UINT64_C(0xff51afd7ed558ccd);
	value ^= value >> 33;
	value *= UINT64_C(0xc4ceb9fe1a85ec53);
	return value ^ (value >> 33);
}

static uint64_t content_hash(const struct string *path, const struct string *label, uint32_t line, uint32_t owner)
{
	uint64_t hash = mix((uintptr_t)path + UINT64_C(0x9e3779b97f4a7c15));

	hash = mix(hash ^ (uintptr_t)label);
	hash = mix(hash ^ ((uint64_t)owner << 32 | line));
	return hash ? hash : 1;
}

static uint64_t frame_hash(const struct frame *frame)
{
	return content_hash(frame->path, frame->label, frame->line, frame->owner);
}

static uint32_t find_content(const struct code_table *table, uint64_t hash, const struct frame *content)
{
	uint32_t number = (uint32_t)key_map_get(&table->by_content, hash);

	while (number) {
		const struct frame *frame = frame_at(table, number);

		if (frame->path == content->path && frame->label == content->label && frame->line == content->line &&
		    frame->owner == content->owner)
			return number;
		number = frame->next_same;
	}
	return 0;
}

static int insert_content(struct code_table *table, uint32_t number)
{
	struct frame *frame = frame_at(table, number);
	uint64_t hash = frame_hash(frame);

	frame->next_same = (uint32_t)key_map_get(&table->by_content, hash);
	return key_map_put(&table->by_content, hash, number);
}

static void remove_content(struct code_table *table, uint32_t number)
{
	struct frame *frame = frame_at(table, number);
	uint64_t hash = frame_hash(frame);
	uint32_t first = (uint32_t)key_map_get(&table->by_content, hash);

	if (first == number) {
		if (frame->next_same)
			key_map_put(&table->by_content, hash, frame->next_same);
		else
			key_map_remove(&table->by_content, hash);
		return;
	}
	while (first) {
		struct frame *other = frame_at(table, first);

		if (other->next_same == number) {
			other->next_same = frame->next_same;
			return;
		}
		first = other->next_same;
	}
}

static uint32_t frame_with(struct code_table *table, const struct frame *content)
{
	uint32_t number = find_content(table, frame_hash(content), content);
	int status;

	if (number || !(number = table_take(&table->frames, &status)))
		return number;
	struct frame *frame = frame_at(table, number);
	frame->path = strings_retain(content->path);
	frame->label = strings_retain(content->label);
	frame->line = content->line;
	frame->flags = content->flags;
	frame->owner = content->owner;
	if (insert_content(table, number) != STATUS_OK) {
		strings_release(table->strings, frame->path);
		strings_release(table->strings, frame->label);
		table_give(&table->frames, number);
		return 0;
	}
	if (frame->owner) {
		struct code *code = code_at(table, frame->owner);

		frame->next_temporary = code->first_temporary;
		code->first_temporary = number;
	}
	return number;
}

static uint32_t code_number(const struct code_table *table, const struct code *code)
{
	return (uint32_t)key_map_get(&table->by_address, code->address);
}

uint32_t code_table_frame(struct code_table *table, struct code *code, uint32_t line)
{
	struct frame content = {
	    .path = code->path,
	    .label = code->label,
	    .line = line,
	    .flags = code->kind == CODE_NATIVE ? SNAPSHOT_FRAME_NATIVE : 0,
	    .owner = code->named ? 0 : code_number(table, code),
	};

	return frame_with(table, &content);
}

uint32_t code_table_pseudo_frame(struct code_table *table, const char *label, uint32_t flags)
{
	struct frame content = {
	    .path = strings_intern(table->strings, "", 0),
	    .label = strings_intern(table->strings, label, strlen(label)),
	    .flags = SNAPSHOT_FRAME_PSEUDO | flags,
	};
	uint32_t number = content.path && content.label ? frame_with(table, &content) : 0;

	strings_release(table->strings, content.path);
	strings_release(table->strings, content.label);
	return number;
}

/* --- the life of frames --- */

void frame_retain(struct code_table *table, uint32_t number)
{
	frame_at(table, number)->references++;
}

static void leave_owner(struct code_table *table, uint32_t number)
{
	struct frame *frame = frame_at(table, number);
	uint32_t *link = &code_at(table, frame->owner)->first_temporary;

	while (*link != number)
		link = &frame_at(table, *link)->next_temporary;
	*link = frame->next_temporary;
	frame->next_temporary = 0;
}

void frame_release_unused(struct code_table *table, uint32_t number)
{
	while (number) {
		struct frame *frame = frame_at(table, number);
		uint32_t alias = frame->alias;

		if (frame->references > 0)
			return;
		if (!alias)
			remove_content(table, number);
		if (frame->owner)
			leave_owner(table, number);
		strings_release(table->strings, frame->path);
		strings_release(table->strings, frame->label);
		table_give(&table->frames, number);
		if (alias)
			frame_at(table, alias)->references--;
		number = alias;
	}
}

void frame_release(struct code_table *table, uint32_t number)
{
	frame_at(table, number)->references--;
	frame_release_unused(table, number);
}

uint32_t frame_resolved(const struct code_table *table, uint32_t number)
{
	uint32_t alias;

	while ((alias = atomic_load_explicit(&frame_at(table, number)->alias, memory_order_acquire)))
		number = alias;
	return number;
}

/*
 * The frame stops belonging to its code alone and takes `label`. Where another frame has that content already, it
 * becomes an alias of it; true then. Without memory it stays findable by nobody, which only costs a second frame.
 */
static bool resolve_frame(struct code_table *table, uint32_t number, struct string *label)
{
	struct frame *frame = frame_at(table, number);
	struct string *old = frame->label;

	remove_content(table, number);
	frame->next_temporary = 0;
	frame->owner = 0;
	if (label != old) {
		atomic_store_explicit(&frame->label, strings_retain(label), memory_order_release);
		strings_release(table->strings, old);
	}
	uint32_t other = find_content(table, frame_hash(frame), frame);
	if (other) {
		frame_retain(table, other);
		atomic_store_explicit(&frame->alias, other, memory_order_release);
		atomic_fetch_add_explicit(&table->aliased, 1, memory_order_relaxed);
		return true;
	}
	insert_content(table, number);
	return false;
}

static bool resolve_frames(struct code_table *table, struct code *code, struct string *label)
{
	bool aliased = false;
	uint32_t next;

	for (uint32_t number = code->first_temporary; number; number = next) {
		next = frame_at(table, number)->next_temporary;
		aliased |= resolve_frame(table, number, label);
	}
	code->first_temporary = 0;
	return aliased;
}

bool code_table_name(struct code_table *table, struct code *code, struct text label)
{
	struct string *whole = label.bytes ? strings_intern(table->strings, label.bytes, label.length) : NULL;

	if (!whole)
		whole = strings_retain(code->label);
	bool aliased = resolve_frames(table, code, whole);
	strings_release(table->strings, code->label);
	code->label = whole;
	code->named = true;
	record_queue_remove(&table->unnamed, code_number(table, code));
	return aliased;
}

struct code *code_table_unnamed(const struct code_table *table)
{
	return table->unnamed.first ? code_at(table, table->unnamed.first) : NULL;
}

bool code_table_retire(struct code_table *table, uintptr_t address)
{
	struct code *code = code_table_find(table, address);

	if (!code)
		return false;
	if (!code->named) {
		resolve_frames(table, code, code->label);
		record_queue_remove(&table->unnamed, code_number(table, code));
	}
	uint32_t number = remove_address(table, address);
	code->address = 0;
	strings_release(table->strings, code->path);
	strings_release(table->strings, code->label);
	table_give(&table->codes, number);
	return true;
}

void code_table_forget(struct code_table *table)
{
	uint32_t end = table_end(&table->codes);

	for (uint32_t number = 1; number < end; number++) {
		const struct code *code = code_at(table, number);

		if (code->address)
			code_table_retire(table, code->address);
	}
}

bool code_table_move(struct code_table *table, uintptr_t from, uintptr_t to)
{
	uint32_t number = remove_address(table, from);

	if (!number)
		return false;
	struct code *code = code_at(table, number);
	code->address = to;
	/* One key was just removed, so this needs no memory. */
	insert_address(table, to, code, number);
	return true;
}
