/*
 * The pane with the source around the selected frame.
 *
 * The file is the program's, as it is now: it is read anew whenever another frame is shown or the numbers are. Only
 * regular files are opened, and none that is large.
 */
#ifndef MEMORY_TRACKER_PANES_SOURCE_VIEW_H
#define MEMORY_TRACKER_PANES_SOURCE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "table/column.h"
#include "screen/grid.h"

#define SOURCE_VIEW_MOST ((size_t)4 << 20)
#define SOURCE_VIEW_PATH 4096
#define SOURCE_VIEW_PROBLEM 160

/* All zero has read nothing. */
struct source_view {
	bool stale;                        /* what was read may be out of date */
	bool known;                        /* the rest is about `path` */
	char path[SOURCE_VIEW_PATH];       /* of the file that was read, as the program has it */
	char problem[SOURCE_VIEW_PROBLEM]; /* why there is no text; empty: there is */
	char *text;                        /* owned: the whole file */
	size_t length;
	uint32_t line;  /* the place that was drawn last */
	int64_t scroll; /* lines that it was scrolled down from there */
};

void source_view_deinit(struct source_view *view);

/* Scrolls by lines, up when negative, until another place is shown. */
void source_view_scroll(struct source_view *view, long lines);

/* Draws a title and the source around the place of a line, NULL for none, in `height` lines with the title. */
void source_view_draw(struct source_view *view, struct grid *grid, unsigned line, unsigned height,
                      const struct column_line *row, enum text_charset charset);

#endif
