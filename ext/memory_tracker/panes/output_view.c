#include "panes/output_view.h"

#include <stdio.h>
#include <string.h>

#include "base/format.h"

#define TEXT_SIZE 4096

uint64_t output_view_unseen(const struct output_view *view, const struct scrollback *scrollback)
{
	return scrollback->total - view->seen;
}

/* What is seen stays where it is while lines come, until the oldest of it is forgotten. */
static void keep_place(struct output_view *view, const struct scrollback *scrollback)
{
	size_t count = scrollback_count(scrollback);
	size_t most = count > view->height ? count - view->height : 0;
	uint64_t come = scrollback->total - view->known;

	if (view->above)
		view->above =
		    come < most - (view->above < most ? view->above : most) ? view->above + (size_t)come : most;
	view->known = scrollback->total;
}

void output_view_scroll(struct output_view *view, const struct scrollback *scrollback, long lines)
{
	size_t count = scrollback_count(scrollback);
	size_t most = count > view->height ? count - view->height : 0;

	keep_place(view, scrollback);
	if (lines < 0) {
		size_t up = (size_t) - (lines + 1) + 1;
		view->above = up < most - view->above ? view->above + up : most;
	} else {
		size_t down = (size_t)lines;
		view->above = view->above > down ? view->above - down : 0;
	}
}

/* --- searching --- */

static bool has_match(const struct output_view *view, const struct scrollback *scrollback, size_t nth)
{
	struct scrollback_line line = scrollback_line(scrollback, nth);

	return line_edit_find(&view->search, line.text, line.length) != LINE_EDIT_NONE;
}

/* How many lines had come before the oldest that is kept. */
static uint64_t forgotten(const struct scrollback *scrollback)
{
	return scrollback->total - scrollback->count;
}

/* Scrolls as little as needed, so that a line is seen; where it was not it comes into the middle. */
static void reveal(struct output_view *view, const struct scrollback *scrollback, size_t nth)
{
	size_t count = scrollback_count(scrollback), below = count - nth - 1;
	size_t most = count > view->height ? count - view->height : 0;

	keep_place(view, scrollback);
	if (below >= view->above && below - view->above < view->height)
		return;
	view->above = below > view->height / 2 ? below - view->height / 2 : 0;
	if (view->above > most)
		view->above = most;
}

bool output_view_search(struct output_view *view, const struct scrollback *scrollback, bool older)
{
	uint64_t first = forgotten(scrollback);
	size_t count = scrollback_count(scrollback);
	bool known = view->found > first && view->found <= first + count;
	size_t nth = known ? (size_t)(view->found - 1 - first) : count;

	if (!view->search.length || (!known && !older))
		return false;
	while (older ? nth-- > 0 : ++nth < count) {
		if (!has_match(view, scrollback, nth))
			continue;
		view->found = first + nth + 1;
		reveal(view, scrollback, nth);
		return true;
	}
	return false;
}

void output_view_search_anew(struct output_view *view, const struct scrollback *scrollback)
{
	view->found = 0;
	view->counted = UINT64_MAX;
	output_view_search(view, scrollback, true);
}

static void count_matches(struct output_view *view, const struct scrollback *scrollback)
{
	size_t count = scrollback_count(scrollback);

	if (view->counted == scrollback->total)
		return;
	view->counted = scrollback->total;
	view->matches = 0;
	for (size_t i = 0; i < count; i++)
		view->matches += has_match(view, scrollback, i);
}

/* --- drawing --- */

static void describe(struct output_view *view, const struct scrollback *scrollback, char *out, size_t size)
{
	char lines[FORMAT_SIZE], unseen[FORMAT_SIZE], matches[FORMAT_SIZE];

	format_count(lines, scrollback_count(scrollback));
	format_count(unseen, output_view_unseen(view, scrollback));
	int length = snprintf(out, size, " %s lines", lines);
	if (output_view_unseen(view, scrollback))
		length += snprintf(out + length, size - (size_t)length, ", %s new", unseen);
	if (view->search.length) {
		count_matches(view, scrollback);
		format_count(matches, view->matches);
		length += snprintf(out + length, size - (size_t)length, ", %s found", matches);
	}
	snprintf(out + length, size - (size_t)length, " ");
}

