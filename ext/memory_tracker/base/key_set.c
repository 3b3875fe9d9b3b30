#include "base/key_set.h"

#include <stdlib.h>
#include <string.h>

#define SIZE_LEAST 64

static size_t home(const struct key_set *set, uint64_t key)
{
	return (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & (set->size - 1);
}

/* The slot that has the key, or the free one where it would go. */
static size_t place_of(const struct key_set *set, uint64_t key)
{
	size_t place = home(set, key);

	while (set->slots[place] && set->slots[place] != key)
		place = (place + 1) & (set->size - 1);
	return place;
}

void key_set_deinit(struct key_set *set)
{
	free(set->slots);
	*set = (struct key_set){0};
}

static bool grow(struct key_set *set)
{
	struct key_set larger = {.size = set->size ? set->size * 2 : SIZE_LEAST, .count = set->count};

	larger.slots = calloc(larger.size, sizeof *larger.slots);
	if (!larger.slots)
		return false;
	for (size_t i = 0; i < set->size; i++) {
		if (set->slots[i])
			larger.slots[place_of(&larger, set->slots[i])] = set->slots[i];
	}
	free(set->slots);
	*set = larger;
	return true;
}

bool key_set_add(struct key_set *set, uint64_t key)
{
	if (!key || key_set_has(set, key))
		return true;
	if (set->count * 2 >= set->size && !grow(set))
		return false;
	set->slots[place_of(set, key)] = key;
	set->count++;
	return true;
}

void key_set_remove(struct key_set *set, uint64_t key)
{
	if (!key_set_has(set, key))
		return;
	size_t gap = place_of(set, key), mask = set->size - 1;
	set->slots[gap] = 0;
	set->count--;
	/* Whoever stands behind and would rather have the free slot moves up. */
	for (size_t at = (gap + 1) & mask; set->slots[at]; at = (at + 1) & mask) {
		uint64_t moved = set->slots[at];
		set->slots[at] = 0;
		set->slots[place_of(set, moved)] = moved;
	}
}

void key_set_clear(struct key_set *set)
{
	if (set->size)
		memset(set->slots, 0, set->size * sizeof *set->slots);
	set->count = 0;
}

bool key_set_has(const struct key_set *set, uint64_t key)
{
	return key && set->count && set->slots[place_of(set, key)] == key;
}
