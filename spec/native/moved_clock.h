/*
 * CLOCK_MONOTONIC, which a test can move on instead of waiting. The linker leads the calls of all that is linked into a
 * test here, where it can do that; moved_clock_works says whether.
 *
 * ANY THREAD
 */
#ifndef MEMORY_TRACKER_MOVED_CLOCK_H
#define MEMORY_TRACKER_MOVED_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

bool moved_clock_works(void);

/* From now on it shows so many milliseconds more. */
void moved_clock_add(uint64_t milliseconds);

#endif
