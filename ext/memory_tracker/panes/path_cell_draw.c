#include "panes/path_cell_draw.h"

#include <string.h>

#include "base/text.h"
#include "table/path_cell.h"

#define TEXT_SIZE 2048
#define PLACE_SIZE 4096

/* A cell with less than this has no room for shares. */
#define SHARE_LEAST 44
#define SHARE_CELLS 7
#define GAP 2

/* A method's name with less than this says nothing. */
#define LABEL_LEAST 6

/* Room for a name and a place. */
#define BOTH_LEAST 24

/* The column of places begins here, in hundredths of the cell. */
#define PLACE_START 58

unsigned path_cell_draw_mark(struct grid *grid, unsigned line, unsigned column, const struct column_path *path,
                             enum text_charset charset)
{
	const char *mark = charset == TEXT_UTF8 ? "▸" : ">";

	if (path->unfolded)
		mark = charset == TEXT_UTF8 ? "▾" : "v";
	if (path->below)
		grid_put(grid, line, column, GRID_PLAIN, mark, strlen(mark));
	return column + PATH_CELL_MARK;
}

void path_cell_draw_match(struct grid *grid, unsigned line, unsigned column, const struct line_edit *filter,
                          const char *text, size_t length)
{
	size_t at = filter->length ? line_edit_find(filter, text, length) : LINE_EDIT_NONE;

	if (at == LINE_EDIT_NONE)
		return;
	grid_style(grid, line, column + (unsigned)text_width(text, at, TEXT_UTF8),
	           (unsigned)text_width(text + at, filter->length, TEXT_UTF8), GRID_UNDERLINE);
}

/* Returns the column behind the guides. */
static unsigned draw_guides(struct grid *grid, unsigned line, unsigned column, unsigned cells,
                            const struct column_line *row)
{
	const char *guide = row->charset == TEXT_UTF8 ? "│" : "|";
	unsigned end = column + path_cell_guides(&row->path, cells);

	for (; column < end; column += PATH_CELL_MARK)
		grid_put(grid, line, column, GRID_DIM, guide, strlen(guide));
	return column;
}

static unsigned draw_share(struct grid *grid, unsigned line, unsigned column, double share)
{
	char text[PATH_CELL_SHARE];

	path_cell_share(text, share);
	grid_put(grid, line, column, GRID_DIM, text, strlen(text));
	return column + SHARE_CELLS + 1;
}

/* A text that loses its beginning where it is too wide. Returns the column behind it. */
static unsigned draw_end(struct grid *grid, unsigned line, unsigned column, unsigned cells, uint16_t style,
                         const struct line_edit *filter, const char *text, size_t length, enum text_charset charset)
{
	char out[TEXT_SIZE];
	size_t fitting = text_fit_end(out, sizeof out, text, length, cells, charset);
	unsigned end = grid_put(grid, line, column, style, out, fitting);

	path_cell_draw_match(grid, line, column, filter, out, fitting);
	return end;
}

/* Where the place begins, if it has any room between the name and the end. */
static unsigned place_start(const struct column_line *row, unsigned start, unsigned column, unsigned end,
                            unsigned place_cells)
{
	unsigned fixed = start + (end - start) * PLACE_START / 100;
	unsigned label = (unsigned)text_width(row->name, row->name_length, row->charset);

	/* What is wide has a column of places, what is not puts them at its end. */
	if (end - start >= SHARE_LEAST) {
		if (fixed + place_cells > end && column + label + GAP < fixed)
			return column + label + GAP + place_cells > end ? column + label + GAP : end - place_cells;
		return fixed > column + LABEL_LEAST + GAP ? fixed : column + LABEL_LEAST + GAP;
	}
	if (column + label + 1 + place_cells <= end)
		return column + label + 1;
	/* Where both do not fit, each has its part, and where there is hardly room for one it is the place. */
	unsigned room = end - column, most = room >= BOTH_LEAST ? room * PLACE_START / 100 : room;
	if (room > label + 1 && most < room - label - 1)
		most = room - label - 1;
	unsigned at = end - (place_cells < most ? place_cells : most);
	return at > column + LABEL_LEAST ? at : column;
}

void path_cell_draw(struct grid *grid, unsigned line, unsigned column, unsigned cells, const struct column_line *row,
                    const struct line_edit *filter, const char *sign)
{
	char place[PLACE_SIZE];
	size_t place_length = path_cell_place(place, sizeof place, &row->path);
	unsigned start = column, end = column + cells;
	uint16_t style = row->path.pseudo ? GRID_DIM : GRID_PLAIN;

	if (sign && row->row->sustained && cells > GAP) {
		end -= GAP;
		grid_put(grid, line, end + 1, GRID_GROWS | GRID_BOLD, sign, strlen(sign));
	}
	column = draw_guides(grid, line, column, cells, row);
	column = path_cell_draw_mark(grid, line, column, &row->path, row->charset);
	if (cells >= SHARE_LEAST)
		column = draw_share(grid, line, column, row->path.share);
	if (column >= end)
		return;
	if (!place_length) {
		draw_end(grid, line, column, end - column, style, filter, row->name, row->name_length, row->charset);
		return;
	}
	unsigned at = place_start(row, start, column, end, (unsigned)text_width(place, place_length, row->charset));
	unsigned gap = cells >= SHARE_LEAST ? GAP : 1;
	if (at > column + gap)
		draw_end(grid, line, column, at - column - gap, style, filter, row->name, row->name_length,
		         row->charset);
	if (at < end)
		draw_end(grid, line, at, end - at, GRID_PLACE, filter, place, place_length, row->charset);
}
