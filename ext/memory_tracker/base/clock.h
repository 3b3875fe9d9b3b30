/* CLOCK_MONOTONIC in nanoseconds. */
#ifndef MEMORY_TRACKER_BASE_CLOCK_H
#define MEMORY_TRACKER_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

#define CLOCK_MILLISECOND UINT64_C(1000000)

/* ANY THREAD */
static inline uint64_t clock_now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000 * CLOCK_MILLISECOND + (uint64_t)time.tv_nsec;
}

#endif
