#include "analysis/marks.h"

#include <stdlib.h>
#include <string.h>

void marks_deinit(struct marks *marks)
{
	for (unsigned i = 0; i < marks->count; i++)
		free(marks->snapshots[i]);
	*marks = (struct marks){0};
}

/* The place of the first mark that is not older. */
static unsigned place_of(const struct marks *marks, const struct snapshot_header *snapshot)
{
	unsigned place = 0;

	while (place < marks->count && marks->snapshots[place]->monotonic_ns < snapshot->monotonic_ns)
		place++;
	return place;
}

enum marks_result marks_set(struct marks *marks, const struct snapshot_header *snapshot)
{
	unsigned place = place_of(marks, snapshot);

	if (place < marks->count && marks->snapshots[place]->monotonic_ns == snapshot->monotonic_ns) {
		marks->chosen = place;
		return MARKS_KNOWN;
	}
	if (marks->count == MARKS_MAX)
		return MARKS_FULL;
	struct snapshot_header *copy = malloc(snapshot->size);
	if (!copy)
		return MARKS_NO_MEMORY;
	memcpy(copy, snapshot, snapshot->size);
	memmove(&marks->snapshots[place + 1], &marks->snapshots[place],
	        (marks->count - place) * sizeof *marks->snapshots);
	marks->snapshots[place] = copy;
	marks->count++;
	marks->chosen = place;
	return MARKS_SET;
}

void marks_clear_chosen(struct marks *marks)
{
	if (!marks->count)
		return;
	free(marks->snapshots[marks->chosen]);
	marks->count--;
	memmove(&marks->snapshots[marks->chosen], &marks->snapshots[marks->chosen + 1],
	        (marks->count - marks->chosen) * sizeof *marks->snapshots);
	marks->chosen = marks->count ? marks->count - 1 : 0;
}

void marks_choose_other(struct marks *marks)
{
	if (marks->count)
		marks->chosen = (marks->chosen + marks->count - 1) % marks->count;
}

const struct snapshot_header *marks_chosen(const struct marks *marks)
{
	return marks->count ? marks->snapshots[marks->chosen] : NULL;
}

bool marks_belong(const struct marks *marks, const struct snapshot_header *snapshot)
{
	if (!marks->count)
		return true;
	const struct snapshot_header *newest = marks->snapshots[marks->count - 1];
	return newest->started_ns == snapshot->started_ns && newest->pid == snapshot->pid &&
	       newest->sequence <= snapshot->sequence;
}
