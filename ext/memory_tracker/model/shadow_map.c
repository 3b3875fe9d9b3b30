#include "model/shadow_map.h"

#include <string.h>

#define TOP_SIZE (sizeof(uint32_t **) << SHADOW_TOP_BITS)
#define MIDDLE_SIZE (sizeof(uint32_t *) << SHADOW_MIDDLE_BITS)
#define CHUNK_SIZE (sizeof(uint32_t) * SHADOW_CHUNK_ENTRIES)

static void forget_recent(struct shadow_map *map)
{
	for (int index = 0; index < SHADOW_RECENT; index++)
		map->recent[index] = (struct shadow_recent){UINT64_MAX, NULL};
}

int shadow_map_init(struct shadow_map *map, struct memory *memory, uint32_t stride)
{
	memset(map, 0, sizeof(*map));
	map->memory = memory;
	map->stride = stride;
	map->reciprocal = UINT64_MAX / stride + 1;
	forget_recent(map);
	map->top = memory_allocate(memory, TOP_SIZE);
	return map->top ? STATUS_OK : STATUS_NO_MEMORY;
}

static void release_middle(struct shadow_map *map, uint32_t **middle)
{
	for (uint32_t index = 0; index < 1u << SHADOW_MIDDLE_BITS; index++) {
		if (middle[index])
			memory_release(map->memory, middle[index], CHUNK_SIZE);
	}
	memory_release(map->memory, middle, MIDDLE_SIZE);
}

void shadow_map_deinit(struct shadow_map *map)
{
	for (uint32_t index = 0; map->top && index < 1u << SHADOW_TOP_BITS; index++) {
		if (map->top[index])
			release_middle(map, map->top[index]);
	}
	memory_release(map->memory, map->top, TOP_SIZE);
	memset(map, 0, sizeof(*map));
}

uint32_t *shadow_map_look_up(struct shadow_map *map, uintptr_t address)
{
	uint64_t index = shadow_map_index(map, address);
	uint64_t number = index >> SHADOW_CHUNK_BITS;

	if (index >= SHADOW_INDEX_LIMIT)
		return NULL;
	uint32_t **middle = map->top[number >> SHADOW_MIDDLE_BITS];
	uint32_t *chunk = middle ? middle[number & ((1u << SHADOW_MIDDLE_BITS) - 1)] : NULL;
	if (!chunk)
		return NULL;
	map->recent[number % SHADOW_RECENT] = (struct shadow_recent){number, chunk};
	return &chunk[index & (SHADOW_CHUNK_ENTRIES - 1)];
}

uint32_t *shadow_map_make(struct shadow_map *map, uintptr_t address, int *status)
{
	uint64_t index = shadow_map_index(map, address);

	*status = STATUS_ADDRESS;
	if (index >= SHADOW_INDEX_LIMIT)
		return NULL;
	*status = STATUS_NO_MEMORY;
	uint32_t ***top = &map->top[index >> (SHADOW_CHUNK_BITS + SHADOW_MIDDLE_BITS)];
	if (!*top && !(*top = memory_allocate(map->memory, MIDDLE_SIZE)))
		return NULL;
	uint32_t **middle = &(*top)[(index >> SHADOW_CHUNK_BITS) & ((1u << SHADOW_MIDDLE_BITS) - 1)];
	if (!*middle && !(*middle = memory_allocate(map->memory, CHUNK_SIZE)))
		return NULL;
	*status = STATUS_OK;
	return &(*middle)[index & (SHADOW_CHUNK_ENTRIES - 1)];
}

static bool chunk_empty(const uint32_t *chunk)
{
	for (uint64_t offset = 0; offset < SHADOW_CHUNK_ENTRIES; offset++) {
		if (chunk[offset])
			return false;
	}
	return true;
}

static void each_chunk(struct shadow_map *map, uint32_t top,
                       void (*act)(struct shadow_map *, uint64_t, uint32_t **, const struct shadow_map_visitor *),
                       const struct shadow_map_visitor *visitor)
{
	for (uint32_t middle = 0; middle < 1u << SHADOW_MIDDLE_BITS; middle++) {
		uint64_t first = (((uint64_t)top << SHADOW_MIDDLE_BITS) + middle) << SHADOW_CHUNK_BITS;

		if (map->top[top][middle])
			act(map, first, &map->top[top][middle], visitor);
	}
}

static void act_visit(struct shadow_map *map, uint64_t first, uint32_t **chunk,
                      const struct shadow_map_visitor *visitor)
{
	for (uint64_t offset = 0; offset < SHADOW_CHUNK_ENTRIES; offset++) {
		if ((*chunk)[offset])
			visitor->visit(visitor->context, (uintptr_t)((first + offset) * map->stride),
			               &(*chunk)[offset]);
	}
}

static void act_give_back(struct shadow_map *map, uint64_t first, uint32_t **chunk,
                          const struct shadow_map_visitor *visitor)
{
	(void)first;
	(void)visitor;
	if (!chunk_empty(*chunk))
		return;
	memory_release(map->memory, *chunk, CHUNK_SIZE);
	*chunk = NULL;
}

/*
 * Two passes: a visit may enter something into a chunk already passed, so no chunk is given back before all have
 * been visited.
 */
void shadow_map_each(struct shadow_map *map, const struct shadow_map_visitor *visitor)
{
	for (uint32_t top = 0; top < 1u << SHADOW_TOP_BITS; top++) {
		if (map->top[top])
			each_chunk(map, top, act_visit, visitor);
	}
	/* What is at hand may be among the chunks that go. */
	forget_recent(map);
	for (uint32_t top = 0; top < 1u << SHADOW_TOP_BITS; top++) {
		if (map->top[top])
			each_chunk(map, top, act_give_back, visitor);
	}
}
