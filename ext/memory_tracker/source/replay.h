/*
 * A recording as a source of numbers: at the pace at which it was recorded, or another one, or as fast as numbers are
 * asked for.
 *
 * One thread at a time; any thread, no GVL.
 */
#ifndef MEMORY_TRACKER_SOURCE_REPLAY_H
#define MEMORY_TRACKER_SOURCE_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/snapshot_source.h"
#include "transport/recording.h"

struct replay {
	struct recording *recording; /* borrowed */
	size_t count;                /* snapshots that can be shown */
	size_t given;                /* the first so many are dealt with */
	size_t wanted;               /* up to here they are to be given at once */
	bool stopped;
	int speed;         /* a power of two */
	uint64_t at;       /* the moment of the recording, in nanoseconds from its start, at `since` */
	uint64_t since;    /* CLOCK_MONOTONIC */
	bool place_is_old; /* it is to be told where it is */
	bool damage_told;
	char damage
	    [SOURCE_SENTENCE_MAX]; /* why it cannot be read to its end, as was found out meanwhile; empty: it can */

	/* Where numbers come as they are asked for: */
	uint64_t interval_ns; /* of the recording, between two that are asked for */
};

/* The recording at its own pace, which can be steered. Its context is `replay`. All are borrowed. */
struct snapshot_source replay_init(struct replay *replay, struct recording *recording);

/* The recording as fast as numbers are asked for, up to its end. */
struct snapshot_source replay_init_stepwise(struct replay *replay, struct recording *recording, uint64_t interval_ns);

#endif
