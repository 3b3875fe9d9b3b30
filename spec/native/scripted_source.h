/*
 * A source of numbers that tells what a test has written down for it, in that order, and counts what is asked of it.
 *
 * One thread at a time, but for the counts.
 */
#ifndef MEMORY_TRACKER_SCRIPTED_SOURCE_H
#define MEMORY_TRACKER_SCRIPTED_SOURCE_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "source/snapshot_source.h"

#define SCRIPTED_NEWS_MAX 64

struct scripted_source {
	struct {
		enum source_event event;
		struct source_update update;
	} news[SCRIPTED_NEWS_MAX];
	size_t count, told;
	uint64_t sequence; /* of the latest snapshot */
	atomic_uint asked, collected;
	int walked;
	void (*on_ask)(struct scripted_source *source); /* NULL: nothing comes of being asked */
	void (*on_gc)(struct scripted_source *source);  /* likewise */
};

/* The source, whose context is `source`, which is all zero at first. */
struct snapshot_source scripted_source(struct scripted_source *source);

/* An event with a snapshot of so many objects, 0: without one. */
void scripted_source_add(struct scripted_source *source, enum source_event event, uint64_t allocated,
                         const char *sentence);

/* Fails the test when something was not told. */
void scripted_source_end(struct scripted_source *source);

/* A recording in the test's folder of so many snapshots, a second apart, of 1, 2, 3, … objects. `how` may be NULL. */
void scripted_recording(const char *path, uint64_t count, const char *how);
struct recording *scripted_recording_open(const char *path);

#endif
