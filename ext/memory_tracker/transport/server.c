#include "transport/server.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/thread.h"
#include "base/wake_pipe.h"
#include "transport/channel.h"
#include "transport/socket.h"
#include "transport/connection.h"

/* A snapshot does not wait longer for what makes it complete. */
#define REFRESH_TIME (20 * CLOCK_MILLISECOND)

/* A client that has not sent its hello by then is disconnected. */
#define HELLO_TIME (5000 * CLOCK_MILLISECOND)

/* With no descriptor left for a connection none is accepted for so long. */
#define REST_TIME (200 * CLOCK_MILLISECOND)

/* At the end, a client that takes nothing for so long is not waited for; and none longer than that. */
#define IDLE_TIME (100 * CLOCK_MILLISECOND)
#define SEND_END_TIME (1000 * CLOCK_MILLISECOND)

/* The program ends, though the thread has not, after that. */
#define END_TIME (3000 * CLOCK_MILLISECOND)

#define HOW_MAX MESSAGE_TEXT_MAX

struct server {
	struct server_source source;
	char directory[DIRECTORY_PATH_MAX];
	char path[DIRECTORY_PATH_MAX];
	struct socket_name name; /* which file that is */
	pid_t pid;
	struct descriptor listener; /* owned */
	struct wake_pipe wake;      /* owned */
	struct thread thread;

	pthread_mutex_t mutex; /* guards what follows */
	bool refreshed;
	bool done;
	char problem[MESSAGE_TEXT_MAX + 1]; /* of what is done; empty: none */
	uint64_t done_ns;
	bool ending;
	bool silent; /* no client is sent the end */
	char how[HOW_MAX + 1];

	/* Of the thread alone. */
	struct connection connections[SERVER_CLIENTS_MAX];
	struct server_work work;
	struct connection *worked_for; /* NULL: its client has gone */
	bool working;
	bool refreshing;
	bool started_for_them;
	bool lost; /* the program has closed descriptors of the server */
	uint64_t rest_until;
};

/* --- what other threads do --- */

/* Where the program has closed the pipe, a connection wakes: the thread's poll still has the listener open. */
static void notify(struct server *server)
{
	int fd = wake_pipe_wake(&server->wake) ? -1 : socket_connect(server->path);

	if (fd >= 0)
		close(fd);
}

void server_done(struct server *server, const char *problem, uint64_t nanoseconds)
{
	pthread_mutex_lock(&server->mutex);
	server->done = true;
	server->done_ns = nanoseconds;
	snprintf(server->problem, sizeof(server->problem), "%s", problem ? problem : "");
	pthread_mutex_unlock(&server->mutex);
	notify(server);
}

void server_refreshed(struct server *server)
{
	pthread_mutex_lock(&server->mutex);
	server->refreshed = true;
	pthread_mutex_unlock(&server->mutex);
	notify(server);
}

const char *server_path(const struct server *server)
{
	return server->path;
}

/* --- connections --- */

static void close_connection(struct server *server, struct connection *connection)
{
	channel_deinit(&connection->channel, true);
	connection->here = false;
	if (server->worked_for == connection)
		server->worked_for = NULL;
}

static struct connection *free_place(struct server *server)
{
	for (size_t i = 0; i < SERVER_CLIENTS_MAX; i++) {
		if (!server->connections[i].here)
			return &server->connections[i];
	}
	return NULL;
}

/* Sends the reason once, without waiting, to a client that is not served. */
static void reject(int fd, const char *sentence)
{
	struct connection connection = {0};

	channel_init(&connection.channel, fd, MESSAGE_QUESTION_MAX);
	connection_refuse(&connection, 0, sentence);
	channel_deinit(&connection.channel, true);
}

static void accept_connection(struct server *server, int fd)
{
	struct connection *connection = free_place(server);

	if (!socket_same_user(fd)) {
		reject(fd, "the program belongs to another user");
	} else if (!connection) {
		reject(fd, "as many look into the program already as can at the same time");
	} else {
		*connection = (struct connection){.here = true, .here_ns = clock_now()};
		channel_init(&connection->channel, fd, MESSAGE_QUESTION_MAX);
		descriptor_close_on_fork(&connection->channel.socket);
	}
}

