/*
 * How a light capture comes to its numbers: a walk over the heap whenever they are read, and after each a window in
 * which hooks see some thousand allocations. Nothing is hooked between the end of a window and the next walk, and
 * nothing at all is done while there is no reader.
 *
 * A walk ends an incremental mark or a sweep that is under way. Where other Ractors run there is none, because they
 * would go on allocating meanwhile.
 *
 * All functions want the GVL, never inside an event. Those that run no Ruby code also want compat_exclusively.
 */
#ifndef MEMORY_TRACKER_VM_CENSUS_H
#define MEMORY_TRACKER_VM_CENSUS_H

#include <stdbool.h>

struct capture;

/* A walk, and a window after it while the capture runs. Runs Ruby code before it does anything else. */
void census_take(struct capture *capture);

/* The same, unless the latest is so recent that walks would take more than a hundredth of the time. */
void census_take_sparingly(struct capture *capture);

/* Ends the window, if there is one: it is full, or the capture stops. Runs no Ruby code. */
void census_close_window(struct capture *capture);

/* A last walk of a running capture, without a window; none unless `alone`, which compat_alone told. Runs no Ruby code. */
void census_end(struct capture *capture, bool alone);

#endif
