/*
 * Choosing from the columns on the last line of the screen: the one to sort by, or those to show.
 *
 *     sort by: RETAINED  GROWTH/s▾  LIVE  CLASS       columns: [x] RETAINED  [ ] LIVE
 */
#ifndef MEMORY_TRACKER_PANES_PICKER_H
#define MEMORY_TRACKER_PANES_PICKER_H

#include <stdbool.h>
#include <stddef.h>

#include "screen/grid.h"
#include "panes/table_view.h"

enum picker_purpose {
	PICKER_SORT,
	PICKER_COLUMNS,
};

/* All zero is not open yet. */
struct picker {
	enum picker_purpose purpose;
	size_t at; /* place in column_screen */

	/* As it was before, for who leaves without choosing. */
	const struct column *sort;
	bool reversed;
	layout_choice choice;
};

/* Opens it on the column that the table is sorted by, or on the first. */
void picker_open(struct picker *picker, const struct table_view *table, enum picker_purpose purpose);

/* Goes to another column, round the ends. */
void picker_move(struct picker *picker, const struct table_view *table, int steps);

/* Draws it. Returns the column behind it; `cells` is the room that it has. */
unsigned picker_draw(const struct picker *picker, const struct table_view *table, struct grid *grid, unsigned line,
                     unsigned cells);

#endif
