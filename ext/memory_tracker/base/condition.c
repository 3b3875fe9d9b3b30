#include "base/condition.h"

#include <errno.h>

#include "base/clock.h"

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
	struct timespec time = clock_timespec(deadline);

	return pthread_cond_timedwait(condition, mutex, &time) != ETIMEDOUT;
}

#else /* macOS has no choice of clock, but a wait that is relative */

int condition_init(pthread_cond_t *condition)
{
	return pthread_cond_init(condition, NULL);
}

bool condition_wait_until(pthread_cond_t *condition, pthread_mutex_t *mutex, uint64_t deadline)
{
	uint64_t now = clock_now();
	struct timespec time = clock_timespec(deadline > now ? deadline - now : 0);

	return deadline > now && pthread_cond_timedwait_relative_np(condition, mutex, &time) != ETIMEDOUT;
}

#endif
