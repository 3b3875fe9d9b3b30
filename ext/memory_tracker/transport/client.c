#include "transport/client.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "transport/channel.h"
#include "transport/socket.h"

/* From connecting to hello. */
#define HELLO_PATIENCE (1000 * CLOCK_MILLISECOND)

struct client {
	struct channel channel;
	struct message_hello hello;
	bool greeted; /* the other side's hello has come */
	bool over;
};

/* --- the beginning --- */

static void explain(int error, const char *path, char problem[TRANSPORT_PROBLEM_MAX])
{
	if (error == EAGAIN || error == EWOULDBLOCK)
		snprintf(problem, TRANSPORT_PROBLEM_MAX, "the program does not answer");
	else if (error == ENOENT || error == ECONNREFUSED)
		snprintf(problem, TRANSPORT_PROBLEM_MAX, "nobody can be looked into at %s", path);
	else
		snprintf(problem, TRANSPORT_PROBLEM_MAX, "%s cannot be connected to: %s", path, strerror(error));
}

/* Tries again as long as too many connections wait to be accepted. */
static int connect_patiently(const char *path)
{
	uint64_t deadline = clock_now() + HELLO_PATIENCE;
	int fd;

	while ((fd = socket_connect(path)) < 0 && errno == EAGAIN && clock_now() < deadline)
		poll(NULL, 0, 10);
	return fd;
}

/* Puts a text that came from outside into `out`, which has room for TRANSPORT_PROBLEM_MAX bytes. */
static void copy_text(char *out, const char *text, size_t length)
{
	if (length > MESSAGE_TEXT_MAX)
		length = MESSAGE_TEXT_MAX;
	memcpy(out, text, length);
	out[length] = 0;
	/* It may be printed. */
	for (char *c = out; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 127)
			*c = '?';
	}
}

static enum message_kind copy_refusal(char *out, const struct channel_message *message)
{
	struct message_refused refused;

	memcpy(&refused, message->body, sizeof(refused));
	copy_text(out, (const char *)message->body + sizeof(refused), message->size - sizeof(refused));
	return (enum message_kind)refused.asked;
}

/* Takes the answer to hello. Returns false and why it is none. */
static bool take_hello(struct client *client, const struct channel_message *message, char *problem)
{
	if (message->kind == MESSAGE_REFUSED && message->size >= sizeof(struct message_refused)) {
		copy_refusal(problem, message);
		return false;
	}
	if (message->kind != MESSAGE_HELLO || message->size < sizeof(client->hello)) {
		snprintf(problem, TRANSPORT_PROBLEM_MAX, "what answers there is no program with memory-tracker");
		return false;
	}
	memcpy(&client->hello, message->body, sizeof(client->hello));
	if (client->hello.version == MESSAGE_VERSION)
		return true;
	snprintf(problem, TRANSPORT_PROBLEM_MAX,
	         "the program has another version of memory-tracker: it speaks version %u of the protocol, not "
	         "version %u",
	         (unsigned)client->hello.version, (unsigned)MESSAGE_VERSION);
	return false;
}

/* Says hello to a process of the same user. Returns false and why not. */
static bool say_hello(struct client *client, char problem[TRANSPORT_PROBLEM_MAX])
{
	struct message_hello hello = {.version = MESSAGE_VERSION, .pid = (uint32_t)getpid()};

	if (!socket_same_user(descriptor_fd(&client->channel.socket))) {
		snprintf(problem, TRANSPORT_PROBLEM_MAX, "what answers there belongs to another user");
		return false;
	}
	if (!channel_send(&client->channel, MESSAGE_HELLO, &hello, sizeof(hello), NULL, 0) &&
	    !channel_sending(&client->channel)) {
		snprintf(problem, TRANSPORT_PROBLEM_MAX, "there is not enough memory");
		return false;
	}
	/* A process that closes the connection without reading has said why. */
	client->channel.problem = NULL;
	return true;
}

static bool await_hello(struct client *client, char problem[TRANSPORT_PROBLEM_MAX])
{
	uint64_t deadline = clock_now() + HELLO_PATIENCE;
	enum channel_result result = CHANNEL_EMPTY;
	struct channel_message message;

	while ((result = channel_receive(&client->channel, &message)) == CHANNEL_EMPTY && clock_now() < deadline)
		client_wait(client, clock_poll_timeout(deadline, clock_now()));
	if (result == CHANNEL_MESSAGE)
		return client->greeted = take_hello(client, &message, problem);
	if (result == CHANNEL_EMPTY)
		snprintf(problem, TRANSPORT_PROBLEM_MAX, "the program does not answer");
	else if (result == CHANNEL_CLOSED)
		snprintf(problem, TRANSPORT_PROBLEM_MAX, "the program has just ended");
	else
		snprintf(problem, TRANSPORT_PROBLEM_MAX, "the program cannot be understood: %s",
		         client->channel.problem);
	return false;
}

/* Takes the socket. NULL and a sentence when no hello can be said over it. */
static struct client *client_new(int fd, char problem[TRANSPORT_PROBLEM_MAX])
{
	struct client *client = calloc(1, sizeof *client);

