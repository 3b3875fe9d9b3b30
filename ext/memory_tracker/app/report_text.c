#include "app/report_text.h"

#include <string.h>

#include "base/format.h"
#include "panes/header_view.h"
#include "base/utf8.h"
#include "app/viewer_state.h"

/* A file has room that a screen may not have. */
#define COLUMNS_LEAST 160

/* The header is made for a screen of so many lines. */
#define SCREEN_LINES 24

static void put_character(struct buffer *out, uint32_t character)
{
	char bytes[UTF8_SIZE];

	buffer_add(out, bytes, utf8_write(bytes, character));
}

/* A line of the grid, without the blanks at its end. */
static void put_line(struct buffer *out, const struct grid *grid, unsigned line)
{
	const struct grid_cell *cells = grid->cells + (size_t)line * grid->columns;
	unsigned end = grid->columns;

	while (end && cells[end - 1].base == ' ' && !cells[end - 1].marks[0])
		end--;
	for (unsigned i = 0; i < end; i++) {
		/* The right half of a wide character is none. */
		if (cells[i].base)
			put_character(out, cells[i].base);
		for (unsigned mark = 0; mark < GRID_MARKS && cells[i].marks[mark]; mark++)
			put_character(out, cells[i].marks[mark]);
	}
	buffer_puts(out, "\n");
}

static bool put_header(struct buffer *out, const struct viewer *viewer, struct grid *grid, unsigned columns)
{
	char text[FORMAT_SIZE], since[FORMAT_SIZE];
	struct header_metadata metadata = viewer_metadata(viewer, since);

	buffer_add(out, text, format_time(text, metadata.metrics->snapshot->wall_ns, viewer->utc_offset));
	buffer_puts(out, "\n");
	if (!grid_resize(grid, columns, SCREEN_LINES))
		return false;
	unsigned height = header_view_height(&metadata, grid);
	header_view_draw(&metadata, grid);
	for (unsigned i = 0; i < height; i++)
		put_line(out, grid, i);
	return true;
}

static bool put_table(struct buffer *out, struct table_view *table, struct grid *grid, unsigned columns)
{
	if (!grid_resize(grid, columns, 1))
		return false;
	table_view_draw_part(table, grid, 0, TABLE_TITLES);
	put_line(out, grid, 0);
	for (size_t i = 0; i < table->tree.count; i++) {
		grid_clear(grid);
		table_view_draw_part(table, grid, 0, i);
		put_line(out, grid, 0);
	}
	return true;
}

bool report_text(struct buffer *out, struct viewer *viewer)
{
	unsigned screen = viewer->table.layout.columns, columns = screen > COLUMNS_LEAST ? screen : COLUMNS_LEAST;
	struct grid grid;
	bool done = grid_init(&grid) && put_header(out, viewer, &grid, columns) &&
	            put_table(out, &viewer->table, &grid, columns);

	grid_deinit(&grid);
	return done && !out->failed;
}
