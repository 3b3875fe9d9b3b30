#include "panes/source_view.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/format.h"

#define TEXT_SIZE 4096
#define TAB 4

/* Before the source: a mark, the number of the line, blanks. */
#define NUMBER_CELLS 9

static void forget(struct source_view *view)
{
	free(view->text);
	view->text = NULL;
	view->length = 0;
	view->problem[0] = '\0';
}

void source_view_deinit(struct source_view *view)
{
	forget(view);
	view->known = false;
}

static void complain(struct source_view *view, const char *problem)
{
	snprintf(view->problem, sizeof view->problem, "%s", problem);
}

/* Reads as much of the file as there is, or as is shown of any. False when that fails. */
static bool read_text(struct source_view *view, int fd, size_t size)
{
	view->text = malloc(size + 1);
	if (!view->text) {
		errno = ENOMEM;
		return false;
	}
	while (view->length < size) {
		ssize_t got = read(fd, view->text + view->length, size - view->length);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		if (!got)
			break;
		view->length += (size_t)got;
	}
	return true;
}

static void read_file(struct source_view *view)
{
	struct stat status;

	/* Before it is opened: opening a device can do something already. */
	if (stat(view->path, &status)) {
		complain(view, errno == ENOENT ? "the file is not there" : strerror(errno));
		return;
	}
	if (!S_ISREG(status.st_mode)) {
		complain(view, "it is not a file with text in it");
		return;
	}
	/* It may have become something else meanwhile, on which opening or reading would wait. */
	int fd = open(view->path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status))
		complain(view, strerror(errno));
	else if (!S_ISREG(status.st_mode))
		complain(view, "it is not a file with text in it");
	else if ((uint64_t)status.st_size > SOURCE_VIEW_MOST)
		complain(view, "the file is too large to be shown");
	else if (!read_text(view, fd, (size_t)status.st_size))
		complain(view, strerror(errno));
	if (fd >= 0)
		close(fd);
}

static bool begins_with(const struct column_path *path, const char *start)
{
	return path->file_length >= strlen(start) && !memcmp(path->file, start, strlen(start));
}

/* What stands in the way of any source; NULL: nothing does. */
static const char *no_source(const struct column_line *row)
{
	if (!row)
		return "nothing is selected";
	if (!row->path.depth)
		return row->path.below ? "this is a class: unfold it, and select a call path below it"
		                       : "this is a class, and no call paths are known for it";
	if (row->path.pseudo || !row->path.file_length)
		return "this is no place in the program";
	if (begins_with(&row->path, "(eval"))
		return "this is eval'ed code: there is no file with it";
	if (begins_with(&row->path, "<internal:"))
		return "this is a part of Ruby itself: there is no file with it";
	if (row->path.file_length >= SOURCE_VIEW_PATH || memchr(row->path.file, '\0', row->path.file_length))
		return "its path is none that could be opened";
	return row->path.line ? NULL : "its line is not known";
}

static void load(struct source_view *view, const struct column_path *path)
{
	bool same = view->known && strlen(view->path) == path->file_length &&
	            !memcmp(view->path, path->file, path->file_length);

	if (!same || view->line != path->line)
		view->scroll = 0;
	view->line = path->line;
	if (same && !view->stale)
		return;
	forget(view);
	memcpy(view->path, path->file, path->file_length);
	view->path[path->file_length] = '\0';
	view->known = true;
	view->stale = false;
	read_file(view);
	if (view->problem[0]) {
		free(view->text);
		view->text = NULL;
		view->length = 0;
	}
}

static void draw_title(struct grid *grid, unsigned line, const struct column_line *row, enum text_charset charset)
{
	const char *rule = charset == TEXT_UTF8 ? "─" : "-";
	char text[TEXT_SIZE], count[FORMAT_SIZE], right[FORMAT_SIZE + 32];
	unsigned end = grid->columns, column;

	for (column = 0; column < grid->columns; column++)
		grid_put(grid, line, column, GRID_DIM, rule, strlen(rule));
	if (!row || !row->path.depth) {
		grid_put(grid, line, 2, GRID_BOLD, " source ", strlen(" source "));
		return;
	}
	format_count(count, row->unknown ? counts_live(row->row->counts) : row->row->counts.retained);
	snprintf(right, sizeof right, " %s %s here ", count, row->unknown ? "live" : "retained");
	if (grid->columns > strlen(right) + 44) {
		end -= (unsigned)strlen(right) + 2;
		grid_put(grid, line, end, GRID_PLAIN, right, strlen(right));
	}
	/* The name of the method, and the file as far as there is room for it. */
	size_t length =
	    text_fit_end(text, sizeof text, row->path.file, row->path.file_length, end > 16 ? end / 2 - 4 : 4, charset);
	grid_put(grid, line, 2, GRID_PLAIN, " ", 1);
	column = grid_put(grid, line, 3, GRID_PLACE | GRID_BOLD, text, length);
	column = grid_put(grid, line, column, GRID_PLAIN, " ", 1) + 2;
	if (column + 8 > end)
		return;
	length = text_fit_end(text, sizeof text, row->name, row->name_length, end - column - 4, charset);
	column = grid_put(grid, line, column, GRID_PLAIN, " ", 1);
	column = grid_put(grid, line, column, GRID_BOLD, text, length);
	grid_put(grid, line, column, GRID_PLAIN, " ", 1);
}