/* One at a time: in between, connections that are over make room. */
static void accept_next(struct server *server)
{
	int fd = socket_accept(descriptor_fd(&server->listener));

	if (fd >= 0)
		accept_connection(server, fd);
	else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
		server->rest_until = clock_now() + REST_TIME;
}

/* --- snapshots --- */

static void send_snapshot(struct connection *connection, const struct snapshot_header *snapshot)
{
	connection->due = 0;
	if (snapshot)
		channel_send(&connection->channel, MESSAGE_SNAPSHOT, snapshot, snapshot->size, NULL, 0);
	else
		connection_refuse(connection, MESSAGE_SNAPSHOT, "no objects are counted yet");
}

/* One snapshot for all who are to get one now. */
static void give_snapshots(struct server *server, bool refreshed)
{
	struct snapshot_header *snapshot = NULL;
	bool taken = false;
	uint64_t time = clock_now();

	for (size_t i = 0; i < SERVER_CLIENTS_MAX; i++) {
		struct connection *connection = &server->connections[i];

		if (!connection->here || !connection->due || (!refreshed && connection->due > time))
			continue;
		if (!taken)
			snapshot = server->source.snapshot(server->source.context);
		taken = true;
		send_snapshot(connection, snapshot);
	}
	free(snapshot);
}

static void ask_for_refresh(struct server *server)
{
	/* One that is under way since before the question may have begun too early; a snapshot waits for it only once. */
	if (!server->refreshing)
		server->refreshing = server->source.refresh(server->source.context);
}

/* --- work --- */

static void finish_work(struct server *server, const char *problem, uint64_t nanoseconds)
{
	struct message_done done = {.asked = server->work.kind, .nanoseconds = nanoseconds};
	struct connection *connection = server->worked_for;

	server->working = false;
	server->worked_for = NULL;
	if (!connection)
		return;
	connection->wants_work = false;
	if (server->work.kind == MESSAGE_START)
		connection->starter = connection->started = connection->started || !problem;
	if (problem)
		connection_refuse(connection, server->work.kind, problem);
	else
		channel_send(&connection->channel, MESSAGE_DONE, &done, sizeof(done), NULL, 0);
}

static void begin_work(struct server *server)
{
	for (size_t i = 0; i < SERVER_CLIENTS_MAX && !server->working; i++) {
		struct connection *connection = &server->connections[i];

		if (!connection->here || !connection->wants_work)
			continue;
		server->work = connection->work;
		server->worked_for = connection;
		server->working = true;
		const char *problem = server->source.work(server->source.context, &server->work);
		if (problem)
			finish_work(server, problem, 0);
	}
}

/* When the last of those who wanted objects to be counted is gone. */
static void see_to_starters(struct server *server)
{
	bool some = false;

	for (size_t i = 0; i < SERVER_CLIENTS_MAX; i++)
		some = some || (server->connections[i].here && server->connections[i].starter);
	if (server->started_for_them && !some)
		server->source.last_client_left(server->source.context);
	server->started_for_them = some;
}

/* --- the thread --- */

/* Takes what other threads have left. Returns whether the server is to end. */
static bool take_news(struct server *server)
{
	char problem[MESSAGE_TEXT_MAX + 1];

	wake_pipe_drain(&server->wake);
	pthread_mutex_lock(&server->mutex);
	bool refreshed = server->refreshed, done = server->done, ending = server->ending;
	uint64_t done_ns = server->done_ns;
	memcpy(problem, server->problem, sizeof(problem));
	server->refreshed = server->done = false;
	pthread_mutex_unlock(&server->mutex);
	if (refreshed)
		server->refreshing = false;
	/* Before the answer to the work: who has asked for a GC and is told of it has no older snapshot coming. */
	give_snapshots(server, refreshed);
	if (done)
		finish_work(server, problem[0] ? problem : NULL, done_ns);
	return ending;
}

