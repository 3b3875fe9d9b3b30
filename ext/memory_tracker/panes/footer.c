#include "panes/footer.h"

#include <stdio.h>
#include <string.h>

#include "input/command.h"
#include "input/edit_input.h"
#include "app/viewer_state.h"

#define GAP 2
#define RANK_MOST 10
#define COMMANDS_MAX 128

/* Columns to pick from have what the keys leave, but at least so many hundredths of the line. */
#define PICKER_SHARE 40
#define PICKER_LABEL 10

/* A command's keys and name, as the footer has them. */
struct entry {
	char keys[COMMAND_KEYS * COMMAND_NAME_SIZE];
	char name[COMMAND_NAME_SIZE];
	unsigned cells;
};

static void describe(const struct viewer *viewer, const struct command *command, struct entry *entry)
{
	size_t length = 0;

	for (unsigned i = 0; i < command->footer_keys; i++) {
		char key[COMMAND_NAME_SIZE];
		command_key_name(key, command->keys[i], viewer->charset);
		length += (size_t)snprintf(entry->keys + length, sizeof entry->keys - length, i ? " %s" : "%s", key);
	}
	if (command->name_now)
		command->name_now(viewer, entry->name);
	else
		snprintf(entry->name, sizeof entry->name, "%s", command->name);
	entry->cells = (unsigned)(text_width(entry->keys, length, TEXT_UTF8) + 1 + strlen(entry->name));
}

static bool is_named(const struct viewer *viewer, const struct command *command)
{
	return command->footer_keys && command_applies(command, viewer);
}

/* Marks the commands that have room, the most important first. */
static void choose(const struct viewer *viewer, unsigned room, bool chosen[COMMANDS_MAX])
{
	struct entry entry;

	for (unsigned rank = 1; rank <= RANK_MOST; rank++) {
		for (size_t i = 0; i < command_count && i < COMMANDS_MAX; i++) {
			if (command_table[i].rank != rank || !is_named(viewer, &command_table[i]))
				continue;
			describe(viewer, &command_table[i], &entry);
			chosen[i] = entry.name[0] && entry.cells + GAP <= room;
			room -= chosen[i] ? entry.cells + GAP : 0;
		}
	}
}

/* What is being typed, with a cursor; of what is too long, the end. Returns the column behind it. */
static unsigned draw_typed(const struct viewer *viewer, const struct line_edit *line_edit, struct grid *grid,
                           unsigned line)
{
	const char *label = viewer->mode == MODE_FILTER ? "filter: "
	                    : viewer->mode == MODE_NAME ? "write to: "
	                                                : "search: ";
	char text[LINE_EDIT_SIZE * 4];

	unsigned column = grid_put(grid, line, 1, GRID_DIM, label, strlen(label));
	size_t length = text_fit_end(text, sizeof text, line_edit->text, line_edit->length,
	                             grid->columns > column + 1 ? grid->columns - column - 1 : 0, viewer->charset);
	column = grid_put(grid, line, column, GRID_BOLD, text, length);
	column = grid_put(grid, line, column, GRID_REVERSE, " ", 1);
	return column + GAP;
}

static unsigned room_to_pick(const struct viewer *viewer, unsigned columns)
{
	unsigned keys = 0, least = columns * PICKER_SHARE / 100;
	struct entry entry;

	for (size_t i = 0; i < command_count; i++) {
		if (!is_named(viewer, &command_table[i]))
			continue;
		describe(viewer, &command_table[i], &entry);
		keys += entry.cells + GAP;
	}
	return columns > keys + PICKER_LABEL + least ? columns - keys - PICKER_LABEL : least;
}

/* What takes the line before the keys. Returns the column behind it. */
static unsigned draw_question(struct viewer *viewer, struct grid *grid, unsigned line)
{
	const struct line_edit *line_edit = edit_input_now(viewer);

	if (line_edit)
		return draw_typed(viewer, line_edit, grid, line);
	if (viewer->mode == MODE_QUESTION) {
		const char *text = viewer->question.text;

		return grid_put(grid, line, grid_put(grid, line, 1, GRID_BOLD, text, strlen(text)), GRID_REVERSE, " ",
		                1);
	}
	if (viewer->mode & (MODE_SORT | MODE_COLUMNS))
		return picker_draw(&viewer->picker, &viewer->table, grid, line, room_to_pick(viewer, grid->columns));
	return 1;
}

void footer_draw(struct viewer *viewer, struct grid *grid, unsigned line)
{
	unsigned column = draw_question(viewer, grid, line);
	bool chosen[COMMANDS_MAX] = {false};
	struct entry entry;

	/* The last one needs no gap behind it. */
	choose(viewer, grid->columns + GAP > column ? grid->columns + GAP - column : 0, chosen);
	for (size_t i = 0; i < command_count && i < COMMANDS_MAX; i++) {
		if (!chosen[i])
			continue;
		describe(viewer, &command_table[i], &entry);
		column = grid_put(grid, line, column, GRID_BOLD, entry.keys, strlen(entry.keys));
		column = grid_put(grid, line, column + 1, GRID_DIM, entry.name, strlen(entry.name)) + GAP;
	}
}
