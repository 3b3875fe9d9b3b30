/*
 * What a display is made of: for its own files alone, each of which includes those below it.
 *
 *     display.c            the loop: keys, snapshots, screens
 *     display_program.c    a program on a pty
 *     display_terminal.c   which of viewer and program has the terminal
 *     display_state.h
 */
#ifndef MEMORY_TRACKER_APP_DISPLAY_STATE_H
#define MEMORY_TRACKER_APP_DISPLAY_STATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/wake_pipe.h"
#include "program/console.h"
#include "app/display_options.h"
#include "app/feed.h"
#include "screen/grid.h"

/* What has the terminal. */
enum display_mode {
	DISPLAY_VIEWER,
	DISPLAY_CONSOLE, /* the program, until a key brings the viewer back */
	DISPLAY_THROUGH, /* the program, until it ends */
};

struct display {
	struct display_options options;
	struct session session;
	struct viewer *viewer; /* owned */
	struct grid grid;
	struct wake_pipe wake; /* owned */
	atomic_bool woken;
	atomic_bool stopped;
	atomic_bool hurried;

	/* Of the thread that runs it. */
	struct feed feed;
	struct console console;
	enum display_mode mode;
	bool started;
	bool entered;
	bool aside;            /* another process group has the terminal */
	bool dirty;            /* the screen is out of date */
	bool printed;          /* something was, and the screen does not tell of it yet */
	uint64_t drawn;        /* when the screen was drawn */
	uint64_t unwatched;    /* since when the program is; 0: it is not */
	uint64_t outlived;     /* when processes were first seen to outlive the program; UINT64_MAX: that was said */
	uint64_t left_console; /* when the viewer was back by the key that leaves the console; 0: not by that */
	bool passes_leave_key; /* the console is opened for that key, which is sent to the program */
	char guarded[CONSOLE_RESET_MAX]; /* what the guard would write to undo what the program has switched on */
	uint64_t quit_until; /* when a program that was asked to end is told to; 0: it was not, or has been told */
	enum display_end end;
	bool over;
	const char *complaint; /* why it had to leave, or NULL */
};

#endif
