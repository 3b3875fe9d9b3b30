/*
 * What a display is made of. For the files that make it up: display.c, and display_program.c, which sees to a program
 * on a pty.
 */
#ifndef MEMORY_TRACKER_APP_DISPLAY_STATE_H
#define MEMORY_TRACKER_APP_DISPLAY_STATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/wake_pipe.h"
#include "program/console.h"
#include "app/display.h"
#include "app/feed.h"
#include "screen/grid.h"

/* Who has the terminal. */
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
	bool aside;            /* the terminal is somebody else's just now */
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

/* Takes the terminal, for whoever has it in this mode, and gives it back. */
void display_enter(struct display *display);
void display_leave(struct display *display);

/* Makes display_run return. */
void display_finish(struct display *display, enum display_end end);

/* Leaves the terminal to the shell, and with it stops everybody who belongs to the program. */
void display_suspend(struct display *display);

/* --- display_program.c; nothing of it happens without a program on a pty --- */

/* Gives the terminal to the program until a key brings the viewer back. */
void display_open_console(struct display *display);

/* Whether a key in the viewer is the second one of two that leave the console: then it has gone to the program there. */
bool display_passes_leave_key(struct display *display, const struct input_event *input);

/* Gives the terminal to the program for good; when it `ends`, by asking it to. */
void display_go_through(struct display *display, bool ends);

/* Asks the program to end, and tells it to if it does not. */
void display_ask_to_end(struct display *display);

/* Leaves the terminal, without what a program has switched on there that cannot switch it off any more. */
void display_leave_for_good(struct display *display);

/* Takes the keys to the program that has the terminal. */
void display_pass_keys(struct display *display);

/* Takes what the program prints, and sees to it that it is stopped or has ended. */
void display_see_to_program(struct display *display);

#endif
