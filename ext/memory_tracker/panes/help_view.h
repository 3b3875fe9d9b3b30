/*
 * The help screen: keys, columns and signs, made from the tables that they come from.
 */
#ifndef MEMORY_TRACKER_PANES_HELP_VIEW_H
#define MEMORY_TRACKER_PANES_HELP_VIEW_H

#include <stddef.h>

#include "screen/grid.h"
#include "base/text.h"

/* All zero is at its beginning. */
struct help_view {
	size_t top;      /* the first line that is seen */
	size_t count;    /* lines there are, at the latest drawing */
	unsigned height; /* likewise, lines that were seen */
};

/* Scrolls by lines, up when negative; LONG_MIN and LONG_MAX are the two ends. */
void help_view_scroll(struct help_view *view, long lines);

/* Draws `height` lines from the grid's first on. */
void help_view_draw(struct help_view *view, struct grid *grid, unsigned height, enum text_charset charset);

#endif
