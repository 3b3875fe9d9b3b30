/*
 * The hooks in the VM, one set for all captures, and the registry of the captures that run.
 *
 * On Ruby 4.0 hooks are called in every Ractor, one at a time. The main one's code holds them off by compat_exclusively
 * wherever it writes what they use, and wherever it reads what they change in more than one step; the registry's list of
 * captures is changed by the main Ractor alone, which so may read it at any time.
 */
#ifndef MEMORY_TRACKER_VM_HOOKS_H
#define MEMORY_TRACKER_VM_HOOKS_H

#include <ruby.h>
#include <stdbool.h>
#include <stdint.h>

#define CAPTURES_LIMIT 16

struct capture;

/* Once, when the extension is loaded. May raise LoadError. GVL */
void hooks_init(void);

/* Whether CAPTURES_LIMIT captures are fed already. GVL */
bool hooks_full(void);

/*
 * Feeds events to a capture, unless hooks_full; where Ractors and hooks do not go together (COMPAT_RACTORS_FRAGILE), only when
 * `alone`, which compat_alone told. GVL, compat_exclusively
 */
void hooks_add(struct capture *capture, bool alone);

/*
 * Of a light capture: keeps it alive and feeds no event to it, unless hooks_full; feeds all events to it, only when
 * compat_alone. GVL, compat_exclusively
 */
void hooks_pause(struct capture *capture);
void hooks_resume(struct capture *capture);

/* GVL, compat_exclusively */
void hooks_remove(struct capture *capture);

/* The running captures that receive events; those that follow one that is removed change. GVL */
int hooks_count(void);
struct capture *hooks_capture(int index);

/* Allocations that the VM had counted when a major GC was last seen to mark. GVL */
uint64_t hooks_allocated_by_major(void);

/* Allocations that the hooks have seen, of all objects there are. GVL */
uint64_t hooks_allocated(void);

/*
 * Compares what the hooks have seen with what the VM has counted; on a difference all captures are told how many
 * allocations were missed, and the hooks are set anew soon. Nothing can interrupt it. GVL, compat_exclusively, never
 * inside an event
 */
void hooks_check(void);

/*
 * Finds out whether other Ractors have ended, where there were some, and sets hooks anew that have missed something. Runs
 * Ruby code unless there is nothing to do. GVL, never inside an event
 */
void hooks_renew(void);

#endif
