/*
 * Keeps a viewer fed with numbers: asks for them when they are due, passes on what comes, runs the GCs that are asked
 * for, and knows when the program has ended. Nothing here waits.
 *
 * One thread at a time; any thread, no GVL.
 */
#ifndef MEMORY_TRACKER_APP_FEED_H
#define MEMORY_TRACKER_APP_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include "source/snapshot_source.h"
#include "app/viewer.h"

struct feed {
	struct snapshot_source source;
	struct viewer *viewer; /* borrowed */
	uint64_t gc_every;     /* nanoseconds between two full GCs that no key asks for; 0: none */
	uint64_t looked;       /* when the latest snapshot was asked for; 0: never */
	bool asked;            /* and has not come yet */
	uint64_t started_ns;   /* when the process was, or else the capture; 0: not known */
	bool ended;
	bool gc_pending;
	bool gc_quiet; /* no key has asked for it */
	bool gc_excused;
	uint64_t gc_asked;
};

/* To begin with. */
void feed_init(struct feed *feed, const struct snapshot_source *source, struct viewer *viewer, uint64_t gc_every);

/* Does what is due. Returns whether what the viewer shows has changed. */
bool feed_step(struct feed *feed);

/* A key asks for a GC. */
void feed_gc(struct feed *feed);

/* A key asks for another process. */
void feed_walk(struct feed *feed, int steps);

/* The program has ended, and `how` ("ended with status 0") says in which way. */
void feed_end(struct feed *feed, const char *how);

/* After how many milliseconds, at most `most`, feed_step is due though the source's descriptor is not readable. */
int feed_wait(const struct feed *feed, int most);

#endif
