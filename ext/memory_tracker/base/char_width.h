/*
 * How many cells of a terminal a character takes. A table of our own, because libc's wcwidth depends on the
 * locale that the host program happens to have set.
 */
#ifndef MEMORY_TRACKER_BASE_CHAR_WIDTH_H
#define MEMORY_TRACKER_BASE_CHAR_WIDTH_H

#include <stdint.h>

/* 0 for what combines with its neighbour, 2 for wide characters, else 1. ANY THREAD. */
unsigned char_width(uint32_t code_point);

#endif
