#include "panes/process_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table/column.h"
#include "base/format.h"

#define NUMBER_CELLS 12
#define UP_CELLS 9
#define PID_CELLS 11

/* Narrower commands are of no use; the last columns go then. */
#define COMMAND_LEAST 16

/* The columns behind the command, from the left; those that have no room go from the right. */
enum { LIVE, RETAINED, GROWTH, UP, NUMBERS };

static const struct {
	const char *title;
	unsigned cells;
} columns[NUMBERS] = {{"LIVE", NUMBER_CELLS}, {"RETAINED", NUMBER_CELLS}, {"GROWTH/s", NUMBER_CELLS}, {"UP", UP_CELLS}};

/* One line: the texts of its columns. */
struct row {
	char pid[FORMAT_SIZE];
	char command[PROCESS_COMMAND_SIZE];
	char numbers[NUMBERS][FORMAT_SIZE];
	uint16_t style;
};

void process_view_deinit(struct process_view *view)
{
	free(view->processes);
	view->processes = NULL;
	view->count = 0;
}

void process_view_set(struct process_view *view, const struct process_summary *processes, size_t count)
{
	process_view_deinit(view);
	if (!count || !(view->processes = malloc(count * sizeof *processes)))
		return;
	memcpy(view->processes, processes, count * sizeof *processes);
	view->count = count;
}

unsigned process_view_height(const struct process_view *view)
{
	return (unsigned)(view->count > 1000 ? 1000 : view->count) + 3;
}

/* --- what a line says --- */

static void unknown(char out[FORMAT_SIZE], enum text_charset charset)
{
	snprintf(out, FORMAT_SIZE, "%s", charset == TEXT_UTF8 ? "–" : "-");
}

static void describe(const struct process_summary *process, enum text_charset charset, struct row *row)
{
	*row = (struct row){.style = process->shown ? GRID_BOLD : process->ended ? GRID_DIM : GRID_PLAIN};
	snprintf(row->pid, sizeof row->pid, "%u", process->pid);
	snprintf(row->command, sizeof row->command, "%s%.100s", process->ended ? "ended: " : "", process->command);
	for (size_t i = 0; i < NUMBERS; i++)
		unknown(row->numbers[i], charset);
	if (process->known) {
		format_count(row->numbers[LIVE], process->live);
		format_duration(row->numbers[UP], process->up_ns);
	}
	if (process->known && process->retained_known) {
		const char *sign = process->retained_bound && process->retained ? column_bound_sign(charset) : "";
		char count[FORMAT_SIZE];

		format_count(count, process->retained);
		snprintf(row->numbers[RETAINED], FORMAT_SIZE, "%s%.20s", sign, count);
	}
	if (process->known && process->growth_known)
		format_growth(row->numbers[GROWTH], process->growth);
}

static void sum_up(const struct process_view *view, enum text_charset charset, struct row *row)
{
	struct process_summary sum = {.known = true, .retained_known = true, .growth_known = true};
	size_t count = 0;

	for (size_t i = 0; i < view->count; i++) {
		const struct process_summary *process = &view->processes[i];

		if (process->ended)
			continue;
		count++;
		sum.live += process->live;
		sum.retained += process->retained;
		sum.growth += process->growth_known ? process->growth : 0;
		sum.retained_known &= process->retained_known;
		sum.retained_bound |= process->retained_bound;
		sum.growth_known &= process->growth_known;
	}
	describe(&sum, charset, row);
	row->pid[0] = '\0';
	row->numbers[UP][0] = '\0';
	row->style = GRID_DIM;
	snprintf(row->command, sizeof row->command, count == 1 ? "%zu process" : "%zu processes", count);
}

/* --- drawing --- */

/* How many of the numbers have room, and how much the command gets. */
static unsigned lay_out(const struct grid *grid, size_t *numbers)
{
	unsigned room = grid->columns > PID_CELLS + 2 ? grid->columns - PID_CELLS - 2 : 0;

	for (*numbers = NUMBERS; *numbers > 0; (*numbers)--) {
		unsigned cells = 0;

		for (size_t i = 0; i < *numbers; i++)
			cells += columns[i].cells;
		if (room >= cells + COMMAND_LEAST)
			return room - cells;
	}
	return room;
}

static void put_right(struct grid *grid, unsigned line, unsigned end, uint16_t style, const char *text,
                      enum text_charset charset)
{
	unsigned width = (unsigned)text_width(text, strlen(text), charset);

	if (width <= end)
		grid_put(grid, line, end - width, style, text, strlen(text));
}

static void draw_row(struct grid *grid, unsigned line, const struct row *row, enum text_charset charset)
{
	char command[PROCESS_COMMAND_SIZE * 4];
	size_t numbers;
	unsigned width = lay_out(grid, &numbers), column = PID_CELLS + 1 + width;
	size_t length = text_fit(command, sizeof command, row->command, strlen(row->command), width, charset);

	put_right(grid, line, PID_CELLS - 1, row->style, row->pid, charset);
	grid_put(grid, line, PID_CELLS + 1, row->style, command, length);
	for (size_t i = 0; i < numbers; i++) {
		column += columns[i].cells;
		put_right(grid, line, column, row->style, row->numbers[i], charset);
	}
}

static void draw_title(struct grid *grid, unsigned line, enum text_charset charset)
{
	const char *rule = charset == TEXT_UTF8 ? "─" : "-", *title = " processes ";

	for (unsigned column = 0; column < grid->columns; column++)
		grid_put(grid, line, column, GRID_DIM, rule, strlen(rule));
	grid_put(grid, line, 2, GRID_BOLD, title, strlen(title));
}

static void draw_titles(struct grid *grid, unsigned line, enum text_charset charset)
{
	struct row row = {.pid = "PID", .command = "COMMAND", .style = GRID_DIM};

	for (size_t i = 0; i < NUMBERS; i++)
		snprintf(row.numbers[i], FORMAT_SIZE, "%s", columns[i].title);
	draw_row(grid, line, &row, charset);
}

/* The first one that is drawn, so that the one the screen is about is among them. */
static size_t first_drawn(const struct process_view *view, size_t room)
{
	for (size_t i = 0; i < view->count; i++) {
		if (view->processes[i].shown && i >= room)
			return i - room + 1;
	}
	return 0;
}

void process_view_draw(const struct process_view *view, struct grid *grid, unsigned line, unsigned height,
                       enum text_charset charset)
{
	const char *mark = charset == TEXT_UTF8 ? "▸" : ">";
	struct row row;

	if (height < 3)
		return;
	size_t room = height - 3 ? height - 3 : 1, first = first_drawn(view, room);
	draw_title(grid, line++, charset);
	if (height > 3)
		draw_titles(grid, line++, charset);
	for (size_t i = first; i < view->count && i < first + room; i++) {
		describe(&view->processes[i], charset, &row);
		draw_row(grid, line, &row, charset);
		if (view->processes[i].shown)
			grid_put(grid, line, 1, GRID_BOLD, mark, strlen(mark));
		line++;
	}
	sum_up(view, charset, &row);
	draw_row(grid, line, &row, charset);
}
