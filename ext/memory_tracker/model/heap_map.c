#include "model/heap_map.h"

#include <string.h>

#define LEVELS 4
#define LEVEL_BITS 10
#define TOP_BITS (HEAP_MAP_ADDRESS_BITS - HEAP_MAP_PAGE_BITS - (LEVELS - 1) * LEVEL_BITS)
#define FIRST_PAGES 64

/* The smallest thing that an object could be. */
#define SLOT_SIZE_LEAST 8

static void forget_cached(struct heap_map *map)
{
	for (int index = 0; index < HEAP_MAP_CACHED; index++)
		map->cached[index] = (struct heap_map_cached){.page_address = HEAP_MAP_NONE};
}

static struct heap_map_cached *cache_slot(struct heap_map *map, uintptr_t address)
{
	return &map->cached[(address >> HEAP_MAP_PAGE_BITS) % HEAP_MAP_CACHED];
}

void heap_map_uncache(struct heap_map *map, const struct heap_page *page)
{
	struct heap_map_cached *cached = cache_slot(map, page->first);

	if (cached->page == page)
		*cached = (struct heap_map_cached){.page_address = HEAP_MAP_NONE};
}

static uint32_t table_length(int level)
{
	return UINT32_C(1) << (level ? LEVEL_BITS : TOP_BITS);
}

static void **make_table(struct heap_map *map, int level)
{
	return memory_allocate(map->memory, table_length(level) * sizeof(void *));
}

int heap_map_init(struct heap_map *map, struct memory *memory, heap_map_slot_size slot_size)
{
	memset(map, 0, sizeof(*map));
	map->memory = memory;
	map->slot_size = slot_size;
	forget_cached(map);
	map->top = make_table(map, 0);
	return map->top ? STATUS_OK : STATUS_NO_MEMORY;
}

static void release_tables(struct heap_map *map, void **table, int level)
{
	if (!table)
		return;
	for (uint32_t index = 0; level < LEVELS - 1 && index < table_length(level); index++)
		release_tables(map, table[index], level + 1);
	memory_release(map->memory, table, table_length(level) * sizeof(void *));
}

static size_t page_bytes(uint32_t count)
{
	return sizeof(struct heap_page) + count * sizeof(uint32_t);
}

static void release_page(struct heap_map *map, struct heap_page *page)
{
	memory_release(map->memory, page, page_bytes(page->count));
}

void heap_map_deinit(struct heap_map *map)
{
	for (uint32_t number = 0; number < map->page_count; number++)
		release_page(map, map->pages[number]);
	memory_release(map->memory, map->pages, map->page_capacity * sizeof(*map->pages));
	release_tables(map, map->top, 0);
	memset(map, 0, sizeof(*map));
}

/* Where the tables have the page of an address; NULL where there is no table, and none is to be made or can be. */
static void **find_page(struct heap_map *map, uintptr_t address, bool make)
{
	void **table = map->top;
	int below = (LEVELS - 1) * LEVEL_BITS;

	for (int level = 0;; level++, below -= LEVEL_BITS) {
		uintptr_t index = (address >> (HEAP_MAP_PAGE_BITS + below)) & (table_length(level) - 1);

		if (level == LEVELS - 1)
			return &table[index];
		if (!table[index] && make)
			table[index] = make_table(map, level + 1);
		if (!table[index])
			return NULL;
		table = table[index];
	}
}

static bool beyond_all_heaps(uintptr_t address)
{
	return address >> HEAP_MAP_ADDRESS_BITS;
}

/* --- pages --- */

static bool reserve_number(struct heap_map *map)
{
	if (map->page_count < map->page_capacity)
		return true;
	uint32_t capacity = map->page_capacity ? map->page_capacity * 2 : FIRST_PAGES;
	struct heap_page **grown = memory_allocate(map->memory, capacity * sizeof(*grown));
	if (!grown)
		return false;
	if (map->page_count)
		memcpy(grown, map->pages, map->page_count * sizeof(*grown));
	memory_release(map->memory, map->pages, map->page_capacity * sizeof(*grown));
	map->pages = grown;
	map->page_capacity = capacity;
	return true;
}

/* The last one takes its number. */
static void remove_page(struct heap_map *map, struct heap_page *page)
{
	struct heap_page *last = map->pages[--map->page_count];

	map->pages[page->number] = last;
	last->number = page->number;
	release_page(map, page);
}

