#include "panes/picker.h"

#include <stdio.h>
#include <string.h>

#define GAP 2
#define ITEM_SIZE 64

/* To sort by, the columns that are wanted, and the one that is sorted by; to choose, all but the names. */
static bool is_offered(const struct picker *picker, const struct table_view *table, size_t index)
{
	const struct column *column = column_screen[index];

	if (picker->purpose == PICKER_COLUMNS)
		return column->cells > 0;
	return column->compare && (table_view_wants(table, index) || column == table->sort);
}

void picker_open(struct picker *picker, const struct table_view *table, enum picker_purpose purpose)
{
	*picker = (struct picker){
	    .purpose = purpose, .sort = table->sort, .reversed = table->reversed, .choice = table->choice};
	while (purpose == PICKER_SORT && column_screen[picker->at] != table->sort)
		picker->at++;
}

void picker_move(struct picker *picker, const struct table_view *table, int steps)
{
	do
		picker->at = (picker->at + column_screen_count + (size_t)steps) % column_screen_count;
	while (!is_offered(picker, table, picker->at));
}

/* Writes what stands for a column. Returns its cells, which are as many as its bytes: titles are ASCII. */
static unsigned describe(const struct picker *picker, const struct table_view *table, size_t index, char *out)
{
	const char *mark = "";

	if (picker->purpose == PICKER_COLUMNS)
		mark = layout_wants(table->choice, index) ? "[x] " : "[ ] ";
	return (unsigned)snprintf(out, ITEM_SIZE, "%s%s", mark, column_screen[index]->title);
}

/* The first column to draw, so that the chosen one is within so many cells. */
static size_t first_of(const struct picker *picker, const struct table_view *table, unsigned cells)
{
	size_t first = picker->at;
	char item[ITEM_SIZE];
	unsigned used = describe(picker, table, first, item);

	for (size_t i = picker->at; i-- > 0;) {
		if (!is_offered(picker, table, i))
			continue;
		used += describe(picker, table, i, item) + GAP;
		if (used > cells)
			break;
		first = i;
	}
	return first;
}

unsigned picker_draw(const struct picker *picker, const struct table_view *table, struct grid *grid, unsigned line,
                     unsigned cells)
{
	const char *label = picker->purpose == PICKER_SORT ? "sort by: " : "columns: ";
	unsigned column = grid_put(grid, line, 1, GRID_DIM, label, strlen(label)), end = column + cells;
	char item[ITEM_SIZE];

	for (size_t i = first_of(picker, table, cells); i < column_screen_count; i++) {
		if (!is_offered(picker, table, i))
			continue;
		unsigned width = describe(picker, table, i, item);
		if (column + width > end && i > picker->at)
			break;
		uint16_t style = i == picker->at ? GRID_REVERSE : GRID_PLAIN;
		column = grid_put(grid, line, column, style, item, width) + GAP;
	}
	return column;
}
