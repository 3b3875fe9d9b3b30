/*
 * The live viewer on the terminal: keys in, snapshots in, screens out, until it is left.
 *
 * One thread runs it; what other threads may do meanwhile says so.
 */
#ifndef MEMORY_TRACKER_APP_DISPLAY_H
#define MEMORY_TRACKER_APP_DISPLAY_H

#include <stdbool.h>

#include "app/display_options.h"

struct display;

/* Everything but the screen. Returns NULL and a sentence in `problem` when it cannot be. No GVL needed */
struct display *display_open(const struct display_options *options, char problem[SESSION_PROBLEM_MAX]);
void display_close(struct display *display);

/* Takes the screen, unless it has it already, and shows. Keeps SIGTTIN and SIGTTOU away from the thread. */
enum display_end display_run(struct display *display);

/* Makes display_run return. Async-signal-safe. ANY THREAD */
void display_wake(struct display *display);

/* When the program on the pty has ended, display_run does not wait until its last numbers have been read. ANY THREAD */
void display_hurry(struct display *display);

/* Makes display_run leave. ANY THREAD */
void display_stop(struct display *display);

/* Makes it look at once whether there is news of the numbers. ANY THREAD */
void display_notify(struct display *display);

/* Waits until display_stop is called, at most this long. Returns whether it was. The thread that ran it */
bool display_stopped_within(struct display *display, int milliseconds);

#endif
