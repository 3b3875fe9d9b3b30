/*
 * The bytes between a program on a pty and whoever is before the terminal: what the program prints goes to a
 * output log, and, while it has the console, to the terminal as it comes; then keys go to the program.
 *
 * One thread at a time; any thread, no GVL.
 */
#ifndef MEMORY_TRACKER_PROGRAM_CONSOLE_H
#define MEMORY_TRACKER_PROGRAM_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

#include "program/job.h"
#include "program/leave_key.h"
#include "terminal/private_modes.h"
#include "terminal/questions.h"
#include "terminal/output_log.h"

#define CONSOLE_INPUT_MAX 4096

/* Room for what switches off the modes that the program has switched on. */
#define CONSOLE_RESET_MAX (PRIVATE_MODES_MAX + 8)

struct console {
	struct job *job; /* borrowed */
	struct private_modes modes;
	struct questions questions;
	bool carriage;                 /* the latest byte was a carriage return, which is not in the output log yet */
	bool answered;                 /* a question was, on behalf of the terminal */
	bool discarded;                /* no output log is wanted any more */
	bool dry;                      /* no process has the pty open any more */
	char input[CONSOLE_INPUT_MAX]; /* keys that the pty has not taken yet */
	size_t pending;
	struct leave_key leave_key;
};

void console_init(struct console *console, struct job *job);

/* How what the program prints has gone. */
enum console_flow {
	CONSOLE_QUIET, /* nothing was printed */
	CONSOLE_SOME,
	CONSOLE_MORE, /* and there is more already */
	CONSOLE_LOST, /* the output log cannot take it */
};

/*
 * Takes what the program has printed to the output log, and writes it to `tty` unless that is -1. Where the pty has
 * made "\r\n" of a new line, the output log has a new line again.
 */
enum console_flow console_pump(struct console *console, struct output_log *output_log, int tty);

/* The descriptor that is readable when there is something to pump, or -1. */
int console_fd(const struct console *console);

/* Whether keys are waiting for the program to take them; then no more should be read. */
bool console_is_full(struct console *console);

/*
 * Takes keys from `tty` to the program. With `leaves` it stops at the key that leaves the console, however the terminal
 * sends it, and returns true; what was typed behind it is lost. Typed twice at once it is a key for the program.
 */
bool console_keys(struct console *console, int tty, bool leaves);

/* Sends a key to the program as if it had been typed. */
void console_type(struct console *console, char key);

/*
 * Makes the terminal, on which all that was printed is by now, the program's: its modes are switched on, and `hint` is
 * written on a line of its own above the one that the program was at, unless it is empty.
 */
void console_show(struct console *console, const struct output_log *output_log, int tty, const char *hint);

/* Writes what switches the modes off. Returns its length; it is zero-terminated, too. */
size_t console_reset(const struct console *console, char buffer[CONSOLE_RESET_MAX]);

/* Switches the modes off, for another screen. */
void console_hide(struct console *console, int tty);

#endif
