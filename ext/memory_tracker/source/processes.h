/*
 * All processes of a launched program that can be looked into, as one source of numbers: those of the process that is
 * shown, and a list of all. They come and go as their sockets do in the launcher's folder.
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

/* Lets go of all of them; from then on there is no news. */
void processes_close(struct processes *processes);

/* The source, whose context is `processes`. */
struct snapshot_source processes_source(struct processes *processes);

#endif
