/*
 * How long the name of a command may be. In a header of its own because the table of commands points to actions, and
 * actions name commands.
 */
#ifndef MEMORY_TRACKER_INPUT_COMMAND_NAME_H
#define MEMORY_TRACKER_INPUT_COMMAND_NAME_H

#include "panes/footer.h"

/* Room for a command's name as the footer shows it, the zero included. */
#define COMMAND_NAME_SIZE FOOTER_NAME_SIZE

#endif
