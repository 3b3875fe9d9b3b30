/*
 * Runs small programs of our own, to try out what the VM does.
 *
 * What the VM evaluates for an extension (rb_eval_string) runs in the scope of whoever calls the extension: it sets their
 * local variables, and has their self and their constants. Compiled code runs as a file of its own would.
 */
#ifndef MEMORY_TRACKER_VM_EVALUATE_H
#define MEMORY_TRACKER_VM_EVALUATE_H

#include <ruby.h>
#include <stdbool.h>

/* The program's value; Qnil when it raises, and *raised says which. Its frames are folded, as the core's are. GVL */
VALUE evaluate(const char *program, bool *raised);

#endif