	if (!client) {
		snprintf(problem, TRANSPORT_PROBLEM_MAX, "there is not enough memory");
		close(fd);
		return NULL;
	}
	channel_init(&client->channel, fd, MESSAGE_ANSWER_MAX);
	if (say_hello(client, problem))
		return client;
	client_close(client);
	return NULL;
}

struct client *client_over(int fd, char problem[TRANSPORT_PROBLEM_MAX])
{
	struct client *client = client_new(fd, problem);

	if (!client || await_hello(client, problem))
		return client;
	client_close(client);
	return NULL;
}

struct client *client_open(const char *path, char problem[TRANSPORT_PROBLEM_MAX])
{
	int fd = connect_patiently(path);

	if (fd >= 0)
		return client_over(fd, problem);
	explain(errno, path, problem);
	return NULL;
}

struct client *client_begin(const char *path, char problem[TRANSPORT_PROBLEM_MAX])
{
	int fd = socket_connect(path), error = errno;
	struct client *client = fd >= 0 ? client_new(fd, problem) : NULL;

	if (fd < 0)
		explain(error, path, problem);
	errno = fd < 0 ? error : 0;
	return client;
}

void client_close(struct client *client)
{
	channel_deinit(&client->channel, false);
	free(client);
}

int client_fd(const struct client *client)
{
	return descriptor_fd(&client->channel.socket);
}

pid_t client_pid(const struct client *client)
{
	return (pid_t)client->hello.pid;
}

bool client_running(const struct client *client)
{
	return client->hello.running == 1;
}

void client_wait(struct client *client, int milliseconds)
{
	int events = POLLIN | (channel_sending(&client->channel) ? POLLOUT : 0);
	struct pollfd polled = {.fd = client_fd(client), .events = (short)events};

	poll(&polled, 1, milliseconds);
}

/* --- questions --- */

static bool ask(struct client *client, enum message_kind kind)
{
	return !client->over && channel_send(&client->channel, kind, NULL, 0, NULL, 0);
}

bool client_ask_snapshot(struct client *client)
{
	return ask(client, MESSAGE_SNAPSHOT);
}

bool client_ask_gc(struct client *client)
{
	return ask(client, MESSAGE_GC);
}

bool client_ask_start(struct client *client, const struct message_start *start, const char *names, size_t size)
{
	return !client->over && size <= MESSAGE_START_NAMES_MAX &&
	       channel_send(&client->channel, MESSAGE_START, start, sizeof(*start), names, size);
}

bool client_ask_stop(struct client *client)
{
	return ask(client, MESSAGE_STOP);
}

/* --- answers --- */

static enum client_event break_off(struct client *client, struct client_message *out, const char *why)
{
	client->over = true;
	snprintf(out->text, sizeof(out->text), "the program cannot be understood: %s", why);
	return CLIENT_BROKEN;
}

static enum client_event take_snapshot(struct client *client, const struct channel_message *message,
                                       struct client_message *out)
{
	const char *wrong = snapshot_check(message->body, message->size);
	char reason[128];

	if (wrong) {
		snprintf(reason, sizeof(reason), "of a snapshot, %s", wrong);
		return break_off(client, out, reason);
	}
	out->snapshot = malloc(message->size);
	if (!out->snapshot)
		return break_off(client, out, "there is not enough memory for its numbers");
	memcpy(out->snapshot, message->body, message->size);
	return CLIENT_SNAPSHOT;
}

static enum client_event take(struct client *client, const struct channel_message *message, struct client_message *out)
{
	struct message_done done;

	if (!client->greeted) {
		client->greeted = take_hello(client, message, out->text);
		client->over = !client->greeted;
		return client->greeted ? CLIENT_GREETED : CLIENT_BROKEN;
	}
	switch (message->kind) {
	case MESSAGE_SNAPSHOT:
		return take_snapshot(client, message, out);
	case MESSAGE_DONE:
		if (message->size != sizeof(done))
			break;
		memcpy(&done, message->body, sizeof(done));
		out->asked = (enum message_kind)done.asked;
		out->nanoseconds = done.nanoseconds;
		return out->asked == MESSAGE_GC ? CLIENT_GC_DONE : CLIENT_DONE;
	case MESSAGE_REFUSED:
		if (message->size < sizeof(struct message_refused))
			break;
		out->asked = copy_refusal(out->text, message);
		return CLIENT_REFUSED;
	case MESSAGE_ENDED:
		client->over = true;
		copy_text(out->text, message->body, message->size);
		return CLIENT_ENDED;
	default:
		return break_off(client, out, "it sent a message of an unknown kind");
	}
	return break_off(client, out, "it sent a message of the wrong length");
}

enum client_event client_next(struct client *client, struct client_message *out)
{
	struct channel_message message;

	*out = (struct client_message){0};
	if (client->over)
		return CLIENT_NOTHING;
	/* Who has gone may have said something before. */
	if (!channel_flush(&client->channel))
		client->channel.problem = NULL;
	switch (channel_receive(&client->channel, &message)) {
	case CHANNEL_MESSAGE:
		return take(client, &message, out);
	case CHANNEL_CLOSED:
		client->over = true;
		return CLIENT_ENDED;
	case CHANNEL_BROKEN:
		return break_off(client, out, client->channel.problem);
	default:
		return CLIENT_NOTHING;
	}
}
