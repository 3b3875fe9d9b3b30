/*
 * The numbers of another process as a source: its client asks for them, and what comes is taken from it.
 *
 * One thread at a time; any thread, no GVL.
 */
#ifndef MEMORY_TRACKER_SOURCE_REMOTE_SOURCE_H
#define MEMORY_TRACKER_SOURCE_REMOTE_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "source/snapshot_source.h"
#include "transport/client.h"

struct remote_source {
	struct client *client; /* borrowed */
	enum remote_gc {
		REMOTE_GC_NONE,
		REMOTE_GC_ASKED,
		REMOTE_GC_DONE, /* the snapshot after it is on its way */
	} gc;
	uint64_t gc_ns;
	uint64_t ask_again;           /* CLOCK_MONOTONIC when what was refused is asked for again; 0: nothing was */
	struct snapshot_header *last; /* owned: what came at the end, until it is told that it is the end */
	bool over;
	bool broken; /* because what came could not be understood, as the sentence says */
};

/* What `client` has to tell, as a source whose context is `remote`. Both are borrowed. */
struct snapshot_source remote_source_init(struct remote_source *remote, struct client *client);
void remote_source_deinit(struct remote_source *remote);

#endif
