#include "source/fleet.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "transport/directory.h"
#include "transport/final.h"

/* A process that is there this long after its connection was over runs on without one. */
#define LOST_PATIENCE (1000 * CLOCK_MILLISECOND)

/* How soon to connect again to one that has refused. */
#define RETRY (5000 * CLOCK_MILLISECOND)

/* --- one process --- */

static void change(struct fleet_process *process, enum fleet_state state, const char *how)
{
	process->state = state;
	process->since = clock_now();
	snprintf(process->how, sizeof process->how, "%s", how);
}

static void disconnect(struct fleet_process *process)
{
	if (process->client)
		client_close(process->client);
	process->client = NULL;
	process->waiting = process->collecting = process->silent = false;
}

static void process_free(struct fleet_process *process)
{
	disconnect(process);
	path_watch_deinit(&process->paths);
	history_free(process->history);
	free(process);
}

static struct fleet_process *process_new(pid_t pid)
{
	struct fleet_process *process = calloc(1, sizeof *process);

	if (!process)
		return NULL;
	process->pid = pid;
	process->history = history_new(0);
	bool watches = process->history && path_watch_init(&process->paths);
	if (watches)
		return process;
	history_free(process->history);
	free(process);
	return NULL;
}

const struct snapshot_header *fleet_snapshot(const struct fleet_process *process)
{
	return history_snapshot(process->history);
}

/* Takes the snapshot and owns it. */
static void take_snapshot(struct fleet_process *process, struct snapshot_header *snapshot)
{
	static const struct key_set none;

	process->waiting = process->silent = false;
	/* Without memory for call paths there are none in the table, which is better than no table. */
	path_watch_feed(&process->paths, snapshot, &none, NULL);
	process->final = snapshot->flags & SNAPSHOT_ENDED;
	if (!process->title[0])
		snprintf(process->title, sizeof process->title, "%s",
		         snapshot_string(snapshot, snapshot->command, NULL));
	history_update(process->history, snapshot);
}

static void ask(struct fleet_process *process)
{
	if (!process->waiting && client_ask_snapshot(process->client))
		process->waiting = true;
}

/* --- who is there --- */

/* The process with this number that has not ended: the number of one that has may be another's by now. */
static struct fleet_process *find(const struct fleet *fleet, pid_t pid)
{
	for (size_t i = 0; i < fleet->count; i++) {
		if (fleet->all[i]->pid == pid && fleet->all[i]->state != FLEET_ENDED)
			return fleet->all[i];
	}
	return NULL;
}

static struct fleet_process *add(struct fleet *fleet, pid_t pid)
{
	struct fleet_process *process = fleet->count < FLEET_MAX ? process_new(pid) : NULL;

	if (!process)
		return NULL;
	process->own = pid == fleet->own;
	fleet->all[fleet->count++] = process;
	return process;
}

static void drop(struct fleet *fleet, size_t index)
{
	process_free(fleet->all[index]);
	fleet->count--;
	memmove(&fleet->all[index], &fleet->all[index + 1], (fleet->count - index) * sizeof *fleet->all);
}

static void connect_to(struct fleet *fleet, struct fleet_process *process, const char *path)
{
	char problem[TRANSPORT_PROBLEM_MAX];

	process->client = client_begin(path, problem);
	if (!process->client) {
		change(process, FLEET_REFUSED, problem);
		return;
	}
	change(process, FLEET_CONNECTING, "");
	process->title[0] = 0;
	process_title(process->pid, process->title);
	/* The first rates and growths are computed from here. */
	ask(process);
}

/* A socket. One that no process listens to any more is removed. */
static void meet(void *context, pid_t pid, const char *path)
{
	struct fleet *fleet = context;
	struct fleet_process *process = find(fleet, pid);

	if (process && (process->client || (process->state == FLEET_REFUSED && clock_now() < process->since + RETRY)))
		return;
	/* A process that was lost has become another program. Its history begins anew with that one's first snapshot. */
	bool fresh = !process;
	process = process ? process : add(fleet, pid);
	if (!process) {
		fleet->beyond++;
		return;
	}
	connect_to(fleet, process, path);
	if (process->client || errno != ECONNREFUSED)
		return;
	unlink(path);
	if (fresh)
		drop(fleet, fleet->count - 1);
	else
		change(process, FLEET_LOST, "");
}

