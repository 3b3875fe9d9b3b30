/*
 * The terminal that a process belongs to: its modes, its size, who has it. Nothing here knows of screens.
 *
 * ANY THREAD. No function is stopped by SIGTTOU when the process is in the background.
 */
#ifndef MEMORY_TRACKER_TERMINAL_TTY_H
#define MEMORY_TRACKER_TERMINAL_TTY_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#include "base/descriptor.h"

struct tty {
	struct descriptor device; /* owned, of /dev/tty and not of anything that the program has open */
	struct termios modes;     /* as tty_note found them */
};

/* Opens the terminal of this process. Returns NULL, or why that is not possible. */
const char *tty_open(struct tty *tty);
void tty_close(struct tty *tty);

/* Its descriptor, for one call; -1 when there is none, or the program has closed it. */
int tty_fd(const struct tty *tty);

/* Opens it anew, if the process still has a terminal. What tty_note has found stays. */
void tty_reopen(struct tty *tty);

/* Whether the modes are as tty_note found them, or there is no terminal any more. */
bool tty_restored(const struct tty *tty);

/* Remembers the modes as they are now, for tty_restore. */
bool tty_note(struct tty *tty);

/* Sets modes, after what was written before has been shown. Can be called where only async-signal-safe things can. */
void tty_restore(int fd, const struct termios *modes);

/* Whether a descriptor leads to the terminal of this process, and not to another one, or to none. */
bool tty_has(int fd);

/* Whether this process is in the group that may use the terminal now. */
bool tty_foreground(const struct tty *tty);

/*
 * Writes all of it, however long that takes. False when nobody can read it any more. Can be called where only
 * async-signal-safe things can.
 */
bool tty_write(int fd, const char *bytes, size_t length);

/*
 * Waits until there is something to read from a terminal or one of `count` other descriptors, of which -1 is none, or,
 * if it is `behind`, until the terminal takes something, at most `milliseconds`. Returns false when the terminal is gone.
 */
bool tty_wait(int fd, bool behind, const int *others, size_t count, int milliseconds);

/* Whether a read from the terminal would not wait. */
bool tty_readable(int fd);

#endif
