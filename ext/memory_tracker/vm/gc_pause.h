/*
 * Work during which nothing may be freed or moved.
 *
 * GC is disabled for it, which ends one that is under way, and put back as it was however the work ends. No Ruby code may
 * run in it: another thread that disabled GC meanwhile would find it enabled again.
 */
#ifndef MEMORY_TRACKER_VM_GC_PAUSE_H
#define MEMORY_TRACKER_VM_GC_PAUSE_H

#include <ruby.h>

/* What `work` raises, NoMemoryError above all, goes on after GC is as it was. GVL, never inside an event */
void paused_call(void (*work)(void *data), void *data);

#endif
