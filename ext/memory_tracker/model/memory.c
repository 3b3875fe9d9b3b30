#include "model/memory.h"

#include <stdbool.h>
#include <stdlib.h>

static void *libc_allocate(void *context, size_t size)
{
	(void)context;
	return calloc(1, size);
}

static void libc_release(void *context, void *pointer)
{
	(void)context;
	free(pointer);
}

void memory_init(struct memory *memory)
{
	*memory = (struct memory){.allocate = libc_allocate, .release = libc_release, .limit = SIZE_MAX};
}

void memory_init_share(struct memory *share, struct memory *whole, size_t reserved)
{
	*share = (struct memory){
	    .allocate = whole->allocate,
	    .release = whole->release,
	    .context = whole->context,
	    .limit = reserved,
	    .whole = whole,
	};
	whole->reserved += reserved;
}

/* One writer, so a load and a store are enough; a locked instruction would cost for nothing. */
static void set_used(struct memory *memory, size_t used)
{
	atomic_store_explicit(&memory->used, used, memory_order_relaxed);
}

/* What is reserved for a share and not taken by it. */
static size_t untaken(const struct memory *share)
{
	size_t used = memory_used(share);

	return used < share->limit ? share->limit - used : 0;
}

static void account(struct memory *memory, size_t added, size_t removed)
{
	struct memory *whole = memory->whole;
	size_t before = whole ? untaken(memory) : 0;

	set_used(memory, memory_used(memory) + added - removed);
	if (!whole)
		return;
	whole->reserved = whole->reserved - before + untaken(memory);
	set_used(whole, memory_used(whole) + added - removed);
}

static bool has_room(struct memory *memory, size_t size)
{
	const struct memory *whole = memory->whole ? memory->whole : memory;
	size_t taken = memory_used(whole) + whole->reserved - (memory->whole ? untaken(memory) : 0);

	if (taken <= whole->limit && size <= whole->limit - taken)
		return true;
	memory_refuse(memory);
	return false;
}

void *memory_allocate(struct memory *memory, size_t size)
{
	void *pointer = has_room(memory, size) ? memory->allocate(memory->context, size) : NULL;

	if (pointer)
		account(memory, size, 0);
	return pointer;
}

void memory_release(struct memory *memory, void *pointer, size_t size)
{
	if (!pointer)
		return;
	account(memory, 0, size);
	memory->release(memory->context, pointer);
}

size_t memory_used(const struct memory *memory)
{
	return atomic_load_explicit(&memory->used, memory_order_relaxed);
}
