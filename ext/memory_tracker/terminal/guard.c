#include "terminal/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "terminal/descriptors.h"
#include "terminal/detach.h"
#include "terminal/tty.h"

/* How often it looks for something new to print. */
#define LOOK_MS 50

/* A guard that has not answered after this long is stopped, or waits for a terminal that takes nothing. */
#define ANSWER_MS 1000

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

/* Everything of the guard's process. */
struct duty {
	int socket;
	int tty;
	int file;
	struct guard_order order;
	off_t offset;
	pid_t program;
	char marker[GUARD_MARKER_MAX];
};

/* --- in the guard's process, where only async-signal-safe calls are possible --- */

/* Prints a piece of what is new. Whoever prints without pause must not keep it from looking for orders. */
static bool print_piece(struct duty *duty)
{
	char piece[4096];
	ssize_t length = pread(duty->file, piece, sizeof(piece), duty->offset);

	if (length <= 0)
		return false;
	tty_write(duty->tty, piece, (size_t)length);
	duty->offset += length;
	return true;
}

static void print(struct duty *duty)
{
	while (print_piece(duty))
		;
}

/* False when there will be no more orders. */
static bool receive(struct duty *duty)
{
	struct guard_order order;
	ssize_t length;

	do
		length = recv(duty->socket, &order, sizeof(order), MSG_WAITALL);
	while (length < 0 && errno == EINTR);
	if (length != (ssize_t)sizeof(order))
		return false;
	if (order.kind == GUARD_END)
		_exit(0);
	/* Unless the program has printed more than this one. */
	if (order.kind == GUARD_RELAX || duty->offset < order.offset)
		duty->offset = order.offset;
	duty->order = order;
	/* Where the answer comes too late, GUARD_END comes next. */
	if (order.kind == GUARD_WATCH)
		send(duty->socket, &duty->offset, sizeof(duty->offset), MSG_NOSIGNAL | MSG_DONTWAIT);
	return true;
}

