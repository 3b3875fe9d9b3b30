#include "analysis/series.h"

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

unsigned series_slot(const struct series_window *window, unsigned nth)
{
	return back(window->axis, window->count - nth);
}

static uint64_t time_of(const struct series_window *window, unsigned nth)
{
	return window->axis->at[series_slot(window, nth)];
}

/* The first sample of the later half of the window's time, but never its last sample. */
static unsigned middle_of(const struct series_window *window)
{
	unsigned nth = 1;

	if (window->count < 3)
		return 0;
	uint64_t middle = time_of(window, 0) + (time_of(window, window->count - 1) - time_of(window, 0)) / 2;
	while (nth + 2 < window->count && time_of(window, nth) < middle)
		nth++;
	return nth;
}

struct series_window series_since(const struct series_axis *axis, uint64_t since)
{
	struct series_window window = {.axis = axis, .count = axis->count};

	return series_later(window, since);
}

struct series_window series_later(struct series_window window, uint64_t since)
{
	bool known = window.middle || window.count < 3;

	if (known && (!window.count || time_of(&window, 0) >= since))
		return window;
	while (window.count && time_of(&window, 0) < since) {
		window.first++;
		window.count--;
	}
	window.middle = middle_of(&window);
	return window;
}

struct series_window series_latest(struct series_window window, unsigned count)
{
	if (window.count <= count)
		return window;
	window.first += window.count - count;
	window.count = count;
	window.middle = middle_of(&window);
	return window;
}

uint64_t series_first_time(const struct series_window *window)
{
	return window->count ? time_of(window, 0) : 0;
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

double series_growth(const struct series_window *window, const uint32_t *values)
{
	unsigned last = window->count - 1;
	double whole = slope(window, values, 0, last);

	if (whole == 0 || window->count < 3)
		return whole;
	double later = slope(window, values, window->middle, last);
	if (whole > 0 ? later <= 0 : later >= 0)
		return 0;
	return fabs(later) < fabs(whole) ? later : whole;
}

static double rise(const struct series_window *window, const uint32_t *values, unsigned from, unsigned to)
{
	return (double)values[series_slot(window, to)] - (double)values[series_slot(window, from)];
}

bool series_sustained(const struct series_window *window, const uint32_t *values, double tolerance)
{
	unsigned last = window->count - 1, rises = 0;
	double fallen = 0, fallen_later = 0;

	if (window->count < 3)
		return false;
	/* Most do not rise at all, and are done with here. */
	double risen = rise(window, values, 0, last), risen_later = rise(window, values, window->middle, last);
	if (risen <= tolerance || risen_later <= tolerance)
		return false;
	for (unsigned nth = 1; nth <= last; nth++) {
		double step = rise(window, values, nth - 1, nth);
		rises += step > 0;
		fallen -= step < 0 ? step : 0;
		fallen_later -= step < 0 && nth > window->middle ? step : 0;
	}
	return rises >= 2 && risen >= FALLS_MOST * fallen && risen_later >= FALLS_MOST * fallen_later;
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
