#include "analysis/history.h"
#include "analysis/history_state.h"

unsigned history_trend(const struct history *history, const struct history_row *row, enum history_trend which,
                       uint32_t out[SERIES_LENGTH])
{
	struct series_window all = series_since(&history->ticks, 0);
	uint64_t constant = which == HISTORY_TREND_LIVE ? counts_live(row->counts) : row->counts.retained;

	if (row->untracked)
		return 0;
	all = series_later(all, row->since_ns);
	for (unsigned nth = 0; nth < all.count; nth++) {
		if (!row->samples)
			out[nth] = saturated(constant);
		else if (which == HISTORY_TREND_LIVE)
			out[nth] = row->samples->live[series_slot(&all, nth)];
		else
			out[nth] = row->samples->retained[series_slot(&all, nth)];
	}
	return all.count;
}

unsigned history_times(const struct history *history, uint64_t out[SERIES_LENGTH])
{
	struct series_window all = series_since(&history->ticks, 0);

	for (unsigned nth = 0; nth < all.count; nth++)
		out[nth] = history->ticks.at[series_slot(&all, nth)];
	return all.count;
}
