/*
 * The counts of a trend as columns of cells: which count each column stands for, and how high it is drawn.
 *
 * ANY THREAD.
 */
#ifndef MEMORY_TRACKER_PANES_GRAPH_PLOT_H
#define MEMORY_TRACKER_PANES_GRAPH_PLOT_H

#include <stdbool.h>
#include <stdint.h>

#include "table/column_line.h"

/* A wider plot than this is not drawn. */
#define GRAPH_PLOT_MOST 512

struct graph_plot {
	unsigned columns;
	uint64_t from, to; /* the times of the first and the last column */
	bool known[GRAPH_PLOT_MOST];
	uint32_t live[GRAPH_PLOT_MOST];     /* the lowest: what garbage came and went above that says nothing */
	uint32_t retained[GRAPH_PLOT_MOST]; /* 0 where it is not known */
	double bottom, top;                 /* the counts at the lower and the upper edge */
};

/* Takes the latest minute of a line, or all that is known of it where numbers come seldom. False if nothing is known. */
bool graph_plot_make(struct graph_plot *plot, const struct column_line *line, unsigned columns);

/* The column that a time belongs to; `columns` if it is not in the plot. */
unsigned graph_plot_column(const struct graph_plot *plot, uint64_t time);

/* How many of `most` steps a count is high. */
unsigned graph_plot_height(const struct graph_plot *plot, uint32_t count, unsigned most);

#endif
