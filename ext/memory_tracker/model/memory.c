#include "model/memory.h"

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
	memory->allocate = libc_allocate;
	memory->release = libc_release;
	memory->context = NULL;
	atomic_init(&memory->used, 0);
}

/* One writer, so a load and a store are enough; a locked instruction would cost for nothing. */
static void memory_account(struct memory *memory, size_t added, size_t removed)
{
	size_t used = atomic_load_explicit(&memory->used, memory_order_relaxed);

	atomic_store_explicit(&memory->used, used + added - removed, memory_order_relaxed);
}

void *memory_allocate(struct memory *memory, size_t size)
{
	void *pointer = memory->allocate(memory->context, size);

	if (pointer)
		memory_account(memory, size, 0);
	return pointer;
}

void memory_release(struct memory *memory, void *pointer, size_t size)
{
	if (!pointer)
		return;
	memory_account(memory, 0, size);
	memory->release(memory->context, pointer);
}

size_t memory_used(const struct memory *memory)
{
	return atomic_load_explicit(&memory->used, memory_order_relaxed);
}
