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

/* Whether this is the main Ractor. Runs no Ruby code. HOOK, GVL of any Ractor */
bool compat_main_ractor(void);

/* Whether no other Ractor can be running. Runs Ruby code. GVL, never inside an event */
bool compat_alone(void);

/*
 * Calls the function while no other Ractor runs, and so while no event is handled, where other Ractors have events too; at
 * once where there are none. It may allocate, raise and do the same again, but must neither run Ruby code nor give up the
 * GVL: another thread of this Ractor would stop in the middle of it for ever. GVL of the main Ractor, never inside an event
 */
void compat_exclusively(void (*function)(void *data), void *data);

/*
 * Before 3.3 the VM crashes when a Ractor starts while a hook sees allocations (Ruby bug #18464). So the hooks must be
 * off by the time the allocation of a Ractor is over, and stay off as long as there may be one that has yet to start.
 */
#if RUBY_API_VERSION_CODE < 30300
#define COMPAT_RACTORS_FRAGILE 1
#else
#define COMPAT_RACTORS_FRAGILE 0
#endif

/*
 * Since 4.0 hooks are those of all Ractors, and no Ractor takes them along when it ends. Events are handled one after the
 * other, each under the VM's lock. A list of hooks may only be changed by compat_exclusively: otherwise the VM frees a hook
 * that another Ractor is about to call, or waits for ever with two Ractors that wait for each other.
 */
#if RUBY_API_VERSION_CODE >= 40000
#define COMPAT_HOOKS_GLOBAL 1
#else
#define COMPAT_HOOKS_GLOBAL 0
#endif

/*
 * Whether allocations of other Ractors have events but are not counted. From 4.1 on each Ractor may have a heap of its
 * own, of which only the main one's frees are reported, and whose addresses come back without one.
 */
#if RUBY_API_VERSION_CODE >= 40100
#define COMPAT_MAIN_RACTOR_ONLY 1
#else
#define COMPAT_MAIN_RACTOR_ONLY 0
#endif

/* Whether an object of type T_DATA is a Ractor. HOOK */
bool compat_is_ractor(VALUE object);

/*
 * Whether it matters that an object that is allocated is a Ractor, and it is one; and whether it may be, as far as that is
 * quickly told: of its type, procs are the most. HOOK
 */
static inline bool compat_may_be_ractor(VALUE object)
{
	return (COMPAT_RACTORS_FRAGILE || COMPAT_HOOKS_GLOBAL) && RB_BUILTIN_TYPE(object) == RUBY_T_DATA &&
	       RBASIC(object)->klass != rb_cProc;
}

static inline bool compat_begins_ractor(VALUE object)
{
	return compat_may_be_ractor(object) && compat_is_ractor(object);
}

/*
 * Whether a JIT that is on allocates objects that the VM neither counts nor has events for, as ZJIT of a Ruby 4.1 under
 * development does. Found out by compat_try_jit, which runs Ruby code. ANY THREAD; GVL, never inside an event
 */
bool compat_jit_hides_objects(void);
void compat_try_jit(void);

/*
 * Work that must wait until no event is running. compat_job_trigger may be called inside an event, as often as one
 * likes; the job then runs soon, once, with the GVL, in whatever thread comes first.
 */
void compat_job_init(void (*job)(void *));
/* HOOK, GVL */
void compat_job_trigger(void);

/*
 * Whether the job was triggered and the thread and fiber that the event is in runs it at its next safe point, so that another
 * trigger would change nothing. False where that cannot be told. HOOK
 */
bool compat_job_pending(const rb_trace_arg_t *event);

/*
 * The stack, the allocating frame first; at most `limit` frames. Lines that the VM leaves out are filled in where
 * they can be. Returns how many. HOOK
 */
static inline int compat_stack(rb_trace_arg_t *event, int limit, VALUE *frames, int *lines);

/* As GC.start does, also where GC is disabled, which rb_gc_start respects. Runs Ruby code. GVL, never inside an event */
void compat_gc_start(bool full);

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
