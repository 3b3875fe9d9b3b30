/*
 * What keys do: one table from which keys are looked up and from which the help screen and the footer are made. To
 * add a key, add a row in command.c.
 */
#ifndef MEMORY_TRACKER_INPUT_COMMAND_H
#define MEMORY_TRACKER_INPUT_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "input/command_name.h"
#include "input/request.h"
#include "panes/footer.h"
#include "panes/help_view.h"

struct viewer;

#define COMMAND_KEYS 9

struct command {
	uint32_t keys[COMMAND_KEYS]; /* characters and enum input_key; 0 where there is none */
	const char *keys_text;       /* the keys as the help writes them; NULL: each by its name */
	const char *name;            /* a word or two */
	const char *help;            /* a line of the help screen */
	unsigned modes;              /* enum viewer_mode: when the keys are these */
	unsigned footer_keys;        /* how many of the keys the footer names; 0: it does not name the command */
	unsigned rank;               /* for the footer: the highest go first where room is short */
	bool (*applies)(const struct viewer *viewer); /* whether it does something now; NULL: always */
	enum viewer_request (*run)(struct viewer *viewer, uint32_t key);

	/* The name as things are now, for the footer; empty: it is not named there. NULL: `name`. */
	void (*name_now)(const struct viewer *viewer, char out[COMMAND_NAME_SIZE]);
};

extern const struct command command_table[];
extern const size_t command_count;

/* Whether the command does something now. */
bool command_applies(const struct command *command, const struct viewer *viewer);

/* The command that a key stands for now, NULL if there is none. */
const struct command *command_find(const struct viewer *viewer, uint32_t key);

/* Those that the footer names now, in the order of the table. Returns how many there are, at most FOOTER_COMMANDS. */
size_t command_footer(const struct viewer *viewer, enum text_charset charset,
                      struct footer_command out[FOOTER_COMMANDS]);

/* Those that the help has a line of. Returns how many there are, at most HELP_COMMANDS. */
size_t command_help(enum text_charset charset, struct help_command out[HELP_COMMANDS]);

#endif
