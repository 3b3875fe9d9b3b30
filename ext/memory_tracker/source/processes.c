#include "source/processes.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "source/process_growth.h"
#include "source/process_info.h"
#include "source/remote_source.h"
#include "transport/directory.h"

/* More are not looked into at a time. */
#define PROCESSES_MAX 256

/* How often to look for new sockets. */
#define SEARCH (200 * CLOCK_MILLISECOND)

/* How soon to connect again to one that could not be connected to, or could not be understood. */
#define RETRY (5000 * CLOCK_MILLISECOND)

/* How often to ask those that are only on the list. */
#define ASK_OTHERS (2000 * CLOCK_MILLISECOND)

#define TELL (500 * CLOCK_MILLISECOND)          /* how often the list is told anew */
#define FIRST_ANSWER (2000 * CLOCK_MILLISECOND) /* how long the first of several may take to answer */
#define LEFT_ALONE (500 * CLOCK_MILLISECOND) /* a process that has ended this long before the program is worth a word */
#define PATIENCE (5000 * CLOCK_MILLISECOND)  /* when there is no process after this time, that is worth a word */

#define FORK_SECONDS 2 /* a process that was being forked when the program ended is awaited for so long */

struct process {
	pid_t pid;
	struct client *client; /* owned; NULL: there is no connection now */
	bool greeted;          /* its hello has come over that, and what follows can be used: */
	struct remote_source remote;
	struct snapshot_source source;
	struct process_summary metadata;
	bool gone;      /* it has ended, or nothing leads to it any more */
	uint64_t added; /* the first search that found its socket, */
	uint64_t found; /* and the latest one */
	uint64_t retry; /* it is not connected to before this time */
	uint64_t asked; /* when a snapshot was, for the list */
	struct process_growth growth;
};

struct processes {
	char directory[DIRECTORY_PATH_MAX];
	struct process *all[PROCESSES_MAX]; /* owned; in the order in which they came */
	size_t count;
	struct process *shown; /* one of them, or NULL */
	bool walked;           /* by a person: it stays */
	struct process_summary metadata[PROCESSES_MAX];

	bool closed;
	bool collecting;       /* a GC was asked for, and its end is to be told */
	const char *gc_failed; /* why it has no end to be told; NULL: it has */
	bool excused;          /* why no process is shown was said */
	uint64_t began;
	uint64_t searched;
	uint64_t told;
	uint64_t left;                     /* when the one that is shown has ended, until that is told; 0: it has not */
	bool changed;                      /* the list has */
	char problem[SOURCE_SENTENCE_MAX]; /* to be said; empty: none */
};

/* --- one process --- */

static void disconnect(struct process *process)
{
	if (process->greeted)
		remote_source_deinit(&process->remote);
	if (process->client)
		client_close(process->client);
	process->client = NULL;
	process->greeted = false;
}

/* Waits for nothing. False and errno when it cannot be connected to. */
static bool begin(struct process *process, const char *path)
{
	char problem[TRANSPORT_PROBLEM_MAX];

	process->retry = clock_now() + RETRY;
	process->client = client_begin(path, problem);
	process->gone = process->gone && !process->client;
	return process->client != NULL;
}

/* Its hello has come; what was known is of another connection, perhaps of another program. */
static void begin_anew(struct process *process)
{
	process->source = remote_source_init(&process->remote, process->client);
	process->greeted = true;
	process->metadata.ended = false;
	process->metadata.known = process->metadata.retained_known = process->metadata.growth_known = false;
	process->growth = (struct process_growth){0};
	process->asked = 0;
}

/* Asks it for a snapshot, if it can be asked. */
static void ask_process(const struct process *process)
{
	if (process && process->greeted)
		process->source.ask(process->source.context);
}

