/*
 * Numbers as the screens show them. No locale, no allocation; every function fills `out` with zero-terminated
 * ASCII and returns its length. ANY THREAD.
 */
#ifndef MEMORY_TRACKER_BASE_FORMAT_H
#define MEMORY_TRACKER_BASE_FORMAT_H

#include <stddef.h>
#include <stdint.h>

/* Room for the longest text that any of these makes, the zero included. */
#define FORMAT_SIZE 32

/* All digits with commas: 9,999,999. Meant for numbers whose last digit matters at any size. */
size_t format_exact(char out[FORMAT_SIZE], uint64_t value);

/* As format_exact up to 9,999,999; from there three digits and a unit: 12.3M, 1.24G. */
size_t format_count(char out[FORMAT_SIZE], uint64_t value);

/* Thousands without a comma, for pairs that are compared with each other: 1310k, below 10,000 the number. */
size_t format_thousands(char out[FORMAT_SIZE], uint64_t value);

/*
 * A rate per second: one decimal under 1,000, then 12.1k, 184k, 1.2M. What would show as 0.0 shows as 0, and so
 * does what is negative or not a number.
 */
size_t format_rate(char out[FORMAT_SIZE], double per_second);

/* A signed rate: +502.0, -3.1, +1,000.1; from 10,000 on as format_rate does; 0 when it would show as 0.0. */
size_t format_growth(char out[FORMAT_SIZE], double per_second);

/* How a count has changed, with its sign: +81,004, -3, 0; large ones as format_count does. */
size_t format_change(char out[FORMAT_SIZE], int64_t change);

/* Bytes with three digits and a binary unit: 512B, 14.2M, 212M, 1.24G. */
size_t format_bytes(char out[FORMAT_SIZE], uint64_t bytes);

/* A time span: 4 s, 1:02, 3:12:07. Parts of a second are cut off. */
size_t format_duration(char out[FORMAT_SIZE], uint64_t nanoseconds);

/* The date and the time of day, 2026-11-22 10:41:07, at an offset in seconds east of UTC. */
size_t format_time(char out[FORMAT_SIZE], uint64_t wall_ns, int32_t utc_offset);

/* The time of day alone: 10:41:07. */
size_t format_clock(char out[FORMAT_SIZE], uint64_t wall_ns, int32_t utc_offset);

#endif
