/*
 * How a program wants its output to look: what the control sequences that end in "m" say.
 */
#ifndef MEMORY_TRACKER_VIEWER_LOOK_H
#define MEMORY_TRACKER_VIEWER_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero is the terminal's own. */
struct look {
	uint16_t style; /* of enum grid_style: bold, dim, underlined and reversed */
	uint16_t ink;   /* as in struct grid_cell, and so is the paper */
	uint16_t paper;
};

/*
 * Changes a look by the parameters of a sequence, what stands between "ESC [" and "m": "1;38;5;120". What is not known
 * changes nothing. ANY THREAD.
 */
void look_change(struct look *look, const char *parameters, size_t length);

bool look_equal(const struct look *a, const struct look *b);

#endif
