/*
 * A program on a pty below the display: its console, its keys, its output, its end. Without one nothing of this happens.
 *
 * The thread that runs the display calls all of this.
 */
#ifndef MEMORY_TRACKER_APP_DISPLAY_PROGRAM_H
#define MEMORY_TRACKER_APP_DISPLAY_PROGRAM_H

#include "app/display_state.h"
#include "screen/input_event.h"

/* Gives the terminal to the program until a key brings the viewer back. */
void display_open_console(struct display *display);

/* Whether a key in the viewer is the second one of two that leave the console: then it has gone to the program there. */
bool display_passes_leave_key(struct display *display, const struct input_event *input);

/* Asks the program to end by SIGINT, and by SIGTERM later if it does not. */
void display_ask_to_end(struct display *display);

/* Takes the keys to the program that has the terminal. */
void display_pass_keys(struct display *display);

/* Takes what the program prints, and notices that it is stopped or has ended. */
void display_see_to_program(struct display *display);

#endif
