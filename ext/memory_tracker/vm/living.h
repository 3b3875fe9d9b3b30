/*
 * What is known weakly and still there: only that may be asked for its name, or handed out.
 *
 * As long as every birth and death is heard of, that is what the tables know. Where births were missed, in a Ractor or
 * in another tool's hook, deaths may have been, too: code is then met anew, and classes are found by themselves.
 */
#ifndef MEMORY_TRACKER_VM_LIVING_H
#define MEMORY_TRACKER_VM_LIVING_H

#include <ruby.h>

#include "vm/capture.h"

/* Completes the names of code, and of classes when asked. GVL, never inside an event */
void living_complete_names(struct capture *capture, bool classes);

/* Visits the classes that have a record, while nothing can die. The visitor may raise. GVL, never inside an event */
void living_each_class(struct capture *capture,
                       void (*visit)(void *context, VALUE klass, const struct class_record *class), void *context);

#endif
