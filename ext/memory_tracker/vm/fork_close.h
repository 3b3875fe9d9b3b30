/*
 * File descriptors of ours that a child of a fork closes. Close-on-exec is not enough: a program that goes into the
 * background closes its own output, and whoever reads that from a pipe would wait for ours.
 */
#ifndef MEMORY_TRACKER_VM_FORK_CLOSE_H
#define MEMORY_TRACKER_VM_FORK_CLOSE_H

#include <stdbool.h>

/* From now on children close `fd`. Returns false when there are too many, or no memory. ANY THREAD */
bool fork_close_add(int fd);

/* Children keep it again; to be called before it is closed. Nothing happens if it was not added. ANY THREAD */
void fork_close_remove(int fd);

#endif
