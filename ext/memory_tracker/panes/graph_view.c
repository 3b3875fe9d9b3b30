#include "panes/graph_view.h"

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "table/class_line.h"
#include "table/column.h"
#include "base/format.h"
#include "panes/graph_plot.h"
#include "table/path_cell.h"

#define EIGHTHS 8
#define TEXT_SIZE 512

/* Left of the plot: counts, the axis. Right of it on screens that are wide enough: figures. */
#define LABEL_CELLS 10
#define FIGURES_CELLS 29
#define FIGURES_LEAST 60
#define TIMES_LEAST 24 /* a plot that is narrower has only the end of its times */
#define FIGURE_END 24

/* With less room than this a title says nothing of the place. */
#define PLACE_LEAST 12

/* What the graph is drawn with, and where. */
struct graph {
	struct grid *grid;
	unsigned line, height; /* of the plot, the line of times not among them */
	unsigned left;         /* its first column */
	const struct column_line *row;
	const struct marks *marks;
	enum text_charset charset;
	struct graph_plot plot;
};

static bool is_utf8(const struct graph *graph)
{
	return graph->charset == TEXT_UTF8;
}

static void put(const struct graph *graph, unsigned line, unsigned column, uint16_t style, const char *text)
{
	grid_put(graph->grid, line, column, style, text, strlen(text));
}

/* Puts a text that ends before a column. */
static void put_before(const struct graph *graph, unsigned line, unsigned end, uint16_t style, const char *text)
{
	unsigned width = (unsigned)text_width(text, strlen(text), TEXT_UTF8);

	put(graph, line, end > width ? end - width : 0, style, text);
}

/* Which file and line a call path is, as much as there is room for from `column` on. */
static void draw_place(const struct graph *graph, unsigned line, unsigned column)
{
	char place[TEXT_SIZE], text[TEXT_SIZE];
	unsigned end = graph->grid->columns;

	if (!graph->row->path.depth || graph->row->path.pseudo || column + PLACE_LEAST > end)
		return;
	size_t length = path_cell_place(place, sizeof place, &graph->row->path);
	length = text_fit_end(text, sizeof text, place, length, end - column - 4, graph->charset);
	put(graph, line, column, GRID_PLAIN, " ");
	column = grid_put(graph->grid, line, column + 1, GRID_PLACE | GRID_BOLD, text, length);
	put(graph, line, column, GRID_PLAIN, " ");
}

static void draw_title(const struct graph *graph, unsigned line)
{
	char name[TEXT_SIZE];
	unsigned columns = graph->grid->columns;

	for (unsigned column = 0; column < columns; column++)
		put(graph, line, column, GRID_DIM, is_utf8(graph) ? "─" : "-");
	put(graph, line, 2, GRID_PLAIN, " trend ");
	if (!graph->row || columns < 24)
		return;
	size_t length = class_line_name(name, sizeof name, graph->row, columns - 16);
	put(graph, line, 11, GRID_PLAIN, " ");
	unsigned column = grid_put(graph->grid, line, 12, GRID_BOLD, name, length);
	put(graph, line, column, GRID_PLAIN, " ");
	draw_place(graph, line, column + 3);
}

/* --- plot --- */

static const char *const bars[EIGHTHS + 1] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

/* What of a bar is in a cell: `height` eighths of the whole, `below` of them under the cell. */
static const char *bar_in_cell(const struct graph *graph, unsigned height, unsigned below)
{
	unsigned part = height > below ? height - below : 0;

	part = part > EIGHTHS ? EIGHTHS : part;
	if (is_utf8(graph))
		return bars[part];
	return part > EIGHTHS / 2 ? "#" : part ? "_" : " ";
}

