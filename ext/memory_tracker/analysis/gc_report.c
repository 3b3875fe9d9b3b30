#include "analysis/gc_report.h"

#include <stdio.h>

/* The latest snapshot from before the GC is the one to compare with. */
static void take_before(struct gc_report *report, const struct snapshot_header *snapshot, struct gc_row row)
{
	report->majors = snapshot->majors_seen;
	report->before = snapshot->counts;
	report->row_before = row.counts;
}

static struct gc_count done_since(struct counts before, struct counts after)
{
	return (struct gc_count){counts_since(before, after).freed, after.retained};
}

static void take_after(struct gc_report *report, const struct snapshot_header *snapshot, struct gc_row row)
{
	report->has_after = true;
	report->all = done_since(report->before, snapshot->counts);
	report->has_row = row.found;
	report->row = done_since(report->row_before, row.counts);
	if (report->stage == GC_OVER)
		report->stage = GC_KNOWN;
}

void gc_report_ask(struct gc_report *report, const struct snapshot_header *snapshot, uint64_t key, const char *name,
                   struct gc_row row)
{
	*report = (struct gc_report){.stage = GC_RUNNING, .key = key};
	snprintf(report->name, sizeof report->name, "%s", name);
	if (snapshot)
		take_before(report, snapshot, row);
}

bool gc_report_waits(const struct gc_report *report)
{
	return (report->stage == GC_RUNNING || report->stage == GC_OVER) && !report->has_after;
}

void gc_report_feed(struct gc_report *report, const struct snapshot_header *snapshot, struct gc_row row)
{
	if (!gc_report_waits(report))
		return;
	if (report->stage == GC_OVER || snapshot->majors_seen > report->majors)
		take_after(report, snapshot, row);
	else
		take_before(report, snapshot, row);
}

void gc_report_done(struct gc_report *report, uint64_t nanoseconds)
{
	if (report->stage != GC_RUNNING)
		return;
	report->nanoseconds = nanoseconds;
	report->stage = report->has_after ? GC_KNOWN : GC_OVER;
}
