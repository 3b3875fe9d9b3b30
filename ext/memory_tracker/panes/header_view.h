/*
 * The lines at the top of the screen: which program this is, how much there is, how it changes, and whether the
 * numbers are exact. What there is and from which width on is one table in header_view.c.
 */
#ifndef MEMORY_TRACKER_PANES_HEADER_VIEW_H
#define MEMORY_TRACKER_PANES_HEADER_VIEW_H

#include <stdbool.h>

#include "analysis/metrics.h"
#include "screen/grid.h"
#include "base/text.h"

/* Everything is borrowed. */
struct header_metadata {
	const struct metrics *metrics;
	const char *command; /* the program; NULL: as the snapshot says */
	const char *ended;   /* how the program ended; NULL: it has not */
	const char *place;   /* in a recording; NULL: it is none */
	double interval;     /* seconds */
	double gc_share;     /* of the time, 0 to 1; negative: unknown */
	bool paused;
	const char
	    *changes_since; /* when the mark was set that counts are shown as changes since; NULL: they are not */
	unsigned lines;     /* that the header has on the screen */
	enum text_charset charset;
};

/* How many lines the header takes on a grid of this size. */
unsigned header_view_height(const struct header_metadata *facts, const struct grid *grid);

/* Draws them, from the grid's first line on. */
void header_view_draw(const struct header_metadata *facts, struct grid *grid);

#endif
