/*
 * What keys go to: a viewer is in one mode at a time, and each command is for some of them.
 */
#ifndef MEMORY_TRACKER_INPUT_MODE_H
#define MEMORY_TRACKER_INPUT_MODE_H

enum viewer_mode {
	MODE_TABLE = 1,
	MODE_FILTER = 2, /* a filter is edited */
	MODE_OUTPUT = 4, /* the output pane is open */
	MODE_HELP = 8,
	MODE_OUTPUT_SEARCH = 16, /* what to search for in the output is edited */
	MODE_FIND = 32,          /* what to search for is edited */
	MODE_NAME = 64,          /* the name of a file to write to is edited */
	MODE_SORT = 128,         /* the column to sort by is being picked */
	MODE_COLUMNS = 256,
	MODE_QUESTION = 512, /* y does what was asked for, any other key does not */
};

#endif
