/*
 * The live viewer on the terminal: keys in, snapshots in, screens out, until somebody leaves it.
 *
 * One thread runs it; what other threads may do meanwhile says so.
 */
#ifndef MEMORY_TRACKER_APP_DISPLAY_H
#define MEMORY_TRACKER_APP_DISPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "program/job.h"
#include "source/snapshot_source.h"
#include "terminal/session.h"
#include "app/viewer.h"

/* Whoever runs the display. All are called by the thread that does, and none of them waits. */
struct display_host {
	void *context;
	void (*entered)(void *context);     /* tells that the terminal has been taken; NULL: nobody wants to know */
	void (*left)(void *context);        /* tells that no more numbers are wanted; NULL: nobody wants to know */
	bool (*interrupted)(void *context); /* whether it shall return as by display_wake; NULL: never */
};

struct display_options {
	struct viewer_options viewer; /* the charset is the terminal's */
	uint64_t gc_ns;               /* between two full GCs that nobody asks for; 0: none */
	struct session_options session;
	struct session_exclusion exclusion; /* for a session that redirects */
	struct snapshot_source numbers;
	struct display_host host;

	/*
	 * A program on a pty, whose output is shown, and who gets the terminal when the viewer is left; or NULL.
	 * Borrowed. Without a viewer the display ends with it, and with one only when somebody leaves that too.
	 */
	struct job *job;
	const char *console_hint; /* a line for the person who opens the program's console; borrowed */
};

/* Why display_run has returned. Unless it is DISPLAY_WOKEN the terminal is the program's again. */
enum display_end {
	DISPLAY_LEFT,        /* by a key, by display_stop, or because it could not go on */
	DISPLAY_QUIT,        /* by the key that ends the program too */
	DISPLAY_INTERRUPTED, /* by Ctrl-C, where that is a key */
	DISPLAY_WOKEN,       /* by display_wake; it can be run again */
};

struct display;

/* Everything but the screen. Returns NULL and a sentence in `problem` when it cannot be. No GVL needed */
struct display *display_open(const struct display_options *options, char problem[SESSION_PROBLEM_MAX]);
void display_close(struct display *display);

/* Takes the screen, unless it has it already, and shows. Keeps SIGTTIN and SIGTTOU away from the thread. */
enum display_end display_run(struct display *display);

/* Makes display_run return. Async-signal-safe. ANY THREAD */
void display_wake(struct display *display);

/* When the program on the pty has ended, nobody waits until its last numbers have been seen. ANY THREAD */
void display_hurry(struct display *display);

/* Makes display_run leave. ANY THREAD */
void display_stop(struct display *display);

/* Makes it look at once whether there is news of the numbers. ANY THREAD */
void display_notify(struct display *display);

/* Waits until display_stop is called, at most this long. Returns whether it was. The thread that ran it */
bool display_stopped_within(struct display *display, int milliseconds);

#endif
