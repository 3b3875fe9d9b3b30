/*
 * The line at the bottom: what is asked, edited or picked there, and behind it the keys that do something now, as many as
 * have room.
 *
 *     filter: shop█  Enter keep the filter  Esc clear the filter
 *
 * It draws what it is given: which keys do something, and what they are called, is known to the table of commands.
 */
#ifndef MEMORY_TRACKER_PANES_FOOTER_H
#define MEMORY_TRACKER_PANES_FOOTER_H

#include <stddef.h>

#include "base/line_edit.h"
#include "base/text.h"
#include "panes/picker.h"
#include "panes/table_view.h"
#include "screen/grid.h"

/* Room for the names of a command's keys, and for its own name, the zero included. */
#define FOOTER_KEYS_SIZE 100
#define FOOTER_NAME_SIZE 48

/* What there is beyond so many commands is not drawn. */
#define FOOTER_COMMANDS 64

/* A command: its keys and what it is called now, which is ASCII. */
struct footer_command {
	char keys[FOOTER_KEYS_SIZE];
	char name[FOOTER_NAME_SIZE];
	unsigned rank; /* 1 to 10: the lowest have room first; none with 0 */
};

/* All is borrowed. Of what is edited, asked and picked at most one is not NULL, and stands before the keys. */
struct footer {
	const struct line_edit *line_edit;
	const char *label;    /* of the line that is edited; not NULL where one is */
	const char *question; /* y or n is the answer */
	const struct picker *picker;
	const struct table_view *table; /* whose columns are picked */

	const struct footer_command *commands;
	size_t count;
	enum text_charset charset;
};

void footer_draw(const struct footer *footer, struct grid *grid, unsigned line);

#endif
