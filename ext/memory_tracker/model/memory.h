/*
 * Where the model's memory comes from, how much of it is held, and how much may be.
 *
 * The model runs inside allocation events: it may only use malloc and its kind, never the memory of the language it
 * watches. Tests pass an allocator that fails at a chosen call.
 *
 *     |<------------------------- limit -------------------------->|
 *     | used by shares | used by all else |  free  | reserved      |
 *
 * A share has a part of the limit reserved for it, and may also take what is free: what all else asks for can never push it
 * out. It accounts for what it takes in the whole, too.
 */
#ifndef MEMORY_TRACKER_MODEL_MEMORY_H
#define MEMORY_TRACKER_MODEL_MEMORY_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct memory {
	void *(*allocate)(void *context, size_t size); /* zeroed bytes, or NULL */
	void (*release)(void *context, void *pointer);
	void *context;            /* borrowed */
	_Atomic size_t used;      /* bytes asked for and not given back */
	size_t limit;             /* of `used`; of a share: bytes that are reserved for it */
	size_t reserved;          /* of a whole: bytes that its shares have not taken yet, and nothing else may */
	struct memory *whole;     /* borrowed; of a share: what it is a share of, else NULL */
	_Atomic uint64_t refused; /* times that the limit was in the way */
};

/* Uses calloc and free. Without a limit. */
void memory_init(struct memory *memory);

/* A share of `whole`, which must outlive it, with so many bytes reserved. */
void memory_init_share(struct memory *share, struct memory *whole, size_t reserved);

/* Zeroed bytes, or NULL. HOOK */
void *memory_allocate(struct memory *memory, size_t size);

/* Gives back what memory_allocate returned for the same size; NULL is fine. HOOK */
void memory_release(struct memory *memory, void *pointer, size_t size);

/* Something else than bytes, which depends on the limit, has reached its bound. HOOK */
static inline void memory_refuse(struct memory *memory)
{
	atomic_fetch_add_explicit(&memory->refused, 1, memory_order_relaxed);
}

/* Bytes held at the moment. ANY THREAD */
size_t memory_used(const struct memory *memory);

/* Whether the limit, or a bound that depends on it, was ever in the way. ANY THREAD */
static inline int memory_was_refused(const struct memory *memory)
{
	return atomic_load_explicit(&((struct memory *)memory)->refused, memory_order_relaxed) > 0;
}

#endif
