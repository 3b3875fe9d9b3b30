#include "model/child_index.h"

#include <stddef.h>
#include <string.h>

#include "model/node.h"
#include "model/status.h"

#define FIRST_CAPACITY 256

static size_t slots_size(uint32_t capacity)
{
	return (size_t)capacity * sizeof(uint32_t);
}

static int allocate_slots(struct child_index *index, uint32_t capacity)
{
	uint32_t *slots = memory_allocate(index->memory, slots_size(capacity));

	if (!slots)
		return STATUS_NO_MEMORY;
	index->slots = slots;
	index->mask = capacity - 1;
	index->shift = (uint32_t)__builtin_clzll(capacity) + 1;
	return STATUS_OK;
}

int child_index_init(struct child_index *index, struct memory *memory, const struct table *nodes)
{
	memset(index, 0, sizeof(*index));
	index->memory = memory;
	index->nodes = nodes;
	return allocate_slots(index, FIRST_CAPACITY);
}

void child_index_deinit(struct child_index *index)
{
	memory_release(index->memory, index->slots, slots_size(index->mask + 1));
	memset(index, 0, sizeof(*index));
}

static uint32_t home(const struct child_index *index, uint32_t parent, uint32_t frame)
{
	/* Fibonacci hashing: Knuth, The Art of Computer Programming 3, section 6.4. */
	return (uint32_t)((((uint64_t)parent << 32 | frame) * UINT64_C(0x9e3779b97f4a7c15)) >> index->shift);
}

static const struct node *node_of(const struct child_index *index, uint32_t number)
{
	return table_at(index->nodes, number);
}

static uint32_t home_of(const struct child_index *index, uint32_t number)
{
	const struct node *node = node_of(index, number);

	return home(index, node->parent, node->frame);
}

uint32_t child_index_get(const struct child_index *index, uint32_t parent, uint32_t frame)
{
	uint32_t number;

	for (uint32_t slot = home(index, parent, frame); (number = index->slots[slot]);
	     slot = (slot + 1) & index->mask) {
		const struct node *node = node_of(index, number);

		if (node->parent == parent && node->frame == frame)
			return number;
	}
	return 0;
}

static void put(struct child_index *index, uint32_t number)
{
	uint32_t slot = home_of(index, number);

	while (index->slots[slot])
		slot = (slot + 1) & index->mask;
	index->slots[slot] = number;
}

/* In the order in which the nodes lie; those that are there have a parent. */
static int grow(struct child_index *index)
{
	struct child_index old = *index;
	uint32_t end = table_end(index->nodes);

	if (allocate_slots(index, (old.mask + 1) * 2) != STATUS_OK)
		return STATUS_NO_MEMORY;
	memory_release(index->memory, old.slots, slots_size(old.mask + 1));
	for (uint32_t number = 1; number < end; number++) {
		if (node_of(index, number)->parent)
			put(index, number);
	}
	return STATUS_OK;
}

int child_index_reserve(struct child_index *index)
{
	/* Half full at the most: an unsuccessful search then takes 2.5 steps (Knuth 6.4, linear probing). */
	if (index->count * 2 <= index->mask || grow(index) == STATUS_OK)
		return STATUS_OK;
	/* Without memory searches take longer before nothing can be added any more. */
	return index->count < index->mask - index->mask / 8 ? STATUS_OK : STATUS_NO_MEMORY;
}

void child_index_add(struct child_index *index, uint32_t number)
{
	put(index, number);
	index->count++;
}

void child_index_remove(struct child_index *index, uint32_t number)
{
	uint32_t hole = home_of(index, number);

	while (index->slots[hole] != number)
		hole = (hole + 1) & index->mask;
	index->count--;
	for (uint32_t slot = (hole + 1) & index->mask; index->slots[slot]; slot = (slot + 1) & index->mask) {
		/* It may fill the hole unless its home lies behind the hole. */
		if (((slot - home_of(index, index->slots[slot])) & index->mask) >= ((slot - hole) & index->mask)) {
			index->slots[hole] = index->slots[slot];
			hole = slot;
		}
	}
	index->slots[hole] = 0;
}
