/*
 * Where the numbers come from that a display shows: the capture of this process, another process, or a recording.
 *
 * Nothing here waits. Numbers are asked for, and come later.
 */
#ifndef MEMORY_TRACKER_TERMINAL_NUMBERS_H
#define MEMORY_TRACKER_TERMINAL_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/snapshot.h"
#include "viewer/process_view.h"
#include "viewer/viewer.h"

/* Bytes of the longest sentence. */
#define NUMBERS_SENTENCE_MAX 512

enum numbers_event {
	NUMBERS_NOTHING,
	NUMBERS_SNAPSHOT,  /* `snapshot` is the next one */
	NUMBERS_GC,        /* the GC that was asked for is over; `snapshot` was taken after it */
	NUMBERS_GC_FAILED, /* there is none, and `sentence` says why */
	NUMBERS_ENDED,     /* `snapshot`, if any, is the last one, and `sentence` says how the program has ended */
	NUMBERS_PROCESSES, /* there are `count` `processes`, or they have changed */
	NUMBERS_PLACE,     /* `sentence` says where in a recording the latest snapshot is */
	NUMBERS_SAID,      /* `sentence` is for the person who watches */
};

struct numbers_news {
	struct snapshot_header *snapshot;       /* the receiver's, to be freed; or NULL */
	uint64_t gc_ns;                         /* how long the GC took */
	const struct viewer_process *processes; /* borrowed until the next call */
	size_t count;
	char sentence[NUMBERS_SENTENCE_MAX];
};

/* All are called by the thread that runs the display. */
struct numbers_source {
	void *context;
	int (*fd)(void *context);   /* readable when there may be news; -1: to be looked at every now and then */
	void (*ask)(void *context); /* asks for a snapshot that has all that can be known */
	void (*gc)(void *context);  /* asks for a full GC; a snapshot from just before it comes first */
	void (*walk)(void *context, int steps); /* to another process: 1 or -1; NULL: there is only one */
	/* VIEWER_REPLAY_PAUSE and what follows it; NULL: it is no recording */
	void (*steer)(void *context, enum viewer_request request);
	enum numbers_event (*next)(void *context, struct numbers_news *news);
	/*
	 * Whether processes are left when the program has ended, or are just coming, and which, as a sentence; empty: it is
	 * not known yet. NULL: there are none.
	 */
	bool (*left)(void *context, char sentence[NUMBERS_SENTENCE_MAX]);
};

#endif
