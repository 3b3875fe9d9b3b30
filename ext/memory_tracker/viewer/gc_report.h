/*
 * What a GC that was asked for has freed and left, from the snapshots before and after it.
 */
#ifndef MEMORY_TRACKER_VIEWER_GC_REPORT_H
#define MEMORY_TRACKER_VIEWER_GC_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/snapshot.h"

struct gc_count {
	uint64_t freed;
	uint64_t stayed;
};

enum gc_stage {
	GC_NONE,
	GC_RUNNING, /* asked for */
	GC_OVER,    /* done, but no snapshot has come since */
	GC_KNOWN,   /* the figures are there */
};

/* All zero is a report of nothing. */
struct gc_report {
	enum gc_stage stage;
	uint64_t class_id; /* of the class that is reported too */
	bool has_class;
	bool has_after; /* a snapshot from after the GC has come */
	uint64_t nanoseconds;
	uint64_t majors;        /* that were seen when it was asked for */
	struct gc_count before; /* `freed` as it was then */
	struct gc_count class_before;
	struct gc_count all;
	struct gc_count class;
};

/*
 * A GC is asked for. `snapshot` is the latest there is (NULL: none), `class_id` the class to report besides the
 * whole program (NULL: none).
 */
void gc_report_ask(struct gc_report *report, const struct snapshot_header *snapshot, const uint64_t *class_id);

/* Each snapshot that comes. */
void gc_report_feed(struct gc_report *report, const struct snapshot_header *snapshot);

/* The GC is done, and took this long. */
void gc_report_done(struct gc_report *report, uint64_t nanoseconds);

#endif
