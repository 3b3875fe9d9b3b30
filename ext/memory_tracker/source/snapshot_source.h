/*
 * Where the numbers come from that a display shows: the capture of this process, another process, or a recording.
 *
 * Nothing here waits. Numbers are asked for, and come later.
 */
#ifndef MEMORY_TRACKER_SOURCE_SNAPSHOT_SOURCE_H
#define MEMORY_TRACKER_SOURCE_SNAPSHOT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/snapshot.h"
#include "analysis/process_summary.h"

/* Bytes of the longest sentence. */
#define SOURCE_SENTENCE_MAX 512

enum source_event {
	SOURCE_NOTHING,
	SOURCE_SNAPSHOT,  /* `snapshot` is the next one */
	SOURCE_GC,        /* the GC that was asked for is over; `snapshot` was taken after it */
	SOURCE_GC_FAILED, /* there is none, and `sentence` says why */
	SOURCE_ENDED,     /* `snapshot`, if any, is the last one, and `sentence` says how the program has ended */
	SOURCE_PROCESSES, /* there are `count` `processes`, or they have changed */
	SOURCE_PLACE,     /* `sentence` says where in a recording the latest snapshot is */
	SOURCE_SAID,      /* `sentence` is for the person who watches */
};

/* What a person who watches a recording wants of it. */
enum replay_command {
	REPLAY_PAUSE,   /* stop, or go on */
	REPLAY_STEP,    /* stop, one snapshot further on */
	REPLAY_BACK,    /* stop, one snapshot back */
	REPLAY_REWIND,  /* a tenth of it back */
	REPLAY_FORWARD, /* a tenth of it further on */
	REPLAY_SLOWER,
	REPLAY_FASTER,
};

struct source_update {
	struct snapshot_header *snapshot;        /* the receiver's, to be freed; or NULL */
	uint64_t gc_ns;                          /* how long the GC took */
	const struct process_summary *processes; /* borrowed until the next call */
	size_t count;
	char sentence[SOURCE_SENTENCE_MAX];
};

/* All are called by the thread that runs the display. */
struct snapshot_source {
	void *context;
	int (*fd)(void *context);   /* readable when there may be an update; -1: to be looked at every now and then */
	void (*ask)(void *context); /* asks for a snapshot that has all that can be known */
	void (*gc)(void *context);  /* asks for a full GC; a snapshot from just before it comes first */
	void (*walk)(void *context, int steps); /* to another process: 1 or -1; NULL: there is only one */
	void (*steer)(void *context, enum replay_command command); /* NULL: it is no recording */
	enum source_event (*next)(void *context, struct source_update *update);
	/*
	 * Whether processes are left when the program has ended, or are just coming, and which, as a sentence; empty: it is
	 * not known yet. NULL: there are none.
	 */
	bool (*left)(void *context, char sentence[SOURCE_SENTENCE_MAX]);
};

#endif
