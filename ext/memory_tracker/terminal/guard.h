/*
 * A guard: a tiny process that makes the terminal usable again when the program cannot do so any more, because it
 * was killed, has crashed, has left by `exit!` or has become another program by `exec`. And it prints what processes
 * that the program has started print after the screen is gone.
 *
 * It is nobody's child, so that a program that waits for all its children does not wait for it, and it knows of the
 * program's end because a socket closes then. It ends when it has nothing more to print. A guard that was killed, or
 * does not answer, is replaced by another one.
 */
#ifndef MEMORY_TRACKER_TERMINAL_GUARD_H
#define MEMORY_TRACKER_TERMINAL_GUARD_H

#include <stddef.h>
#include <sys/types.h>
#include <termios.h>

#include "base/descriptor.h"

#define GUARD_RESET_MAX 256
#define GUARD_LAST_MAX 256
#define GUARD_MARKER_MAX 1024

/* What the guard works with. */
struct guard_job {
	const struct descriptor *tty;     /* borrowed until guard_leave; where it prints */
	const struct descriptor *printed; /* likewise; what was printed, opened for reading, without its lock */
	/*
	 * A file that is removed once this process has ended and the terminal is usable again, with all on it that was
	 * printed until then; or NULL. Borrowed until guard_start returns.
	 */
	const char *marker;
};

/* What the program tells the guard. The answer to GUARD_WATCH is an off_t. */
struct guard_order {
	enum { GUARD_RELAX, GUARD_WATCH, GUARD_END } kind;
	size_t length;
	off_t offset;
	struct termios modes;
	char reset[GUARD_RESET_MAX];
	size_t last_length;
	char last[GUARD_LAST_MAX];
};

struct guard {
	/* Owned; none: there is no guard. When the program closes it the guard acts as if that had ended. */
	struct descriptor socket;
	const struct descriptor *tty; /* borrowed, both */
	const struct descriptor *printed;
	char marker[GUARD_MARKER_MAX];
	struct guard_order order; /* the latest one, which another guard gets, too */
};

/*
 * Starts a guard, which begins by printing what comes into the file behind `offset`. Returns 0 or an errno.
 * ANY THREAD
 */
int guard_start(struct guard *guard, const struct guard_job *job, off_t offset);

/*
 * From now on the terminal is the screen's: in case of need the guard writes `reset` to it and sets `modes`. It
 * prints nothing meanwhile. Returns up to where it has printed the file. ANY THREAD
 */
off_t guard_watch(struct guard *guard, const char *reset, size_t length, const struct termios *modes, off_t offset);

/* What it writes behind all that was printed, in case of need. ANY THREAD */
void guard_end_with(struct guard *guard, const char *last, size_t length);

/* The terminal is the program's again, and the file printed up to `offset`. ANY THREAD */
void guard_relax(struct guard *guard, off_t offset);

/* Starts another guard if this one has ended. Returns 0, or the errno with which there is none. ANY THREAD */
int guard_look(struct guard *guard);

/* Lets the guard go: it ends when nobody can write to the file any more. ANY THREAD */
void guard_leave(struct guard *guard);

#endif
