#include "viewer/gc_report.h"

static const struct snapshot_class *class_of(const struct snapshot_header *snapshot, uint64_t id)
{
	const struct snapshot_class *classes = snapshot_classes(snapshot);

	for (uint32_t i = 0; i < snapshot->class_count; i++) {
		if (classes[i].id == id)
			return &classes[i];
	}
	return NULL;
}

/* The latest snapshot from before the GC is the one to compare with. */
static void take_before(struct gc_report *report, const struct snapshot_header *snapshot)
{
	const struct snapshot_class *class = report->has_class ? class_of(snapshot, report->class_id) : NULL;

	report->majors = snapshot->majors_seen;
	report->before.freed = snapshot->freed;
	report->class_before.freed = class ? class->freed : 0;
}

static uint64_t difference(uint64_t before, uint64_t after)
{
	return after > before ? after - before : 0;
}

static void take_after(struct gc_report *report, const struct snapshot_header *snapshot)
{
	const struct snapshot_class *class = report->has_class ? class_of(snapshot, report->class_id) : NULL;

	report->has_after = true;
	report->all = (struct gc_count){difference(report->before.freed, snapshot->freed), snapshot->retained};
	report->has_class = class != NULL;
	if (class)
		report->class =
		    (struct gc_count){difference(report->class_before.freed, class->freed), class->retained};
	if (report->stage == GC_OVER)
		report->stage = GC_KNOWN;
}

void gc_report_ask(struct gc_report *report, const struct snapshot_header *snapshot, const uint64_t *class_id)
{
	*report = (struct gc_report){.stage = GC_RUNNING, .has_class = class_id != NULL};
	if (class_id)
		report->class_id = *class_id;
	if (snapshot)
		take_before(report, snapshot);
}

void gc_report_feed(struct gc_report *report, const struct snapshot_header *snapshot)
{
	if (report->stage != GC_RUNNING && report->stage != GC_OVER)
		return;
	if (report->has_after)
		return;
	if (report->stage == GC_OVER || snapshot->majors_seen > report->majors)
		take_after(report, snapshot);
	else
		take_before(report, snapshot);
}

void gc_report_done(struct gc_report *report, uint64_t nanoseconds)
{
	if (report->stage != GC_RUNNING)
		return;
	report->nanoseconds = nanoseconds;
	report->stage = report->has_after ? GC_KNOWN : GC_OVER;
}
