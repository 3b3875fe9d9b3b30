/*
 * A look into another process of the same user: questions go out, answers come in, and nothing waits but the
 * beginning. One thread at a time; any thread.
 */
#ifndef MEMORY_TRACKER_TRANSPORT_CLIENT_H
#define MEMORY_TRACKER_TRANSPORT_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/snapshot.h"
#include "transport/directory.h"
#include "transport/message.h"

struct client;

/*
 * Connects to a socket and says hello. Returns NULL and a sentence in `problem` when no process listens there,
 * or it does not answer within a second, or refuses.
 */
struct client *client_open(const char *path, char problem[TRANSPORT_PROBLEM_MAX]);

/*
 * The same without waiting: questions may be asked at once, and client_next says CLIENT_GREETED before anything else,
 * or CLIENT_BROKEN when the process refuses or is of another version. ECONNREFUSED in errno: no process listens there.
 */
struct client *client_begin(const char *path, char problem[TRANSPORT_PROBLEM_MAX]);

/* client_open over a socket that is connected already, and is the client's from here on. */
struct client *client_over(int fd, char problem[TRANSPORT_PROBLEM_MAX]);
void client_close(struct client *client);

/* What it is to be polled for reading by; -1 when this process has closed it. */
int client_fd(const struct client *client);

/* The process, and whether it was counting objects when it said hello. */
pid_t client_pid(const struct client *client);
bool client_running(const struct client *client);

/* Questions. False when they cannot be asked any more; client_next says why. */
bool client_ask_snapshot(struct client *client);
bool client_ask_gc(struct client *client);
/* `names` are `size` bytes: names of classes, each with a zero byte. False also when they are too many. */
bool client_ask_start(struct client *client, const struct message_start *start, const char *names, size_t size);
bool client_ask_stop(struct client *client);

enum client_event {
	CLIENT_NOTHING,
	CLIENT_GREETED,  /* only after client_begin */
	CLIENT_SNAPSHOT, /* message.snapshot, well formed, which the caller frees */
	CLIENT_GC_DONE,  /* message.nanoseconds */
	CLIENT_DONE,     /* any other work: message.asked */
	CLIENT_REFUSED,  /* message.asked and message.text, a sentence; 0: the connection is over too */
	CLIENT_ENDED,    /* the process has ended: message.text says how, or is empty where that is not known */
	CLIENT_BROKEN,   /* the connection is of no use any more: message.text */
};

struct client_message {
	struct snapshot_header *snapshot; /* owned by whoever gets it */
	uint64_t nanoseconds;
	enum message_kind asked;
	char text[TRANSPORT_PROBLEM_MAX];
};

/* The next thing that has come, without waiting. After CLIENT_ENDED and CLIENT_BROKEN there is never another. */
enum client_event client_next(struct client *client, struct client_message *message);

/* Waits until there may be something, at most so many milliseconds. */
void client_wait(struct client *client, int milliseconds);

#endif
