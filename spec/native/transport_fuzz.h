/*
 * What a fuzzer calls with its bytes: they are what a looker says to a program, what a program says to a looker, or
 * a recording. The first byte says which.
 */
#ifndef MEMORY_TRACKER_TRANSPORT_FUZZ_H
#define MEMORY_TRACKER_TRANSPORT_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* The name is the fuzzer's choice. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
