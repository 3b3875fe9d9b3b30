#include "base/key_ranks.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SIZE_LEAST 256

struct key_rank {
	uint64_t key; /* 0: free */
	uint32_t rank;
};

/* The slot that has the key, or the free one where it would go. */
static struct key_rank *slot_of(const struct key_ranks *ranks, uint64_t key)
{
	size_t mask = ranks->size - 1, place = (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & mask;

	while (ranks->slots[place].key && ranks->slots[place].key != key)
		place = (place + 1) & mask;
	return &ranks->slots[place];
}

void key_ranks_deinit(struct key_ranks *ranks)
{
	free(ranks->slots);
	*ranks = (struct key_ranks){0};
}

void key_ranks_clear(struct key_ranks *ranks)
{
	if (ranks->size)
		memset(ranks->slots, 0, ranks->size * sizeof *ranks->slots);
	ranks->count = 0;
}

static bool grow(struct key_ranks *ranks)
{
	struct key_ranks larger = {.size = ranks->size ? ranks->size * 2 : SIZE_LEAST, .count = ranks->count};

	larger.slots = calloc(larger.size, sizeof *larger.slots);
	if (!larger.slots)
		return false;
	for (size_t i = 0; i < ranks->size; i++) {
		if (ranks->slots[i].key)
			*slot_of(&larger, ranks->slots[i].key) = ranks->slots[i];
	}
	free(ranks->slots);
	*ranks = larger;
	return true;
}

uint32_t key_ranks_of(struct key_ranks *ranks, uint64_t key)
{
	if (ranks->size) {
		const struct key_rank *slot = slot_of(ranks, key);
		if (slot->key)
			return slot->rank;
	}
	if (ranks->count >= KEY_RANKS_MAX || ((size_t)ranks->count * 2 >= ranks->size && !grow(ranks)))
		return UINT32_MAX;
	*slot_of(ranks, key) = (struct key_rank){key, ++ranks->count};
	return ranks->count;
}
