/*
 * The shadow of the heap: for every object's address a 32-bit entry, found without hashing.
 *
 * Objects stand at multiples of a stride, so address / stride is an exact and invertible index. The division is a
 * multiplication by the stride's reciprocal in 64-bit fixed point, of which only the upper half is kept (Granlund and
 * Montgomery, Division by invariant integers using multiplication, PLDI 1994); it is exact for addresses of up to 57
 * bits. Births come in order of address for each size of slots, and so do deaths: the chunks of the last ones are kept at
 * hand.
 *
 * An entry is the number of the node that the object was born on, and a bit that says that the address is also a
 * key of the class or code tables. 0 is empty.
 *
 * One writer; readers never look into it.
 */
#ifndef MEMORY_TRACKER_MODEL_SHADOW_MAP_H
#define MEMORY_TRACKER_MODEL_SHADOW_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/memory.h"
#include "model/status.h"

#define SHADOW_KEY UINT32_C(0x80000000)
#define SHADOW_NODE UINT32_C(0x7fffffff)

#define SHADOW_CHUNK_BITS 11
#define SHADOW_CHUNK_ENTRIES (UINT64_C(1) << SHADOW_CHUNK_BITS)
#define SHADOW_MIDDLE_BITS 15
#define SHADOW_TOP_BITS 16
#define SHADOW_INDEX_LIMIT (UINT64_C(1) << (SHADOW_CHUNK_BITS + SHADOW_MIDDLE_BITS + SHADOW_TOP_BITS))

/* How many chunks are at hand, each where the lower bits of its number say. */
#define SHADOW_RECENT 32

/* Bytes: two cache lines, which are 32 of the smallest slots and two of the largest. */
#define SHADOW_AHEAD 128

struct shadow_recent {
	uint64_t number; /* of the chunk; UINT64_MAX: none */
	uint32_t *chunk;
};

struct shadow_map {
	struct memory *memory; /* borrowed */
	uint32_t ***top;       /* owned: top -> middle -> chunk of entries */
	uint64_t reciprocal;   /* 2^64 / stride, rounded up */
	uint32_t stride;
	struct shadow_recent recent[SHADOW_RECENT];
};

/* `stride` in bytes. Returns 0 or STATUS_NO_MEMORY. */
int shadow_map_init(struct shadow_map *map, struct memory *memory, uint32_t stride);
void shadow_map_deinit(struct shadow_map *map);

/* The index of an address; not below SHADOW_INDEX_LIMIT for one that lies beyond all heaps. HOOK */
static inline uint64_t shadow_map_index(const struct shadow_map *map, uintptr_t address)
{
	return (uint64_t)(((unsigned __int128)address * map->reciprocal) >> 64);
}

/* Makes the chunk of an index. Returns the entry, or NULL (STATUS_ADDRESS, STATUS_NO_MEMORY in *status). HOOK */
uint32_t *shadow_map_make(struct shadow_map *map, uintptr_t address, int *status);

/* Has the chunk of an address at hand from now on. Returns the entry, or NULL when there is no such chunk. HOOK */
uint32_t *shadow_map_look_up(struct shadow_map *map, uintptr_t address);

/* The entry of an address whose chunk is at hand, else NULL. HOOK */
static inline uint32_t *shadow_map_at_hand(const struct shadow_map *map, uintptr_t address)
{
	uint64_t index = shadow_map_index(map, address);
	uint64_t number = index >> SHADOW_CHUNK_BITS;
	const struct shadow_recent *recent = &map->recent[number % SHADOW_RECENT];

	if (unlikely(recent->number != number))
		return NULL;
	return &recent->chunk[index & (SHADOW_CHUNK_ENTRIES - 1)];
}

/*
 * Asks for what the births after this one will want: a page's free slots are given out from its end (heap_page_add_freeobj
 * in the VM's gc.c). Without it half of what a birth costs is waiting for its entry. HOOK
 */
static inline void shadow_map_expect(const uint32_t *entry)
{
	__builtin_prefetch((const void *)((uintptr_t)entry - SHADOW_AHEAD), 1);
}

/* The entry of an address, or NULL when nothing near it was ever entered. HOOK */
static inline uint32_t *shadow_map_find(struct shadow_map *map, uintptr_t address)
{
	uint32_t *entry = shadow_map_at_hand(map, address);

	return likely(entry) ? entry : shadow_map_look_up(map, address);
}

/*
 * Calls `visit` for each entry that is not empty, in order of address; the entry may be changed or emptied by it.
 * Chunks that are empty afterwards are given back. HOOK
 */
struct shadow_map_visitor {
	void *context;
	void (*visit)(void *context, uintptr_t address, uint32_t *entry);
};
void shadow_map_each(struct shadow_map *map, const struct shadow_map_visitor *visitor);

#endif
