/*
 * Numbers that look random and are the same for the same seed on every machine.
 */
#ifndef MEMORY_TRACKER_RANDOM_NUMBERS_H
#define MEMORY_TRACKER_RANDOM_NUMBERS_H

#include <stdint.h>

/* The next number; `state` points to a uint64_t, which must not be 0. Marsaglia, Xorshift RNGs (2003). */
static inline uint64_t random_number(void *state)
{
	uint64_t *number = state;

	*number ^= *number << 13;
	*number ^= *number >> 7;
	*number ^= *number << 17;
	return *number;
}

#endif
