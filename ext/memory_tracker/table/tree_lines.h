/*
 * The lines of a table: classes, and below those that are unfolded their call paths.
 */
#ifndef MEMORY_TRACKER_TABLE_TREE_LINES_H
#define MEMORY_TRACKER_TABLE_TREE_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "analysis/call_paths.h"
#include "table/column.h"
#include "analysis/metrics.h"
#include "base/line_edit.h"
#include "base/key_ranks.h"
#include "base/key_set.h"
#include "analysis/since_mark.h"

/* To begin with: zeros, with the charset set. */
struct tree_lines {
	enum text_charset charset;
	bool inverted;                  /* callers first */
	struct key_set unfolded;        /* ids of classes, keys of call paths */
	const struct call_paths *paths; /* borrowed from the metrics, or `own`; NULL before lines were made */
	struct call_paths own;

	struct column_line *lines; /* owned, in order; what they point to belongs to the metrics, or is in `rows` */
	size_t count;
	struct column_line *waiting; /* owned: lines that come after those */
	size_t waiting_count;
	size_t capacity;          /* of both */
	struct history_row *rows; /* owned: of call paths that are not watched */
	size_t row_count;
	size_t row_capacity;
};

/* How lines of the same level are ordered. */
struct tree_order {
	const struct column *sort;
	bool reversed;
	bool internal;                  /* list hidden and internal objects too */
	const struct line_edit *filter; /* for classes: their own name, or that of a frame */
	struct key_ranks
	    *ranks; /* the order is that of these, and what is new goes to the end; NULL: it is not frozen */
	struct since_mark *since; /* the mark that changes are counted from; NULL: there are none */
	bool deltas;              /* counts are shown as changes */
};

void tree_lines_deinit(struct tree_lines *tree);

/* Makes the lines again. They live as long as the metrics. False without memory; there are no lines then. */
bool tree_lines_make(struct tree_lines *tree, const struct metrics *metrics, const struct tree_order *order);

/* The line of a path directly below a class, from what is known of watched paths; `spare` is used for one that is not. */
struct column_line tree_lines_path(const struct call_paths *paths, uint32_t index, const struct metrics *watched,
                                   const struct column_line *above, struct history_row *spare);

/* What a line is remembered by while it is unfolded. */
uint64_t tree_lines_key(const struct column_line *line);

/* Unfolds a line and all that is below it. False without memory. */
bool tree_lines_unfold_all(struct tree_lines *tree, const struct column_line *line);

/* Unfolds a line, and what is below as long as that is one thing. False without memory. */
bool tree_lines_unfold_chain(struct tree_lines *tree, const struct column_line *line);

#endif
