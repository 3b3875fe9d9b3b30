#include "source/batch_run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "source/fleet.h"
#include "source/fleet_table.h"
#include "source/table_output.h"
#include "base/clock.h"

/* How often to look which processes have come. */
#define SEARCH (50 * CLOCK_MILLISECOND)

/* A table does not wait longer than this for GCs, and for answers. */
#define GC_PATIENCE (500 * CLOCK_MILLISECOND)
#define ANSWER_PATIENCE (1000 * CLOCK_MILLISECOND)

/* A reader that is in the way of the end is not waited for longer than this. */
#define READER_PATIENCE (1000 * CLOCK_MILLISECOND)

/* Processes that end together with the program are not said to go on. */
#define END_PATIENCE (500 * CLOCK_MILLISECOND)

/* A process that was being forked when the program ended is awaited for so long. */
#define FORK_SECONDS 2

enum phase {
	PHASE_IDLE,
	PHASE_GC,    /* GCs were asked for */
	PHASE_LOOK,  /* snapshots were asked for, for a table */
	PHASE_WRITE, /* the last table is being written */
	PHASE_OVER,
};

struct batch_run {
	struct batch_run_options options;
	struct fleet fleet;
	struct fleet_table table;
	struct table_output output;
	int wake[2]; /* owned; a pipe */
	atomic_bool woken, hurried, stopped, ended;
	_Atomic pid_t started;
	char how[128]; /* written before `ended` */

	enum phase phase;
	uint64_t deadline; /* of the phase */
	uint64_t next, next_gc, next_search;
	uint64_t printed;
	uint64_t ended_at;   /* when the program has; 0: it has not */
	uint64_t hurried_at; /* when what holds up the end began to be timed; 0: nothing is */
	bool told;           /* that others go on */
};

/* --- sentences --- */

static void say(const struct batch_run *run, const char *sentence)
{
	char line[TRANSPORT_PROBLEM_MAX + 64];
	struct pollfd polled = {.fd = run->options.errors, .events = POLLOUT};
	int length = snprintf(line, sizeof line, "%s%s\n", run->options.prefix, sentence);

	/* A reader that does not read must not stop the loop. */
	if (poll(&polled, 1, 0) > 0 && write(polled.fd, line, (size_t)length) < 0)
		return;
}

static void write_out(struct batch_run *run)
{
	char sentence[128];
	int error = table_output_write(&run->output);

	if (!error)
		return;
	snprintf(sentence, sizeof sentence, "there are no more tables: %s", strerror(error));
	say(run, sentence);
}

static void record(struct batch_run *run)
{
	char problem[TRANSPORT_PROBLEM_MAX];

	if (!run->options.recorder || recorder_add(run->options.recorder, fleet_table_snapshot(&run->table), problem))
		return;
	say(run, problem);
	run->options.recorder = NULL;
}

/* --- tables --- */

/* A table is printed when the one before has been taken, the last one in any case. */
static void print(struct batch_run *run, bool last)
{
	if (run->output.broken)
		fleet_tabled(&run->fleet);
	if (run->output.broken ||
	    (!last && (run->printed >= run->options.tables || table_output_pending(&run->output))))
		return;
	if (!fleet_table_print(&run->table, &run->output.text))
		return;
	run->printed++;
	fleet_tabled(&run->fleet);
	write_out(run);
}

/* `ended`: nothing is alive. `last`: there is no other table after it. */
static void make_table(struct batch_run *run, bool ended, bool last)
{
	if (!fleet_table_fill(&run->table, &run->fleet, ended)) {
		/* What has ended without any numbers has been said for what it is. */
		if (ended)
			fleet_tabled(&run->fleet);
		return;
	}
	record(run);
	print(run, last);
}

static void sample(struct batch_run *run, uint64_t now)
{
	fleet_ask(&run->fleet);
	run->phase = PHASE_LOOK;
	run->deadline = now + ANSWER_PATIENCE;
}

static void begin_table(struct batch_run *run, uint64_t now)
{
	run->next += run->options.interval_ns;
	run->next = run->next < now ? now : run->next;
	if (!run->options.gc_ns || now < run->next_gc) {
		sample(run, now);
		return;
	}
	run->next_gc = now + run->options.gc_ns;
	fleet_collect(&run->fleet);
	run->phase = PHASE_GC;
	run->deadline = now + GC_PATIENCE;
}

/*
 * A program may go on with none of its Rubies alive: a shell that runs one after the other. The table is of those that have
 * ended then.
 */
static bool is_between_programs(const struct batch_run *run)
{
	if (run->ended_at || fleet_alive(&run->fleet) || !fleet_has_ended(&run->fleet))
		return false;
	for (size_t i = 0; i < run->fleet.count; i++) {
		if (run->fleet.all[i]->own)
			return false;
	}
	return true;
}

static void step_table(struct batch_run *run, uint64_t now)
{
	bool late = now >= run->deadline;

	if (run->phase == PHASE_GC && (late || !fleet_collecting(&run->fleet)))
		sample(run, now);
	if (run->phase == PHASE_LOOK && (late || !fleet_waiting(&run->fleet))) {
		fleet_give_up(&run->fleet);
		run->phase = PHASE_IDLE;
		make_table(run, is_between_programs(run), false);
	}
	if (run->phase == PHASE_IDLE && now >= run->next)
		begin_table(run, now);
}

/* --- the end --- */

static void finish(struct batch_run *run)
{
	bool alive = fleet_alive(&run->fleet);

	if (run->table.list.count || run->fleet.count || run->fleet.unlisted)
		make_table(run, !alive, !alive);
	run->phase = PHASE_WRITE;
}

