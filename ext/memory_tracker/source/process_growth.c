#include "source/process_growth.h"

#include <string.h>

static void add_point(struct process_growth *growth, const struct snapshot_header *snapshot)
{
	if (growth->points == PROCESS_GROWTH_POINTS) {
		growth->points--;
		memmove(&growth->point[0], &growth->point[1], growth->points * sizeof *growth->point);
	}
	growth->point[growth->points].at_ns = snapshot->major_at_ns;
	growth->point[growth->points++].retained = snapshot->counts.retained;
}

void process_growth_add(struct process_growth *growth, const struct snapshot_header *snapshot)
{
	if (snapshot->majors_seen < growth->majors)
		growth->points = 0;
	if (snapshot->majors_seen != growth->majors)
		add_point(growth, snapshot);
	growth->majors = snapshot->majors_seen;
}

bool process_growth(const struct process_growth *growth, double *per_second)
{
	if (growth->points < 2)
		return false;
	size_t last = growth->points - 1;
	double passed = (double)(growth->point[last].at_ns - growth->point[0].at_ns) / 1e9;
	double grown = (double)growth->point[last].retained - (double)growth->point[0].retained;
	*per_second = passed > 0 ? grown / passed : 0;
	return true;
}
