/*
 * The processes of a program in the test's folder, as one source, and what it has told. The clock is moved on instead
 * of being waited for.
 */
#ifndef MEMORY_TRACKER_WATCHED_PROCESSES_H
#define MEMORY_TRACKER_WATCHED_PROCESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "scripted_program.h"
#include "source/processes.h"

/* Milliseconds, as they are in processes.c, and how many can be listed. */
enum { SEARCH = 200, LEFT_ALONE = 500, TELL = 500, RETRY = 5000, LISTED = 256 };

#define NO_MESSAGE "the program cannot be understood: it sent bytes that are no message"
#define HAS_ENDED "this process has ended, or has become another program"

/* What was told since watch_told_nothing. */
struct told {
	unsigned snapshots, collected, not_collected, said;
	uint64_t allocated; /* in the latest snapshot */
	uint64_t gc_ns;
	char sentence[SOURCE_SENTENCE_MAX];
};

struct watched_processes {
	char directory[64];
	struct processes *processes;
	struct snapshot_source source;
	struct told told;
	struct process_summary list[LISTED]; /* that was told latest */
	size_t count;
	unsigned open; /* descriptors of the test before */
};

extern struct watched_processes watch;

/* For what cmocka calls before and behind a test. */
int watch_start(void **state);
int watch_stop(void **state);

void watch_told_nothing(void);

/* Takes all that has come; so many milliseconds later, for new sockets at least SEARCH. */
void watch_look(void);
void watch_look_later(uint64_t milliseconds);

/* A process in the list, or NULL; and whether it is the one that is shown. */
const struct process_summary *watch_listed(const struct scripted_program *program);
bool watch_is_shown(const struct scripted_program *program);

void watch_ask(void);
void watch_gc(void);
void watch_walk(int steps);

/* One that is found, says hello and gives its numbers. */
void watch_come(struct scripted_program *program, pid_t pid, uint64_t allocated);

/* One sentence was told, and nothing from here on. */
void watch_assert_said(const char *sentence);

#endif
