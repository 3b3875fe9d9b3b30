#include "moved_clock.h"

#include <stdatomic.h>
#include <time.h>

static _Atomic uint64_t added; /* nanoseconds */

void moved_clock_add(uint64_t milliseconds)
{
	atomic_fetch_add(&added, milliseconds * 1000000);
}

#ifdef WRAPPED_MALLOC

bool moved_clock_works(void)
{
	return true;
}

int __real_clock_gettime(clockid_t clock, struct timespec *time);

int __wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
	int result = __real_clock_gettime(clock, time);

	if (clock != CLOCK_MONOTONIC)
		return result;
	uint64_t nanoseconds = (uint64_t)time->tv_nsec + added;
	time->tv_sec += (time_t)(nanoseconds / 1000000000);
	time->tv_nsec = (long)(nanoseconds % 1000000000);
	return result;
}

#else

bool moved_clock_works(void)
{
	return false;
}

#endif
