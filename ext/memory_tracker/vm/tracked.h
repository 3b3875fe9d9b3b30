/*
 * The classes of a capture that have a block to be called, or a depth of their own. They are held, and so neither
 * collected nor moved, until that ends: see capture_track.
 *
 * All functions want the GVL. None of them runs Ruby code or raises.
 */
#ifndef MEMORY_TRACKER_VM_TRACKED_H
#define MEMORY_TRACKER_VM_TRACKED_H

#include <ruby.h>
#include <stdbool.h>
#include <stdint.h>

struct capture;

/*
 * `depth` in frames, or UINT32_MAX: what all classes have. A light capture knows where its classes stand, and so
 * applies it, at its next walk only. False without memory.
 */
bool tracked_set(struct capture *capture, VALUE klass, VALUE block, uint32_t depth);

/* A class that is to have neither block nor depth any more leaves the list, unless it was set again. */
void tracked_remove(struct capture *capture, VALUE klass);

/* NULL if it is not tracked. Borrowed, until another one is. */
struct tracked_class *tracked_find(const struct capture *capture, VALUE klass);

/* Tells the capture's tracker what was asked for of all of them, once more. */
void tracked_apply(struct capture *capture);

/* The tracker is another one: what they have in the one before means nothing any more. */
void tracked_forget_records(struct capture *capture);

#endif
