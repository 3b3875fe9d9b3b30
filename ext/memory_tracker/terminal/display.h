/*
 * The live viewer on the terminal: keys in, snapshots in, screens out, until somebody leaves it.
 *
 * One thread runs it; what other threads may do meanwhile says so.
 */
#ifndef MEMORY_TRACKER_TERMINAL_DISPLAY_H
#define MEMORY_TRACKER_TERMINAL_DISPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "terminal/session.h"
#include "viewer/viewer.h"

/* Where the numbers come from, and who hears of what happens. All are called by the thread that runs the display, and none of them waits. */
struct display_source {
	void *context;
	struct snapshot_header *(*snapshot)(void *context);    /* to be freed; NULL when there is none to be had */
	void (*refresh)(void *context);                        /* asks for what makes snapshots complete */
	void (*gc)(void *context);                             /* asks for a full GC */
	void (*entered)(void *context);                        /* tells that the terminal has been taken */
	bool (*interrupted)(void *context);                    /* whether it shall return as by display_wake */
	bool (*gc_done)(void *context, uint64_t *nanoseconds); /* once, when it is over: how long it took */
};

struct display_options {
	struct viewer_options viewer; /* the charset is the terminal's */
	uint64_t gc_ns;               /* between two full GCs that nobody asks for; 0: none */
	struct session_options session;
	struct session_exclusion exclusion;
	struct display_source source;
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

/* Makes display_run leave. ANY THREAD */
void display_stop(struct display *display);

/* Makes it look at once whether a GC is over. ANY THREAD */
void display_notify(struct display *display);

/*
 * The program has ended: the numbers stay as they are now, and `how` ("ended with status 0") is shown. The sentence
 * is completed by how long the capture ran. Once. ANY THREAD
 */
void display_ended(struct display *display, const char *how);

/* Waits until display_stop is called, at most this long. Returns whether it was. The thread that ran it */
bool display_stopped_within(struct display *display, int milliseconds);

#endif
