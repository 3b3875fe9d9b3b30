/*
 * A program on a pty of its own: starting it, what becomes of it, and the descriptor behind which its terminal is.
 *
 * One thread at a time; any thread, no GVL.
 */
#ifndef MEMORY_TRACKER_PROGRAM_JOB_H
#define MEMORY_TRACKER_PROGRAM_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "program/monitor.h"

/* Room for how a program has ended. */
#define JOB_HOW_MAX 64

/* Room for what is known of a program without its monitor. */
#define JOB_KNOWN_MAX 256

struct job {
	int master;  /* owned; the pty, from which reads do not wait; -1: none */
	int reports; /* owned; readable when job_look has something to see; -1: none */
	int process; /* owned; readable when the program has ended, where the system has such a descriptor; -1: none */
	pid_t monitor; /* a child of this process; 0: none any more */
	pid_t pid;     /* the program */
	pid_t session; /* the program's, by which it is told from another process with its number */
	bool stopped;  /* as by Ctrl-Z */
	bool ended;
	bool unwatched; /* its monitor has ended before it: its status will not be known, and its terminal is gone */
	int status;     /* as waitpid gives it, when it has ended, and was watched */
	int monitor_status; /* likewise, when the monitor has ended */
};

/* Nothing, which job_close may be called with. */
void job_init(struct job *job);

/*
 * Starts a program with the modes and the size of the terminal `tty`. The command is searched for as a shell does.
 * Returns 0 or an errno, that of exec for one.
 */
int job_start(struct job *job, const struct monitor_command *command, int tty);

/*
 * Takes the terminal away from a program that still runs. What one that has ended has left behind goes on printing on
 * the terminal `tty`, unless that is -1, and so does one that is unwatched.
 */
void job_close(struct job *job, int tty);

/* Finds out what has become of the program. Does not wait. */
void job_look(struct job *job);

/* Whether the program runs and its terminal works: keys reach it, and Ctrl-C is a signal. */
bool job_has_terminal(const struct job *job);

/* Sends a signal to the program, or to all who have the terminal, as its keys do. */
void job_signal(const struct job *job, int signal);
void job_signal_all(const struct job *job, int signal);

/* Stops whoever has the terminal, as Ctrl-Z does, and lets them go on. */
void job_stop(const struct job *job);
void job_continue(struct job *job);

/* Gives the pty the size of the terminal `tty`, if that is another one. */
void job_resize(const struct job *job, int tty);

/* The pty's size. */
void job_size(const struct job *job, unsigned *columns, unsigned *lines);

/* Lets the program draw its screen anew, as when the size has changed. */
void job_redraw(const struct job *job);

/* Writes how it has ended, such as "ended with status 0". */
void job_describe(const struct job *job, char *buffer, size_t size);

/* What a shell tells as its status: when a signal has ended it, 128 and that one's number. Of one that has ended. */
int job_exit_status(const struct job *job);

/* Of one that is, or was, unwatched: writes in a sentence why, and whether it runs. */
void job_tell_known(const struct job *job, char buffer[JOB_KNOWN_MAX]);

#endif