/* Until the program has ended, or lets it go. */
static void follow_orders(struct duty *duty)
{
	struct pollfd pollfd = {.fd = duty->socket, .events = POLLIN};

	do {
		bool watching = duty->order.kind == GUARD_WATCH, more = !watching && print_piece(duty);

		pollfd.revents = 0;
		poll(&pollfd, 1, watching ? -1 : more ? 0 : LOOK_MS);
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
	follow_orders(duty);
	if (duty->order.kind == GUARD_WATCH) {
		tty_write(duty->tty, duty->order.reset, duty->order.length);
		tty_restore(duty->tty, &duty->order.modes);
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
	if (duty->order.kind == GUARD_WATCH)
		tty_write(duty->tty, duty->order.last, duty->order.last_length);
	remove_marker(duty);
}

static void be_guard(void *data)
{
	struct duty *duty = data;

	descriptors_keep((int *const[]){&duty->socket, &duty->tty, &duty->file}, 3);
	run(duty);
}

/* --- in the program's process --- */

/* Returns 0 or an errno. */
static int open_sockets(int ends[2])
{
	const struct timeval patience = {.tv_sec = ANSWER_MS / 1000, .tv_usec = ANSWER_MS % 1000 * 1000};

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
		return errno;
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(ends[0], SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
#ifdef SO_NOSIGPIPE
	for (int i = 0; i < 2; i++)
		setsockopt(ends[i], SOL_SOCKET, SO_NOSIGPIPE, &(int){1}, sizeof(int));
#endif
	return 0;
}

/* Starts the process, which has no order yet. Returns 0 or an errno. */
static int launch(struct guard *guard)
{
	struct duty duty = {.tty = descriptor_fd(guard->tty),
	                    .file = descriptor_fd(guard->printed),
	                    .offset = guard->order.offset,
	                    .program = getpid()};
	int ends[2];

	if (duty.tty < 0 || duty.file < 0)
		return EBADF;
	int error = open_sockets(ends);
	if (error)
		return error;
	strcpy(duty.marker, guard->marker);
	guard->socket = descriptor_adopt(ends[0]);
	duty.socket = ends[1];
	error = detach(be_guard, &duty);
	close(ends[1]);
	/* A forked child must not keep the guard waiting by holding the socket. */
	descriptor_close_on_fork(&guard->socket);
	if (error)
		descriptor_close(&guard->socket);
	return error;
}

int guard_start(struct guard *guard, const struct guard_job *job, off_t offset)
{
	memset(guard, 0, sizeof(*guard));
	guard->socket = DESCRIPTOR_NONE;
	guard->tty = job->tty;
	guard->printed = job->printed;
	guard->order.kind = GUARD_RELAX;
	guard->order.offset = offset;
	if (job->marker && strlen(job->marker) < sizeof(guard->marker))
		strcpy(guard->marker, job->marker);
	return launch(guard);
}

/* Returns false when there is no guard any more, or it takes nothing. */
static bool tell(const struct guard *guard, const struct guard_order *order)
{
	const char *bytes = (const char *)order;
	size_t left = sizeof(*order);

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

/* Gives the guard its order, whose answer is stored. Returns false when it is of no use any more. */
static bool give_order(const struct guard *guard, off_t *printed)
{
	ssize_t received;

	if (!tell(guard, &guard->order))
		return false;
	if (guard->order.kind != GUARD_WATCH)
		return true;
	do
		received = recv(descriptor_fd(&guard->socket), printed, sizeof(*printed), MSG_WAITALL);
	while (received < 0 && errno == EINTR);
	return received == (ssize_t)sizeof(*printed);
}

/* One that only waits for something will find that it shall end. Returns 0 or an errno. */
static int replace(struct guard *guard)
{
	const struct guard_order end = {.kind = GUARD_END};

	tell(guard, &end);
	guard_leave(guard);
	return launch(guard);
}

/*
 * Sees to it that there is a guard with this order, unless it was let go, or has gone to work because the program has
 * closed the socket. Returns up to where the file is printed.
 */
static off_t order_guard(struct guard *guard)
{
	off_t printed = guard->order.offset;

	if (descriptor_fd(&guard->socket) < 0 || give_order(guard, &printed))
		return printed;
	printed = guard->order.offset;
	if (replace(guard) == 0 && !give_order(guard, &printed))
		printed = guard->order.offset;
	return printed;
}

off_t guard_watch(struct guard *guard, const char *reset, size_t length, const struct termios *modes, off_t offset)
{
	struct guard_order *order = &guard->order;

	order->kind = GUARD_WATCH;
	order->offset = offset;
	order->modes = *modes;
	order->length = length < GUARD_RESET_MAX ? length : GUARD_RESET_MAX;
	memcpy(order->reset, reset, order->length);
	return order_guard(guard);
}

void guard_end_with(struct guard *guard, const char *last, size_t length)
{
	struct guard_order *order = &guard->order;

	order->last_length = length < GUARD_LAST_MAX ? length : GUARD_LAST_MAX;
	memcpy(order->last, last, order->last_length);
	if (order->kind == GUARD_WATCH)
		order_guard(guard);
}

void guard_relax(struct guard *guard, off_t offset)
{
	guard->order.kind = GUARD_RELAX;
	guard->order.offset = offset;
	order_guard(guard);
}

/* Whether nothing is to be read, and not because the other end is closed. */
static bool is_there(const struct guard *guard)
{
	char byte;
	ssize_t length = recv(descriptor_fd(&guard->socket), &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	return length < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
}

int guard_look(struct guard *guard)
{
	if (is_there(guard))
		return 0;
	int error = replace(guard);
	off_t printed;

	return error ? error : give_order(guard, &printed) ? 0 : EPIPE;
}

void guard_leave(struct guard *guard)
{
	descriptor_close(&guard->socket);
}
