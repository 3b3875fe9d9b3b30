#include "panes/graph_plot.h"

#include <string.h>

/* Where a minute has fewer samples than this, all there are are shown. */
#define SAMPLES_LEAST 8

/* And less than this is never shown: the first numbers would be a step from one side to the other. */
#define SPAN_LEAST HISTORY_SHORT_NS

/* A change of less than this part of the count does not fill the height, so that what is level looks level. */
#define LEVEL_PART 8

/* Only these of the samples are drawn: from `first` on. */
struct samples {
	struct metrics_times times; /* of all */
	uint32_t live[SERIES_LENGTH];
	uint32_t retained[SERIES_LENGTH];
	unsigned first, count;
};

static bool take_samples(struct samples *samples, const struct column_line *line)
{
	struct metrics_times times;

	if (!line->metrics)
		return false;
	times = metrics_times(line->metrics);
	samples->count = metrics_trend(line->metrics, line->row, HISTORY_TREND_LIVE, samples->live);
	metrics_trend(line->metrics, line->row, HISTORY_TREND_RETAINED, samples->retained);
	if (!samples->count || samples->count > times.count)
		return false;
	/* A line may be known for less long than the rest: its times are the latest. */
	samples->times.count = samples->count;
	memcpy(samples->times.at, times.at + (times.count - samples->count), samples->count * sizeof *times.at);
	return true;
}

/* The first of the samples of the latest minute, or of all. */
static unsigned first_of(const struct samples *samples)
{
	uint64_t last = samples->times.at[samples->count - 1];
	unsigned first = samples->count;

	while (first && last - samples->times.at[first - 1] <= HISTORY_WINDOW_NS)
		first--;
	return samples->count - first < SAMPLES_LEAST ? 0 : first;
}

unsigned graph_plot_column(const struct graph_plot *plot, uint64_t time)
{
	if (time < plot->from || time > plot->to || !plot->columns)
		return plot->columns;
	return (unsigned)((double)(time - plot->from) / (double)(plot->to - plot->from) * (plot->columns - 1) + 0.5);
}

/* Enters the samples; each stands until the next one. */
static void fill(struct graph_plot *plot, const struct samples *samples)
{
	for (unsigned i = samples->first; i < samples->count; i++) {
		unsigned from = graph_plot_column(plot, samples->times.at[i]);
		unsigned to =
		    i + 1 < samples->count ? graph_plot_column(plot, samples->times.at[i + 1]) : plot->columns;
		uint32_t live = samples->live[i];

		if (from < plot->columns && plot->known[from] && plot->live[from] < live)
			live = plot->live[from];
		for (unsigned column = from; column < plot->columns && (column == from || column < to); column++) {
			plot->known[column] = true;
			plot->live[column] = column == from ? live : samples->live[i];
			plot->retained[column] = samples->retained[i];
		}
	}
}

static void scale(struct graph_plot *plot)
{
	uint32_t least = UINT32_MAX, most = 0;

	for (unsigned i = 0; i < plot->columns; i++) {
		uint32_t low =
		    plot->retained[i] && plot->retained[i] < plot->live[i] ? plot->retained[i] : plot->live[i];
		uint32_t high = plot->retained[i] > plot->live[i] ? plot->retained[i] : plot->live[i];

		if (!plot->known[i])
			continue;
		least = low < least ? low : least;
		most = high > most ? high : most;
	}
	plot->bottom = least;
	plot->top = most;
	if (plot->top - plot->bottom < (double)most / LEVEL_PART) {
		plot->bottom = least - (least < most / LEVEL_PART ? least : most / LEVEL_PART);
		plot->top = most;
	}
	if (plot->top <= plot->bottom)
		plot->top = plot->bottom + 1;
}

bool graph_plot_make(struct graph_plot *plot, const struct column_line *line, unsigned columns)
{
	struct samples samples;

	*plot = (struct graph_plot){.columns = columns < GRAPH_PLOT_MOST ? columns : GRAPH_PLOT_MOST};
	if (plot->columns < 2 || !take_samples(&samples, line))
		return false;
	samples.first = first_of(&samples);
	plot->to = samples.times.at[samples.count - 1];
	plot->from = samples.times.at[samples.first];
	if (plot->to - plot->from < SPAN_LEAST)
		plot->from = plot->to > SPAN_LEAST ? plot->to - SPAN_LEAST : 0;
	plot->to += plot->to == plot->from;
	fill(plot, &samples);
	if (line->unknown)
		memset(plot->retained, 0, sizeof plot->retained);
	scale(plot);
	return true;
}

unsigned graph_plot_height(const struct graph_plot *plot, uint32_t count, unsigned most)
{
	double height = (count - plot->bottom) / (plot->top - plot->bottom) * most + 0.5;

	return height < 0 ? 0 : height > most ? most : (unsigned)height;
}
