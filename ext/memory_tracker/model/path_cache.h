/*
 * Paths that were seen before: from a fingerprint to a node in one probe.
 *
 * The fingerprint is a 64-bit hash of all that makes a path what it is, and is stored whole. Everything can be
 * forgotten at once by taking another seed; what the old one left behind is overwritten in time. For the writer only.
 */
#ifndef MEMORY_TRACKER_MODEL_PATH_CACHE_H
#define MEMORY_TRACKER_MODEL_PATH_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/memory.h"
#include "model/status.h"

/* The deepest path that can be asked for. */
#define PATH_DEPTH_LIMIT 128

/* Slots that one fingerprint may stand in: one cache line of them. */
#define PATH_SET 4

/* Random numbers for each frame of a path. */
#define PATH_KEYS 3

struct path_slot {
	uint64_t fingerprint; /* 0: empty */
	uint64_t node;        /* as the caller knows it */
};

struct path_cache {
	struct memory *memory;   /* borrowed */
	struct path_slot *slots; /* owned; a power of two of them */
	uint32_t slot_count;
	uint32_t slot_limit;
	uint32_t remembered; /* since the seed was taken */
	uint32_t next_victim;
	bool stale; /* some slots are of another seed */
	uint64_t seed;
	uint64_t random;
	uint64_t keys[PATH_KEYS * PATH_DEPTH_LIMIT + 2]; /* random ones */
};

/* Needs no memory until something is remembered. At most `slot_limit` slots, a power of two. */
void path_cache_init(struct path_cache *cache, struct memory *memory, uint64_t seed, uint32_t slot_limit);
void path_cache_deinit(struct path_cache *cache);

/* Forgets all paths. HOOK */
void path_cache_forget(struct path_cache *cache);

/*
 * A fingerprint in steps: what path_cache_begin returns, the parts added to it, and that through path_cache_end, which
 * never returns 0. HOOK
 *
 * Sums of products of pairs (Lemire and Kaser, Strongly universal string hashing is fast, 2014): the products do not
 * wait for each other, and of two stacks that differ the sums are as good as unrelated. The seed and a final mix make
 * every bit depend on everything.
 */
static inline uint64_t path_cache_begin(const struct path_cache *cache, uint32_t class_number)
{
	return cache->seed + class_number * cache->keys[0];
}

/* The keys of the first frame. HOOK */
static inline const uint64_t *path_cache_keys(const struct path_cache *cache)
{
	return &cache->keys[1];
}

/* What the frame with these keys adds: its code, where in that, and on whose behalf. HOOK */
static inline uint64_t path_cache_part(const uint64_t *keys, uintptr_t code, uintptr_t place, uintptr_t owner)
{
	return (code + keys[0]) * (place + keys[1]) + owner * keys[2];
}

static inline uint64_t path_cache_end(uint64_t sum)
{
	sum ^= sum >> 32;
	sum *= UINT64_C(0xd6e8feb86659fd93);
	sum ^= sum >> 32;
	return sum ? sum : 1;
}

/* The fingerprint of `depth` codes and lines below a class. HOOK */
static inline uint64_t path_cache_fingerprint(const struct path_cache *cache, uint32_t class_number,
                                              const uintptr_t *codes, const int *lines, uint32_t depth)
{
	const uint64_t *key = cache->keys;
	uint64_t sum = path_cache_begin(cache, class_number);
	size_t index = depth & 1;

	/* Two at a time: this loop is most of what a known path costs. */
	if (index)
		sum += (codes[0] + key[1]) * ((uint32_t)lines[0] + key[2]);
	for (key += 1 + 2 * index; index < depth; index += 2, key += 4) {
		sum += (codes[index] + key[0]) * ((uint32_t)lines[index] + key[1]);
		sum += (codes[index + 1] + key[2]) * ((uint32_t)lines[index + 1] + key[3]);
	}
	return path_cache_end(sum);
}

/* What was remembered for a fingerprint, or 0. HOOK */
static inline uint64_t path_cache_recall(const struct path_cache *cache, uint64_t fingerprint)
{
	if (unlikely(!cache->slots))
		return 0;
	const struct path_slot *set = &cache->slots[fingerprint & (cache->slot_count - PATH_SET)];
	for (int index = 0; index < PATH_SET; index++) {
		if (set[index].fingerprint == fingerprint)
			return set[index].node;
	}
	return 0;
}

/*
 * Remembers it; without memory it is looked up the long way again. `nodes` is how many there are in all: the cache
 * does not outgrow them. HOOK
 */
void path_cache_remember(struct path_cache *cache, uint64_t fingerprint, uint64_t node, uint32_t nodes);

#endif
