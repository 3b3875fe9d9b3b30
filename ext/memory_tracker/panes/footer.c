#include "panes/footer.h"

#include <stdbool.h>
#include <string.h>

#define GAP 2
#define RANK_MOST 10

/* Columns to pick from have what the keys leave, but at least so many hundredths of the line. */
#define PICKER_SHARE 40
#define PICKER_LABEL 10

/* The cells of a command. */
static unsigned cells_of(const struct footer_command *command)
{
	return (unsigned)(text_width(command->keys, strlen(command->keys), TEXT_UTF8) + 1 + strlen(command->name));
}

/* Marks the commands that have room, the most important first. */
static void choose(const struct footer *footer, unsigned room, bool chosen[FOOTER_COMMANDS])
{
	for (unsigned rank = 1; rank <= RANK_MOST; rank++) {
		for (size_t i = 0; i < footer->count && i < FOOTER_COMMANDS; i++) {
			if (footer->commands[i].rank != rank)
				continue;
			unsigned cells = cells_of(&footer->commands[i]) + GAP;
			chosen[i] = cells <= room;
			room -= chosen[i] ? cells : 0;
		}
	}
}

/* The line that is edited, with a cursor; of one that is too long, the end. Returns the column behind it. */
static unsigned draw_line_edit(const struct footer *footer, struct grid *grid, unsigned line)
{
	const struct line_edit *typed = footer->line_edit;
	char text[LINE_EDIT_SIZE * 4];

	unsigned column = grid_put(grid, line, 1, GRID_DIM, footer->label, strlen(footer->label));
	size_t length = text_fit_end(text, sizeof text, typed->text, typed->length,
	                             grid->columns > column + 1 ? grid->columns - column - 1 : 0, footer->charset);
	column = grid_put(grid, line, column, GRID_BOLD, text, length);
	column = grid_put(grid, line, column, GRID_REVERSE, " ", 1);
	return column + GAP;
}

static unsigned room_to_pick(const struct footer *footer, unsigned columns)
{
	unsigned keys = 0, least = columns * PICKER_SHARE / 100;

	for (size_t i = 0; i < footer->count; i++)
		keys += cells_of(&footer->commands[i]) + GAP;
	return columns > keys + PICKER_LABEL + least ? columns - keys - PICKER_LABEL : least;
}

static unsigned draw_question(const struct footer *footer, struct grid *grid, unsigned line)
{
	unsigned column = grid_put(grid, line, 1, GRID_BOLD, footer->question, strlen(footer->question));

	return grid_put(grid, line, column, GRID_REVERSE, " ", 1);
}

/* What takes the line before the keys. Returns the column behind it. */
static unsigned draw_before_keys(const struct footer *footer, struct grid *grid, unsigned line)
{
	if (footer->line_edit)
		return draw_line_edit(footer, grid, line);
	if (footer->question)
		return draw_question(footer, grid, line);
	if (footer->picker)
		return picker_draw(footer->picker, footer->table, grid, line, room_to_pick(footer, grid->columns));
	return 1;
}

void footer_draw(const struct footer *footer, struct grid *grid, unsigned line)
{
	unsigned column = draw_before_keys(footer, grid, line);
	bool chosen[FOOTER_COMMANDS] = {false};

	/* The last one needs no gap behind it. */
	choose(footer, grid->columns + GAP > column ? grid->columns + GAP - column : 0, chosen);
	for (size_t i = 0; i < footer->count && i < FOOTER_COMMANDS; i++) {
		const struct footer_command *command = &footer->commands[i];

		if (!chosen[i])
			continue;
		column = grid_put(grid, line, column, GRID_BOLD, command->keys, strlen(command->keys));
		column = grid_put(grid, line, column + 1, GRID_DIM, command->name, strlen(command->name)) + GAP;
	}
}
