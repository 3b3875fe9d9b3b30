/*
 * What a program has switched on in a terminal: the mouse, the alternate screen, a hidden cursor, other codes for keys.
 * Found in what it prints, so that another screen can be shown in between without it.
 */
#ifndef MEMORY_TRACKER_TERMINAL_PRIVATE_MODES_H
#define MEMORY_TRACKER_TERMINAL_PRIVATE_MODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/vt_parser.h"

/* Room for what private_modes_put writes, the zero included. */
#define PRIVATE_MODES_MAX 248

/* So many pushed flags are known, the latest ones, and so many are popped at most. */
#define PRIVATE_MODES_KNOWN 8
#define PRIVATE_MODES_PUSHED 99

/* Flags of the kitty keyboard protocol, of which each of the two screens has a stack. */
struct key_flags {
	uint8_t first;                      /* those before anything was pushed */
	uint8_t flags[PRIVATE_MODES_KNOWN]; /* a ring */
	uint8_t pushed;
};

/* All zero is a terminal as it comes. */
struct private_modes {
	struct vt_parser parser;
	uint32_t changed;              /* a bit for each known mode that is not as it comes */
	struct key_flags key_flags[2]; /* of the main screen and of the alternate one */
	bool keys_set;      /* those flags are set in the terminal, which private_modes_put does and undoes */
	uint8_t other_keys; /* xterm's modifyOtherKeys */
};

/* Takes bytes as they were printed; any cut, any bytes. */
void private_modes_feed(struct private_modes *modes, const char *bytes, size_t length);

/* Whether the program shows an alternate screen. */
bool private_modes_alternate(const struct private_modes *modes);

/*
 * Writes what makes all that was changed as it comes, or, when `again`, what changes it again; of the flags for keys what is
 * left to do of that. Zero-terminated.
 */
void private_modes_put(const struct private_modes *modes, bool again, char buffer[PRIVATE_MODES_MAX]);

#endif
