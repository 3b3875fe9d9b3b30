#include "analysis/id_index.h"

#include <stdlib.h>

/* Ids are mostly small consecutive numbers; a multiplication spreads them as well as any hash would. */
static size_t home(const struct id_index *index, uint64_t id)
{
	return (size_t)((id * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & index->mask;
}

/* The slot that has this id, or the empty one where it would go. */
static struct id_index_slot *slot_of(const struct id_index *index, uint64_t id)
{
	size_t place = home(index, id);

	while (index->slots[place].position && index->slots[place].id != id)
		place = (place + 1) & index->mask;
	return &index->slots[place];
}

bool id_index_init(struct id_index *index, const struct snapshot_class *classes, uint32_t count)
{
	size_t size = 16;

	while (size < (size_t)count * 2)
		size *= 2;
	index->mask = size - 1;
	index->slots = calloc(size, sizeof *index->slots);
	if (!index->slots)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		struct id_index_slot *slot = slot_of(index, classes[i].id);
		if (!slot->position)
			*slot = (struct id_index_slot){classes[i].id, i + 1};
	}
	return true;
}

void id_index_deinit(struct id_index *index)
{
	free(index->slots);
	*index = (struct id_index){0};
}

uint32_t id_index_find(const struct id_index *index, uint64_t id)
{
	if (!index->slots)
		return ID_INDEX_NONE;
	const struct id_index_slot *slot = slot_of(index, id);
	return slot->position ? slot->position - 1 : ID_INDEX_NONE;
}
