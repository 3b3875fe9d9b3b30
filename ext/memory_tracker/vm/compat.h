/* All that differs between Rubies. */
#ifndef MEMORY_TRACKER_VM_COMPAT_H
#define MEMORY_TRACKER_VM_COMPAT_H

#include <ruby.h>
#include <ruby/debug.h>
#include <ruby/version.h>
#include <stdbool.h>
#include <stdint.h>

#include "vm/event_line.h"

/*
 * Prepares what must not be done for the first time inside an event, and asks what only Ruby code tells. Raises LoadError
 * where a garbage collector runs that is not Ruby's own. GVL
 */
void compat_init(void);

/*
 * The distance in bytes that divides every object's address, or 0 when this Ruby's heap is not one that can be tracked.
 * Runs no Ruby code. ANY THREAD
 */
uint32_t compat_stride(void);

/* Whether this is the Ractor whose events are seen. Runs no Ruby code. GVL of any Ractor */
bool compat_main_ractor(void);

/* Whether no other Ractor can be running. Runs Ruby code. GVL, never inside an event */
bool compat_alone(void);

/*
 * Before 3.3 the VM crashes when a Ractor starts while births are heard of (Ruby bug #18464). So the hooks must be
 * off by the time the birth of a Ractor is over, and stay off as long as there may be one that has yet to start.
 */
#if RUBY_API_VERSION_CODE < 30300
#define COMPAT_RACTORS_FRAGILE 1
#else
#define COMPAT_RACTORS_FRAGILE 0
#endif

/*
 * Since 4.0 hooks are those of all Ractors. The VM may wait for ever when the main one sets them anew while another clears
 * the list of those that were taken off, and no Ractor takes them along when it ends.
 */
#if RUBY_API_VERSION_CODE >= 40000
#define COMPAT_HOOKS_GLOBAL 1
#else
#define COMPAT_HOOKS_GLOBAL 0
#endif

/* Whether a newborn of type T_DATA is a Ractor. HOOK */
bool compat_is_ractor(VALUE object);

/*
 * Whether this newborn forbids hearing of births from now on, and whether it may, as far as that is quickly told: of its
 * type, procs are the most. HOOK
 */
static inline bool compat_may_forbid_hooks(VALUE object)
{
	return COMPAT_RACTORS_FRAGILE && RB_BUILTIN_TYPE(object) == RUBY_T_DATA && RBASIC(object)->klass != rb_cProc;
}

static inline bool compat_forbids_hooks(VALUE object)
{
	return compat_may_forbid_hooks(object) && compat_is_ractor(object);
}

/* Whether allocations may be hooked. Runs Ruby code up to Ruby 3.2. GVL, never inside an event */
bool compat_hooks_allowed(void);

/*
 * Work that must wait until no event is running. compat_job_trigger may be called inside an event, as often as one
 * likes; the job then runs soon, once, with the GVL, in whatever thread comes first.
 */
void compat_job_init(void (*job)(void *));
/* HOOK, GVL */
void compat_job_trigger(void);

/*
 * The stack, the allocating frame first; at most `limit` frames. Lines that the VM leaves out are filled in where
 * they can be. Returns how many. HOOK
 */
static inline int compat_stack(rb_trace_arg_t *event, int limit, VALUE *frames, int *lines);

/* Whether the GC that runs or ran last is a major one. HOOK */
bool compat_gc_is_major(void);

/* Whether no GC is under way: nothing is marked, and no garbage waits to be swept. GVL */
bool compat_gc_idle(void);

/* Whether garbage waits to be swept. GVL */
bool compat_gc_sweeping(void);

/* Bytes of memory that the process holds resident; 0 when that cannot be told. ANY THREAD */
uint64_t compat_resident_bytes(void);

/* When the process was started, by CLOCK_MONOTONIC in nanoseconds; 0 when that cannot be told. ANY THREAD */
uint64_t compat_process_started(void);

/* The topmost line may be 0 under this Ruby's JIT. */
extern bool compat_jit_hides_lines;

/* The line of the topmost frame, which came without one, if it is written in Ruby. HOOK */
void compat_find_line(rb_trace_arg_t *event, VALUE frame, int *line);

static inline int compat_stack(rb_trace_arg_t *event, int limit, VALUE *frames, int *lines)
{
	int depth = event_line_frames(event, limit, frames, lines);

	if (compat_jit_hides_lines && depth > 0 && lines[0] == 0)
		compat_find_line(event, frames[0], lines);
	return depth;
}

#endif
