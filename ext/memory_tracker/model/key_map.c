#include "model/key_map.h"

#include <string.h>

#include "model/status.h"

#define FIRST_CAPACITY 256

static size_t slots_size(uint32_t capacity)
{
	return (size_t)capacity * sizeof(struct key_map_slot);
}

static int allocate_slots(struct key_map *map, uint32_t capacity)
{
	struct key_map_slot *slots = memory_allocate(map->memory, slots_size(capacity));

	if (!slots)
		return STATUS_NO_MEMORY;
	map->slots = slots;
	map->mask = capacity - 1;
	map->shift = (uint32_t)__builtin_clzll(capacity) + 1;
	return STATUS_OK;
}

int key_map_init(struct key_map *map, struct memory *memory)
{
	memset(map, 0, sizeof(*map));
	map->memory = memory;
	return allocate_slots(map, FIRST_CAPACITY);
}

void key_map_deinit(struct key_map *map)
{
	memory_release(map->memory, map->slots, slots_size(map->mask + 1));
	memset(map, 0, sizeof(*map));
}

void key_map_clear(struct key_map *map)
{
	memset(map->slots, 0, slots_size(map->mask + 1));
	map->count = 0;
}

static struct key_map_slot *find_slot(const struct key_map *map, uint64_t key)
{
	uint32_t index = key_map_home(map, key);

	while (map->slots[index].key && map->slots[index].key != key)
		index = (index + 1) & map->mask;
	return &map->slots[index];
}

static int grow(struct key_map *map)
{
	struct key_map old = *map;

	if (allocate_slots(map, (old.mask + 1) * 2) != STATUS_OK)
		return STATUS_NO_MEMORY;
	for (uint32_t index = 0; index <= old.mask; index++) {
		if (old.slots[index].key)
			*find_slot(map, old.slots[index].key) = old.slots[index];
	}
	memory_release(map->memory, old.slots, slots_size(old.mask + 1));
	return STATUS_OK;
}

int key_map_reserve(struct key_map *map)
{
	/* Half full at the most: an unsuccessful search then takes 2.5 steps (Knuth 6.4, linear probing). */
	return map->count * 2 > map->mask ? grow(map) : STATUS_OK;
}

int key_map_put(struct key_map *map, uint64_t key, uint64_t value)
{
	struct key_map_slot *slot = find_slot(map, key);

	if (!slot->key) {
		if (key_map_reserve(map) != STATUS_OK)
			return STATUS_NO_MEMORY;
		slot = find_slot(map, key);
		slot->key = key;
		map->count++;
	}
	slot->value = value;
	return STATUS_OK;
}

uint64_t key_map_remove(struct key_map *map, uint64_t key)
{
	struct key_map_slot *slot = find_slot(map, key);

	if (!slot->key)
		return 0;
	uint64_t value = slot->value;
	uint32_t hole = (uint32_t)(slot - map->slots);

	map->count--;
	for (uint32_t index = (hole + 1) & map->mask; map->slots[index].key; index = (index + 1) & map->mask) {
		uint32_t home = key_map_home(map, map->slots[index].key);

		/* It may fill the hole unless its home lies behind the hole. */
		if (((index - home) & map->mask) >= ((index - hole) & map->mask)) {
			map->slots[hole] = map->slots[index];
			hole = index;
		}
	}
	map->slots[hole].key = 0;
	map->slots[hole].value = 0;
	return value;
}
