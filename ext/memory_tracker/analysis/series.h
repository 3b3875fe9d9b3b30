/*
 * Samples over time, and what they say about growth.
 *
 * An axis has the times of the latest samples; any number of value rings share it, each a plain array with one
 * value per slot of the axis. Nothing here allocates. ANY THREAD.
 */
#ifndef MEMORY_TRACKER_ANALYSIS_SERIES_H
#define MEMORY_TRACKER_ANALYSIS_SERIES_H

#include <stdbool.h>
#include <stdint.h>

#define SERIES_LENGTH 64 /* a power of two, so that slots are found without dividing */

struct series_axis {
	uint64_t at[SERIES_LENGTH]; /* nanoseconds, in ring order */
	unsigned next;              /* the slot that the next sample gets */
	unsigned count;             /* samples there are, at most SERIES_LENGTH */
};

/* The part of an axis that is looked at. */
struct series_window {
	const struct series_axis *axis; /* borrowed */
	unsigned first;                 /* how many of the axis' older samples are left out */
	unsigned count;
	unsigned middle; /* the first sample of the later half of its time, but never the first or last of three */
};

/* A sample's place: where its value goes, and whether an earlier sample made room for it. */
struct series_place {
	unsigned slot;
	bool merged;
};

/*
 * Enters the time of a new sample. So that a ring spans a window however fast samples come, a sample that comes
 * less than `spacing` after the one before the latest takes the place of the latest: `merged` is true then.
 */
struct series_place series_add(struct series_axis *axis, uint64_t at, uint64_t spacing);

/* The samples not older than `since`. */
struct series_window series_since(const struct series_axis *axis, uint64_t since);

/* The samples of a window that are not older than `since`; quick where all of them are not. */
struct series_window series_later(struct series_window window, uint64_t since);

/* The latest `count` samples of a window, or all if it has fewer. */
struct series_window series_latest(struct series_window window, unsigned count);

/* The change from the window's first sample to its last, per second. Needs two samples. */
double series_change(const struct series_window *window, const uint32_t *values);

/* The time of the window's first sample, 0 if it has none. */
uint64_t series_first_time(const struct series_window *window);

/* The slot of the window's nth sample, the oldest first. */
unsigned series_slot(const struct series_window *window, unsigned nth);

/*
 * Growth per second between samples that are exact in themselves, as the counts after major GCs are. It is the
 * change from the window's first sample to its last; with three samples or more, only as far as the window's
 * later half confirms it: of both slopes the one nearer to zero, or 0 where one rises and the other does not. So
 * a cache that was filled early in the window does not count as growing once it is full. Needs two samples.
 */
double series_growth(const struct series_window *window, const uint32_t *values);

/*
 * Whether the values rose steadily: at least twice over at least three samples, and by more than chance explains,
 * over the whole window and over its later half alike. That is by more than `tolerance`, and by four times as much as
 * all that they fell in between.
 */
bool series_sustained(const struct series_window *window, const uint32_t *values, double tolerance);

/*
 * The slope of the lower envelope, for counts that contain garbage: the lowest value of the first half of the
 * samples compared with the lowest of the second half, per second between those two. Needs two samples.
 */
double series_low_slope(const struct series_window *window, const uint32_t *values);

#endif
