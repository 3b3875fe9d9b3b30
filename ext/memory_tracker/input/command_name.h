/*
 * How long names of commands and keys may be. In a header of its own because the table of commands points to actions,
 * and actions name commands.
 */
#ifndef MEMORY_TRACKER_INPUT_COMMAND_NAME_H
#define MEMORY_TRACKER_INPUT_COMMAND_NAME_H

/* Room for a command's name as the footer shows it, or the name of a key, the zero included. */
#define COMMAND_NAME_SIZE 48

#endif
