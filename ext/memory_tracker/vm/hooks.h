/*
 * The hooks in the VM, one set for all captures, and the registry of the captures that run.
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

/* Feeds events to a capture, unless hooks_full; sets hooks only when `allowed`, which compat_hooks_allowed tells. GVL */
void hooks_add(struct capture *capture, bool allowed);

/*
 * Of a light capture: keeps it alive and hears of nothing for it, unless hooks_full; hears of everything for it, only
 * where compat_hooks_allowed. GVL
 */
void hooks_rest(struct capture *capture);
void hooks_hear(struct capture *capture);

/* GVL */
void hooks_remove(struct capture *capture);

/* The running captures that hear of events, and NULL behind the last; those that follow one that is removed change. GVL */
struct capture *hooks_capture(int index);

/* One of these with events for blocks that none is being called for, of several each in turn; NULL: there is none. GVL */
struct capture *hooks_waiting(void);

/* Whether one of these has a class tracked with a block. GVL */
bool hooks_observing(void);

/* Births that the VM had counted when a major GC was last seen to mark. GVL */
uint64_t hooks_born_by_major(void);

/* Births that the hooks have seen, of all objects there are. GVL */
uint64_t hooks_born(void);

/*
 * Compares what the hooks have seen with what the VM has counted; on a difference all captures are told how many births
 * were missed, and the hooks are set anew soon. Nothing can interrupt it. GVL, never inside an event
 */
void hooks_check(void);

/*
 * Has the comparison made, the figures read and names completed at a safe point soon after the next birth. Until then
 * nothing can have changed but by an object's death. ANY THREAD
 */
void hooks_request_refresh(void);

/* Asks for names to be completed and the blocks of events to be called soon. HOOK */
void hooks_request_job(void);

/* Asks for names to be completed: soon, or when the GC that is under way has ended. HOOK */
void hooks_request_names(void);

#endif
