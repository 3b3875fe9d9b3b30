#include "base/condition.h"

#include <errno.h>
#include <time.h>

#define NANOSECONDS UINT64_C(1000000000)

uint64_t condition_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NANOSECONDS + (uint64_t)now.tv_nsec;
}

static struct timespec timespec_of(uint64_t nanoseconds)
{
	return (struct timespec){.tv_sec = (time_t)(nanoseconds / NANOSECONDS),
	                         .tv_nsec = (long)(nanoseconds % NANOSECONDS)};
}

#ifndef __APPLE__

int condition_init(pthread_cond_t *condition)
{
	pthread_condattr_t attributes;
	int error = pthread_condattr_init(&attributes);

	if (error)
		return error;
	error = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	if (!error)
		error = pthread_cond_init(condition, &attributes);
	pthread_condattr_destroy(&attributes);
	return error;
}

bool condition_wait_until(pthread_cond_t *condition, pthread_mutex_t *mutex, uint64_t deadline)
{
	struct timespec time = timespec_of(deadline);

	return pthread_cond_timedwait(condition, mutex, &time) != ETIMEDOUT;
}

#else /* macOS has no choice of clock, but a wait that is relative */

int condition_init(pthread_cond_t *condition)
{
	return pthread_cond_init(condition, NULL);
}

bool condition_wait_until(pthread_cond_t *condition, pthread_mutex_t *mutex, uint64_t deadline)
{
	uint64_t now = condition_now();
	struct timespec time = timespec_of(deadline > now ? deadline - now : 0);

	return deadline > now && pthread_cond_timedwait_relative_np(condition, mutex, &time) != ETIMEDOUT;
}

#endif
