#include "source/processes.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source/remote_source.h"
#include "base/clock.h"
#include "transport/directory.h"

/* More are not looked into at a time. */
#define PROCESSES_MAX 256

/* How often to look who has come. */
#define SEARCH (200 * CLOCK_MILLISECOND)

/* How often to look again into one that did not answer. */
#define RETRY (5000 * CLOCK_MILLISECOND)

/* How often to ask those that are only on the list. */
#define ASK_OTHERS (2000 * CLOCK_MILLISECOND)

/* How often the list is told anew. */
#define TELL (500 * CLOCK_MILLISECOND)

/* Major GCs that growth is told from, at most. */
#define GROWTH_POINTS 8

/* A process that has ended this long before the program is worth a word. */
#define LEFT_ALONE (500 * CLOCK_MILLISECOND)

/* When there is nobody after this time, that is worth a word. */
#define PATIENCE (5000 * CLOCK_MILLISECOND)

/* A process that was being forked when the program ended is awaited for so long. */
#define FORK_SECONDS 2

struct process {
	pid_t pid;
	struct client *client; /* owned; NULL: there is no connection now */
	struct remote_source remote;
	struct snapshot_source source;
	struct process_summary facts;
	bool gone;      /* and not to be connected to again */
	uint64_t tried; /* when a connection was tried */
	uint64_t asked; /* when a snapshot was, for the list */

	/* The latest major GCs, of which the first and the last tell the growth. */
	uint64_t majors; /* that have been seen */
	size_t points;
	struct {
		uint64_t at_ns;
		uint64_t retained;
	} point[GROWTH_POINTS];
};

struct processes {
	char directory[DIRECTORY_PATH_MAX];
	struct process *all[PROCESSES_MAX]; /* owned; in the order in which they came */
	size_t count;
	struct process *shown; /* one of them, or NULL */
	struct process_summary facts[PROCESSES_MAX];

	bool closed;
	bool wanted;     /* a snapshot was asked for, and there was nobody to ask */
	bool collecting; /* a GC was asked for, and its end is to be told */
	bool excused;
	uint64_t began;
	uint64_t searched;
	uint64_t told;
	uint64_t left; /* when the one that is shown has ended, until that is told; 0: it has not */
	bool changed;  /* the list has */
};

/* --- one process --- */

static void disconnect(struct process *process)
{
	if (!process->client)
		return;
	remote_source_deinit(&process->remote);
	client_close(process->client);
	process->client = NULL;
}

static bool connect_to(struct process *process, const char *path)
{
	char problem[TRANSPORT_PROBLEM_MAX];

	process->tried = clock_now();
	process->client = client_open(path, problem);
	if (!process->client)
		return false;
	process->source = remote_source_init(&process->remote, process->client);
	process->facts.ended = process->gone = false;
	process->facts.known = process->facts.retained_known = process->facts.growth_known = false;
	process->majors = process->asked = 0;
	process->points = 0;
	return true;
}

static void add_point(struct process *process, const struct snapshot_header *snapshot)
{
	if (process->points == GROWTH_POINTS) {
		process->points--;
		memmove(&process->point[0], &process->point[1], process->points * sizeof *process->point);
	}
	process->point[process->points].at_ns = snapshot->major_at_ns;
	process->point[process->points++].retained = snapshot->counts.retained;
}

static void note_growth(struct process *process, const struct snapshot_header *snapshot)
{
	struct process_summary *facts = &process->facts;

	if (snapshot->majors_seen < process->majors)
		process->points = 0;
	if (snapshot->majors_seen != process->majors)
		add_point(process, snapshot);
	process->majors = snapshot->majors_seen;
	facts->growth_known = process->points > 1;
	if (!facts->growth_known)
		return;
	size_t last = process->points - 1;
	double passed = (double)(process->point[last].at_ns - process->point[0].at_ns) / 1e9;
	double grown = (double)process->point[last].retained - (double)process->point[0].retained;
	facts->growth = passed > 0 ? grown / passed : 0;
}

static void note(struct process *process, const struct snapshot_header *snapshot)
{
	struct process_summary *facts = &process->facts;

	facts->known = true;
	facts->retained_known = snapshot->majors_seen > 0;
	facts->live = counts_live(snapshot->counts);
	facts->retained = snapshot->counts.retained;
	facts->retained_bound = snapshot->flags & SNAPSHOT_RETAINED_BOUND;
	facts->up_ns = snapshot_up_ns(snapshot);
	snprintf(facts->command, sizeof facts->command, "%s", snapshot_string(snapshot, snapshot->command, NULL));
	note_growth(process, snapshot);
}

/* --- who is there --- */

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
	process->facts.pid = (uint32_t)pid;
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
	if (processes->shown)
		processes->shown->facts.shown = false;
	processes->shown = process;
	processes->left = 0;
	process->facts.shown = true;
	processes->changed = true;
	/* Whoever waits for the numbers of the one before gets these. */
	if (process->client)
		process->source.ask(process->source.context);
	processes->wanted = false;
}

/* One that has come is shown when nobody else is to be, or the one that is shown has ended. */
static void welcome(struct processes *processes, const struct directory_entry *entry)
{
	struct process *process = find(processes, entry->pid);

	if (process && (process->client || clock_now() < process->tried + RETRY) && !process->gone)
		return;
	if (!process)
		process = add(processes, entry->pid);
	if (!process || !connect_to(process, entry->path))
		return;
	processes->changed = true;
	if (!processes->shown || processes->shown == process || processes->shown->gone)
		show(processes, process);
	else
		process->source.ask(process->source.context);
}

