/*
 * The GC that was asked for by a key: which line it is reported of besides the whole program, and the sentence about it.
 */
#ifndef MEMORY_TRACKER_PANES_GC_VIEW_H
#define MEMORY_TRACKER_PANES_GC_VIEW_H

#include "analysis/gc_report.h"
#include "analysis/path_watch.h"
#include "analysis/since_mark.h"
#include "base/text.h"
#include "panes/status_line.h"
#include "table/column.h"
#include "table/tree_lines.h"

/* What the sentence is made of; all is borrowed. */
struct gc_view {
	const struct gc_report *report;
	const struct tree_lines *tree;
	const struct since_mark *since;
	const struct snapshot_header
	    *latest; /* NULL: the lines of the tree are not of the latest snapshot, or there is none */
};

/*
 * Begins a report on the whole program and a line, NULL for none; `snapshot` is the latest, which call paths were built
 * from, or NULL.
 */
void gc_view_ask(struct gc_report *report, const struct path_watch *watch, const struct snapshot_header *snapshot,
                 const struct column_line *line, enum text_charset charset);

/* What a snapshot, which must be the one that call paths were built from last, says of a class or a call path. */
struct gc_row gc_view_row(const struct path_watch *watch, const struct snapshot_header *snapshot, uint64_t key);

/* The sentence, as far as its numbers are known; an empty text if no GC was asked for. */
void gc_view_describe(const struct gc_view *view, char out[STATUS_LINE_SIZE]);

#endif
