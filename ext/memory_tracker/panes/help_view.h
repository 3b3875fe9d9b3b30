/*
 * The help screen: keys, as they are given, columns and signs. It takes the place of header, table and pane, which stay
 * as they are meanwhile.
 */
#ifndef MEMORY_TRACKER_PANES_HELP_VIEW_H
#define MEMORY_TRACKER_PANES_HELP_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "screen/grid.h"
#include "base/text.h"

/* Room for the names of a command's keys, the zero included; and how many commands there may be. */
#define HELP_KEYS_SIZE 100
#define HELP_COMMANDS 128

struct help_command {
	char keys[HELP_KEYS_SIZE];
	const char *text;    /* borrowed: what the keys do */
	bool takes_a_column; /* by its number: the numbers of the columns follow */
};

/* All zero is at its beginning. */
struct help_view {
	size_t top;      /* the first line that is seen */
	size_t count;    /* lines there are, at the latest drawing */
	unsigned height; /* likewise, lines that were seen */
};

/* Scrolls by lines, up when negative; LONG_MIN and LONG_MAX are the two ends. */
void help_view_scroll(struct help_view *view, long lines);

/* Draws `height` lines from the grid's first on: so many commands, in this order, and what else there is to know. */
void help_view_draw(struct help_view *view, const struct help_command *commands, size_t count, struct grid *grid,
                    unsigned height, enum text_charset charset);

#endif
