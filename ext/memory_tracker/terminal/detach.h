/*
 * A process that is no child of this one, and lives on when this one has ended.
 */
#ifndef MEMORY_TRACKER_TERMINAL_DETACH_H
#define MEMORY_TRACKER_TERMINAL_DETACH_H

/*
 * Calls `run` in a new process, in a session of its own, with all signals blocked; only async-signal-safe calls are
 * possible there. The process ends when it returns. Returns 0 or an errno. ANY THREAD
 */
int detach(void (*run)(void *data), void *data);

#endif
