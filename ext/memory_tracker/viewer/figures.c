#include "viewer/figures.h"

#include <stdlib.h>
#include <string.h>

struct figures_trend {
	unsigned count;
	uint32_t live[SERIES_LENGTH];
	uint32_t retained[SERIES_LENGTH];
};

struct figures figures_of(const struct history *history)
{
	return (struct figures){.snapshot = history_snapshot(history),
	                        .rows = history_rows(history),
	                        .totals = history_totals(history),
	                        .history = history};
}

unsigned figures_trend(const struct figures *figures, const struct history_row *row, enum history_trend which,
                       uint32_t out[SERIES_LENGTH])
{
	if (figures->history)
		return history_trend(figures->history, row, which, out);
	const struct figures_trend *trend = &figures->trends[row - figures->rows];
	memcpy(out, which == HISTORY_TREND_LIVE ? trend->live : trend->retained, trend->count * sizeof *out);
	return trend->count;
}

struct figures_times figures_times(const struct figures *figures)
{
	struct figures_times times = {0};

	if (!figures->history)
		return *figures->times;
	times.count = history_times(figures->history, times.at);
	return times;
}

const struct history_row *figures_find(const struct figures *figures, uint64_t id)
{
	if (figures->history)
		return history_find(figures->history, id);
	uint32_t place = id_index_find(figures->index, id);
	return place == ID_INDEX_NONE ? NULL : &figures->rows[place];
}

static void copy_row(struct still *still, size_t place, const struct history *history, const struct history_row *row)
{
	struct figures_trend *trend = &still->trends[place];

	still->rows[place] = *row;
	still->rows[place].trail = NULL; /* it stays with the history, which alone may look into it */
	trend->count = history_trend(history, row, HISTORY_TREND_LIVE, trend->live);
	history_trend(history, row, HISTORY_TREND_RETAINED, trend->retained);
}

static void copy_all(struct still *still, const struct history *history)
{
	const struct snapshot_header *snapshot = history_snapshot(history);
	uint32_t count = snapshot->class_count;

	memcpy(still->snapshot, snapshot, snapshot->size);
	for (uint32_t i = 0; i < count; i++)
		copy_row(still, i, history, &history_rows(history)[i]);
	copy_row(still, count, history, history_totals(history));
	still->times.count = history_times(history, still->times.at);
	still->figures = (struct figures){.snapshot = still->snapshot,
	                                  .rows = still->rows,
	                                  .totals = still->rows + count,
	                                  .trends = still->trends,
	                                  .times = &still->times,
	                                  .index = &still->index};
}

struct still *still_new(const struct history *history)
{
	const struct snapshot_header *snapshot = history_snapshot(history);
	size_t count = (size_t)snapshot->class_count + 1;
	struct still *still = calloc(1, sizeof *still);

	if (!still)
		return NULL;
	still->snapshot = malloc(snapshot->size);
	still->rows = malloc(count * sizeof *still->rows);
	still->trends = malloc(count * sizeof *still->trends);
	if (!still->snapshot || !still->rows || !still->trends ||
	    !id_index_init(&still->index, snapshot_classes(snapshot), snapshot->class_count)) {
		still_free(still);
		return NULL;
	}
	copy_all(still, history);
	return still;
}

void still_free(struct still *still)
{
	if (!still)
		return;
	free(still->snapshot);
	free(still->rows);
	free(still->trends);
	id_index_deinit(&still->index);
	free(still);
}
