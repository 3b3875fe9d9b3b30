/*
 * Finds text in the lines of a table: in the names of classes and methods, and in places. ANY THREAD.
 */
#ifndef MEMORY_TRACKER_TABLE_LINE_SEARCH_H
#define MEMORY_TRACKER_TABLE_LINE_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

#include "table/column_line.h"
#include "base/line_edit.h"

/* Whether a line has the text. */
bool line_search_matches(const struct column_line *line, const struct line_edit *text);

/*
 * The first of `count` lines that has the text, from the line `from` on, going up or down and round the ends. Returns
 * its index, or `count` if there is none.
 */
size_t line_search_next(const struct column_line *lines, size_t count, const struct line_edit *text, size_t from,
                        bool up);

#endif
