#include "screen/grid.h"

#include <stdlib.h>

#include "base/char_width.h"
#include "base/utf8.h"

static const struct grid_cell blank = {.base = ' ', .width = 1};

bool grid_init(struct grid *grid)
{
	*grid = (struct grid){0};
	return true;
}

void grid_deinit(struct grid *grid)
{
	free(grid->cells);
	*grid = (struct grid){0};
}

bool grid_resize(struct grid *grid, unsigned columns, unsigned lines)
{
	size_t count = (size_t)columns * lines;
	struct grid_cell *cells = NULL;

	if (grid->columns != columns || grid->lines != lines) {
		bool possible = !count || count <= SIZE_MAX / sizeof *cells;
		if (count && possible)
			cells = malloc(count * sizeof *cells);
		grid_deinit(grid);
		if (count && !cells)
			return false;
		*grid = (struct grid){columns, lines, cells};
	}
	grid_clear(grid);
	return true;
}

void grid_clear(struct grid *grid)
{
	size_t count = (size_t)grid->columns * grid->lines;

	for (size_t i = 0; i < count; i++)
		grid->cells[i] = blank;
}

/* Makes place for a character at a column: half of a wide character does not stay alone. */
static void evict(struct grid_cell *line, unsigned column)
{
	if (!line[column].base)
		line[column - 1] = (struct grid_cell){.base = ' ', .width = 1, .style = line[column - 1].style};
	else if (line[column].width == 2)
		line[column + 1] = (struct grid_cell){.base = ' ', .width = 1, .style = line[column + 1].style};
}

static void put_character(struct grid_cell *line, unsigned column, unsigned width, uint16_t style, uint32_t base)
{
	for (unsigned i = 0; i < width; i++)
		evict(line, column + i);
	line[column] = (struct grid_cell){.base = base, .style = style, .width = (uint16_t)width};
	if (width == 2)
		line[column + 1] = (struct grid_cell){.style = style, .width = 1};
}

static void put_mark(struct grid_cell *cell, uint32_t mark)
{
	for (unsigned i = 0; i < GRID_MARKS; i++) {
		if (!cell->marks[i]) {
			cell->marks[i] = mark;
			return;
		}
	}
}

unsigned grid_put(struct grid *grid, unsigned line, unsigned column, uint16_t style, const char *text, size_t length)
{
	struct grid_cell *cells, *latest = NULL;

	if (line >= grid->lines || column >= grid->columns)
		return column;
	cells = grid->cells + (size_t)line * grid->columns;
	while (length) {
		uint32_t character;
		size_t size = utf8_read(text, length, &character);
		unsigned width = char_width(character);

		text += size;
		length -= size;
		if (!width) {
			if (latest)
				put_mark(latest, character);
			continue;
		}
		if (width > grid->columns - column)
			break;
		put_character(cells, column, width, style, character);
		latest = &cells[column];
		column += width;
	}
	return column;
}

void grid_style(struct grid *grid, unsigned line, unsigned column, unsigned width, uint16_t style)
{
	if (line >= grid->lines)
		return;
	for (; width && column < grid->columns; width--, column++)
		grid->cells[(size_t)line * grid->columns + column].style |= style;
}

void grid_paint(struct grid *grid, unsigned line, unsigned column, unsigned width, uint16_t fg, uint16_t bg)
{
	if (line >= grid->lines)
		return;
	for (; width && column < grid->columns; width--, column++) {
		struct grid_cell *cell = &grid->cells[(size_t)line * grid->columns + column];

		cell->fg = fg;
		cell->bg = bg;
	}
}
