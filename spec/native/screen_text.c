#include "screen_text.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/char_width.h"
#include "base/utf8.h"

static void put_code_point(struct buffer *out, uint32_t code_point)
{
	char bytes[UTF8_SIZE];

	buffer_add(out, bytes, utf8_write(bytes, code_point));
}

static void put_cell(struct buffer *out, const struct grid_cell *cell, const struct grid_cell *end)
{
	assert_true(cell->width == 1 || cell->width == 2);
	assert_int_equal(cell->width, char_width(cell->base));
	assert_true(cell->base >= ' ' && (cell->base < 0x7f || cell->base >= 0xa0));
	if (cell->width == 2)
		assert_true(cell + 1 < end && cell[1].base == 0);
	put_code_point(out, cell->base);
	for (unsigned i = 0; i < GRID_MARKS && cell->marks[i]; i++)
		put_code_point(out, cell->marks[i]);
}

static void put_cells(struct buffer *out, const struct grid_cell *cell, unsigned count)
{
	const struct grid_cell *end = cell + count;

	while (cell < end) {
		put_cell(out, cell, end);
		cell += cell->width;
	}
}

void screen_text(struct buffer *out, const struct grid *grid)
{
	for (unsigned line = 0; line < grid->lines; line++) {
		/* A grid without columns has no cells at all. */
		if (grid->columns)
			put_cells(out, &grid->cells[(size_t)line * grid->columns], grid->columns);
		while (out->length && out->text[out->length - 1] == ' ')
			out->length--;
		buffer_puts(out, "\n");
	}
	assert_false(out->failed);
}

static char letter(const struct grid_cell *cell)
{
	const uint16_t style = cell->style;
	static const char colours[] = {
	    [GRID_GROWS >> 4] = 'r', [GRID_UNCONFIRMED >> 4] = 'y', [GRID_SHRINKS >> 4] = 'g', [GRID_PLACE >> 4] = 'c'};

	if (style & GRID_REVERSE)
		return 'R';
	if (style & GRID_COLOUR)
		return colours[(style & GRID_COLOUR) >> 4];
	if (cell->fg)
		return cell->fg <= 8 ? (char)('0' + cell->fg - 1) : '#';
	return style & GRID_UNDERLINE ? 'U' : style & GRID_BOLD ? 'B' : style & GRID_DIM ? 'D' : '.';
}

void screen_styles(struct buffer *out, const struct grid *grid, unsigned line)
{
	const struct grid_cell *cells = grid->cells + (size_t)line * grid->columns;

	for (unsigned column = 0; column < grid->columns; column++) {
		char style = letter(&cells[column]);
		buffer_add(out, &style, 1);
	}
	while (out->length && out->text[out->length - 1] == '.')
		out->length--;
	if (out->length && out->text[out->length - 1] != '\n')
		buffer_puts(out, "\n");
}
