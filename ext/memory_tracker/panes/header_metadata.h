/*
 * What the header is drawn from. app/ fills it, header_item.h and header_numbers.h make texts of it, and header_view.h,
 * which knows how many lines there are, puts those on a grid.
 */
#ifndef MEMORY_TRACKER_PANES_HEADER_METADATA_H
#define MEMORY_TRACKER_PANES_HEADER_METADATA_H

#include <stdbool.h>

#include "analysis/metrics.h"
#include "base/text.h"

/* Everything is borrowed. */
struct header_metadata {
	const struct metrics *metrics;
	const char *command; /* the program; NULL: as the snapshot says */
	const char *ended;   /* how the program ended; NULL: it has not */
	const char *place;   /* in a recording; NULL: it is none */
	double interval;     /* seconds */
	double gc_share;     /* the part of the time that GC took, 0 to 1; negative: unknown */
	bool paused;
	const char *changes_since; /* when the mark was set that counts are compared with; NULL: they are not */
	unsigned lines;            /* that the header has on the screen; header_view.c sets it */
	enum text_charset charset;
};

#endif
