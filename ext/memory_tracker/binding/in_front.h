/*
 * A display in front: the Ruby thread that calls runs it until it is left, without the GVL. The program's signal handlers
 * run meanwhile, and the display goes on; when one of them raises, the display is left before that goes on.
 *
 * All GVL.
 */
#ifndef MEMORY_TRACKER_BINDING_IN_FRONT_H
#define MEMORY_TRACKER_BINDING_IN_FRONT_H

#include <ruby.h>

#include "app/display.h"

struct in_front {
	enum display_end (*run)(void *context); /* without the GVL, like what follows */
	void (*wake)(void *context);            /* makes it return DISPLAY_WOKEN soon; by another thread */
	void (*stop)(void *context);            /* makes it leave */
	void *context;
};

/* Returns how it was left, and in `state` what rb_jump_tag takes of what was raised latest; 0: nothing was. */
enum display_end in_front_run(const struct in_front *front, int *state);

/* The same of a display with nothing around it. */
enum display_end in_front_run_display(struct display *display, int *state);

/* Once all is closed: :left or :quit, for a method to return. Raises what was raised, and Interrupt for Ctrl-C. */
VALUE in_front_result(enum display_end end, int state);

#endif
