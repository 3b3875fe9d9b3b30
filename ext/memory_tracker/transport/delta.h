/*
 * Snapshots as what has changed since the one before.
 *
 * Each part of a snapshot is laid over the same part of the one before, and only bytes that differ are kept: pairs of
 * numbers, so many bytes that are the same and so many that follow, each 7 bits at a time. Without one before, the
 * bytes are compared with zeros.
 *
 * One thread at a time; any thread.
 */
#ifndef MEMORY_TRACKER_TRANSPORT_DELTA_H
#define MEMORY_TRACKER_TRANSPORT_DELTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/snapshot.h"

struct delta_bytes {
	unsigned char *bytes; /* owned */
	size_t used;
	size_t capacity;
};

/* Appends what makes `snapshot` of `before`, which may be NULL. Both are well formed. False without memory. */
bool delta_pack(struct delta_bytes *out, const struct snapshot_header *before, const struct snapshot_header *snapshot);

/*
 * Makes a snapshot of `size` bytes again, to be freed. It need not be well formed, and neither need `before`, as long
 * as its size is that of its memory. Returns NULL when the bytes make no sense, and without memory.
 */
struct snapshot_header *delta_unpack(const unsigned char *bytes, size_t length, const struct snapshot_header *before,
                                     uint64_t size);

#endif
