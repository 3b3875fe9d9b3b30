/*
 * Tables of a launched program's processes, printed by the launcher while it waits for the program.
 *
 * A loop over poll: it finds processes, asks them at the interval, prints, and writes what the reader of the tables
 * takes. Neither a process that does not answer nor a reader that does not read stops it. It is over when the program has ended, no
 * other process of it is alive, and the last table is written.
 *
 * One thread runs it; what other threads may do meanwhile says so.
 */
#ifndef MEMORY_TRACKER_SOURCE_BATCH_RUN_H
#define MEMORY_TRACKER_SOURCE_BATCH_RUN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "transport/recording.h"
#include "source/batch.h"

struct batch_run_options {
	const char *directory;      /* where the processes have their sockets; borrowed while it is made */
	int fd;                     /* where tables go; borrowed */
	int errors;                 /* where sentences go, each after `prefix`; borrowed */
	const char *prefix;         /* borrowed */
	uint64_t interval_ns;       /* between two tables */
	uint64_t tables;            /* how many are printed, besides the last one */
	uint64_t gc_ns;             /* between two full GCs; 0: none */
	bool per_process;           /* a table of each process, too */
	struct recorder *recorder;  /* gets the numbers of each table; NULL: none; borrowed */
	struct batch_options batch; /* what it points to is borrowed */
	void *context;
	bool (*interrupted)(void *context); /* whether batch_run shall return as by batch_run_wake; NULL: never */
};

struct batch_run;

/* NULL without memory or descriptors. */
struct batch_run *batch_run_new(const struct batch_run_options *options);
void batch_run_free(struct batch_run *run);

/* Runs until it is over, or batch_run_wake was called: then it can be called again. Returns whether it is over. */
bool batch_run(struct batch_run *run);
void batch_run_wake(struct batch_run *run); /* ANY THREAD */

/* The process that was started; and that it has ended, and how. ANY THREAD, each once and in this order */
void batch_run_started(struct batch_run *run, pid_t pid);
void batch_run_ended(struct batch_run *run, const char *how);

/* Readers that do not read are not waited for any longer than a second. ANY THREAD */
void batch_run_hurry(struct batch_run *run);

/* The same; and processes that outlive the program are left alone. ANY THREAD */
void batch_run_stop(struct batch_run *run);

#endif