static void tell_who_goes_on(struct batch_run *run)
{
	const struct fleet_process *first = fleet_first_alive(&run->fleet);
	char sentence[TRANSPORT_PROBLEM_MAX];

	if (!first)
		return;
	snprintf(sentence, sizeof sentence, "the program %s; process %ld goes on, and so do the tables", run->how,
	         (long)first->pid);
	say(run, sentence);
	run->told = true;
}

static void step_end(struct batch_run *run, uint64_t now)
{
	/* Before the search: a marker is there until the socket is. */
	bool forking = directory_has_new(run->fleet.directory, ".fork", FORK_SECONDS);

	fleet_search(&run->fleet);
	fleet_take(&run->fleet);
	if (!run->ended_at) {
		run->ended_at = now;
		fleet_own_ended(&run->fleet, run->how);
	}
	if ((!fleet_alive(&run->fleet) && !forking) || atomic_load(&run->stopped))
		finish(run);
	else if (!run->told && now > run->ended_at + END_PATIENCE)
		tell_who_goes_on(run);
}

/* Waits until the last table is taken; but not for ever when a signal has asked for the end. */
static void step_write(struct batch_run *run, uint64_t now)
{
	if (run->output.moved)
		run->hurried_at = 0;
	run->output.moved = false;
	if (atomic_load(&run->hurried) && !run->hurried_at)
		run->hurried_at = now;
	if (!table_output_pending(&run->output) || run->output.broken ||
	    (run->hurried_at && now > run->hurried_at + READER_PATIENCE))
		run->phase = PHASE_OVER;
}

/* --- the loop --- */

static uint64_t next_deadline(const struct batch_run *run)
{
	uint64_t first = run->next_search;

	if (run->phase == PHASE_IDLE && run->next < first)
		first = run->next;
	if ((run->phase == PHASE_GC || run->phase == PHASE_LOOK) && run->deadline < first)
		first = run->deadline;
	return first;
}

static void wait_for_something(struct batch_run *run)
{
	struct pollfd polls[FLEET_MAX + 2];
	size_t count = run->phase == PHASE_WRITE ? 0 : fleet_polls(&run->fleet, polls);
	bool writes = table_output_pending(&run->output) && !run->output.broken;
	char bytes[64];

	polls[count++] = (struct pollfd){.fd = run->wake[0], .events = POLLIN};
	if (writes)
		polls[count++] = (struct pollfd){.fd = run->options.fd, .events = POLLOUT};
	poll(polls, (nfds_t)count, clock_poll_timeout(next_deadline(run), clock_now()));
	while (read(run->wake[0], bytes, sizeof bytes) > 0)
		;
}

static void step(struct batch_run *run)
{
	wait_for_something(run);
	uint64_t now = clock_now();
	bool searches = now >= run->next_search;

	write_out(run);
	if (searches)
		run->next_search = now + SEARCH;
	if (run->phase == PHASE_WRITE) {
		step_write(run, now);
		return;
	}
	if (run->fleet.own != atomic_load(&run->started))
		fleet_own(&run->fleet, atomic_load(&run->started));
	if (searches)
		fleet_search(&run->fleet);
	fleet_take(&run->fleet);
	step_table(run, now);
	if (atomic_load(&run->ended))
		step_end(run, now);
}

static bool is_interrupted(const struct batch_run *run)
{
	return run->options.interrupted && run->options.interrupted(run->options.context);
}

bool batch_run(struct batch_run *run)
{
	while (run->phase != PHASE_OVER && !atomic_exchange(&run->woken, false) && !is_interrupted(run))
		step(run);
	return run->phase == PHASE_OVER;
}

/* --- what other threads do --- */

void batch_run_wake(struct batch_run *run)
{
	atomic_store(&run->woken, true);
	/* When the pipe is full it wakes all the same. */
	if (write(run->wake[1], "", 1) < 0)
		return;
}

void batch_run_started(struct batch_run *run, pid_t pid)
{
	atomic_store(&run->started, pid);
}

void batch_run_ended(struct batch_run *run, const char *how)
{
	snprintf(run->how, sizeof run->how, "%s", how);
	atomic_store(&run->ended, true);
	batch_run_wake(run);
}

void batch_run_hurry(struct batch_run *run)
{
	atomic_store(&run->hurried, true);
	batch_run_wake(run);
}

void batch_run_stop(struct batch_run *run)
{
	atomic_store(&run->stopped, true);
	batch_run_hurry(run);
}

/* --- life --- */

struct batch_run *batch_run_new(const struct batch_run_options *options)
{
	struct batch_run *run = calloc(1, sizeof *run);
	uint64_t now = clock_now();

	if (!run)
		return NULL;
	run->options = *options;
	run->next = now + options->interval_ns;
	run->next_gc = now + options->gc_ns;
	fleet_init(&run->fleet, options->directory);
	run->table.options = options->batch;
	run->table.per_process = options->per_process;
	run->output.fd = options->fd;
	if (pipe(run->wake) < 0) {
		free(run);
		return NULL;
	}
	for (int i = 0; i < 2; i++) {
		fcntl(run->wake[i], F_SETFD, FD_CLOEXEC);
		fcntl(run->wake[i], F_SETFL, O_NONBLOCK);
	}
	return run;
}

void batch_run_free(struct batch_run *run)
{
	fleet_deinit(&run->fleet);
	fleet_table_deinit(&run->table);
	table_output_deinit(&run->output);
	close(run->wake[0]);
	close(run->wake[1]);
	free(run);
}