static void note(struct process *process, const struct snapshot_header *snapshot)
{
	struct process_summary *metadata = &process->metadata;

	metadata->known = true;
	metadata->retained_known = snapshot->majors_seen > 0;
	metadata->live = counts_live(snapshot->counts);
	metadata->retained = snapshot->counts.retained;
	metadata->retained_bound = snapshot->flags & SNAPSHOT_RETAINED_BOUND;
	metadata->up_ns = snapshot_up_ns(snapshot);
	snprintf(metadata->command, sizeof metadata->command, "%s", snapshot_string(snapshot, snapshot->command, NULL));
	process_growth_add(&process->growth, snapshot);
	metadata->growth_known = process_growth(&process->growth, &metadata->growth);
}

/* --- which there are --- */

static struct process *find(const struct processes *processes, pid_t pid)
{
	for (size_t i = 0; i < processes->count; i++) {
		if (processes->all[i]->pid == pid)
			return processes->all[i];
	}
	return NULL;
}

static struct process *add(struct processes *processes, pid_t pid)
{
	if (processes->count == PROCESSES_MAX)
		return NULL;
	struct process *process = calloc(1, sizeof *process);
	if (!process)
		return NULL;
	process->pid = pid;
	process->metadata.pid = (uint32_t)pid;
	process->added = processes->searched;
	processes->all[processes->count++] = process;
	return process;
}

static void drop(struct processes *processes, size_t index)
{
	struct process *process = processes->all[index];

	processes->count--;
	memmove(&processes->all[index], &processes->all[index + 1],
	        (processes->count - index) * sizeof *processes->all);
	disconnect(process);
	free(process);
	processes->changed = true;
}

static void show(struct processes *processes, struct process *process)
{
	if (processes->shown != process && processes->collecting && !processes->gc_failed)
		processes->gc_failed = "another process is shown now";
	if (processes->shown)
		processes->shown->metadata.shown = false;
	processes->shown = process;
	processes->left = 0;
	process->metadata.shown = true;
	processes->changed = true;
	/* The numbers of the one before may have been asked for, and these come instead. */
	ask_process(process);
}

/* A socket. One that no process listens to any more is removed. */
static void take_socket(void *context, pid_t pid, const char *path)
{
	struct processes *processes = context;
	struct process *process = find(processes, pid);

	process = process ? process : add(processes, pid);
	if (!process)
		return;
	process->found = processes->searched;
	if (process->client || clock_now() < process->retry)
		return;
	if (!begin(process, path) && errno == ECONNREFUSED) {
		unlink(path);
		process->found = 0;
	}
	processes->changed = true;
}

static int compare(const void *left, const void *right)
{
	const struct process *const *a = left, *const *b = right;

	return ((*a)->pid > (*b)->pid) - ((*a)->pid < (*b)->pid);
}

static void search(struct processes *processes)
{
	size_t before = processes->count;

	processes->searched = clock_now();
	if (!directory_each(processes->directory, ".sock", take_socket, processes))
		return;
	qsort(&processes->all[before], processes->count - before, sizeof *processes->all, compare);
	for (size_t i = 0; i < processes->count; i++) {
		struct process *process = processes->all[i];

		if (!process->client && process->found != processes->searched)
			process->gone = process->metadata.ended = true;
	}
}

static void forget_gone(struct processes *processes)
{
	for (size_t i = processes->count; i-- > 0;) {
		if (processes->all[i]->gone && processes->all[i] != processes->shown)
			drop(processes, i);
	}
}

/* --- what they tell --- */

/* The connection is over; `broken`: because it could not be understood, as `how` says. */
static void end_connection(struct processes *processes, struct process *process, bool broken, const char *how)
{
	bool shown = process == processes->shown;

	disconnect(process);
	process->retry = broken ? clock_now() + RETRY : 0;
	process->gone = process->metadata.ended = !broken;
	process->metadata.known = process->metadata.known && !broken;
	processes->changed = true;
	if (broken && (shown || (!processes->shown && !processes->excused))) {
		snprintf(processes->problem, sizeof processes->problem, "%s", how);
		processes->excused = true;
	}
	if (!broken && shown)
		processes->left = clock_now();
}

