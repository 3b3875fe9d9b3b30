/*
 * The 256 colours that terminals have in common, and which of them comes nearest where there are others, or fewer.
 *
 * ANY THREAD.
 */
#ifndef MEMORY_TRACKER_SCREEN_PALETTE_H
#define MEMORY_TRACKER_SCREEN_PALETTE_H

#include <stdint.h>

/* The nearest of the 256 to a colour with these shares of red, green and blue. */
uint8_t palette_nearest(uint8_t red, uint8_t green, uint8_t blue);

/* One of the 256 on a terminal that has only the first `count` of them, at least 8. */
uint8_t palette_reduce(uint8_t colour, unsigned count);

#endif
