/*
 * What a display is opened with, and why it has returned: the types that its callers and its own files share.
 */
#ifndef MEMORY_TRACKER_APP_DISPLAY_OPTIONS_H
#define MEMORY_TRACKER_APP_DISPLAY_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "program/job.h"
#include "source/snapshot_source.h"
#include "terminal/session.h"
#include "app/viewer.h"

/* What display_run tells and asks its caller. The thread that runs it calls these, and none of them waits. */
struct display_host {
	void *context;
	void (*entered)(void *context);     /* the terminal has been taken; NULL: not told */
	void (*left)(void *context);        /* no more snapshots are wanted; NULL: not told */
	bool (*interrupted)(void *context); /* whether it returns as by display_wake; NULL: never */
};

struct display_options {
	struct viewer_options viewer; /* the charset is the terminal's */
	uint64_t gc_ns;               /* between two full GCs that no key asks for; 0: none */
	struct session_options session;
	struct session_exclusion exclusion; /* for a session that redirects */
	struct snapshot_source numbers;
	struct display_host host;

	/*
	 * A program on a pty, whose output is shown, and which gets the terminal when the viewer is left; or NULL.
	 * Borrowed. Without a viewer the display ends with it, and with one only when that is left too.
	 */
	struct job *job;
	const char *console_hint; /* a line that is shown when the program's console is opened; borrowed */
};

/* Why display_run has returned. Unless it is DISPLAY_WOKEN the terminal is the program's again. */
enum display_end {
	DISPLAY_LEFT,        /* by a key, by display_stop, or because it could not go on */
	DISPLAY_QUIT,        /* by the key that ends the program too */
	DISPLAY_INTERRUPTED, /* by Ctrl-C, where that is a key */
	DISPLAY_WOKEN,       /* by display_wake; it can be run again */
};

#endif
