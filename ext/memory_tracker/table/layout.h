/*
 * Which columns a screen has, and where each of them stands.
 *
 * A column is shown from some width of the screen on. One that is only for who asks for it is shown once it was chosen,
 * as long as there is room for it.
 */
#ifndef MEMORY_TRACKER_TABLE_LAYOUT_H
#define MEMORY_TRACKER_TABLE_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "table/column.h"

#define LAYOUT_MAX 32

/*
 * What a person has chosen: a bit for each column, by its place in column_screen, that is not as it would be without
 * them: shown or hidden. All zero is no choice.
 */
typedef uint32_t layout_choice;

/* Where a column stands on the screen. */
struct layout_place {
	const struct column *column;
	unsigned start;
	unsigned cells;
};

struct layout {
	struct layout_place places[LAYOUT_MAX];
	size_t count;
	unsigned columns; /* how wide the screen is */
};

/* Lays out those columns of a screen that is this wide which it can have now. */
void layout_make(struct layout *layout, unsigned columns, layout_choice choice, const struct column_context *context);

/* Whether a column is there. */
bool layout_has(const struct layout *layout, const struct column *column);

/* Whether the column at a place of column_screen is wanted, be there room for it or not. */
bool layout_wants(layout_choice choice, size_t index);

/* The place in column_screen of the column with this key; column_screen_count if there is none. */
size_t layout_index(const char *key, size_t length);

#endif