static void draw_title(struct output_view *view, const struct scrollback *scrollback, struct grid *grid, unsigned line,
                       enum text_charset charset)
{
	const char *rule = charset == TEXT_UTF8 ? "─" : "-";
	char right[4 * FORMAT_SIZE];
	const char *title = " output ";

	describe(view, scrollback, right, sizeof right);
	for (unsigned column = 0; column < grid->columns; column++)
		grid_put(grid, line, column, GRID_DIM, rule, strlen(rule));
	grid_put(grid, line, 2, GRID_BOLD, title, strlen(title));
	if (grid->columns > strlen(right) + 2)
		grid_put(grid, line, grid->columns - (unsigned)strlen(right) - 2, GRID_PLAIN, right, strlen(right));
}

/* Draws the bytes of a line that look the same, cut where the line does not fit. Returns the column behind them. */
static unsigned draw_run(struct grid *grid, unsigned line, unsigned column, const struct scrollback_line *from,
                         size_t start, size_t end, const struct text_style *text_style, enum text_charset charset)
{
	char text[TEXT_SIZE];
	size_t room = grid->columns - column;
	bool whole = text_width(from->text + start, end - start, charset) < room ||
	             text_width(from->text + start, from->length - start, charset) <= room;
	size_t length =
	    text_fit(text, sizeof text, from->text + start, (whole ? end : from->length) - start, room, charset);
	unsigned behind = grid_put(grid, line, column, text_style->style, text, length);

	grid_paint(grid, line, column, behind - column, text_style->fg, text_style->bg);
	return whole ? behind : grid->columns;
}

/* What is searched for is underlined, and reversed in the line that was found. */
static void mark_matches(const struct output_view *view, struct grid *grid, unsigned line,
                         const struct scrollback_line *from, bool found, enum text_charset charset)
{
	const struct line_edit *search = &view->search;
	size_t start = 0;

	while (search->length && start < from->length) {
		size_t at = line_edit_find(search, from->text + start, from->length - start);

		if (at == LINE_EDIT_NONE)
			return;
		start += at;
		size_t before = text_width(from->text, start, charset);
		if (before + 1 >= grid->columns)
			return;
		grid_style(grid, line, 1 + (unsigned)before,
		           (unsigned)text_width(from->text + start, search->length, charset),
		           GRID_UNDERLINE | (found ? GRID_REVERSE : 0));
		start += search->length;
	}
}

static void draw_line(struct grid *grid, unsigned line, const struct scrollback_line *from, enum text_charset charset)
{
	static const struct text_style plain;
	const struct text_style *text_style = &plain;
	unsigned column = 1;
	size_t start = 0;

	for (size_t run = 0; run <= from->run_count && column < grid->columns; run++) {
		size_t end = run < from->run_count ? from->runs[run].start : from->length;

		if (end > start)
			column = draw_run(grid, line, column, from, start, end, text_style, charset);
		start = end;
		text_style = run < from->run_count ? &from->runs[run].text_style : text_style;
	}
}

void output_view_draw(struct output_view *view, const struct scrollback *scrollback, struct grid *grid, unsigned line,
                      unsigned height, enum text_charset charset)
{
	size_t count = scrollback_count(scrollback);

	if (!height)
		return;
	view->height = height - 1;
	keep_place(view, scrollback);
	if (!view->above)
		view->seen = scrollback->total;
	draw_title(view, scrollback, grid, line, charset);
	size_t shown = count - view->above;
	size_t first = shown > view->height ? shown - view->height : 0;
	for (unsigned i = 0; i < view->height && first + i < shown; i++) {
		struct scrollback_line from = scrollback_line(scrollback, first + i);
		bool found = forgotten(scrollback) + first + i + 1 == view->found;

		draw_line(grid, line + 1 + i, &from, charset);
		mark_matches(view, grid, line + 1 + i, &from, found, charset);
	}
}
