/*
 * The C library's allocator, for code that uses it directly: it can be told to fail. The linker leads the calls of all
 * that is linked into a test here, where it can do that; failing_malloc_works says whether.
 *
 * Only calls made while it is armed are counted and fail, so that a test arms it around what it tests.
 */
#ifndef MEMORY_TRACKER_FAILING_MALLOC_H
#define MEMORY_TRACKER_FAILING_MALLOC_H

#include <stdbool.h>
#include <stdint.h>

bool failing_malloc_works(void);

/* The nth armed call from now on fails, and with `on` all later ones too; 0: none does. */
void failing_malloc_at(uint64_t call, bool on);

void failing_malloc_arm(bool armed);

/* Armed calls since failing_malloc_at. */
uint64_t failing_malloc_calls(void);

#endif
