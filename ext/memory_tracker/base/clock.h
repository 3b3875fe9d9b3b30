/*
 * The clock: CLOCK_MONOTONIC in nanoseconds, for moments, spans and deadlines alike. Only what is shown as a date is wall
 * time.
 *
 * Any thread, with or without the GVL, inside an event of the VM too.
 */
#ifndef MEMORY_TRACKER_BASE_CLOCK_H
#define MEMORY_TRACKER_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

#define CLOCK_SECOND UINT64_C(1000000000)
#define CLOCK_MILLISECOND UINT64_C(1000000)

uint64_t clock_now(void);

/* CLOCK_REALTIME in nanoseconds. */
uint64_t clock_wall(void);

/* What was `then` by another clock of the system, as a moment of this one; 0 for what was before it began. */
uint64_t clock_moment_of(clockid_t other, uint64_t then);

/* What the system's calls take for a moment or a span. */
struct timespec clock_timespec(uint64_t nanoseconds);

/* How long poll may wait at `now`, so that `deadline` has come afterwards: milliseconds, rounded up; 0 when it has. */
int clock_poll_timeout(uint64_t deadline, uint64_t now);

#endif
