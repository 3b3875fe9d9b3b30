#include "viewer/output_view.h"

#include <stdio.h>
#include <string.h>

#include "viewer/format.h"

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

static void draw_title(const struct output_view *view, const struct scrollback *scrollback, struct grid *grid,
                       unsigned line, enum text_charset charset)
{
	const char *rule = charset == TEXT_UTF8 ? "─" : "-";
	char lines[FORMAT_SIZE], unseen[FORMAT_SIZE], right[3 * FORMAT_SIZE];
	const char *title = " output ";

	format_count(lines, scrollback_count(scrollback));
	format_count(unseen, output_view_unseen(view, scrollback));
	if (output_view_unseen(view, scrollback))
		snprintf(right, sizeof right, " %s lines, %s new ", lines, unseen);
	else
		snprintf(right, sizeof right, " %s lines ", lines);
	for (unsigned column = 0; column < grid->columns; column++)
		grid_put(grid, line, column, GRID_DIM, rule, strlen(rule));
	grid_put(grid, line, 2, GRID_BOLD, title, strlen(title));
	if (grid->columns > strlen(right) + 2)
		grid_put(grid, line, grid->columns - (unsigned)strlen(right) - 2, GRID_PLAIN, right, strlen(right));
}

void output_view_draw(struct output_view *view, const struct scrollback *scrollback, struct grid *grid, unsigned line,
                      unsigned height, enum text_charset charset)
{
	size_t count = scrollback_count(scrollback);
	char text[TEXT_SIZE];

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
		size_t length;
		const char *bytes = scrollback_line(scrollback, first + i, &length);
		length = text_fit(text, sizeof text, bytes, length, grid->columns - 1, charset);
		grid_put(grid, line + 1 + i, 1, GRID_PLAIN, text, length);
	}
}
