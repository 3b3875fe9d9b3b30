/*
 * The last column of a table that has call paths: how deep a line is, whether something is below it, and which share
 * of what is above it, which method and which place it is.
 *
 *     ▾ Hash
 *     │ ▾ 99.6 %  Shop::SessionStore#write        shop.rb:41
 *     │ │ ▸ 100 %  Shop::Checkout#call            shop.rb:77
 */
#ifndef MEMORY_TRACKER_TABLE_PATH_CELL_H
#define MEMORY_TRACKER_TABLE_PATH_CELL_H

#include "table/column.h"
#include "base/line_edit.h"
#include "screen/grid.h"

/* Room for a share, the zero included. */
#define PATH_CELL_SHARE 16

/* The cells that the mark before a name takes. */
#define PATH_CELL_MARK 2

/* Draws the mark of a line that has something below it. Returns the column behind it. */
unsigned path_cell_mark(struct grid *grid, unsigned line, unsigned column, const struct column_path *path,
                        enum text_charset charset);

/* The cells before the mark in a cell this wide: guides of the levels above, as many as leave most of the cell. */
unsigned path_cell_guides(const struct column_path *path, unsigned cells);

/* Underlines the part of a shown text that the filter has found. */
void path_cell_match(struct grid *grid, unsigned line, unsigned column, const struct line_edit *filter,
                     const char *text, size_t length);

/* Draws the line of a call path, `cells` wide. `sign` stands for sustained growth; NULL: another column has it. */
void path_cell_draw(struct grid *grid, unsigned line, unsigned column, unsigned cells, const struct column_line *row,
                    const struct line_edit *filter, const char *sign);

/* Writes a share in six cells, blanks when it is not known. */
void path_cell_share(char out[PATH_CELL_SHARE], double share);

/* Writes "FILE:LINE" as the program has it, cut at the end of `out`. Returns its length. */
size_t path_cell_place(char *out, size_t size, const struct column_path *path);

#endif
