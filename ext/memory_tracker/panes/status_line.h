/*
 * The sentence above the keys: on one line where it fits, else on a few.
 */
#ifndef MEMORY_TRACKER_PANES_STATUS_LINE_H
#define MEMORY_TRACKER_PANES_STATUS_LINE_H

#include "screen/grid.h"
#include "base/text.h"

/* Between the parts of a sentence that go on lines of their own where it is too long for one. */
#define STATUS_LINE_GAP "   "

/* Room for a sentence, the zero included. */
#define STATUS_LINE_SIZE 512

/*
 * Draws a sentence, which may be of any bytes, at the end of `height` lines from `line` on. Returns how many of them it
 * took: at least one, and most are left.
 */
unsigned status_line_draw(struct grid *grid, unsigned line, unsigned height, const char *text,
                          enum text_charset charset);

#endif
