/*
 * Wakes a thread out of poll: other threads write into the pipe whose other end it polls. Neither end blocks.
 *
 * ANY THREAD, between wake_pipe_open and wake_pipe_close; wake_pipe_wake is async-signal-safe.
 */
#ifndef MEMORY_TRACKER_BASE_WAKE_PIPE_H
#define MEMORY_TRACKER_BASE_WAKE_PIPE_H

#include <stdbool.h>

#include "base/descriptor.h"

struct wake_pipe {
	struct descriptor ends[2]; /* owned */
};

#define WAKE_PIPE_NONE ((struct wake_pipe){{DESCRIPTOR_NONE, DESCRIPTOR_NONE}})

/* False and errno when it cannot be; then it is WAKE_PIPE_NONE. Forked children close it. */
bool wake_pipe_open(struct wake_pipe *wake);
void wake_pipe_close(struct wake_pipe *wake);

/* False when the program has closed either end. */
bool wake_pipe_wake(const struct wake_pipe *wake);

/* What to poll for reading; -1 when the program has closed either end. */
int wake_pipe_fd(const struct wake_pipe *wake);

/* Takes out what was written, when the thread is awake. */
void wake_pipe_drain(const struct wake_pipe *wake);

#endif
