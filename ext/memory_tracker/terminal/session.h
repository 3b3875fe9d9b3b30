/*
 * A process's terminal as long as a viewer has it: the screen, what a program prints meanwhile, and the guard. The
 * program is the same process, or another one whose output its pty brings into the output log, or none.
 *
 * session_enter takes the terminal and session_leave gives it back, as often as is wanted in between of
 * session_open and session_close. One thread at a time; any thread, no GVL.
 */
#ifndef MEMORY_TRACKER_TERMINAL_SESSION_H
#define MEMORY_TRACKER_TERMINAL_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "terminal/guard.h"
#include "terminal/redirect.h"
#include "terminal/output_log.h"
#include "terminal/tty.h"
#include "screen/screen.h"

/* Bytes of the longest sentence about a problem. */
#define SESSION_PROBLEM_MAX 256

struct session_options {
	bool redirect;      /* what this process prints goes to the output log */
	bool take_input;    /* then: descriptor 0 is led away from the terminal too */
	bool interrupt_key; /* Ctrl-C is a key, and not a signal to the process */
	const char *marker; /* see struct guard_job; borrowed until session_open returns */
	const char *output; /* the file of the output log, see output_log_init; likewise */
};

/*
 * Calls a function while no other thread of the program begins to print, if that can be had soon, else all the
 * same. Where input is taken, threads that wait for input are interrupted after it, so that they look where to wait.
 */
struct session_exclusion {
	void (*call)(void *context, void (*function)(void *data), void *data);
	void *context;
};

struct session {
	struct session_options options;
	struct session_exclusion exclusion;
	struct tty tty;
	struct output_log output_log;
	struct redirect redirect;
	struct guard guard;
	struct screen *screen; /* owned; NULL unless entered */
	bool left_to_guard;    /* which prints what the output log has, then */
};

/*
 * Whether a viewer could have the terminal of this process. Returns NULL, or why not as a sentence in `buffer`.
 * The descriptors 0 and 1 must be terminals, of a type that has a screen, and the process in the foreground.
 */
const char *session_problem(char buffer[SESSION_PROBLEM_MAX]);

/*
 * The same for a viewer of another process, which inherits the descriptors of this one that are not this terminal. 1 or 2
 * must be this terminal, and the other one no pipe, because what reads that may print on the terminal.
 */
const char *session_launch_problem(char buffer[SESSION_PROBLEM_MAX]);

/* All that is needed before entering. Returns NULL, or why it failed as a sentence in `buffer`. */
const char *session_open(struct session *session, const struct session_options *options,
                         const struct session_exclusion *exclusion, char buffer[SESSION_PROBLEM_MAX]);
void session_close(struct session *session);

/* Returns NULL, or why it failed as a sentence in `buffer`; then the terminal is as it was. */
const char *session_enter(struct session *session, char buffer[SESSION_PROBLEM_MAX]);

/*
 * The terminal is as it was before session_enter, with all that was printed meanwhile. Where the program has closed what
 * this needs, the guard does it; and the program gets its descriptors 0 to 2 back, unless it has opened others there.
 */
void session_leave(struct session *session);

/* Whether the program has closed descriptors of the session, so that it is to be left. */
bool session_lost(const struct session *session);

/*
 * Makes the terminal give keys as they are and take bytes as they come, for a program on a pty. All that is in the
 * output log has been printed then, after keys have ceased to be echoed here. The session may be entered, unless what
 * this process prints is redirected. Returns NULL, or why it failed as a sentence in `buffer`.
 */
const char *session_pass(struct session *session, char buffer[SESSION_PROBLEM_MAX]);

/* What is to be written to the terminal in the end if this process cannot, at most GUARD_LAST_MAX bytes. */
void session_end_with(struct session *session, const char *last, size_t length);

/* Starts the guard again if it has ended. Returns false when there is none, and the terminal is at risk. */
bool session_look(struct session *session);

/* The terminal is as it was before session_pass. */
void session_unpass(struct session *session);

/* A line on the terminal, while it is not entered. */
void session_say(struct session *session, const char *sentence);

#endif
