/*
 * Draws the last column of a table that has call paths: guides, the mark of what can be unfolded, share, method, place.
 * table/path_cell.h shows what it looks like, and has the texts.
 *
 * ANY THREAD, one at a time for each grid.
 */
#ifndef MEMORY_TRACKER_PANES_PATH_CELL_DRAW_H
#define MEMORY_TRACKER_PANES_PATH_CELL_DRAW_H

#include <stddef.h>

#include "base/line_edit.h"
#include "screen/grid.h"
#include "table/column_line.h"

/* Draws the mark of a line that has something below it. Returns the column behind it. */
unsigned path_cell_draw_mark(struct grid *grid, unsigned line, unsigned column, const struct column_path *path,
                             enum text_charset charset);

/* Underlines the part of a shown text that the filter has found. */
void path_cell_draw_match(struct grid *grid, unsigned line, unsigned column, const struct line_edit *filter,
                          const char *text, size_t length);

/* Draws the line of a call path, `cells` wide. `sign` stands for sustained growth; NULL: another column has it. */
void path_cell_draw(struct grid *grid, unsigned line, unsigned column, unsigned cells, const struct column_line *row,
                    const struct line_edit *filter, const char *sign);

#endif
