/*
 * A capture's trackers: the one that counts, and those that it has replaced, which stay until their readers have left.
 *
 * All functions want the GVL.
 */
#ifndef MEMORY_TRACKER_VM_KEPT_TRACKER_H
#define MEMORY_TRACKER_VM_KEPT_TRACKER_H

#include "vm/capture_state.h"

/* A tracker with the capture's settings, which is not yet its tracker, or NULL without memory. */
struct tracker *kept_tracker_new(const struct capture *capture);

/* Frees a tracker that no reader can find any more, now or later. NULL: there is none. */
void kept_tracker_retire(struct capture *capture, struct tracker *tracker);

/* Frees those of them that no reader is inside of any more. */
void kept_tracker_discard_retired(struct capture *capture);

/* Bytes of all of them. */
size_t kept_tracker_bytes(const struct capture *capture);

/* In the child of a fork: the readers that were inside are not there. Only sets locks */
void kept_tracker_forked(struct capture *capture);

#endif
