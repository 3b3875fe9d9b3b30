/*
 * Requests for what has to wait until no event is handled: names, comparisons, the blocks of tracked classes. One job
 * does all of it (vm/safe_point.h), which the VM runs at its next safe point, in any thread of the main Ractor.
 */
#ifndef MEMORY_TRACKER_VM_JOBS_H
#define MEMORY_TRACKER_VM_JOBS_H

#include <ruby.h>
#include <ruby/debug.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Asks for names to be completed and the blocks of events to be called soon. HOOK, in any Ractor */
void jobs_request(void);

/* How often the VM was asked for the job. GVL */
uint64_t jobs_requested(void);

/* Asks in an event for names to be completed: soon, or when the GC that is under way has ended. HOOK */
void jobs_request_names(const rb_trace_arg_t *event);

/* What waits for the end of a GC may be asked for again. HOOK */
void jobs_gc_ended(void);

/*
 * Has the comparison made, the figures read and names completed at a safe point soon after the next allocation. Until then
 * nothing can have changed but by an object's being freed. ANY THREAD
 */
void jobs_request_refresh(void);

/* Set by any thread and Ractor. The next allocation of the main Ractor takes it, for only there may the job run. */
extern _Atomic unsigned jobs_wanted_bits;

/* HOOK */
static inline bool jobs_wanted(void)
{
	return atomic_load_explicit(&jobs_wanted_bits, memory_order_relaxed);
}

/* Does nothing in other Ractors than the main one. HOOK */
void jobs_take_wanted(void);

/* Whether a refresh was requested since this was called last. For the job alone */
bool jobs_take_refresh(void);

/* Whether names wait for the end of a GC. For the job alone */
void jobs_set_names_wait(bool wait);

#endif