/*
 * Whether one that has said hello is shown: when no other is, or that one has lost its connection, or was found at the
 * same time and only answered faster, as a fork of it may.
 */
static bool is_to_be_shown(const struct processes *processes, const struct process *process)
{
	const struct process *shown = processes->shown;
	bool later = shown && shown->added == process->added && shown->pid > process->pid;
	bool stays = processes->walked || clock_now() > process->added + FIRST_ANSWER;

	return !shown || shown == process || !shown->client || (later && !stays);
}

static void take_hello(struct processes *processes, struct process *process)
{
	struct client_message message;
	enum client_event event = client_next(process->client, &message);

	if (event == CLIENT_NOTHING)
		return;
	if (event != CLIENT_GREETED) {
		end_connection(processes, process, event == CLIENT_BROKEN, message.text);
		return;
	}
	begin_anew(process);
	processes->changed = true;
	if (is_to_be_shown(processes, process))
		show(processes, process);
}

static void take_hellos(struct processes *processes)
{
	for (size_t i = 0; i < processes->count; i++) {
		if (processes->all[i]->client && !processes->all[i]->greeted)
			take_hello(processes, processes->all[i]);
	}
}

/* The next thing that a process tells. When its connection is over, its last numbers may come with that. */
static enum source_event take_next(struct processes *processes, struct process *process, struct source_update *news)
{
	enum source_event event = process->source.next(process->source.context, news);

	if (news->snapshot)
		note(process, news->snapshot);
	if (event == SOURCE_ENDED)
		end_connection(processes, process, process->remote.broken, news->sentence);
	return event;
}

/* What those tell that are only on the list. */
static void take_others(struct processes *processes)
{
	uint64_t now = clock_now();

	for (size_t i = 0; i < processes->count; i++) {
		struct process *process = processes->all[i];
		struct source_update news = {0};

		if (process == processes->shown || !process->greeted)
			continue;
		if (now >= process->asked + ASK_OTHERS) {
			ask_process(process);
			process->asked = now;
		}
		while (process->greeted && take_next(processes, process, &news) != SOURCE_NOTHING) {
			free(news.snapshot);
			news = (struct source_update){0};
			processes->changed = true;
		}
	}
}

static enum source_event take_shown(struct processes *processes, struct source_update *news)
{
	struct process *process = processes->shown;

	if (!process || !process->greeted)
		return SOURCE_NOTHING;
	enum source_event event = take_next(processes, process, news);
	bool collected = event == SOURCE_GC || event == SOURCE_GC_FAILED;
	/* One that was asked for before another process was shown has been told as failed. */
	if (collected && (!processes->collecting || processes->gc_failed))
		return event == SOURCE_GC ? SOURCE_SNAPSHOT : SOURCE_SAID;
	processes->collecting = processes->collecting && !collected;
	if (event == SOURCE_ENDED)
		return news->snapshot ? SOURCE_SNAPSHOT : SOURCE_NOTHING;
	return event;
}

static enum source_event tell_list(struct processes *processes, struct source_update *news)
{
	uint64_t now = clock_now();

	if (!processes->changed && now < processes->told + TELL)
		return SOURCE_NOTHING;
	processes->told = now;
	processes->changed = false;
	for (size_t i = 0; i < processes->count; i++)
		processes->metadata[i] = processes->all[i]->metadata;
	news->processes = processes->metadata;
	news->count = processes->count;
	return SOURCE_PROCESSES;
}

static enum source_event say(struct source_update *news, enum source_event event, const char *sentence)
{
	snprintf(news->sentence, sizeof news->sentence, "%s", sentence);
	return event;
}

