/*
 * Which modes of a terminal a program has switched on: the mouse, the alternate screen, a hidden cursor. Found in what
 * it prints, so that another screen can be shown in between without them.
 */
#ifndef MEMORY_TRACKER_TERMINAL_PRIVATE_MODES_H
#define MEMORY_TRACKER_TERMINAL_PRIVATE_MODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for what private_modes_put writes, the zero included. */
#define PRIVATE_MODES_MAX 160

/* All zero is a terminal as it comes. */
struct private_modes {
	uint32_t changed; /* a bit for each known mode that is not as it comes */
	unsigned state;   /* where in a control sequence the bytes so far end */
	unsigned number;
	uint32_t named; /* the modes that the sequence has named so far */
};

/* Takes bytes as they were printed; any cut, any bytes. */
void private_modes_feed(struct private_modes *modes, const char *bytes, size_t length);

/* Whether the program shows an alternate screen. */
bool private_modes_alternate(const struct private_modes *modes);

/* Writes what makes the changed modes as they come, or, when `again`, what changes them again. Zero-terminated. */
void private_modes_put(const struct private_modes *modes, bool again, char buffer[PRIVATE_MODES_MAX]);

#endif
