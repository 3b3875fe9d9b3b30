#include "viewer/series.h"

#include <math.h>

/* What rises steadily rises by so many times what it falls in between. */
#define FALLS_MOST 4

static unsigned back(const struct series_axis *axis, unsigned steps)
{
	return (axis->next + SERIES_LENGTH - steps) % SERIES_LENGTH;
}

struct series_place series_add(struct series_axis *axis, uint64_t at, uint64_t spacing)
{
	bool merged = axis->count > 1 && at - axis->at[back(axis, 2)] < spacing;
	unsigned slot = merged ? back(axis, 1) : axis->next;

	axis->at[slot] = at;
	if (!merged) {
		axis->next = (axis->next + 1) % SERIES_LENGTH;
		axis->count += axis->count < SERIES_LENGTH;
	}
	return (struct series_place){slot, merged};
}

struct series_window series_since(const struct series_axis *axis, uint64_t since)
{
	struct series_window window = {axis, 0, axis->count};

	while (window.count && axis->at[back(axis, window.count)] < since) {
		window.first++;
		window.count--;
	}
	return window;
}

struct series_window series_latest(struct series_window window, unsigned count)
{
	if (window.count > count) {
		window.first += window.count - count;
		window.count = count;
	}
	return window;
}

unsigned series_slot(const struct series_window *window, unsigned nth)
{
	return back(window->axis, window->count - nth);
}

static uint64_t time_of(const struct series_window *window, unsigned nth)
{
	return window->axis->at[series_slot(window, nth)];
}

static double slope(const struct series_window *window, const uint32_t *values, unsigned from, unsigned to)
{
	double seconds = (double)(time_of(window, to) - time_of(window, from)) / 1e9;
	double change = (double)values[series_slot(window, to)] - (double)values[series_slot(window, from)];

	return seconds > 0 ? change / seconds : 0;
}

double series_change(const struct series_window *window, const uint32_t *values)
{
	return slope(window, values, 0, window->count - 1);
}

/* The first sample of the later half of the window's time, but never its last sample. */
static unsigned middle_of(const struct series_window *window)
{
	uint64_t middle = time_of(window, 0) + (time_of(window, window->count - 1) - time_of(window, 0)) / 2;
	unsigned nth = 1;

	while (nth + 2 < window->count && time_of(window, nth) < middle)
		nth++;
	return nth;
}

double series_growth(const struct series_window *window, const uint32_t *values)
{
	unsigned last = window->count - 1;
	double whole = slope(window, values, 0, last);

	if (whole == 0 || window->count < 3)
		return whole;
	double later = slope(window, values, middle_of(window), last);
	if (whole > 0 ? later <= 0 : later >= 0)
		return 0;
	return fabs(later) < fabs(whole) ? later : whole;
}

/* Whether the values rose from one sample to a later one by more than `slack` and what they fell in between explain. */
static bool rose(const struct series_window *window, const uint32_t *values, unsigned from, unsigned to, double slack)
{
	double risen = (double)values[series_slot(window, to)] - (double)values[series_slot(window, from)];
	double fallen = 0;

	for (unsigned nth = from + 1; nth <= to; nth++) {
		double step = (double)values[series_slot(window, nth)] - (double)values[series_slot(window, nth - 1)];
		fallen -= step < 0 ? step : 0;
	}
	return risen > slack && risen >= FALLS_MOST * fallen;
}

static unsigned count_rises(const struct series_window *window, const uint32_t *values)
{
	unsigned rises = 0;

	for (unsigned nth = 1; nth < window->count; nth++)
		rises += values[series_slot(window, nth)] > values[series_slot(window, nth - 1)];
	return rises;
}

bool series_sustained(const struct series_window *window, const uint32_t *values, double slack)
{
	unsigned last = window->count - 1;

	return window->count >= 3 && count_rises(window, values) >= 2 && rose(window, values, 0, last, slack) &&
	       rose(window, values, middle_of(window), last, slack);
}

/* The sample with the lowest value from `from` up to, but not including, `to`. */
static unsigned lowest(const struct series_window *window, const uint32_t *values, unsigned from, unsigned to)
{
	unsigned best = from;

	for (unsigned nth = from + 1; nth < to; nth++) {
		if (values[series_slot(window, nth)] < values[series_slot(window, best)])
			best = nth;
	}
	return best;
}

double series_low_slope(const struct series_window *window, const uint32_t *values)
{
	unsigned half = window->count / 2;

	return slope(window, values, lowest(window, values, 0, half), lowest(window, values, half, window->count));
}
