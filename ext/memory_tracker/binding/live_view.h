/*
 * A display of a capture in its own process: what the display asks for is done with the GVL by a service, whoever
 * runs the display.
 */
#ifndef MEMORY_TRACKER_BINDING_LIVE_VIEW_H
#define MEMORY_TRACKER_BINDING_LIVE_VIEW_H

#include <ruby.h>
#include <stdbool.h>

#include "app/display.h"
#include "vm/capture.h"

struct live_view;

struct live_view_options {
	double interval;          /* seconds between snapshots; 0: see struct viewer_options */
	enum viewer_choice mouse; /* it is used, instead of being left to the terminal */
	double gc;                /* seconds between full GCs; 0: none but those that are asked for by a key */
	const char *sort;         /* a column's key, or NULL; borrowed until live_view_open returns */
	const char *command;      /* the program, or NULL; likewise */
	const char *marker;       /* see struct guard_job; likewise */
	bool settings;            /* see struct viewer_options */
	int32_t utc_offset;       /* of the times shown, seconds east of UTC */
	bool interrupt_key;       /* Ctrl-C is a key, and not a signal to the program */
	VALUE runner;             /* the thread that will run it, so that it stops for what Ruby has for that; or nil */
	/*
	 * Called, with the GVL and without raising, when the program's input has been led away from the terminal or
	 * back to it: who waits for input shall look again. NULL: the program's input stays where it is.
	 */
	void (*moved)(void);
};

/*
 * Makes what is needed, without touching the terminal yet. `owner` is the object that the capture belongs to.
 * Returns NULL and a sentence in `problem` when it cannot be; may raise what service_start raises. GVL
 */
struct live_view *live_view_open(struct capture *capture, VALUE owner, const struct live_view_options *options,
                                 char problem[SESSION_PROBLEM_MAX]);

/* Runs it in the calling thread, as display_run does. ANY THREAD that does not hold the GVL */
enum display_end live_view_run(struct live_view *view);

/*
 * Runs it in a native thread. `left` is called with `data` and the GVL some time after the viewer was left. Returns
 * 0 or an errno. GVL
 */
int live_view_start(struct live_view *view, void (*left)(void *data), void *data);

/* Waits until a viewer that was started has the terminal, or has given up. ANY THREAD that does not hold the GVL */
void live_view_wait_entered(struct live_view *view);

/* What display_wake and display_stop do. ANY THREAD */
void live_view_wake(struct live_view *view);
void live_view_stop(struct live_view *view);

/*
 * The program has ended: the numbers stay as they are now, and `how` ("ended with status 0") is shown, completed by
 * how long the capture ran. Once. ANY THREAD
 */
void live_view_ended(struct live_view *view, const char *how);

/*
 * Waits until a viewer that was started has given the terminal back, or live_view_cancel_wait is called. Returns
 * whether it has. ANY THREAD that does not hold the GVL
 */
bool live_view_wait(struct live_view *view);
void live_view_cancel_wait(struct live_view *view);

/* Whether it has given the terminal back. ANY THREAD */
bool live_view_over(struct live_view *view);

/* Ends the thread, if there is one, and frees everything; the terminal has been given back. GVL */
void live_view_close(struct live_view *view);

#endif