static void serve_connection(struct server *server, struct connection *connection, bool alive)
{
	if (!connection->greeted && clock_now() > connection->here_ns + HELLO_TIME)
		connection->going = true;
	/* First, because a client that takes what was sent to it may have asked for more before. */
	bool sound = alive && channel_flush(&connection->channel);
	if (sound &&
	    connection_read(connection, server->source.running(server->source.context), clock_now(), REFRESH_TIME))
		ask_for_refresh(server);
	if (!sound || connection->channel.problem || (connection->going && !channel_sending(&connection->channel)))
		close_connection(server, connection);
}

/* Milliseconds until something is due that nobody tells of; -1: nothing is. */
static int patience(const struct server *server)
{
	uint64_t time = clock_now(), first = server->rest_until > time ? server->rest_until : UINT64_MAX;

	for (size_t i = 0; i < SERVER_CLIENTS_MAX; i++) {
		const struct connection *connection = &server->connections[i];

		if (connection->here && connection->due && connection->due < first)
			first = connection->due;
		if (connection->here && !connection->greeted && connection->here_ns + HELLO_TIME < first)
			first = connection->here_ns + HELLO_TIME;
	}
	return first == UINT64_MAX ? -1 : clock_poll_timeout(first, time);
}

static struct pollfd watch(const struct connection *connection)
{
	const struct channel *channel = &connection->channel;
	int events = (connection_readable(connection) ? POLLIN : 0) | (channel_sending(channel) ? POLLOUT : 0);

	return (struct pollfd){.fd = connection->here ? descriptor_fd(&channel->socket) : -1, .events = (short)events};
}

/*
 * Waits for something to do. Returns false when the program has closed descriptors of the server. Mostly that is noticed at
 * once: poll has the pipe open that it waits for, and that has no writer then.
 */
static bool wait_for_something(struct server *server, struct pollfd polls[SERVER_CLIENTS_MAX + 2], bool open)
{
	int listener = descriptor_fd(&server->listener), wake = wake_pipe_fd(&server->wake);

	if (listener < 0 || wake < 0)
		return false;
	for (size_t i = 0; i < SERVER_CLIENTS_MAX; i++)
		polls[i] = watch(&server->connections[i]);
	polls[SERVER_CLIENTS_MAX] = (struct pollfd){.fd = wake, .events = POLLIN};
	polls[SERVER_CLIENTS_MAX + 1] = (struct pollfd){.fd = open ? listener : -1, .events = POLLIN};
	poll(polls, SERVER_CLIENTS_MAX + 2, patience(server));
	return !descriptor_lost(&server->listener) && wake_pipe_fd(&server->wake) >= 0;
}

static void serve(struct server *server)
{
	struct pollfd polls[SERVER_CLIENTS_MAX + 2];
	bool ending = false;

	while (!ending) {
		bool open = server->rest_until <= clock_now();

		server->lost = !wait_for_something(server, polls, open);
		if (server->lost)
			break;
		ending = take_news(server);
		for (size_t i = 0; i < SERVER_CLIENTS_MAX; i++) {
			bool gone = polls[i].revents & (POLLERR | POLLHUP | POLLNVAL) && !(polls[i].revents & POLLIN);

			if (server->connections[i].here)
				serve_connection(server, &server->connections[i], polls[i].fd < 0 || !gone);
		}
		if (open && polls[SERVER_CLIENTS_MAX + 1].revents)
			accept_next(server);
		begin_work(server);
		see_to_starters(server);
	}
}

/* --- the end --- */

static void send_end(struct server *server)
{
	struct snapshot_header *snapshot = server->source.snapshot(server->source.context);

	if (snapshot)
		snapshot->flags |= SNAPSHOT_ENDED;
	for (size_t i = 0; i < SERVER_CLIENTS_MAX; i++) {
		struct connection *connection = &server->connections[i];

		if (!connection->here || !connection->greeted || connection->going)
			continue;
		if (snapshot)
			send_snapshot(connection, snapshot);
		channel_send(&connection->channel, MESSAGE_ENDED, server->how, strlen(server->how), NULL, 0);
	}
	free(snapshot);
}

