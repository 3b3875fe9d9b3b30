/*
 * Where the model's memory comes from, and how much of it is held.
 *
 * The model is a guest inside allocation events: it may only use malloc and its kind, never the memory of the
 * language it watches. Tests pass an allocator that fails at a chosen call.
 */
#ifndef MEMORY_TRACKER_MODEL_MEMORY_H
#define MEMORY_TRACKER_MODEL_MEMORY_H

#include <stdatomic.h>
#include <stddef.h>

struct memory {
	void *(*allocate)(void *context, size_t size); /* zeroed bytes, or NULL */
	void (*release)(void *context, void *pointer);
	void *context;       /* borrowed */
	_Atomic size_t used; /* bytes asked for and not given back */
};

/* Uses calloc and free. */
void memory_init(struct memory *memory);

/* Zeroed bytes, or NULL. HOOK */
void *memory_allocate(struct memory *memory, size_t size);

/* Gives back what memory_allocate returned for the same size; NULL is fine. HOOK */
void memory_release(struct memory *memory, void *pointer, size_t size);

/* Bytes held at the moment. ANY THREAD */
size_t memory_used(const struct memory *memory);

#endif
