/*
 * One line of a table, a class or a call path below one: what all columns and orders of the table are made from.
 *
 *     RETAINED  GROWTH/s  CLASS
 *        1,000      12.0  ▾ Hash                                   path.depth 0, path.unfolded
 *          996      12.0  │ ▸ 99.6 %  SessionStore#write  s.rb:41  path.depth 1, path.share, path.file and line
 *        `row`      `row`             `name`
 *
 * class_line.h makes the line of a class, tree_lines.h that of a call path. A line owns nothing: it lives as long as the
 * metrics and the snapshot that it points into.
 */
#ifndef MEMORY_TRACKER_TABLE_COLUMN_LINE_H
#define MEMORY_TRACKER_TABLE_COLUMN_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/history_row.h"
#include "analysis/metrics.h"
#include "analysis/since_mark.h"
#include "base/text.h"

/* What only lines of call paths have; file and line also a class without a name, which comes from there. */
struct column_path {
	uint32_t index;   /* in the call paths of the table; CALL_PATHS_NONE: the line is a class */
	unsigned depth;   /* 0 for a class, 1 directly below it, … */
	bool below;       /* there are paths below it */
	bool unfolded;    /* and they are shown */
	bool pseudo;      /* the frame is no code: it has no place */
	double share;     /* of what is above it, 0 to 1; negative: not known */
	const char *file; /* as the program has it; of a class with `line` 0 the class above it */
	uint32_t file_length;
	uint32_t line; /* 0: not known */
};

/* One line of a table and what its columns are made from. Everything is borrowed. */
struct column_line {
	const struct history_row *row;
	const struct metrics *metrics; /* what trends are drawn from; NULL: there is none */
	uint32_t class_index;          /* in the snapshot */
	struct column_path path;
	const char *name; /* of the class or the method, as the program has it */
	uint32_t name_length;
	uint32_t rank;  /* in an order that is frozen */
	bool anonymous; /* a class without a name of its own */
	bool bound;     /* retained is an upper bound */
	bool unknown;   /* no major GC was seen yet, so what is retained is not known */
	char mark;  /* behind its numbers: '*' for estimates, ' ' where only other lines are estimates; 0: no line is */
	bool light; /* of a light capture: allocated is an estimate, whatever `mark` is */
	bool allocated_only; /* a call path of a light capture: nothing else is known */
	bool deltas;         /* counts are shown as changes since the mark */
	struct since_mark_change change;
	enum text_charset charset;
};

#endif
