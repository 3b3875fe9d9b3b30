/*
 * The sentence above the keys: on one line where it fits, else on a few.
 */
#ifndef MEMORY_TRACKER_VIEWER_SENTENCE_H
#define MEMORY_TRACKER_VIEWER_SENTENCE_H

#include "viewer/grid.h"
#include "viewer/text.h"

/* Between the parts of a sentence that go on lines of their own where it is too long for one. */
#define SENTENCE_GAP "   "

/*
 * Draws a sentence, which may be of any bytes, at the end of `height` lines from `line` on. Returns how many of them it
 * took: at least one, and most are left.
 */
unsigned sentence_draw(struct grid *grid, unsigned line, unsigned height, const char *text, enum text_charset charset);

#endif