static void search(struct processes *processes)
{
	struct directory_entry *entries;

	processes->searched = clock_now();
	ssize_t count = directory_list_in(processes->directory, &entries);
	if (count < 0)
		return;
	for (ssize_t i = 0; i < count; i++)
		welcome(processes, &entries[i]);
	free(entries);
}

static void forget_gone(struct processes *processes)
{
	for (size_t i = processes->count; i-- > 0;) {
		if (processes->all[i]->gone && processes->all[i] != processes->shown)
			drop(processes, i);
	}
}

/* --- what they tell --- */

/* The connection is over. Its last numbers may come with that. */
static enum source_event see_off(struct process *process, struct source_update *news)
{
	disconnect(process);
	process->gone = process->facts.ended = true;
	return news->snapshot ? SOURCE_SNAPSHOT : SOURCE_NOTHING;
}

/* The next thing that one of those tells who are only on the list. */
static void listen(struct processes *processes, struct process *process)
{
	struct source_update news = {0};
	enum source_event event;

	while (process->client && (event = process->source.next(process->source.context, &news)) != SOURCE_NOTHING) {
		if (news.snapshot)
			note(process, news.snapshot);
		free(news.snapshot);
		if (event == SOURCE_ENDED)
			see_off(process, &(struct source_update){0});
		news = (struct source_update){0};
		processes->changed = true;
	}
}

static void hear_others(struct processes *processes)
{
	uint64_t now = clock_now();

	for (size_t i = 0; i < processes->count; i++) {
		struct process *process = processes->all[i];

		if (process == processes->shown || !process->client)
			continue;
		if (now >= process->asked + ASK_OTHERS) {
			process->source.ask(process->source.context);
			process->asked = now;
		}
		listen(processes, process);
	}
}

static enum source_event hear_shown(struct processes *processes, struct source_update *news)
{
	struct process *process = processes->shown;
	enum source_event event = SOURCE_NOTHING;

	if (!process || !process->client)
		return SOURCE_NOTHING;
	event = process->source.next(process->source.context, news);
	if (news->snapshot)
		note(process, news->snapshot);
	if (event == SOURCE_GC || event == SOURCE_GC_FAILED)
		processes->collecting = false;
	if (event != SOURCE_ENDED)
		return event;
	processes->changed = true;
	processes->left = clock_now();
	return see_off(process, news);
}

static enum source_event tell_list(struct processes *processes, struct source_update *news)
{
	uint64_t now = clock_now();

	if (!processes->changed && now < processes->told + TELL)
		return SOURCE_NOTHING;
	processes->told = now;
	processes->changed = false;
	for (size_t i = 0; i < processes->count; i++)
		processes->facts[i] = processes->all[i]->facts;
	news->processes = processes->facts;
	news->count = processes->count;
	return SOURCE_PROCESSES;
}

static enum source_event say(struct source_update *news, enum source_event event, const char *sentence)
{
	snprintf(news->sentence, sizeof news->sentence, "%s", sentence);
	return event;
}

static enum source_event next(void *context, struct source_update *news)
{
	struct processes *processes = context;
	enum source_event event;

	if (processes->closed)
		return SOURCE_NOTHING;
	if (clock_now() >= processes->searched + SEARCH)
		search(processes);
	if ((event = hear_shown(processes, news)) != SOURCE_NOTHING)
		return event;
	hear_others(processes);
	forget_gone(processes);
	if (processes->collecting && (!processes->shown || !processes->shown->client)) {
		processes->collecting = false;
		return say(news, SOURCE_GC_FAILED, "the process has ended");
	}
	if (processes->left && clock_now() > processes->left + LEFT_ALONE) {
		processes->left = 0;
		return say(news, SOURCE_SAID, "this process has ended, or has become another program");
	}
	if (!processes->shown && !processes->excused && clock_now() > processes->began + PATIENCE) {
		processes->excused = true;
		return say(news, SOURCE_SAID,
		           "no Ruby has reported yet, so there is nothing to count; l shows what the program prints");
	}
	return tell_list(processes, news);
}

/* Connections of processes that have ended are open until what they sent last is read. */
static bool left(void *context, char sentence[SOURCE_SENTENCE_MAX])
{
	struct processes *processes = context;
	/* Before the search: a marker is there until the socket is. */
	bool forking = directory_has_new(processes->directory, ".fork", FORK_SECONDS);

	sentence[0] = 0;
	search(processes);
	for (size_t i = 0; i < processes->count; i++) {
		const struct process *process = processes->all[i];

		if (!process->client || process->gone || (kill(process->pid, 0) < 0 && errno == ESRCH))
			continue;
		snprintf(sentence, SOURCE_SENTENCE_MAX,
		         "the program has ended; process %ld goes on (memory-tracker-top --attach %ld)",
		         (long)process->pid, (long)process->pid);
		return true;
	}
	return forking;
}

/* --- what is asked of them --- */

static int fd(void *context)
{
	const struct processes *processes = context;
	const struct process *process = processes->shown;

	return process && process->client ? process->source.fd(process->source.context) : -1;
}

static void ask(void *context)
{
	struct processes *processes = context;
	struct process *process = processes->shown;

	processes->wanted = !process || !process->client;
	if (!processes->wanted)
		process->source.ask(process->source.context);
}

static void gc(void *context)
{
	struct processes *processes = context;
	struct process *process = processes->shown;

	processes->collecting = true;
	if (process && process->client)
		process->source.gc(process->source.context);
}

static void walk(void *context, int steps)
{
	struct processes *processes = context;
	size_t at = 0;

	if (processes->count < 2)
		return;
	while (at < processes->count && processes->all[at] != processes->shown)
		at++;
	at = (at + (steps > 0 ? 1 : processes->count - 1)) % processes->count;
	show(processes, processes->all[at]);
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
