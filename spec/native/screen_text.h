/*
 * A screen as text, for tests that read it.
 */
#ifndef MEMORY_TRACKER_SCREEN_TEXT_H
#define MEMORY_TRACKER_SCREEN_TEXT_H

#include "base/buffer.h"
#include "screen/grid.h"

/*
 * Appends the grid's lines without the blanks at their ends. Fails the test when a cell is not what cells are: a
 * wide character without its right half, a control character, a width that is none.
 */
void screen_text(struct buffer *out, const struct grid *grid);

/*
 * Appends one line of the grid as letters for what its cells mean, the first of these that fits: R reversed; r, y,
 * g, c the colours of growth, unconfirmed growth, shrinking and places; 0 to 7 or # a colour of the program's own;
 * U underlined, B bold, D dim; "." plain.
 * Nothing for a line that is all plain.
 */
void screen_styles(struct buffer *out, const struct grid *grid, unsigned line);

#endif
