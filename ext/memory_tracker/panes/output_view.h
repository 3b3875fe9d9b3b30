/*
 * The pane with the program's output.
 */
#ifndef MEMORY_TRACKER_PANES_OUTPUT_VIEW_H
#define MEMORY_TRACKER_PANES_OUTPUT_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/line_edit.h"
#include "screen/grid.h"
#include "panes/scrollback.h"
#include "base/text.h"

/* All zero follows the newest line, and searches for nothing. */
struct output_view {
	size_t above;    /* lines between the last one seen and the newest; 0: it follows the newest */
	uint64_t known;  /* scrollback.total when `above` was right */
	uint64_t seen;   /* scrollback.total up to which they were seen */
	unsigned height; /* lines of output at the latest drawing */

	struct line_edit search; /* what is searched for; empty: nothing */
	uint64_t found;          /* 1 + how many lines had come before the one that was found; 0: none was */
	size_t matches;          /* lines that have it, when */
	uint64_t counted;        /* this many lines had come; UINT64_MAX: not counted */
};

/* Whole lines that were not seen yet. */
uint64_t output_view_unseen(const struct output_view *view, const struct scrollback *scrollback);

/* Scrolls by lines, up when negative; LONG_MIN and LONG_MAX are the two ends. */
void output_view_scroll(struct output_view *view, const struct scrollback *scrollback, long lines);

/*
 * Goes to the next line that has what is searched for: an older one, or a newer one. Without one that was found before
 * it begins at the newest. Returns whether there is one; else it stays.
 */
bool output_view_search(struct output_view *view, const struct scrollback *scrollback, bool older);

/* Begins anew with what is searched for, after that has changed. */
void output_view_search_anew(struct output_view *view, const struct scrollback *scrollback);

/* Draws a title and what has room in `height` lines with it. */
void output_view_draw(struct output_view *view, const struct scrollback *scrollback, struct grid *grid, unsigned line,
                      unsigned height, enum text_charset charset);

#endif
