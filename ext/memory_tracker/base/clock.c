#include "base/clock.h"

#include <limits.h>

static uint64_t read_clock(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (uint64_t)time.tv_sec * CLOCK_SECOND + (uint64_t)time.tv_nsec;
}

uint64_t clock_now(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

uint64_t clock_wall(void)
{
	return read_clock(CLOCK_REALTIME);
}

uint64_t clock_moment_of(clockid_t other, uint64_t then)
{
	uint64_t there = read_clock(other), age = there > then ? there - then : 0;
	uint64_t now = clock_now();

	return now > age ? now - age : 0;
}

struct timespec clock_timespec(uint64_t nanoseconds)
{
	return (struct timespec){.tv_sec = (time_t)(nanoseconds / CLOCK_SECOND),
	                         .tv_nsec = (long)(nanoseconds % CLOCK_SECOND)};
}

int clock_poll_timeout(uint64_t deadline, uint64_t now)
{
	if (deadline <= now)
		return 0;
	uint64_t milliseconds = (deadline - now - 1) / CLOCK_MILLISECOND + 1;
	return milliseconds < INT_MAX ? (int)milliseconds : INT_MAX;
}
