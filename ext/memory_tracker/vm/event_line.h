/*
 * The line that allocates, where the VM tells a wrong one.
 *
 * Ruby 3.1 and 3.2 in their earlier releases (Ruby bug #19456) step the topmost frame's program counter forward
 * during events, because instructions that can call nothing have not stepped it themselves yet. All others have, and
 * get the line of whatever comes after them: a hash literal at the end of a method seems to be made by its `end`.
 */
#ifndef MEMORY_TRACKER_VM_EVENT_LINE_H
#define MEMORY_TRACKER_VM_EVENT_LINE_H

#include <ruby.h>
#include <ruby/debug.h>

/* Finds out by trying whether this Ruby has the fault, and what it takes to mend it. GVL */
void event_line_init(void);

/* The line of the topmost frame, which is written in Ruby; `line` is what rb_profile_frames said. HOOK */
int event_line(rb_trace_arg_t *event, int line);

#endif
