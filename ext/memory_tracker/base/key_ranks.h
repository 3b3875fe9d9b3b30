/*
 * An order of keys that lasts: whoever comes first stays before whoever comes later. One thread at a time; any thread.
 */
#ifndef MEMORY_TRACKER_BASE_KEY_RANKS_H
#define MEMORY_TRACKER_BASE_KEY_RANKS_H

#include <stddef.h>
#include <stdint.h>

/* Those who come after so many others share the last rank. */
#define KEY_RANKS_MAX 200000

struct key_rank;

/* All zero is empty. */
struct key_ranks {
	struct key_rank *slots; /* owned */
	size_t size;            /* a power of two, or 0 */
	uint32_t count;
};

void key_ranks_deinit(struct key_ranks *ranks);
void key_ranks_clear(struct key_ranks *ranks);

/* The rank of a key that is not 0, from 1 on; a new one comes last. UINT32_MAX for those who have no place of their own, also without memory. */
uint32_t key_ranks_of(struct key_ranks *ranks, uint64_t key);

#endif
