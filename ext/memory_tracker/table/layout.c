#include "table/layout.h"

#include <string.h>

/* Between columns; the first cell of it is where a title has the mark of the sort order. */
#define GAP 2

/* A column that can stretch does so in these steps, as long as names have this much. */
#define STRETCH_STEP 8
#define NAME_CELLS 60

/* Where names would have less than this, columns go. */
#define NAME_LEAST 20

bool layout_wants(layout_choice choice, size_t index)
{
	bool chosen = index < LAYOUT_MAX && (choice >> index & 1);

	/* What a line is about is always shown. */
	return !column_screen[index]->cells || column_screen[index]->on_request == chosen;
}

size_t layout_index(const char *key, size_t length)
{
	size_t index = 0;

	while (index < column_screen_count &&
	       (strlen(column_screen[index]->key) != length || memcmp(column_screen[index]->key, key, length) != 0))
		index++;
	return index;
}

/* What somebody has asked for does not wait for a wide screen. */
static bool is_shown(const struct layout *layout, layout_choice choice, size_t index,
                     const struct column_context *context)
{
	const struct column *column = column_screen[index];

	return layout_wants(choice, index) && column_applies(column, context) &&
	       (column->on_request || layout->columns >= column->least);
}

/* The cells before the names. */
static unsigned cells_needed(const struct layout *layout)
{
	unsigned needed = 1;

	for (size_t i = 0; i < layout->count; i++)
		needed += layout->places[i].column->cells ? layout->places[i].column->cells + GAP : 0;
	return needed;
}

/* Takes away the column that is the first to go: the one that is for wider screens than the others. */
static void take_one_away(struct layout *layout)
{
	size_t last = 0;

	for (size_t i = 1; i < layout->count; i++) {
		const struct column *column = layout->places[i].column;

		if (column->cells && column->least >= layout->places[last].column->least)
			last = i;
	}
	layout->count--;
	memmove(&layout->places[last], &layout->places[last + 1], (layout->count - last) * sizeof *layout->places);
}

static void choose(struct layout *layout, layout_choice choice, const struct column_context *context)
{
	for (size_t i = 0; i < column_screen_count && layout->count < LAYOUT_MAX; i++) {
		if (is_shown(layout, choice, i, context))
			layout->places[layout->count++].column = column_screen[i];
	}
	while (layout->count > 1 && cells_needed(layout) + NAME_LEAST > layout->columns)
		take_one_away(layout);
}

void layout_make(struct layout *layout, unsigned columns, layout_choice choice, const struct column_context *context)
{
	unsigned start = 1;

	*layout = (struct layout){.columns = columns};
	choose(layout, choice, context);
	unsigned needed = cells_needed(layout);
	unsigned spare = columns > needed + NAME_CELLS ? columns - needed - NAME_CELLS : 0;
	for (size_t i = 0; i < layout->count; i++) {
		const struct column *column = layout->places[i].column;
		unsigned cells = column->cells;

		for (; cells + STRETCH_STEP <= column->stretch && spare >= STRETCH_STEP; spare -= STRETCH_STEP)
			cells += STRETCH_STEP;
		if (!column->cells)
			cells = columns > start ? columns - start : 0;
		layout->places[i].start = start;
		layout->places[i].cells = cells;
		start += cells + GAP;
	}
}

bool layout_has(const struct layout *layout, const struct column *column)
{
	for (size_t i = 0; i < layout->count; i++) {
		if (layout->places[i].column == column)
			return true;
	}
	return false;
}
