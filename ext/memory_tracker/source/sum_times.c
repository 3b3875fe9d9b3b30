#include "source/sum_times.h"

#include <stdbool.h>

#include "analysis/history.h"

static uint64_t members_of(const struct snapshot_header *const *parts, size_t count)
{
	uint64_t members = 1;

	for (size_t i = 0; i < count; i++) {
		uint64_t of_part[] = {parts[i]->pid, parts[i]->started_ns, parts[i]->major_at_ns > 0};

		for (size_t nth = 0; nth < sizeof of_part / sizeof *of_part; nth++)
			members = (members ^ of_part[nth]) * UINT64_C(0x9e3779b97f4a7c15) + 1;
	}
	return members;
}

static bool round_is_over(const struct sum_times *times, const struct snapshot_header *const *parts, size_t count,
                          uint64_t latest)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t at = parts[i]->major_at_ns;

		if (at && at <= times->round_ns && latest - at <= HISTORY_WINDOW_NS)
			return false;
	}
	return latest > times->round_ns;
}

void sum_times_enter(struct sum_times *times, struct snapshot_header *sum, const struct snapshot_header *const *parts,
                     size_t count)
{
	uint64_t members = members_of(parts, count), latest = 0;

	if (members != times->members)
		*times = (struct sum_times){.started_ns = sum->monotonic_ns, .members = members};
	for (size_t i = 0; i < count; i++)
		latest = parts[i]->major_at_ns > latest ? parts[i]->major_at_ns : latest;
	if (round_is_over(times, parts, count, latest))
		times->round_ns = latest;
	sum->started_ns = times->started_ns;
	sum->major_at_ns = times->round_ns;
}
