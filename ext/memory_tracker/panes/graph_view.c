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

/* What a pane is drawn with. */
struct pane {
	struct grid *grid;
	unsigned line, height; /* of the plot, the line of times not among them */
	unsigned left;         /* its first column */
	const struct column_line *row;
	const struct marks *marks;
	enum text_charset charset;
	struct graph_plot plot;
};

static bool is_utf8(const struct pane *pane)
{
	return pane->charset == TEXT_UTF8;
}

static void put(const struct pane *pane, unsigned line, unsigned column, uint16_t style, const char *text)
{
	grid_put(pane->grid, line, column, style, text, strlen(text));
}

/* Puts a text that ends before a column. */
static void put_before(const struct pane *pane, unsigned line, unsigned end, uint16_t style, const char *text)
{
	unsigned width = (unsigned)text_width(text, strlen(text), TEXT_UTF8);

	put(pane, line, end > width ? end - width : 0, style, text);
}

/* Which file and line a call path is, as much as there is room for from `column` on. */
static void draw_place(const struct pane *pane, unsigned line, unsigned column)
{
	char place[TEXT_SIZE], text[TEXT_SIZE];
	unsigned end = pane->grid->columns;

	if (!pane->row->path.depth || pane->row->path.pseudo || column + PLACE_LEAST > end)
		return;
	size_t length = path_cell_place(place, sizeof place, &pane->row->path);
	length = text_fit_end(text, sizeof text, place, length, end - column - 4, pane->charset);
	put(pane, line, column, GRID_PLAIN, " ");
	column = grid_put(pane->grid, line, column + 1, GRID_PLACE | GRID_BOLD, text, length);
	put(pane, line, column, GRID_PLAIN, " ");
}

static void draw_title(const struct pane *pane, unsigned line)
{
	char name[TEXT_SIZE];
	unsigned columns = pane->grid->columns;

	for (unsigned column = 0; column < columns; column++)
		put(pane, line, column, GRID_DIM, is_utf8(pane) ? "─" : "-");
	put(pane, line, 2, GRID_PLAIN, " trend ");
	if (!pane->row || columns < 24)
		return;
	size_t length = class_line_name(name, sizeof name, pane->row, columns - 16);
	put(pane, line, 11, GRID_PLAIN, " ");
	unsigned column = grid_put(pane->grid, line, 12, GRID_BOLD, name, length);
	put(pane, line, column, GRID_PLAIN, " ");
	draw_place(pane, line, column + 3);
}

/* --- plot --- */

static const char *const bars[EIGHTHS + 1] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

/* What of a bar is in a cell: `height` eighths of the whole, `below` of them under the cell. */
static const char *bar_in_cell(const struct pane *pane, unsigned height, unsigned below)
{
	unsigned part = height > below ? height - below : 0;

	part = part > EIGHTHS ? EIGHTHS : part;
	if (is_utf8(pane))
		return bars[part];
	return part > EIGHTHS / 2 ? "#" : part ? "_" : " ";
}

static void draw_column(const struct pane *pane, unsigned column)
{
	const struct graph_plot *plot = &pane->plot;
	unsigned whole = pane->height * EIGHTHS;
	unsigned live = graph_plot_height(plot, plot->live[column], whole);
	unsigned retained = plot->retained[column] ? graph_plot_height(plot, plot->retained[column], whole) : 0;
	uint16_t style = pane->row->row->sustained ? GRID_GROWS : GRID_PLAIN;

	/* What is there can be seen. */
	retained += plot->retained[column] && !retained;
	for (unsigned i = 0; i < pane->height; i++) {
		unsigned below = (pane->height - 1 - i) * EIGHTHS;
		if (retained > below)
			put(pane, pane->line + i, pane->left + column, style, bar_in_cell(pane, retained, below));
		else if (live > below + EIGHTHS / 2 || (!below && live && !retained))
			put(pane, pane->line + i, pane->left + column, GRID_DIM, is_utf8(pane) ? "░" : ":");
	}
}

static void draw_marks(const struct pane *pane)
{
	for (unsigned i = 0; i < pane->marks->count; i++) {
		unsigned column = graph_plot_column(&pane->plot, pane->marks->snapshots[i]->monotonic_ns);
		uint16_t style = i == pane->marks->chosen ? GRID_BOLD : GRID_DIM;

		if (column >= pane->plot.columns)
			continue;
		for (unsigned line = 0; line < pane->height; line++)
			put(pane, pane->line + line, pane->left + column, style, is_utf8(pane) ? "│" : "|");
	}
}

static void draw_counts(const struct pane *pane)
{
	char text[FORMAT_SIZE];
	unsigned axis = pane->left - 1;

	for (unsigned i = 0; i < pane->height; i++)
		put(pane, pane->line + i, axis, GRID_DIM, is_utf8(pane) ? "│" : "|");
	format_count(text, (uint64_t)pane->plot.top);
	put_before(pane, pane->line, axis, GRID_DIM, text);
	if (pane->height < 2)
		return;
	format_count(text, (uint64_t)pane->plot.bottom);
	put_before(pane, pane->line + pane->height - 1, axis, GRID_DIM, text);
}

static void draw_times(const struct pane *pane)
{
	char text[FORMAT_SIZE + 8], span[FORMAT_SIZE];
	unsigned line = pane->line + pane->height, end = pane->left + pane->plot.columns;

	for (unsigned column = pane->left; column < end; column++)
		put(pane, line, column, GRID_DIM, is_utf8(pane) ? "─" : "-");
	for (unsigned i = 0; i < pane->marks->count; i++) {
		unsigned column = graph_plot_column(&pane->plot, pane->marks->snapshots[i]->monotonic_ns);
		if (column < pane->plot.columns)
			put(pane, line, pane->left + column, GRID_DIM, is_utf8(pane) ? "┴" : "+");
	}
	uint64_t seconds = (pane->plot.to - pane->plot.from + 500000000) / 1000000000;
	if (seconds <= 60)
		snprintf(span, sizeof span, "%u s", (unsigned)seconds);
	else
		format_duration(span, seconds * 1000000000);
	snprintf(text, sizeof text, "%s ago ", span);
	if (pane->plot.columns >= TIMES_LEAST)
		put(pane, line, pane->left, GRID_DIM, text);
	put_before(pane, line, end, GRID_DIM, " now");
}

