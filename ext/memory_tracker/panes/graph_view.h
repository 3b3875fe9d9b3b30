/*
 * The pane with the trend of the selected line: how many objects of it were retained and live over the last minute, and
 * how fast that grew.
 *
 *        81,204 ┤            ▁▃▅█   █ retained     81,204
 *               │     ▂▄▆█████████  ░ live         93,511
 *        40,102 ┤▅████████████████  growth       +502.0/s ▲
 *                60 s ago ─┴─── now
 *
 * Marks stand in it as lines.
 */
#ifndef MEMORY_TRACKER_PANES_GRAPH_VIEW_H
#define MEMORY_TRACKER_PANES_GRAPH_VIEW_H

#include "table/column.h"
#include "screen/grid.h"
#include "analysis/marks.h"

/* Draws a title and the trend of a line, NULL for none, in `height` lines with the title. */
void graph_view_draw(struct grid *grid, unsigned line, unsigned height, const struct column_line *row,
                     const struct marks *marks, enum text_charset charset);

#endif
