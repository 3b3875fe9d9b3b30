/*
 * The process between a launcher and the program that it has put on a pty of its own.
 *
 * The pty is the controlling terminal of a session that this process leads, as a shell does: only below such a leader
 * can a program be stopped by Ctrl-Z, and does it get SIGHUP when its terminal goes away. It tells the launcher what
 * becomes of the program, and stays until the pty is closed, so that what the program leaves behind keeps its terminal.
 * Signals that are sent to it change nothing, unless the launcher sends SIGHUP.
 */
#ifndef MEMORY_TRACKER_PROGRAM_MONITOR_H
#define MEMORY_TRACKER_PROGRAM_MONITOR_H

#include <stdbool.h>
#include <sys/types.h>

struct monitor_command {
	char *const *arguments;   /* the command first; NULL ends them */
	char *const *environment; /* likewise */
	bool inherited[3];        /* of descriptors 0 to 2: it stays what it is in the launcher, and is not the pty */
};

struct monitor_task {
	const struct monitor_command *command;
	int terminal; /* the pty's other end */
	int reports;  /* where struct monitor_report go */
};

/* What the launcher is told. */
struct monitor_report {
	enum { MONITOR_STARTED, MONITOR_FAILED, MONITOR_CHANGED } kind;
	pid_t pid;  /* of the program, whose group has the same number */
	int status; /* as waitpid gives it; of MONITOR_FAILED an errno */
};

/*
 * In a forked child with all signals blocked, with descriptors for the task: becomes the monitor. Only
 * async-signal-safe calls.
 */
_Noreturn void monitor_run(const struct monitor_task *task);

#endif
