/*
 * What a GC that was asked for has freed and left, from the snapshots before and after it.
 */
#ifndef MEMORY_TRACKER_ANALYSIS_GC_REPORT_H
#define MEMORY_TRACKER_ANALYSIS_GC_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/snapshot.h"

/* What the GC has done. */
struct gc_count {
	uint64_t freed;
	uint64_t stayed;
};

enum gc_stage {
	GC_NONE,
	GC_RUNNING, /* asked for */
	GC_OVER,    /* done, but no snapshot has come since */
	GC_KNOWN,   /* the counts after it have come */
};

/* Room for the name of what is reported besides the program, the zero included. */
#define GC_REPORT_NAME 192

/* All zero is a report of nothing. */
struct gc_report {
	enum gc_stage stage;
	uint64_t key;              /* of the class or the call path that is reported too; 0: none */
	char name[GC_REPORT_NAME]; /* of that, fit for a screen */
	bool has_row;              /* it was there after the GC */
	bool has_after;            /* a snapshot from after the GC has come */
	uint64_t nanoseconds;
	uint64_t majors; /* that were seen when it was asked for */
	struct counts before;
	struct counts row_before;
	struct gc_count all;
	struct gc_count row;
};

/* What a snapshot says of the class or call path that is reported. */
struct gc_row {
	bool found;
	struct counts counts;
};

/*
 * A GC is asked for. `snapshot` is the latest there is (NULL: none), `key` and `name` stand for the class or call path
 * to report besides the whole program (0: none), of which the snapshot says `row`.
 */
void gc_report_ask(struct gc_report *report, const struct snapshot_header *snapshot, uint64_t key, const char *name,
                   struct gc_row row);

/* Whether the snapshots that come are of interest. */
bool gc_report_waits(const struct gc_report *report);

/* Each snapshot that comes meanwhile, and what it says of the row. */
void gc_report_feed(struct gc_report *report, const struct snapshot_header *snapshot, struct gc_row row);

/* The GC is done, and took this long. */
void gc_report_done(struct gc_report *report, uint64_t nanoseconds);

#endif
