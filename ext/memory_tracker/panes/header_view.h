/*
 * The lines at the top of the screen: which program this is, how much there is, how it changes, and whether the
 * numbers are exact. What there is and from which width on is one table in header_item.c.
 */
#ifndef MEMORY_TRACKER_PANES_HEADER_VIEW_H
#define MEMORY_TRACKER_PANES_HEADER_VIEW_H

#include "panes/header_metadata.h"
#include "screen/grid.h"

/* How many lines the header takes on a grid of this size. */
unsigned header_view_height(const struct header_metadata *metadata, const struct grid *grid);

/* Draws them, from the grid's first line on. */
void header_view_draw(const struct header_metadata *metadata, struct grid *grid);

#endif
