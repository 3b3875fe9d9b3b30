/*
 * Which of viewer and program has the terminal: taking it, giving it back, and handing it from one to the other.
 *
 * What display->mode says has the terminal while display->entered; else it is another process group's. The thread that
 * runs the display calls all of this.
 */
#ifndef MEMORY_TRACKER_APP_DISPLAY_TERMINAL_H
#define MEMORY_TRACKER_APP_DISPLAY_TERMINAL_H

#include "app/display_state.h"

/* Takes the terminal for what has it in this mode, and gives it back. */
void display_enter(struct display *display);
void display_leave(struct display *display);

/* Hands the terminal over, if the display has it; else it is taken for this mode later. */
void display_change_mode(struct display *display, enum display_mode mode);

/* Gives the terminal to the program until that ends. The display wants no more snapshots then. */
void display_go_through(struct display *display);

/* Leaves the terminal, without what a program has switched on there that cannot switch it off any more. */
void display_leave_for_good(struct display *display);

/* Leaves the terminal to the shell, and stops this process and all that belong to the program. */
void display_suspend(struct display *display);

/* Makes display_run return. */
void display_finish(struct display *display, enum display_end end);

#endif
