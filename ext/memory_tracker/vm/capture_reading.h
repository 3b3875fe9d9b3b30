/* What is read of a capture by any thread, without the GVL, while it goes on counting. */
#ifndef MEMORY_TRACKER_VM_CAPTURE_READING_H
#define MEMORY_TRACKER_VM_CAPTURE_READING_H

#include <stddef.h>

#include "model/snapshot.h"
#include "vm/capture_state.h"

/* How the program is called in snapshots from now on, cut to CAPTURE_COMMAND_SIZE. ANY THREAD */
void capture_name(struct capture *capture, const char *command);

/* Why the numbers are not exact, as a sentence; an empty string when they are. Returns `buffer`. ANY THREAD */
const char *capture_reason(const struct capture *capture, char *buffer, size_t size);

/* A snapshot that the caller frees with free(), or NULL without memory. ANY THREAD */
struct snapshot_header *capture_snapshot(struct capture *capture);

#endif