/* What is to be said of what has not come. */
static enum source_event tell_problem(struct processes *processes, struct source_update *news)
{
	if (processes->collecting && !processes->gc_failed && !processes->shown->greeted)
		processes->gc_failed = "the process has ended";
	if (processes->gc_failed) {
		say(news, SOURCE_GC_FAILED, processes->gc_failed);
		processes->gc_failed = NULL;
		processes->collecting = false;
		return SOURCE_GC_FAILED;
	}
	if (processes->problem[0]) {
		say(news, SOURCE_SAID, processes->problem);
		processes->problem[0] = 0;
		return SOURCE_SAID;
	}
	if (processes->left && clock_now() > processes->left + LEFT_ALONE) {
		processes->left = 0;
		return say(news, SOURCE_SAID, "this process has ended, or has become another program");
	}
	if (processes->shown || processes->excused || clock_now() <= processes->began + PATIENCE)
		return SOURCE_NOTHING;
	processes->excused = true;
	return say(news, SOURCE_SAID,
	           "no Ruby has reported yet, so there is nothing to count; l shows what the program prints");
}

static enum source_event next(void *context, struct source_update *news)
{
	struct processes *processes = context;
	enum source_event event;

	if (processes->closed)
		return SOURCE_NOTHING;
	if (clock_now() >= processes->searched + SEARCH)
		search(processes);
	take_hellos(processes);
	if ((event = take_shown(processes, news)) != SOURCE_NOTHING)
		return event;
	take_others(processes);
	forget_gone(processes);
	if ((event = tell_problem(processes, news)) != SOURCE_NOTHING)
		return event;
	return tell_list(processes, news);
}

/* Connections of processes that have ended are open until what they sent last is read. */
static bool left(void *context, char sentence[SOURCE_SENTENCE_MAX])
{
	struct processes *processes = context;
	/* Before the search: a marker is there until the socket is. */
	bool forking = directory_has_new(processes->directory, ".fork", FORK_SECONDS);

	sentence[0] = 0;
	if (processes->closed)
		return false;
	search(processes);
	for (size_t i = 0; i < processes->count; i++) {
		long pid = processes->all[i]->pid;

		if (!processes->all[i]->client || !process_is_there((pid_t)pid))
			continue;
		snprintf(sentence, SOURCE_SENTENCE_MAX,
		         "the program has ended; process %ld goes on (memory-tracker-top --attach %ld)", pid, pid);
		return true;
	}
	return forking;
}

/* --- what is asked of them --- */

static int fd(void *context)
{
	const struct process *process = ((const struct processes *)context)->shown;

	return process && process->greeted ? process->source.fd(process->source.context) : -1;
}

static void ask(void *context)
{
	ask_process(((struct processes *)context)->shown);
}

static void gc(void *context)
{
	struct processes *processes = context;
	struct process *process = processes->shown;

	processes->collecting = true;
	processes->gc_failed = process && process->greeted ? NULL : "there is no process to run it in";
	if (!processes->gc_failed)
		process->source.gc(process->source.context);
}

static void walk(void *context, int steps)
{
	struct processes *processes = context;
	size_t at = 0, back = processes->count - 1;

	if (processes->count < 2)
		return;
	processes->walked = true;
	while (at < processes->count && processes->all[at] != processes->shown)
		at++;
	if (at == processes->count)
		at = steps > 0 ? back : 0;
	show(processes, processes->all[(at + (steps > 0 ? 1 : back)) % processes->count]);
}

/* --- life --- */

struct processes *processes_new(const char *directory)
{
	struct processes *processes = calloc(1, sizeof *processes);

	if (!processes)
		return NULL;
	snprintf(processes->directory, sizeof processes->directory, "%s", directory);
	processes->began = clock_now();
	return processes;
}

void processes_close(struct processes *processes)
{
	processes->shown = NULL;
	while (processes->count)
		drop(processes, processes->count - 1);
	processes->closed = true;
}

void processes_free(struct processes *processes)
{
	processes_close(processes);
	free(processes);
}

struct snapshot_source processes_source(struct processes *processes)
{
	return (struct snapshot_source){
	    .context = processes, .fd = fd, .ask = ask, .gc = gc, .walk = walk, .next = next, .left = left};
}
