#include "terminal/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include "terminal/detach.h"
#include "terminal/slim.h"
#include "terminal/tty.h"

/* How often it looks for something new to print. */
#define LOOK_MS 50

#define FAREWELL_MAX 256
#define MARKER_MAX 1024

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

/* What the program tells the guard. The answer to WATCH is an off_t. */
struct message {
	enum { WATCH, RELAX } kind;
	size_t length;
	off_t offset;
	struct termios modes;
	char farewell[FAREWELL_MAX];
};

/* Everything of the guard's process. */
struct duty {
	int socket;
	int tty;
	int file;
	bool watching;
	struct message last; /* what is to be done when watching */
	off_t offset;
	pid_t program;
	char marker[MARKER_MAX];
};

/* --- in the guard's process, where only async-signal-safe calls are possible --- */

static void print(struct duty *duty)
{
	char piece[4096];
	ssize_t length;

	while ((length = pread(duty->file, piece, sizeof(piece), duty->offset)) > 0) {
		tty_write(duty->tty, piece, (size_t)length);
		duty->offset += length;
	}
}

static bool receive(struct duty *duty)
{
	struct message message;
	ssize_t length;

	do
		length = recv(duty->socket, &message, sizeof(message), MSG_WAITALL);
	while (length < 0 && errno == EINTR);
	if (length != (ssize_t)sizeof(message))
		return false;
	duty->watching = message.kind == WATCH;
	if (duty->watching) {
		duty->last = message;
		/* Unless the program has printed more than this one. */
		if (duty->offset < message.offset)
			duty->offset = message.offset;
		return send(duty->socket, &duty->offset, sizeof(duty->offset), MSG_NOSIGNAL) > 0;
	}
	duty->offset = message.offset;
	return true;
}

static void attend(struct duty *duty)
{
	struct pollfd pollfd = {.fd = duty->socket, .events = POLLIN};

	do {
		if (!duty->watching)
			print(duty);
		if (poll(&pollfd, 1, duty->watching ? -1 : LOOK_MS) <= 0)
			continue;
	} while (!pollfd.revents || receive(duty));
}

static void remove_marker(struct duty *duty)
{
	if (duty->marker[0])
		unlink(duty->marker);
	duty->marker[0] = 0;
}

static void run(struct duty *duty)
{
	attend(duty);
	if (duty->watching) {
		tty_write(duty->tty, duty->last.farewell, duty->last.length);
		tty_restore(duty->tty, &duty->last.modes);
	}
	/* The lock is held by all who can still write to the file, and it cannot be shared as long as there is one. */
	while (flock(duty->file, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK) {
		bool gone = kill(duty->program, 0) < 0 && errno == ESRCH;

		print(duty);
		if (gone)
			remove_marker(duty);
		poll(NULL, 0, LOOK_MS);
	}
	print(duty);
	remove_marker(duty);
}

/* Keeps the descriptors of the duty, as 0 to 2, and none of the program's. */
static void keep_descriptors(struct duty *duty)
{
	int *kept[] = {&duty->socket, &duty->tty, &duty->file};

	/* First to where they cannot be in each other's way. */
	for (int i = 0; i < 3; i++)
		*kept[i] = fcntl(*kept[i], F_DUPFD, 3);
	for (int i = 0; i < 3; i++)
		*kept[i] = dup2(*kept[i], i);
	slim_descriptors(3);
}

static void be_guard(void *data)
{
	struct duty *duty = data;

	keep_descriptors(duty);
	slim_memory();
	run(duty);
}

/* --- in the program's process --- */

int guard_start(struct guard *guard, const struct guard_job *job, off_t offset)
{
	struct duty duty = {.tty = job->tty, .file = job->printed, .offset = offset, .program = getpid()};
	int ends[2];

	guard->socket = DESCRIPTOR_NONE;
	if (job->marker && strlen(job->marker) < sizeof(duty.marker))
		strcpy(duty.marker, job->marker);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
		return errno;
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
#ifdef SO_NOSIGPIPE
	setsockopt(ends[0], SOL_SOCKET, SO_NOSIGPIPE, &(int){1}, sizeof(int));
#endif
	guard->socket = descriptor_adopt(ends[0]);
	duty.socket = ends[1];
	int error = detach(be_guard, &duty);
	close(ends[1]);
	/* A forked child must not keep the guard waiting by holding the socket. */
	descriptor_close_on_fork(&guard->socket);
	if (error)
		descriptor_close(&guard->socket);
	return error;
}

/* Returns false when there is no guard any more. */
static bool tell(struct guard *guard, const struct message *message)
{
	const char *bytes = (const char *)message;
	size_t left = sizeof(*message);

	while (left) {
		ssize_t sent = send(descriptor_fd(&guard->socket), bytes, left, MSG_NOSIGNAL);

		if (sent < 0 && errno != EINTR)
			return false;
		if (sent > 0) {
			bytes += sent;
			left -= (size_t)sent;
		}
	}
	return left == 0;
}

off_t guard_watch(struct guard *guard, const char *farewell, size_t length, const struct termios *modes, off_t offset)
{
	struct message message;
	ssize_t received;
	off_t printed;

	memset(&message, 0, sizeof(message));
	message.kind = WATCH;
	message.offset = offset;
	message.modes = *modes;
	message.length = length < FAREWELL_MAX ? length : FAREWELL_MAX;
	memcpy(message.farewell, farewell, message.length);
	if (!tell(guard, &message))
		return offset;
	do
		received = recv(descriptor_fd(&guard->socket), &printed, sizeof(printed), MSG_WAITALL);
	while (received < 0 && errno == EINTR);
	return received == (ssize_t)sizeof(printed) ? printed : offset;
}

void guard_relax(struct guard *guard, off_t offset)
{
	struct message message;

	memset(&message, 0, sizeof(message));
	message.kind = RELAX;
	message.offset = offset;
	tell(guard, &message);
}

void guard_leave(struct guard *guard)
{
	descriptor_close(&guard->socket);
}
