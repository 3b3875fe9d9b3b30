/*
 * The map of the heap: for every object's address a 32-bit entry, found without hashing.
 *
 *     address = | 41 bits: which page | 16 bits: offset in it |
 *
 *     top[11 bits] -> table[10 bits] -> table[10 bits] -> table[10 bits] -> page: used, slot size, ... | entries
 *
 * A page is 64 KiB that begin at a multiple of their size. All of the VM's slots that lie in one have the same size and
 * the same remainder by it, so `offset / slot size` is a dense index, which leads back to the address. The division is a
 * multiplication with 32 bits behind the point, exact for offsets in a page (Granlund and Montgomery, Division by
 * invariant integers using multiplication, PLDI 1994).
 *
 * The slot size is asked for when something is entered into a page that has no entries: a page comes back with another
 * one only after all that was on it is freed. A page without entries has no meaning, and is as good as not there.
 *
 * Objects are allocated and freed in order of address for each size of slots: the pages of the last ones are cached.
 * What is cached has entries.
 *
 * An entry is the number of the node that the object was allocated on, and a bit that says that the address is also a
 * key of the class or code tables. 0 is empty.
 *
 * One writer; readers never look into it.
 */
#ifndef MEMORY_TRACKER_MODEL_HEAP_MAP_H
#define MEMORY_TRACKER_MODEL_HEAP_MAP_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/memory.h"
#include "model/status.h"

#define HEAP_MAP_KEY UINT32_C(0x80000000)
#define HEAP_MAP_NODE UINT32_C(0x7fffffff)

#define HEAP_MAP_ADDRESS_BITS 57
#define HEAP_MAP_PAGE_BITS 16
#define HEAP_MAP_PAGE_SIZE (UINT32_C(1) << HEAP_MAP_PAGE_BITS)

/* How many pages are cached, each where the lower bits of its number say. */
#define HEAP_MAP_CACHED 32

/* In bytes: two cache lines, which are 32 of the smallest slots and two of the largest. */
#define HEAP_MAP_AHEAD 128

struct heap_page {
	uint32_t used; /* entries that are not empty */
	uint32_t slot_size;
	uint32_t multiplier; /* 2^32 / slot size, rounded up */
	uint32_t count;      /* entries that there are */
	uintptr_t first;     /* the address of the first slot */
	uint64_t number;     /* dense: an index of heap_map's pages */
	uint32_t entries[];
};
static_assert(offsetof(struct heap_page, entries) <= 64, "what is read beside an entry is one cache line");

struct heap_map_cached {
	uintptr_t page_address; /* HEAP_MAP_NONE: nothing is cached here */
	struct heap_page *page; /* borrowed */
	uint32_t multiplier;    /* the page's */
	uint32_t padding[3];
};
static_assert(sizeof(struct heap_map_cached) == 32, "its place is found without a multiplication");

/* Less than a page below no address that a heap may have. */
#define HEAP_MAP_NONE (UINTPTR_MAX / 2 + 1)

/* The size in bytes of the slot of an object that is there; at most HEAP_MAP_PAGE_SIZE. HOOK */
typedef size_t (*heap_map_slot_size)(uintptr_t address);

struct heap_map {
	struct memory *memory;    /* borrowed */
	void **top;               /* owned, with the tables below it */
	struct heap_page **pages; /* owned, with the pages: by number */
	uint32_t page_count;
	uint32_t page_capacity;
	heap_map_slot_size slot_size;
	struct heap_map_cached cached[HEAP_MAP_CACHED];
};

/* Where an address has its entry; good until the page has no entries any more. */
struct heap_place {
	struct heap_page *page; /* NULL: nowhere */
	uint32_t *entry;
};

/* Returns 0 or STATUS_NO_MEMORY. */
int heap_map_init(struct heap_map *map, struct memory *memory, heap_map_slot_size slot_size);
void heap_map_deinit(struct heap_map *map);

/*
 * Where the object at this address is entered; the page is made when it is not there. No place: STATUS_NO_MEMORY, or
 * STATUS_ADDRESS where no heap is or where the page's entries are of slots of another size. HOOK
 */
struct heap_place heap_map_make(struct heap_map *map, uintptr_t address, int *status);

/* Caches the page of an address, if it has entries. No place if it has none. HOOK */
struct heap_place heap_map_look_up(struct heap_map *map, uintptr_t address);

/* Whether the slots of an object's page are those that its entries are of. HOOK */
bool heap_map_fits(const struct heap_map *map, const struct heap_page *page, uintptr_t address);

/* A page's entries that are not empty, from `index` on: the next one's index, or the page's count. HOOK */
uint32_t heap_page_next(const struct heap_page *page, uint32_t index);

static inline uintptr_t heap_page_address(const struct heap_page *page, uint32_t index)
{
	return page->first + (uintptr_t)index * page->slot_size;
}

static inline uint32_t heap_page_index(uint32_t multiplier, uint32_t offset)
{
	return (uint32_t)(((uint64_t)offset * multiplier) >> 32);
}

static inline uint32_t heap_map_offset(uintptr_t address)
{
	return (uint32_t)address & (HEAP_MAP_PAGE_SIZE - 1);
}

/* Each entry's place is one. The compiler sees that it is never none. HOOK */
static inline struct heap_place heap_page_place(struct heap_page *page, size_t index)
{
	if (!page)
		__builtin_unreachable();
	return (struct heap_place){page, page->entries + index};
}

/* The place of an address whose page is cached, else none. HOOK */
static inline struct heap_place heap_map_find_cached(const struct heap_map *map, uintptr_t address)
{
	const struct heap_map_cached *cached = &map->cached[(address >> HEAP_MAP_PAGE_BITS) % HEAP_MAP_CACHED];
	uintptr_t offset = address - cached->page_address;

	if (unlikely(offset >= HEAP_MAP_PAGE_SIZE))
		return (struct heap_place){NULL, NULL};
	return heap_page_place(cached->page, (offset * cached->multiplier) >> 32);
}

/*
 * Asks for what the allocations after this one will want: up to Ruby 4.0 a page's free slots are given out from its end
 * (heap_page_add_freeobj in the VM's gc.c). Without it half of what an allocation costs is waiting for its entry. HOOK
 */
static inline void heap_map_prefetch(const uint32_t *entry)
{
	__builtin_prefetch((const void *)((uintptr_t)entry - HEAP_MAP_AHEAD), 1);
}

/* The place of an address; none when its page has no entries. HOOK */
static inline struct heap_place heap_map_find(struct heap_map *map, uintptr_t address)
{
	struct heap_place place = heap_map_find_cached(map, address);

	return likely(place.page) ? place : heap_map_look_up(map, address);
}

/* A page that has no entries any more. HOOK */
void heap_map_uncache(struct heap_map *map, const struct heap_page *page);

/* Fills an entry that may be empty. HOOK */
static inline void heap_map_set(struct heap_place place, uint32_t value)
{
	if (likely(!*place.entry))
		place.page->used++;
	*place.entry = value;
}

/* Empties an entry that is not empty. HOOK */
static inline void heap_map_clear(struct heap_map *map, struct heap_place place)
{
	*place.entry = 0;
	if (unlikely(--place.page->used == 0))
		heap_map_uncache(map, place.page);
}

/*
 * Calls `visit` for each entry that is not empty, in order of address; the entry may be changed or emptied by it.
 * Pages that are empty afterwards are given back. HOOK
 */
struct heap_map_callback {
	void *context;
	void (*visit)(void *context, uintptr_t address, struct heap_place place);
};
void heap_map_each(struct heap_map *map, const struct heap_map_callback *callback);

#endif
