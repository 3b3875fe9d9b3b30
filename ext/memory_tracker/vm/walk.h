/* The heap as it is: enters the objects that were there before a capture started, finds classes, or counts all. */
#ifndef MEMORY_TRACKER_VM_WALK_H
#define MEMORY_TRACKER_VM_WALK_H

#include <ruby.h>

#include "model/light.h"
#include "model/tracker.h"

/* Hooks are on already; what they have entered stays as it is. GVL, never inside an event */
void walk_existing(struct tracker *tracker);

/* Visits all classes but singleton classes. By C alone, so that nothing can interrupt it. GVL, while GC is disabled */
void walk_classes(void (*visit)(void *context, VALUE klass), void *context);

/*
 * Counts what stands, and the recorded classes; with `all_classes` every class, because the recorded ones may stand
 * elsewhere by now. GVL, never inside an event, while GC is disabled
 */
void walk_counting(struct light *light, bool all_classes);

#endif