/*
 * The last numbers that a process has left, and how it ended; NULL: it has left none. It may listen a moment longer, so its
 * socket goes with them, or it would be taken for another process.
 */
static struct snapshot_header *take_final(const struct fleet *fleet, pid_t pid, char how[MESSAGE_TEXT_MAX + 1])
{
	char path[DIRECTORY_PATH_MAX], problem[TRANSPORT_PROBLEM_MAX];
	struct snapshot_header *snapshot = final_take(fleet->directory, pid, how);

	if (snapshot && directory_socket(path, fleet->directory, pid, problem))
		unlink(path);
	return snapshot;
}

/* The process that has not ended, or one that was taken to have ended when it had only closed its connection. */
static struct fleet_process *find_unfinished(const struct fleet *fleet, pid_t pid)
{
	struct fleet_process *found = find(fleet, pid);

	for (size_t i = 0; i < fleet->count && !found; i++) {
		if (fleet->all[i]->pid == pid && !fleet->all[i]->final)
			found = fleet->all[i];
	}
	return found;
}

/* The last numbers of a process, which was not connected to or is not any more. */
static void read_final(void *context, pid_t pid, const char *path)
{
	struct fleet *fleet = context;
	struct fleet_process *process = find_unfinished(fleet, pid);
	char how[MESSAGE_TEXT_MAX + 1];

	/* It is about to end its connection. */
	if (process && process->client)
		return;
	process = process ? process : add(fleet, pid);
	struct snapshot_header *snapshot = take_final(fleet, pid, how);
	if (process && snapshot) {
		take_snapshot(process, snapshot);
		change(process, FLEET_ENDED, how);
		return;
	}
	free(snapshot);
	fleet->unlisted += process == NULL;
}

void fleet_search(struct fleet *fleet)
{
	fleet->beyond = 0;
	directory_each(fleet->directory, ".sock", meet, fleet);
	directory_each(fleet->directory, FINAL_SUFFIX, read_final, fleet);
}

/* --- what they answer --- */

/* The connection is over. What it has left is there before that. */
static void end_connection(struct fleet *fleet, struct fleet_process *process, const char *text)
{
	char how[MESSAGE_TEXT_MAX + 1];
	struct snapshot_header *snapshot = take_final(fleet, process->pid, how);

	disconnect(process);
	/* The one that came over the connection is the later of the two. */
	if (snapshot && !process->final)
		take_snapshot(process, snapshot);
	else
		free(snapshot);
	if (process->final || text[0])
		change(process, FLEET_ENDED, text[0] ? text : how);
	else
		change(process, FLEET_LOST, "");
}

static void take_refusal(struct fleet *fleet, struct fleet_process *process, const struct client_message *message)
{
	if (message->asked == MESSAGE_SNAPSHOT)
		process->waiting = process->silent = false;
	else if (message->asked == MESSAGE_GC)
		process->collecting = false;
	if (message->asked)
		return;
	disconnect(process);
	change(process, FLEET_REFUSED, message->text);
}

static void take_event(struct fleet *fleet, struct fleet_process *process, enum client_event event,
                       struct client_message *message)
{
	switch (event) {
	case CLIENT_GREETED:
		change(process, FLEET_SERVING, "");
		break;
	case CLIENT_SNAPSHOT:
		take_snapshot(process, message->snapshot);
		break;
	case CLIENT_GC_DONE:
		process->collecting = false;
		break;
	case CLIENT_REFUSED:
		take_refusal(fleet, process, message);
		break;
	case CLIENT_ENDED:
		end_connection(fleet, process, message->text);
		break;
	case CLIENT_BROKEN:
		disconnect(process);
		change(process, FLEET_REFUSED, message->text);
		break;
	default:
		break;
	}
}

static void take_all(struct fleet *fleet, struct fleet_process *process)
{
	struct client_message message;
	enum client_event event;

	while (process->client && (event = client_next(process->client, &message)) != CLIENT_NOTHING)
		take_event(fleet, process, event, &message);
}

