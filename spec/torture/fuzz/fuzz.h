/*
 * What a fuzz target is: a file spec/torture/fuzz/<name>_fuzz.c with this function, and inputs that are worth keeping
 * below corpus/<name>. libFuzzer calls it, or replay.c for each file of the corpus.
 */
#ifndef MEMORY_TRACKER_FUZZ_H
#define MEMORY_TRACKER_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Returns 0; aborts when something does not hold. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#endif
