/*
 * What is to be written to a terminal that may be slow: a library that only knows how to write to a stream writes
 * here, and whoever drives it sends as much as the terminal takes, and never waits.
 *
 * One thread at a time; any thread, no GVL.
 */
#ifndef MEMORY_TRACKER_SCREEN_OUTBOX_H
#define MEMORY_TRACKER_SCREEN_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/descriptor.h"

struct outbox {
	struct descriptor file; /* owned; a file without a name, for what was not collected yet */
	char *bytes;            /* owned; what was collected */
	size_t length;
	size_t sent; /* of those */
	size_t capacity;
};

/* False without memory or descriptors; then there is nothing to deinit. */
bool outbox_init(struct outbox *outbox);
void outbox_deinit(struct outbox *outbox);

/* Lets an open descriptor lead into the box, instead of where it led. */
bool outbox_redirect(const struct outbox *outbox, int fd);

/* Queues what was written into the box since. False when that could not be had: it is lost then. */
bool outbox_collect(struct outbox *outbox);

/*
 * Writes what is queued to `fd`, which does not block, as far as that takes it. True when nothing is left, or when
 * nobody can take it any more.
 */
bool outbox_send(struct outbox *outbox, int fd);

/* Whether something is queued. */
bool outbox_waits(const struct outbox *outbox);

#endif