/* --- figures --- */

/* A line of the figures: what it is, and how much, its last digit always in the same column. */
static void put_figure(const struct pane *pane, unsigned line, const char *label, const char *text, const char *unit,
                       uint16_t style)
{
	unsigned column = pane->left + pane->plot.columns + 2;
	bool unknown = !strcmp(text, "-");

	if (line >= pane->line + pane->height + 1)
		return;
	put(pane, line, column, GRID_DIM, label);
	put_before(pane, line, column + FIGURE_END, unknown ? GRID_DIM : style, unknown && is_utf8(pane) ? "–" : text);
	if (!unknown)
		put(pane, line, column + FIGURE_END, GRID_DIM, unit);
}

static void put_count(const struct pane *pane, unsigned line, const char *label, uint64_t count, bool bound)
{
	char digits[FORMAT_SIZE], text[FORMAT_SIZE * 2];

	format_count(digits, count);
	snprintf(text, sizeof text, "%s%s", bound && count ? column_bound_sign(pane->charset) : "", digits);
	put_figure(pane, line, label, text, "", GRID_PLAIN);
}

static void put_rate(const struct pane *pane, unsigned line, const char *label, double per_second,
                     enum history_certainty certainty, uint16_t style)
{
	struct buffer text = {0};

	column_print_rate(&text, per_second, certainty);
	buffer_add(&text, "", 1);
	if (!text.failed)
		put_figure(pane, line, label, text.text, "/s", style);
	buffer_deinit(&text);
}

static void put_change(const struct pane *pane, unsigned line)
{
	const struct since_mark_change *change = &pane->row->change;
	uint64_t then = marks_chosen(pane->marks)->monotonic_ns;
	char elapsed[FORMAT_SIZE], label[COLUMN_TITLE_SIZE];
	struct buffer text = {0};

	format_duration(elapsed, pane->plot.to > then ? pane->plot.to - then : 0);
	snprintf(label, sizeof label, "%s %s", is_utf8(pane) ? "Δ" : "+-", elapsed);
	column_print_change(&text, change->retained, change->retained_known, change->bound);
	buffer_add(&text, "", 1);
	if (!text.failed)
		put_figure(pane, line, label, text.text, "", GRID_PLAIN);
	buffer_deinit(&text);
	put_rate(pane, line + 1, "  a second", change->growth,
	         change->growth_known ? HISTORY_CONFIRMED : HISTORY_UNKNOWN, GRID_PLAIN);
}

static void draw_figures(const struct pane *pane)
{
	const struct history_row *row = pane->row->row;
	unsigned line = pane->line, sign = pane->left + pane->plot.columns + 2 + FIGURE_END + 3;

	if (pane->row->unknown)
		put_figure(pane, line, is_utf8(pane) ? "█ retained" : "# retained", "-", "", GRID_PLAIN);
	else
		put_count(pane, line, is_utf8(pane) ? "█ retained" : "# retained", row->counts.retained,
		          pane->row->bound);
	put_count(pane, line + 1, is_utf8(pane) ? "░ live" : ": live", counts_live(row->counts), false);
	put_rate(pane, line + 2, "growth", row->growth, row->certainty,
	         row->sustained ? GRID_GROWS | GRID_BOLD : GRID_BOLD);
	if (row->sustained && pane->height > 1)
		put(pane, line + 2, sign, GRID_GROWS | GRID_BOLD, column_growth_sign(pane->charset));
	put_rate(pane, line + 3, "over 10 s", row->short_change.per_second, row->short_change.certainty, GRID_PLAIN);
	put_rate(pane, line + 4, "over 60 s", row->long_change.per_second, row->long_change.certainty, GRID_PLAIN);
	if (marks_chosen(pane->marks))
		put_change(pane, line + 5);
}

/* --- the pane --- */

static void draw_plot(struct pane *pane, unsigned columns)
{
	if (!graph_plot_make(&pane->plot, pane->row, columns)) {
		put(pane, pane->line, 1, GRID_DIM, "the trend of this line is recorded from now on");
		return;
	}
	for (unsigned column = 0; column < pane->plot.columns; column++) {
		if (pane->plot.known[column])
			draw_column(pane, column);
	}
	draw_counts(pane);
	draw_marks(pane);
	draw_times(pane);
	if (pane->grid->columns >= FIGURES_LEAST)
		draw_figures(pane);
}

void graph_view_draw(struct grid *grid, unsigned line, unsigned height, const struct column_line *row,
                     const struct marks *marks, enum text_charset charset)
{
	struct pane pane = {.grid = grid,
	                    .line = line + 1,
	                    .height = height > 2 ? height - 2 : 1,
	                    .left = LABEL_CELLS + 2,
	                    .row = row,
	                    .marks = marks,
	                    .charset = charset};
	unsigned right = grid->columns >= FIGURES_LEAST ? FIGURES_CELLS + 1 : 1;

	if (!height)
		return;
	draw_title(&pane, line);
	if (height < 2)
		return;
	if (row)
		draw_plot(&pane, grid->columns > pane.left + right ? grid->columns - pane.left - right : 0);
	else
		put(&pane, line + 1, 1, GRID_DIM, "nothing is selected");
}
