/* The heap as it is: enters the objects that were there before a capture started, or counts all that stand. */
#ifndef MEMORY_TRACKER_VM_WALK_H
#define MEMORY_TRACKER_VM_WALK_H

#include "model/light.h"
#include "model/tracker.h"

/* Hooks are on already; what they have entered stays as it is. GVL, never inside an event */
void walk_existing(struct tracker *tracker);

/*
 * Counts what stands, and the recorded classes; with `all_classes` every class, because the recorded ones may stand
 * elsewhere by now. GVL, never inside an event, while GC is disabled
 */
void walk_counting(struct light *light, bool all_classes);

#endif