static void draw_column(const struct graph *graph, unsigned column)
{
	const struct graph_plot *plot = &graph->plot;
	unsigned whole = graph->height * EIGHTHS;
	unsigned live = graph_plot_height(plot, plot->live[column], whole);
	unsigned retained = plot->retained[column] ? graph_plot_height(plot, plot->retained[column], whole) : 0;
	uint16_t style = graph->row->row->sustained ? GRID_GROWS : GRID_PLAIN;

	/* What is there can be seen. */
	retained += plot->retained[column] && !retained;
	for (unsigned i = 0; i < graph->height; i++) {
		unsigned below = (graph->height - 1 - i) * EIGHTHS;
		if (retained > below)
			put(graph, graph->line + i, graph->left + column, style, bar_in_cell(graph, retained, below));
		else if (live > below + EIGHTHS / 2 || (!below && live && !retained))
			put(graph, graph->line + i, graph->left + column, GRID_DIM, is_utf8(graph) ? "░" : ":");
	}
}

static void draw_marks(const struct graph *graph)
{
	for (unsigned i = 0; i < graph->marks->count; i++) {
		unsigned column = graph_plot_column(&graph->plot, graph->marks->snapshots[i]->monotonic_ns);
		uint16_t style = i == graph->marks->chosen ? GRID_BOLD : GRID_DIM;

		if (column >= graph->plot.columns)
			continue;
		for (unsigned line = 0; line < graph->height; line++)
			put(graph, graph->line + line, graph->left + column, style, is_utf8(graph) ? "│" : "|");
	}
}

static void draw_counts(const struct graph *graph)
{
	char text[FORMAT_SIZE];
	unsigned axis = graph->left - 1;

	for (unsigned i = 0; i < graph->height; i++)
		put(graph, graph->line + i, axis, GRID_DIM, is_utf8(graph) ? "│" : "|");
	format_count(text, (uint64_t)graph->plot.top);
	put_before(graph, graph->line, axis, GRID_DIM, text);
	if (graph->height < 2)
		return;
	format_count(text, (uint64_t)graph->plot.bottom);
	put_before(graph, graph->line + graph->height - 1, axis, GRID_DIM, text);
}

static void draw_times(const struct graph *graph)
{
	char text[FORMAT_SIZE + 8], span[FORMAT_SIZE];
	unsigned line = graph->line + graph->height, end = graph->left + graph->plot.columns;

	for (unsigned column = graph->left; column < end; column++)
		put(graph, line, column, GRID_DIM, is_utf8(graph) ? "─" : "-");
	for (unsigned i = 0; i < graph->marks->count; i++) {
		unsigned column = graph_plot_column(&graph->plot, graph->marks->snapshots[i]->monotonic_ns);
		if (column < graph->plot.columns)
			put(graph, line, graph->left + column, GRID_DIM, is_utf8(graph) ? "┴" : "+");
	}
	uint64_t seconds = (graph->plot.to - graph->plot.from + 500000000) / 1000000000;
	if (seconds <= 60)
		snprintf(span, sizeof span, "%u s", (unsigned)seconds);
	else
		format_duration(span, seconds * 1000000000);
	snprintf(text, sizeof text, "%s ago ", span);
	if (graph->plot.columns >= TIMES_LEAST)
		put(graph, line, graph->left, GRID_DIM, text);
	put_before(graph, line, end, GRID_DIM, " now");
}

/* --- figures --- */

/* A line of the figures: what it is, and how much, its last digit always in the same column. */
static void put_figure(const struct graph *graph, unsigned line, const char *label, const char *text, const char *unit,
                       uint16_t style)
{
	unsigned column = graph->left + graph->plot.columns + 2;
	bool unknown = !strcmp(text, "-");

	if (line >= graph->line + graph->height + 1)
		return;
	put(graph, line, column, GRID_DIM, label);
	put_before(graph, line, column + FIGURE_END, unknown ? GRID_DIM : style,
	           unknown && is_utf8(graph) ? "–" : text);
	if (!unknown)
		put(graph, line, column + FIGURE_END, GRID_DIM, unit);
}

static void put_count(const struct graph *graph, unsigned line, const char *label, uint64_t count, bool bound)
{
	char digits[FORMAT_SIZE], text[FORMAT_SIZE * 2];

	format_count(digits, count);
	snprintf(text, sizeof text, "%s%s", bound && count ? column_bound_sign(graph->charset) : "", digits);
	put_figure(graph, line, label, text, "", GRID_PLAIN);
}

