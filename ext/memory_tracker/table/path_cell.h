/*
 * The texts of the last column of a table that has call paths, and where they begin: how deep a line is, which share it
 * has of what is above it, and which place it is. panes/path_cell_draw.h draws them.
 *
 *     ▾ Hash
 *     │ ▾ 99.6 %  Shop::SessionStore#write        shop.rb:41
 *     │ │ ▸ 100 %  Shop::Checkout#call            shop.rb:77
 *
 * ANY THREAD.
 */
#ifndef MEMORY_TRACKER_TABLE_PATH_CELL_H
#define MEMORY_TRACKER_TABLE_PATH_CELL_H

#include <stddef.h>

#include "table/column_line.h"

/* Room for a share, the zero included. */
#define PATH_CELL_SHARE 16

/* The cells that the mark before a name takes, and each guide before that. */
#define PATH_CELL_MARK 2

/* The cells before the mark in a cell this wide: guides of the levels above, as many as leave most of the cell. */
unsigned path_cell_guides(const struct column_path *path, unsigned cells);

/* Writes a share in six cells, blanks when it is not known. */
void path_cell_share(char out[PATH_CELL_SHARE], double share);

/* Writes "FILE:LINE" as the program has it, cut at the end of `out`. Returns its length. */
size_t path_cell_place(char *out, size_t size, const struct column_path *path);

#endif
