#include "panes/header_view.h"

#include <string.h>

#include "base/buffer.h"
#include "panes/header_item.h"

/* Screens of at least so many lines have two lines of header, three, and one for each note. */
#define LINES_FOR_TWO 8
#define LINES_FOR_THREE 12
#define LINES_FOR_NOTES 10
#define LINES_FOR_THREE_NARROW 20

/* What gives way is cut to this before anything else is left out. */
#define CELLS_LEAST 8

#define TEXT_SIZE 512

static unsigned lines_of(const struct grid *grid)
{
	unsigned wanted = grid->columns >= 80 ? 3 : grid->columns >= 60 ? 2 : 1;
	unsigned three = grid->columns >= HEADER_FULL ? LINES_FOR_THREE : LINES_FOR_THREE_NARROW;
	unsigned possible = grid->lines >= three ? 3 : grid->lines >= LINES_FOR_TWO ? 2 : 1;

	return wanted < possible ? wanted : possible;
}

static bool gives_reason(const struct header_metadata *metadata, const struct grid *grid)
{
	return header_has_numbers(metadata) && !header_is_exact(metadata) && grid->lines >= LINES_FOR_NOTES;
}

/* Classes that call paths were asked for and that have not come: their names may be misspelt. */
static bool gives_unmatched(const struct header_metadata *metadata, const struct grid *grid)
{
	return header_has_numbers(metadata) && metadata->metrics->snapshot->unmatched && grid->lines >= LINES_FOR_NOTES;
}

unsigned header_view_height(const struct header_metadata *metadata, const struct grid *grid)
{
	return lines_of(grid) + gives_reason(metadata, grid) + gives_unmatched(metadata, grid);
}

/* One line while it is laid out. */
struct line {
	const struct header_metadata *metadata;
	struct grid *grid;
	unsigned number;
	unsigned gap;
	struct buffer text; /* owned */
};

/* The cells of an item with its label and unit; its own text is in line->text then. */
static unsigned measure(struct line *line, const struct header_item *item)
{
	size_t width;

	buffer_clear(&line->text);
	item->put(&line->text, line->metadata);
	width = text_width(line->text.text, line->text.length, TEXT_UTF8);
	if (item->label && width)
		width += strlen(item->label) + 1;
	if (item->unit && width)
		width += strlen(item->unit) + 1;
	return (unsigned)width;
}

/* The cells of all items of one side, with a gap before each of them. */
static unsigned measure_side(struct line *line, enum header_side side, const struct header_item *except)
{
	unsigned width = 0;

	for (const struct header_item *item = header_items; item < header_items + header_item_count; item++) {
		if (item->line != line->number || item->side != side || item == except ||
		    !header_item_applies(item, line->metadata, line->grid->columns))
			continue;
		unsigned own = measure(line, item);
		width += own ? own + line->gap : 0;
	}
	return width;
}

static unsigned draw_text(struct line *line, unsigned column, uint16_t style, const char *text)
{
	return grid_put(line->grid, line->number, column, style, text, strlen(text));
}

/* Draws an item whose text was measured. Returns the column behind it. */
static unsigned draw_item(struct line *line, unsigned column, const struct header_item *item, size_t most)
{
	char text[TEXT_SIZE * 4];
	size_t length = text_fit(text, sizeof text, line->text.text ? line->text.text : "", line->text.length, most,
	                         line->metadata->charset);

	if (item->label)
		column = draw_text(line, draw_text(line, column, GRID_DIM, item->label), GRID_PLAIN, " ");
	column = grid_put(line->grid, line->number, column, item->style ? item->style(line->metadata) : GRID_PLAIN,
	                  text, length);
	if (item->unit)
		column = draw_text(line, draw_text(line, column, GRID_PLAIN, " "), GRID_DIM, item->unit);
	return column;
}

/* What gives way does so until everything else on its side has room. */
static size_t room_beside(struct line *line, const struct header_item *wide, unsigned end)
{
	unsigned others = measure_side(line, HEADER_LEFT, wide) + 1;

	return end > others + CELLS_LEAST ? end - others : CELLS_LEAST;
}

/* Draws what has room from `column` up to `end`. */
static void draw_side(struct line *line, enum header_side side, unsigned column, unsigned end)
{
	for (const struct header_item *item = header_items; item < header_items + header_item_count; item++) {
		if (item->line != line->number || item->side != side ||
		    !header_item_applies(item, line->metadata, line->grid->columns))
			continue;
		size_t most = TEXT_UNLIMITED;
		if (item->gives_way)
			most = room_beside(line, item, end);
		unsigned width = measure(line, item);
		width = width > most ? (unsigned)most : width;
		if (!width || column + width > end)
			continue;
		column = draw_item(line, column, item, most) + line->gap;
	}
}

static void draw_line(const struct header_metadata *metadata, struct grid *grid, unsigned number)
{
	struct line line = {
	    .metadata = metadata, .grid = grid, .number = number, .gap = grid->columns >= HEADER_FULL ? 3 : 2};
	unsigned right = measure_side(&line, HEADER_RIGHT, NULL);
	unsigned end = grid->columns - 1;

	if (right && right < end) {
		draw_side(&line, HEADER_RIGHT, end - right + line.gap, end);
		end -= right;
	}
	draw_side(&line, HEADER_LEFT, 1, end);
	buffer_deinit(&line.text);
}

/* A line with a text of the program's in it. */
static void draw_note(const struct header_metadata *metadata, struct grid *grid, unsigned line, const char *label,
                      snapshot_string_ref reference)
{
	/* That a capture is light was asked for, and is no alarm. */
	uint16_t style =
	    header_is_light(metadata) && reference == metadata->metrics->snapshot->reason ? GRID_DIM : GRID_UNCONFIRMED;
	char text[TEXT_SIZE * 4];
	uint32_t length;
	const char *note = snapshot_string(metadata->metrics->snapshot, reference, &length);
	unsigned column = grid_put(grid, line, 1, style == GRID_DIM ? style : style | GRID_BOLD, label, strlen(label));
	size_t room = grid->columns > column ? grid->columns - column : 0;

	if (!length) {
		note = "the reason is not known";
		length = (uint32_t)strlen(note);
	}
	grid_put(grid, line, column, style, text, text_fit(text, sizeof text, note, length, room, metadata->charset));
}

void header_view_draw(const struct header_metadata *metadata, struct grid *grid)
{
	unsigned lines = lines_of(grid);
	struct header_metadata laid_out = *metadata;

	laid_out.lines = lines;
	for (unsigned line = 0; line < lines; line++)
		draw_line(&laid_out, grid, line);
	if (gives_reason(metadata, grid))
		draw_note(metadata, grid, lines++,
		          header_is_light(metadata) ? "light: " : "inexact: ", metadata->metrics->snapshot->reason);
	if (gives_unmatched(metadata, grid))
		draw_note(metadata, grid, lines, "no object so far of: ", metadata->metrics->snapshot->unmatched);
}
