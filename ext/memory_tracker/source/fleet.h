/*
 * All processes of a launched program, each with its latest numbers. They come and go as their sockets do in the launcher's folder.
 *
 *     nothing ── socket found ─> CONNECTING ── hello ─> SERVING ── connection over ─> LOST ── no such process ─> ENDED
 *        └────────────────────────────── PID.final found ──────────────────────────────────────────────────────────┘
 *
 * Nothing here waits: questions go out, and what has come is taken. A process that does not answer keeps its last
 * numbers. One that has ended stays until it was in a table.
 *
 * One thread at a time; any thread, no GVL.
 */
#ifndef MEMORY_TRACKER_SOURCE_FLEET_H
#define MEMORY_TRACKER_SOURCE_FLEET_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/process_info.h"
#include "transport/client.h"
#include "analysis/history.h"
#include "analysis/path_watch.h"

/* More are not looked into at a time. */
#define FLEET_MAX 256

/* Of those that have ended without ever having been in a table, so many are kept for the next one. */
#define FLEET_SHORT_LIVED_MAX 16

enum fleet_state {
	FLEET_CONNECTING,
	FLEET_SERVING,
	FLEET_REFUSED, /* it cannot be looked into, and `how` says why */
	FLEET_LOST,    /* the connection is over, and it is not known yet what became of the process */
	FLEET_ENDED,
};

struct fleet_process {
	pid_t pid;
	enum fleet_state state;
	struct client *client;   /* owned; NULL: there is no connection */
	struct history *history; /* owned */
	struct path_watch paths; /* owned */
	char title[PROCESS_TITLE_SIZE];
	char how[TRANSPORT_PROBLEM_MAX]; /* it has ended, or why it cannot be looked into; empty: it is not known */
	bool own;                        /* it is the one that the launcher has started */
	bool waiting;                    /* a snapshot was asked for */
	bool collecting;                 /* a GC was asked for */
	bool silent;                     /* it has not answered in time, and is not waited for until it does */
	bool final;                      /* its numbers are the last ones */
	bool tabled;                     /* it was in a table */
	uint64_t since;                  /* when it came to this state */
};

struct fleet {
	char directory[DIRECTORY_PATH_MAX];
	struct fleet_process *all[FLEET_MAX + 1]; /* owned; in the order in which they came */
	size_t count;
	pid_t own;         /* the process that the launcher has started; 0: there is none yet */
	uint64_t unlisted; /* have ended since the latest table, and are not kept */
	uint64_t beyond;   /* are there, and not looked into */
};

void fleet_init(struct fleet *fleet, const char *directory);
void fleet_deinit(struct fleet *fleet);

/* Looks for processes that have come, and for what others have left when they ended. */
void fleet_search(struct fleet *fleet);

/* Tells which one the launcher has started. */
void fleet_own(struct fleet *fleet, pid_t pid);

/* Asks every process for a snapshot, or for a full GC. */
void fleet_ask(struct fleet *fleet);
void fleet_collect(struct fleet *fleet);

/* Takes what has come, and finds out what became of those that are lost. */
void fleet_take(struct fleet *fleet);

/* Whether answers are still to be waited for. */
bool fleet_waiting(const struct fleet *fleet);
bool fleet_collecting(const struct fleet *fleet);

/* A process that has not answered by now is not waited for any more. */
void fleet_give_up(struct fleet *fleet);

/* The process that was started has ended, as the launcher knows. */
void fleet_own_ended(struct fleet *fleet, const char *how);

/* Whether there is a process left that has not ended; the first of them may be asked for. */
bool fleet_alive(const struct fleet *fleet);
const struct fleet_process *fleet_first_alive(const struct fleet *fleet);

/* Whether some have ended since the latest table. */
bool fleet_has_ended(const struct fleet *fleet);

/* What there is was in a table: those that have ended are forgotten. */
void fleet_tabled(struct fleet *fleet);

/* Puts the connections into `polls`, which has room for FLEET_MAX + 1. Returns how many they are. */
size_t fleet_polls(const struct fleet *fleet, struct pollfd *polls);

/* The latest numbers of a process, or NULL. */
const struct snapshot_header *fleet_snapshot(const struct fleet_process *process);

#endif
