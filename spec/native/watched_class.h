/*
 * The history of a program that has one class of objects, second by second.
 */
#ifndef MEMORY_TRACKER_WATCHED_CLASS_H
#define MEMORY_TRACKER_WATCHED_CLASS_H

#include <stdint.h>

#include "fake_snapshot.h"
#include "analysis/history.h"

#define SECOND UINT64_C(1000000000)

struct watched_class {
	struct history *history; /* owned by the test, which frees it */
	struct snapshot_header head;
	struct fake_class class;
};

void watched_begin(struct watched_class *watched);

/* The history gets what there is now. */
void watched_look(struct watched_class *watched);

/* A GC that leaves so many objects. */
void watched_minor_gc(struct watched_class *watched, uint64_t survivors);
void watched_major_gc(struct watched_class *watched, uint64_t survivors);

void watched_second(struct watched_class *watched);

/* What the history says of the class, until the next look. */
const struct history_row *watched_row(struct watched_class *watched);

void assert_near(double value, double expected);

#endif
