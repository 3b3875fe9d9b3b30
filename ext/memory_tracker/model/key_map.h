/*
 * A hash map from an address (or any nonzero 64-bit key) to a pointer-sized value.
 *
 * Open addressing with linear probing; deletion shifts back, so there are no tombstones and a miss stays short.
 * For the writer only: readers never look into it.
 */
#ifndef MEMORY_TRACKER_MODEL_KEY_MAP_H
#define MEMORY_TRACKER_MODEL_KEY_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "model/memory.h"

struct key_map_slot {
	uint64_t key; /* 0: empty */
	uint64_t value;
};

struct key_map {
	struct memory *memory;      /* borrowed */
	struct key_map_slot *slots; /* owned; a power of two of them */
	uint32_t count;
	uint32_t mask;
	uint32_t shift; /* the hash's upper bits are the good ones */
};

/* Returns 0 or STATUS_NO_MEMORY. */
int key_map_init(struct key_map *map, struct memory *memory);
void key_map_deinit(struct key_map *map);

/* Makes sure that the next key_map_put succeeds. Returns 0 or STATUS_NO_MEMORY. HOOK */
int key_map_reserve(struct key_map *map);

/*
 * Adds or replaces. Returns 0 or STATUS_NO_MEMORY, which leaves the map as it was; replacing needs no memory. HOOK
 */
int key_map_put(struct key_map *map, uint64_t key, uint64_t value);

/* Removes and returns the value, 0 when there was none. HOOK */
uint64_t key_map_remove(struct key_map *map, uint64_t key);

/* Removes everything, and keeps the room. HOOK */
void key_map_clear(struct key_map *map);

static inline uint32_t key_map_home(const struct key_map *map, uint64_t key)
{
	/* Fibonacci hashing: Knuth, The Art of Computer Programming 3, section 6.4. */
	return (uint32_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> map->shift);
}

/* The value, or 0. HOOK */
static inline uint64_t key_map_get(const struct key_map *map, uint64_t key)
{
	uint32_t index = key_map_home(map, key);

	for (;;) {
		const struct key_map_slot *slot = &map->slots[index];

		if (slot->key == key)
			return slot->value;
		if (slot->key == 0)
			return 0;
		index = (index + 1) & map->mask;
	}
}

#endif
