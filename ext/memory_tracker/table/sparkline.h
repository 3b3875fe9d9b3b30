/*
 * A row of bars that shows how a count went: ▁▂▃▄▅▆▇█, the oldest at the left.
 */
#ifndef MEMORY_TRACKER_TABLE_SPARKLINE_H
#define MEMORY_TRACKER_TABLE_SPARKLINE_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/text.h"

/* More bars than this are not drawn. */
#define SPARKLINE_CELLS 64

/*
 * Appends exactly `cells` cells for `count` values, the newest at the right, with blanks behind while there are fewer values than cells.
 * Each bar is the lowest of the values it stands for: what garbage comes and goes above that says nothing. A change
 * of less than an eighth of the count does not fill the height, so that what is level looks level. ANY THREAD.
 */
void sparkline_print(struct buffer *out, const uint32_t *values, unsigned count, unsigned cells,
                     enum text_charset charset);

#endif
