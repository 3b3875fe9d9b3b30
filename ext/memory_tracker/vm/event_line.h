/*
 * The line that allocates, where the VM tells a wrong one.
 *
 * Ruby 3.1 and 3.2 in their earlier releases (Ruby bug #19456) step the topmost frame's program counter forward
 * during events, because instructions that can call nothing have not stepped it themselves yet. All others have, and
 * get the line of whatever comes after them: a hash literal at the end of a method seems to be made by its `end`.
 * Where the trial of the VM's layout failed lines are left as the VM tells them.
 */
#ifndef MEMORY_TRACKER_VM_EVENT_LINE_H
#define MEMORY_TRACKER_VM_EVENT_LINE_H

#include <ruby.h>
#include <ruby/debug.h>

#ifdef HAVE_RB_PROFILE_THREAD_FRAMES

/* A Ruby that has this function never had the fault. */
static inline void event_line_init(void)
{
}

static inline int event_line_frames(rb_trace_arg_t *event, int limit, VALUE *frames, int *lines)
{
	(void)event;
	return rb_profile_frames(0, limit, frames, lines);
}

#else

/* Finds out by trying whether this Ruby has the fault, and what it takes to mend it. GVL */
void event_line_init(void);

/* What rb_profile_frames(0, ...) should say in an event. HOOK */
int event_line_frames(rb_trace_arg_t *event, int limit, VALUE *frames, int *lines);

#endif

#endif
