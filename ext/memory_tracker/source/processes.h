/*
 * All processes of a launched program as one source of numbers: those of the process that is shown, and a list of all.
 * They are found by their sockets in the launcher's folder.
 *
 *     socket found ─> connecting ── hello ─> serving ── connection over ─> ended, and no longer listed unless it is shown
 *                         └── not understood ─> connected to again after 5 s <──┘
 *
 * Nothing here waits: a process that does not answer delays no other. The first that sends its hello is shown, of
 * several that were found at once the one with the lowest pid; when it has ended, the next one that says hello; at any time
 * another one, by the `walk` of the source.
 *
 * One thread at a time; any thread, no GVL.
 */
#ifndef MEMORY_TRACKER_SOURCE_PROCESSES_H
#define MEMORY_TRACKER_SOURCE_PROCESSES_H

#include "source/snapshot_source.h"

struct processes;

/* Watches a folder. NULL without memory. */
struct processes *processes_new(const char *directory);
void processes_free(struct processes *processes);

/* Closes all connections; from then on there are no updates. */
void processes_close(struct processes *processes);

/* The source, whose context is `processes`. */
struct snapshot_source processes_source(struct processes *processes);

#endif
