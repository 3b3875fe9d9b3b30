/*
 * The table of classes and their call paths on a screen: which lines it has, in which order, and which one is selected.
 *
 * Which columns there are, what they show and from which width on is in column.c. Sorting and filtering happen when
 * snapshots or keys come; drawing costs as much as there are lines on the screen.
 */
#ifndef MEMORY_TRACKER_PANES_TABLE_VIEW_H
#define MEMORY_TRACKER_PANES_TABLE_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "table/column.h"
#include "analysis/metrics.h"
#include "base/line_edit.h"
#include "screen/grid.h"
#include "table/layout.h"
#include "table/selection.h"
#include "table/tree_lines.h"

/* The name of what is followed is cut here. */
#define FOLLOWED_CELLS 40

/* To begin with: zeros, with the tree's charset and `sort` set. */
struct table_view {
	const struct column *sort;
	bool reversed;
	bool internal; /* list hidden and internal objects too */
	struct since_mark
	    *since;  /* borrowed; the mark that changes are counted from; NULL or without a mark: there are none */
	bool deltas; /* counts are shown as changes since the mark */
	bool frozen; /* the order stays as it is, and what is new goes to the end */
	struct key_ranks ranks;  /* that order */
	layout_choice choice;    /* of columns */
	struct line_edit filter; /* only classes that have this are lines */
	struct line_edit search; /* what the selection goes to */
	struct selection selection;
	char followed[FOLLOWED_CELLS * 4 + 1]; /* the name of what is followed, or was */
	bool lost;                             /* what was followed has gone; for the reader to reset */

	/* Of the latest drawing. */
	unsigned titles; /* the line that they were on */
	unsigned height; /* lines of classes */
	struct layout layout;

	struct tree_lines tree;
	const struct metrics *metrics; /* what the lines were made of, borrowed; NULL: nothing yet */
	struct buffer cell;            /* where texts are made */
};

void table_view_deinit(struct table_view *table);

/*
 * Makes the lines again, after the metrics have changed or others are shown, or other lines are wanted. The metrics must
 * outlive the lines. Returns false without memory; the table is empty then.
 */
bool table_view_refresh(struct table_view *table, const struct metrics *metrics);

/* Sorts by another column, from the largest on, or from A on. */
void table_view_sort(struct table_view *table, const struct column *column);
void table_view_reverse(struct table_view *table);

/* Lets the order stay as it is while the values go on, or no longer. Sorting anew freezes the new order. */
void table_view_freeze(struct table_view *table, bool frozen);

/* Lets the selected line stay where it is on the screen while the table moves around it, or no longer. */
void table_view_follow(struct table_view *table, bool followed);

/* Selects the first line that `search` finds, from a line on, round the ends. Returns false if there is none. */
bool table_view_search(struct table_view *table, size_t from, bool up);

/* Whether the column at a place of column_screen is wanted now, be there room for it or not. */
bool table_view_wants(const struct table_view *table, size_t index);

/* Whether a column is on the screen if that is as wide as it was at the latest drawing. */
bool table_view_has_room(const struct table_view *table, const struct column *column);

/* The shown column that comes some steps before (negative) or after the one that is sorted by, going round. */
const struct column *table_view_neighbour(const struct table_view *table, int steps);

/*
 * The nth of the columns that can be sorted by, from 0: first those that are always there, then those that come and go.
 * NULL if there are fewer.
 */
const struct column *table_view_nth(size_t nth);

/* Move the selection: by lines, to the last line, to rest on the first. */
void table_view_move(struct table_view *table, long lines);
void table_view_end(struct table_view *table);
void table_view_home(struct table_view *table);

/* Selects a line, as near as there is one. */
void table_view_select(struct table_view *table, size_t position);

/* Scrolls by lines, up when negative; the selection stays where it can be seen. */
void table_view_scroll(struct table_view *table, long lines);

/* How the selected line is unfolded. */
enum table_unfold {
	TABLE_UNFOLD_ONE,
	TABLE_UNFOLD_CHAIN, /* with what is below, as long as that is one thing */
	TABLE_UNFOLD_ALL,
};

/* Unfolds the selected line. Returns false without memory. */
bool table_view_unfold(struct table_view *table, enum table_unfold how);

/* Folds the selected line, or goes to the one above it in the tree if there is nothing to fold. */
void table_view_fold(struct table_view *table);

/* Puts the callers first, or the allocating lines again. */
void table_view_invert(struct table_view *table);

/* The selected line, NULL if there is none. Borrowed until the table changes. */
const struct column_line *table_view_selected(const struct table_view *table);

/*
 * Draws the titles and `height` lines of classes below. `empty` is the sentence for a table with no line.
 */
void table_view_draw(struct table_view *table, struct grid *grid, unsigned line, unsigned height, const char *empty);

/* For `part`: the titles. */
#define TABLE_TITLES SIZE_MAX

/* Draws one line of the table, or its titles, without showing which line is selected. */
void table_view_draw_part(struct table_view *table, struct grid *grid, unsigned line, size_t part);

#endif
