/* The heap as it is: enters the objects that were there before a capture started. */
#ifndef MEMORY_TRACKER_VM_WALK_H
#define MEMORY_TRACKER_VM_WALK_H

#include "model/tracker.h"

/* Hooks are on already; what they have entered stays as it is. GVL, never inside an event */
void walk_existing(struct tracker *tracker);

#endif
