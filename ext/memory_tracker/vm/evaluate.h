/*
 * Small programs of our own that try out what the VM does.
 *
 * What the VM evaluates for an extension (rb_eval_string) runs in the scope of whoever calls the extension: it sets their
 * local variables, and has their self and their constants. Compiled code runs as a file of its own would.
 *
 * What interrupts the thread meanwhile, such as Timeout's error, is the program's: it is raised on, by all of these.
 */
#ifndef MEMORY_TRACKER_VM_EVALUATE_H
#define MEMORY_TRACKER_VM_EVALUATE_H

#include <ruby.h>
#include <ruby/debug.h>
#include <stdbool.h>

/*
 * The program's value. Where the program itself fails, because something in this process is not as usual: Qnil, and *failed
 * says so. Its frames are folded, as the core's are. GVL
 */
VALUE evaluate(const char *program, bool *failed);

/* Calls a function while a hook of raw events sees what is allocated. GVL */
VALUE evaluate_observed(void (*hook)(VALUE data, rb_trace_arg_t *event), VALUE (*function)(VALUE), VALUE argument);

/* A constant of a module; Qnil when there is none, or no module. GVL */
VALUE evaluate_constant(VALUE module, const char *name);

/* Whether this Ruby has the JIT compiler RubyVM::NAME, and it is on. GVL */
bool evaluate_jit_enabled(const char *name);

/* Whether what rb_errinfo tells is an exception, not a throw or a return, of which nothing may be asked, nor a kill. GVL */
bool is_exception(VALUE ended);

#endif
