/*
 * The last snapshot of a process that ends, left in the launcher's folder.
 *
 * A process may end before the launcher has connected to it, or while the launcher is stopped. So that its last
 * numbers are there all the same, they are a file, PID.final: a snapshot, and behind it how the process has ended.
 *
 * Any thread.
 */
#ifndef MEMORY_TRACKER_TRANSPORT_FINAL_H
#define MEMORY_TRACKER_TRANSPORT_FINAL_H

#include <stdbool.h>
#include <sys/types.h>

#include "model/snapshot.h"
#include "transport/directory.h"
#include "transport/message.h"

#define FINAL_SUFFIX ".final"

/* Writes the file of this process, whole or not at all. False with errno set when it cannot be written. */
bool final_write(const char *directory, const struct snapshot_header *snapshot, const char *how);

/*
 * Reads the file and removes it. Returns the snapshot, which the caller frees, and in `how` the sentence; NULL when
 * there is no such file, or it is not well formed.
 */
struct snapshot_header *final_take(const char *directory, pid_t pid, char how[MESSAGE_TEXT_MAX + 1]);

#endif