/* Tabs become blanks; what is behind the room goes. */
static size_t expand(char *out, size_t size, const char *text, size_t length)
{
	size_t used = 0;

	if (length && text[length - 1] == '\r')
		length--;
	for (size_t i = 0; i < length && used + TAB < size; i++) {
		if (text[i] != '\t') {
			out[used++] = text[i];
			continue;
		}
		do
			out[used++] = ' ';
		while (used % TAB);
	}
	return used;
}

static void draw_source_line(struct grid *grid, unsigned line, uint64_t number, bool marked, const char *text,
                             size_t length, enum text_charset charset)
{
	char expanded[TEXT_SIZE / 4], out[TEXT_SIZE], digits[24];
	const char *mark = charset == TEXT_UTF8 ? "→" : ">";
	uint16_t style = marked ? GRID_BOLD : GRID_PLAIN;
	unsigned room = grid->columns > NUMBER_CELLS + 1 ? grid->columns - NUMBER_CELLS : 0;

	if (marked)
		grid_put(grid, line, 1, GRID_BOLD, mark, strlen(mark));
	snprintf(digits, sizeof digits, "%5" PRIu64, number);
	grid_put(grid, line, 2, marked ? GRID_BOLD : GRID_DIM, digits, strlen(digits));
	size_t used = expand(expanded, sizeof expanded, text, length);
	size_t fitting = text_fit(out, sizeof out, expanded, used, room, charset);
	grid_put(grid, line, NUMBER_CELLS, style, out, fitting);
}

static uint64_t count_lines(const struct source_view *view)
{
	uint64_t count = 0;

	for (size_t i = 0; i < view->length; i++)
		count += view->text[i] == '\n';
	return count + (view->length && view->text[view->length - 1] != '\n');
}

void source_view_scroll(struct source_view *view, long lines)
{
	view->scroll += lines;
}

/* The first line to draw, so that one that there is stands in the middle, unless it was scrolled. */
static uint64_t first_line(struct source_view *view, unsigned height, uint64_t marked, uint64_t count)
{
	int64_t above = (height - 1) / 2, last = count >= height ? (int64_t)(count - height) + 1 : 1;
	int64_t first = (int64_t)marked - above;

	first = first > last ? last : first < 1 ? 1 : first;
	int64_t scrolled = first + view->scroll;
	scrolled = scrolled > last ? last : scrolled < 1 ? 1 : scrolled;
	view->scroll = scrolled - first;
	return (uint64_t)scrolled;
}

/* Draws the lines around one that there is. */
static void draw_text(struct source_view *view, struct grid *grid, unsigned line, unsigned height, uint64_t marked,
                      uint64_t count, enum text_charset charset)
{
	const char *at = view->text, *end = view->text + view->length;
	uint64_t first = first_line(view, height, marked, count);

	for (uint64_t number = 1; at < end && number < first + height; number++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t length = (size_t)((stop ? stop : end) - at);

		if (number >= first)
			draw_source_line(grid, line + (unsigned)(number - first), number, number == marked, at, length,
			                 charset);
		at += length + 1;
	}
}

void source_view_draw(struct source_view *view, struct grid *grid, unsigned line, unsigned height,
                      const struct column_line *row, enum text_charset charset)
{
	const char *problem = no_source(row);
	char sentence[SOURCE_VIEW_PROBLEM], out[SOURCE_VIEW_PROBLEM * 4];

	if (!height)
		return;
	draw_title(grid, line, row, charset);
	if (height < 2)
		return;
	if (!problem) {
		load(view, &row->path);
		problem = view->problem[0] ? view->problem : NULL;
	}
	uint64_t count = problem ? 0 : count_lines(view);
	if (!problem && row->path.line > count) {
		snprintf(sentence, sizeof sentence,
		         "line %" PRIu32 " is not there: the file was changed and ends with line %" PRIu64,
		         row->path.line, count);
		problem = sentence;
	}
	if (!problem) {
		draw_text(view, grid, line + 1, height - 1, row->path.line, count, charset);
		return;
	}
	size_t length = text_fit(out, sizeof out, problem, strlen(problem), grid->columns - 1, charset);
	grid_put(grid, line + 1, 1, GRID_DIM, out, length);
}