static void find_out(struct fleet_process *process)
{
	if (process->state != FLEET_LOST && process->state != FLEET_REFUSED)
		return;
	if (!process_is_there(process->pid))
		change(process, FLEET_ENDED, "");
	else if (process->state == FLEET_LOST && clock_now() > process->since + LOST_PATIENCE)
		change(process, FLEET_ENDED, "has closed its connection, and runs on");
}

/* Keeps as many as are to be listed of those that have ended between two tables. */
static void forget_short_lived(struct fleet *fleet)
{
	size_t kept = 0, i = 0;

	while (i < fleet->count) {
		const struct fleet_process *process = fleet->all[i];
		bool short_lived = process->state == FLEET_ENDED && !process->tabled && !process->own;

		kept += short_lived;
		if (!short_lived || kept <= FLEET_SHORT_LIVED_MAX) {
			i++;
			continue;
		}
		drop(fleet, i);
		fleet->unlisted++;
	}
}

void fleet_take(struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->count; i++) {
		take_all(fleet, fleet->all[i]);
		find_out(fleet->all[i]);
	}
	forget_short_lived(fleet);
}

/* --- what they are asked --- */

void fleet_ask(struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->count; i++) {
		struct fleet_process *process = fleet->all[i];

		if (!process->client)
			continue;
		process_title(process->pid, process->title);
		ask(process);
	}
}

void fleet_collect(struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->count; i++) {
		struct fleet_process *process = fleet->all[i];

		if (process->client && !process->collecting && client_ask_gc(process->client))
			process->collecting = true;
	}
}

bool fleet_waiting(const struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->count; i++) {
		if (fleet->all[i]->waiting && !fleet->all[i]->silent)
			return true;
	}
	return false;
}

bool fleet_collecting(const struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->count; i++) {
		if (fleet->all[i]->collecting && !fleet->all[i]->silent)
			return true;
	}
	return false;
}

void fleet_give_up(struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->count; i++)
		fleet->all[i]->silent = fleet->all[i]->waiting;
}

/* --- how they end --- */

void fleet_own(struct fleet *fleet, pid_t pid)
{
	fleet->own = pid;
	for (size_t i = 0; i < fleet->count; i++)
		fleet->all[i]->own = fleet->all[i]->pid == pid;
}

void fleet_own_ended(struct fleet *fleet, const char *how)
{
	for (size_t i = 0; i < fleet->count; i++) {
		struct fleet_process *process = fleet->all[i];

		if (!process->own || (process->state == FLEET_ENDED && process->how[0]))
			continue;
		disconnect(process);
		change(process, FLEET_ENDED, how);
	}
}

const struct fleet_process *fleet_first_alive(const struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->count; i++) {
		if (fleet->all[i]->state != FLEET_ENDED)
			return fleet->all[i];
	}
	return NULL;
}

bool fleet_alive(const struct fleet *fleet)
{
	return fleet_first_alive(fleet) != NULL;
}

bool fleet_has_ended(const struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->count; i++) {
		if (fleet->all[i]->state == FLEET_ENDED)
			return true;
	}
	return fleet->unlisted > 0;
}

void fleet_tabled(struct fleet *fleet)
{
	for (size_t i = fleet->count; i-- > 0;) {
		fleet->all[i]->tabled = true;
		if (fleet->all[i]->state == FLEET_ENDED)
			drop(fleet, i);
	}
	fleet->unlisted = 0;
}

/* --- life --- */

void fleet_init(struct fleet *fleet, const char *directory)
{
	*fleet = (struct fleet){0};
	snprintf(fleet->directory, sizeof fleet->directory, "%s", directory);
}

void fleet_deinit(struct fleet *fleet)
{
	while (fleet->count)
		drop(fleet, fleet->count - 1);
}

size_t fleet_polls(const struct fleet *fleet, struct pollfd *polls)
{
	size_t count = 0;

	for (size_t i = 0; i < fleet->count; i++) {
		if (fleet->all[i]->client)
			polls[count++] = (struct pollfd){.fd = client_fd(fleet->all[i]->client), .events = POLLIN};
	}
	return count;
}