static void put_rate(const struct graph *graph, unsigned line, const char *label, double per_second,
                     enum history_certainty certainty, uint16_t style)
{
	struct buffer text = {0};

	column_print_rate(&text, per_second, certainty);
	buffer_add(&text, "", 1);
	if (!text.failed)
		put_figure(graph, line, label, text.text, "/s", style);
	buffer_deinit(&text);
}

static void put_change(const struct graph *graph, unsigned line)
{
	const struct since_mark_change *change = &graph->row->change;
	uint64_t then = marks_chosen(graph->marks)->monotonic_ns;
	char elapsed[FORMAT_SIZE], label[COLUMN_TITLE_SIZE];
	struct buffer text = {0};

	format_duration(elapsed, graph->plot.to > then ? graph->plot.to - then : 0);
	snprintf(label, sizeof label, "%s %s", is_utf8(graph) ? "Δ" : "+-", elapsed);
	column_print_change(&text, change->retained, change->retained_known, change->bound);
	buffer_add(&text, "", 1);
	if (!text.failed)
		put_figure(graph, line, label, text.text, "", GRID_PLAIN);
	buffer_deinit(&text);
	put_rate(graph, line + 1, "  a second", change->growth,
	         change->growth_known ? HISTORY_CONFIRMED : HISTORY_UNKNOWN, GRID_PLAIN);
}

static void draw_figures(const struct graph *graph)
{
	const struct history_row *row = graph->row->row;
	unsigned line = graph->line, sign = graph->left + graph->plot.columns + 2 + FIGURE_END + 3;

	if (graph->row->unknown)
		put_figure(graph, line, is_utf8(graph) ? "█ retained" : "# retained", "-", "", GRID_PLAIN);
	else
		put_count(graph, line, is_utf8(graph) ? "█ retained" : "# retained", row->counts.retained,
		          graph->row->bound);
	put_count(graph, line + 1, is_utf8(graph) ? "░ live" : ": live", counts_live(row->counts), false);
	put_rate(graph, line + 2, "growth", row->growth, row->certainty,
	         row->sustained ? GRID_GROWS | GRID_BOLD : GRID_BOLD);
	if (row->sustained && graph->height > 1)
		put(graph, line + 2, sign, GRID_GROWS | GRID_BOLD, column_growth_sign(graph->charset));
	put_rate(graph, line + 3, "over 10 s", row->short_change.per_second, row->short_change.certainty, GRID_PLAIN);
	put_rate(graph, line + 4, "over 60 s", row->long_change.per_second, row->long_change.certainty, GRID_PLAIN);
	if (marks_chosen(graph->marks))
		put_change(graph, line + 5);
}

/* --- the graph --- */

static void draw_plot(struct graph *graph, unsigned columns)
{
	if (!graph_plot_make(&graph->plot, graph->row, columns)) {
		put(graph, graph->line, 1, GRID_DIM, "the trend of this line is recorded from now on");
		return;
	}
	for (unsigned column = 0; column < graph->plot.columns; column++) {
		if (graph->plot.known[column])
			draw_column(graph, column);
	}
	draw_counts(graph);
	draw_marks(graph);
	draw_times(graph);
	if (graph->grid->columns >= FIGURES_LEAST)
		draw_figures(graph);
}

void graph_view_draw(struct grid *grid, unsigned line, unsigned height, const struct column_line *row,
                     const struct marks *marks, enum text_charset charset)
{
	struct graph graph = {.grid = grid,
	                      .line = line + 1,
	                      .height = height > 2 ? height - 2 : 1,
	                      .left = LABEL_CELLS + 2,
	                      .row = row,
	                      .marks = marks,
	                      .charset = charset};
	unsigned right = grid->columns >= FIGURES_LEAST ? FIGURES_CELLS + 1 : 1;

	if (!height)
		return;
	draw_title(&graph, line);
	if (height < 2)
		return;
	if (row)
		draw_plot(&graph, grid->columns > graph.left + right ? grid->columns - graph.left - right : 0);
	else
		put(&graph, line + 1, 1, GRID_DIM, "nothing is selected");
}