/* Sends what can be sent. Returns how many bytes are left for those who still take some. */
static size_t unsent(struct server *server, struct pollfd polls[SERVER_CLIENTS_MAX])
{
	size_t left = 0;

	for (size_t i = 0; i < SERVER_CLIENTS_MAX; i++) {
		struct channel *channel = &server->connections[i].channel;
		bool sending = server->connections[i].here && channel_flush(channel) && channel_sending(channel);

		polls[i] = (struct pollfd){.fd = sending ? descriptor_fd(&channel->socket) : -1, .events = POLLOUT};
		left += sending ? channel->out.used - channel->out.done : 0;
	}
	return left;
}

static void wait_for_takers(struct server *server)
{
	struct pollfd polls[SERVER_CLIENTS_MAX];
	uint64_t start = clock_now(), moved = start;
	size_t left = unsent(server, polls);

	while (left && clock_now() < start + SEND_END_TIME && clock_now() < moved + IDLE_TIME) {
		size_t before = left;

		poll(polls, SERVER_CLIENTS_MAX, (int)(IDLE_TIME / CLOCK_MILLISECOND));
		left = unsent(server, polls);
		if (left != before)
			moved = clock_now();
	}
}

static void run(void *data)
{
	struct server *server = data;

	serve(server);
	if (server->lost) {
		socket_unlink(server->path, &server->name);
		descriptor_close(&server->listener);
		server->source.lost(server->source.context);
	} else if (!server->silent) {
		send_end(server);
		wait_for_takers(server);
	}
	for (size_t i = 0; i < SERVER_CLIENTS_MAX; i++) {
		if (server->connections[i].here)
			close_connection(server, &server->connections[i]);
	}
}

/* --- life --- */

static bool open_descriptors(struct server *server, const char *directory, char *problem)
{
	if (!directory_check(directory, problem) || !directory_socket(server->path, directory, server->pid, problem))
		return false;
	snprintf(server->directory, sizeof(server->directory), "%s", directory);
	/* Of processes that were killed, or left by exec or exit!, such as children that were only to do that. */
	directory_clean(directory);
	if (!wake_pipe_open(&server->wake)) {
		snprintf(problem, TRANSPORT_PROBLEM_MAX, "no pipe can be made: %s", strerror(errno));
		return false;
	}
	int listener = socket_listen(server->path, &server->name);
	if (listener < 0) {
		snprintf(problem, TRANSPORT_PROBLEM_MAX, "the socket %s cannot be made: %s", server->path,
		         strerror(errno));
		return false;
	}
	server->listener = descriptor_adopt(listener);
	descriptor_close_on_fork(&server->listener);
	return true;
}

struct server *server_start(const char *directory, const struct server_source *source,
                            char problem[TRANSPORT_PROBLEM_MAX])
{
	struct server *server = calloc(1, sizeof *server);

	if (!server) {
		snprintf(problem, TRANSPORT_PROBLEM_MAX, "there is not enough memory");
		return NULL;
	}
	*server =
	    (struct server){.source = *source, .pid = getpid(), .listener = DESCRIPTOR_NONE, .wake = WAKE_PIPE_NONE};
	pthread_mutex_init(&server->mutex, NULL);
	if (open_descriptors(server, directory, problem)) {
		int error = thread_start(&server->thread, run, server);

		if (!error)
			return server;
		snprintf(problem, TRANSPORT_PROBLEM_MAX, "no thread can be started: %s", strerror(error));
		socket_unlink(server->path, &server->name);
	}
	server_free(server);
	return NULL;
}

bool server_end(struct server *server, const char *how)
{
	pthread_mutex_lock(&server->mutex);
	server->ending = true;
	server->silent = !how;
	snprintf(server->how, sizeof(server->how), "%s", how ? how : "");
	pthread_mutex_unlock(&server->mutex);
	notify(server);
	socket_unlink(server->path, &server->name);
	directory_clean(server->directory);
	return thread_join(&server->thread, END_TIME);
}

void server_free(struct server *server)
{
	descriptor_close(&server->listener);
	wake_pipe_close(&server->wake);
	pthread_mutex_destroy(&server->mutex);
	free(server);
}

void server_abandon(struct server *server)
{
	/* Its buffers may be in the middle of anything, and its descriptors are closed already. */
	free(server);
}
