#include "model/path_cache.h"

#include <string.h>

#define FIRST_SLOTS 1024
#define SLOTS_PER_NODE 8

/* SplitMix64: Steele, Lea, Flood, Fast Splittable Pseudorandom Number Generators (OOPSLA 2014). */
static uint64_t next_random(uint64_t *state)
{
	uint64_t value = (*state += UINT64_C(0x9e3779b97f4a7c15));

	value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
	return value ^ (value >> 31);
}

static size_t slots_size(uint32_t count)
{
	return (size_t)count * sizeof(struct path_slot);
}

void path_cache_init(struct path_cache *cache, struct memory *memory, uint64_t seed, uint32_t slot_limit)
{
	memset(cache, 0, sizeof(*cache));
	cache->memory = memory;
	cache->slot_limit = slot_limit;
	cache->random = seed;
	for (size_t index = 0; index < sizeof(cache->keys) / sizeof(*cache->keys); index++)
		cache->keys[index] = next_random(&cache->random);
	cache->keys[0] |= 1;
	cache->seed = next_random(&cache->random);
}

void path_cache_deinit(struct path_cache *cache)
{
	memory_release(cache->memory, cache->slots, slots_size(cache->slot_count));
	cache->slots = NULL;
	cache->slot_count = 0;
}

void path_cache_forget(struct path_cache *cache)
{
	cache->seed = next_random(&cache->random);
	cache->remembered = 0;
	cache->stale = true;
}

static void put(struct path_cache *cache, struct path_slot slot)
{
	struct path_slot *set = &cache->slots[slot.fingerprint & (cache->slot_count - PATH_SET)];
	struct path_slot *victim = &set[cache->next_victim++ % PATH_SET];

	for (int index = 0; index < PATH_SET; index++) {
		if (!set[index].fingerprint || set[index].fingerprint == slot.fingerprint) {
			victim = &set[index];
			break;
		}
	}
	*victim = slot;
	cache->remembered++;
}

/*
 * Half full at the most, so that few sets overflow. Once something was forgotten the old slots are not taken along:
 * what they still know is met again soon enough. Code that is made anew again and again leads to few nodes by ever new
 * fingerprints: for them no room is made.
 */
static void make_room(struct path_cache *cache, uint32_t nodes)
{
	uint32_t wanted = cache->slot_count ? cache->slot_count * 2 : FIRST_SLOTS;

	if (cache->remembered * 2 < cache->slot_count || cache->slot_count >= cache->slot_limit)
		return;
	if (cache->slot_count && cache->slot_count / SLOTS_PER_NODE >= nodes)
		return;
	struct path_slot *slots = memory_allocate(cache->memory, slots_size(wanted));
	if (!slots)
		return;
	struct path_slot *old = cache->slots;
	uint32_t old_count = cache->slot_count;
	cache->slots = slots;
	cache->slot_count = wanted;
	cache->remembered = 0;
	for (uint32_t index = 0; !cache->stale && index < old_count; index++) {
		if (old[index].fingerprint)
			put(cache, old[index]);
	}
	cache->stale = false;
	memory_release(cache->memory, old, slots_size(old_count));
}

void path_cache_remember(struct path_cache *cache, uint64_t fingerprint, uint64_t node, uint32_t nodes)
{
	make_room(cache, nodes);
	if (!cache->slots)
		return;
	put(cache, (struct path_slot){fingerprint, node});
}
