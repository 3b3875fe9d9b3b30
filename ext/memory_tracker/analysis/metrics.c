#include "analysis/metrics.h"

#include <stdlib.h>
#include <string.h>

struct metrics_trend {
	unsigned count;
	uint32_t live[SERIES_LENGTH];
	uint32_t retained[SERIES_LENGTH];
};

struct metrics metrics_of(const struct history *history)
{
	return (struct metrics){.snapshot = history_snapshot(history),
	                        .rows = history_rows(history),
	                        .totals = history_totals(history),
	                        .history = history};
}

unsigned metrics_trend(const struct metrics *metrics, const struct history_row *row, enum history_trend which,
                       uint32_t out[SERIES_LENGTH])
{
	if (metrics->history)
		return history_trend(metrics->history, row, which, out);
	const struct metrics_trend *trend = &metrics->trends[row - metrics->rows];
	memcpy(out, which == HISTORY_TREND_LIVE ? trend->live : trend->retained, trend->count * sizeof *out);
	return trend->count;
}

struct metrics_times metrics_times(const struct metrics *metrics)
{
	struct metrics_times times = {0};

	if (!metrics->history)
		return *metrics->times;
	times.count = history_times(metrics->history, times.at);
	return times;
}

const struct history_row *metrics_find(const struct metrics *metrics, uint64_t id)
{
	if (metrics->history)
		return history_find(metrics->history, id);
	uint32_t place = id_index_find(metrics->index, id);
	return place == ID_INDEX_NONE ? NULL : &metrics->rows[place];
}

static void copy_row(struct frozen_copy *frozen_copy, size_t place, const struct history *history,
                     const struct history_row *row)
{
	struct metrics_trend *trend = &frozen_copy->trends[place];

	frozen_copy->rows[place] = *row;
	frozen_copy->rows[place].samples = NULL; /* it stays with the history, which alone may look into it */
	trend->count = history_trend(history, row, HISTORY_TREND_LIVE, trend->live);
	history_trend(history, row, HISTORY_TREND_RETAINED, trend->retained);
}

static void copy_all(struct frozen_copy *frozen_copy, const struct history *history)
{
	const struct snapshot_header *snapshot = history_snapshot(history);
	uint32_t count = snapshot->class_count;

	memcpy(frozen_copy->snapshot, snapshot, snapshot->size);
	for (uint32_t i = 0; i < count; i++)
		copy_row(frozen_copy, i, history, &history_rows(history)[i]);
	copy_row(frozen_copy, count, history, history_totals(history));
	frozen_copy->times.count = history_times(history, frozen_copy->times.at);
	frozen_copy->metrics = (struct metrics){.snapshot = frozen_copy->snapshot,
	                                        .rows = frozen_copy->rows,
	                                        .totals = frozen_copy->rows + count,
	                                        .trends = frozen_copy->trends,
	                                        .times = &frozen_copy->times,
	                                        .index = &frozen_copy->index};
}

struct frozen_copy *frozen_copy_new(const struct history *history)
{
	const struct snapshot_header *snapshot = history_snapshot(history);
	size_t count = (size_t)snapshot->class_count + 1;
	struct frozen_copy *frozen_copy = calloc(1, sizeof *frozen_copy);

	if (!frozen_copy)
		return NULL;
	frozen_copy->snapshot = malloc(snapshot->size);
	frozen_copy->rows = malloc(count * sizeof *frozen_copy->rows);
	frozen_copy->trends = malloc(count * sizeof *frozen_copy->trends);
	if (!frozen_copy->snapshot || !frozen_copy->rows || !frozen_copy->trends ||
	    !id_index_init(&frozen_copy->index, snapshot_classes(snapshot), snapshot->class_count)) {
		frozen_copy_free(frozen_copy);
		return NULL;
	}
	copy_all(frozen_copy, history);
	return frozen_copy;
}

void frozen_copy_free(struct frozen_copy *frozen_copy)
{
	if (!frozen_copy)
		return;
	free(frozen_copy->snapshot);
	free(frozen_copy->rows);
	free(frozen_copy->trends);
	id_index_deinit(&frozen_copy->index);
	free(frozen_copy);
}