static struct heap_page *add_page(struct heap_map *map, uintptr_t address, uint32_t slot_size)
{
	uint32_t first = heap_map_offset(address) % slot_size;
	/* So many that every offset in the page has one. */
	uint32_t count = (HEAP_MAP_PAGE_SIZE - 1) / slot_size + 1;

	if (!reserve_number(map))
		return NULL;
	struct heap_page *page = memory_allocate(map->memory, page_bytes(count));
	if (!page)
		return NULL;
	page->slot_size = slot_size;
	page->multiplier = UINT32_MAX / slot_size + 1;
	page->count = count;
	page->first = address - heap_map_offset(address) + first;
	page->number = map->page_count;
	map->pages[map->page_count++] = page;
	return page;
}

static bool slots_fit(const struct heap_page *page, uintptr_t address, size_t slot_size)
{
	return page->slot_size == slot_size && (address - page->first) % slot_size == 0;
}

bool heap_map_fits(const struct heap_map *map, const struct heap_page *page, uintptr_t address)
{
	return slots_fit(page, address, map->slot_size(address));
}

static struct heap_place place_in(struct heap_page *page, uintptr_t address)
{
	return (struct heap_place){page, &page->entries[heap_page_index(page->multiplier, heap_map_offset(address))]};
}

struct heap_place heap_map_look_up(struct heap_map *map, uintptr_t address)
{
	void **found = beyond_all_heaps(address) ? NULL : find_page(map, address, false);
	struct heap_page *page = found ? *found : NULL;

	if (!page || page->used == 0)
		return (struct heap_place){NULL, NULL};
	*cache_slot(map, address) = (struct heap_map_cached){
	    .page_address = address - heap_map_offset(address),
	    .page = page,
	    .multiplier = page->multiplier,
	};
	return place_in(page, address);
}

struct heap_place heap_map_make(struct heap_map *map, uintptr_t address, int *status)
{
	const struct heap_place nowhere = {NULL, NULL};
	size_t slot_size = beyond_all_heaps(address) ? 0 : map->slot_size(address);

	*status = STATUS_ADDRESS;
	if (slot_size < SLOT_SIZE_LEAST || slot_size > HEAP_MAP_PAGE_SIZE)
		return nowhere;
	void **found = find_page(map, address, true);
	struct heap_page *page = found ? *found : NULL;
	bool fits = page && slots_fit(page, address, slot_size);
	if (page && !fits && page->used)
		return nowhere;
	if (page && !fits) {
		*found = NULL;
		remove_page(map, page);
	}
	*status = STATUS_NO_MEMORY;
	if (!found || (!fits && !(*found = add_page(map, address, (uint32_t)slot_size))))
		return nowhere;
	*status = STATUS_OK;
	return place_in(*found, address);
}

/* --- all of them --- */

uint32_t heap_page_next(const struct heap_page *page, uint32_t index)
{
	while (index < page->count && !page->entries[index])
		index++;
	return index;
}

static void visit_page(struct heap_map *map, void **place, const struct heap_map_callback *callback)
{
	struct heap_page *page = *place;

	for (uint32_t index = 0; page->used && (index = heap_page_next(page, index)) < page->count; index++)
		callback->visit(callback->context, heap_page_address(page, index),
		                (struct heap_place){page, &page->entries[index]});
}

static void give_back_if_empty(struct heap_map *map, void **place, const struct heap_map_callback *callback)
{
	struct heap_page *page = *place;

	if (page->used)
		return;
	*place = NULL;
	remove_page(map, page);
}

static void each_page(struct heap_map *map, void **table, int level,
                      void (*act)(struct heap_map *, void **, const struct heap_map_callback *),
                      const struct heap_map_callback *callback)
{
	for (uint32_t index = 0; index < table_length(level); index++) {
		if (!table[index])
			continue;
		if (level == LEVELS - 1)
			act(map, &table[index], callback);
		else
			each_page(map, table[index], level + 1, act, callback);
	}
}

/*
 * Two passes: a visit may enter something into a page already passed, so no page is given back before all have been
 * visited.
 */
void heap_map_each(struct heap_map *map, const struct heap_map_callback *callback)
{
	each_page(map, map->top, 0, visit_page, callback);
	each_page(map, map->top, 0, give_back_if_empty, callback);
}
