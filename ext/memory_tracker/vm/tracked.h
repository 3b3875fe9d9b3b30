/*
 * Classes of a capture that somebody asked for by name: a block to be called, or a depth of their own. They are held,
 * and so neither collected nor moved, until nobody asks for them any more.
 *
 * All functions want the GVL. None of them raises.
 */
#ifndef MEMORY_TRACKER_VM_TRACKED_H
#define MEMORY_TRACKER_VM_TRACKED_H

#include <ruby.h>
#include <stdbool.h>
#include <stdint.h>

struct capture;
struct class_record;

struct tracked_class {
	VALUE klass;                 /* marked, and so neither collected nor moved; Qfalse: no more tracked */
	VALUE block;                 /* marked; Qnil: none */
	uint32_t depth;              /* UINT32_MAX: what all classes have */
	struct class_record *record; /* borrowed; NULL without a tracker, or when it could not be recorded */
	uint32_t silent;             /* node of objects that the block itself makes, or 0 */
};

/* `depth` in frames, or UINT32_MAX: what all classes have. False without memory. */
bool tracked_set(struct capture *capture, VALUE klass, VALUE block, uint32_t depth);

/* False if it was not tracked. Both run Ruby code at their end where the capture is a light one. */
bool tracked_end(struct capture *capture, VALUE klass);

/* NULL if it is not tracked. Borrowed, until another one is. */
struct tracked_class *tracked_find(const struct capture *capture, VALUE klass);

/* Tells the capture's tracker what was asked for of all of them, once more. */
void tracked_apply(struct capture *capture);

/* The tracker is another one: what they have in the one before means nothing any more. */
void tracked_forget_records(struct capture *capture);

#endif
