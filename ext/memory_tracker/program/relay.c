#include "program/relay.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <unistd.h>

#include "terminal/descriptors.h"
#include "terminal/detach.h"
#include "terminal/tty.h"

/* How often it looks, where nothing wakes it. */
#define LOOK_MS 1000

struct descriptors {
	int master;
	int tty;
};

/* Waits for something to pass on. False when the terminal is gone; what is typed there is read by others. */
static bool wait_for_output(const struct descriptors *descriptors)
{
	struct pollfd pollfds[] = {{.fd = descriptors->master, .events = POLLIN}, {.fd = descriptors->tty}};

	return poll(pollfds, 2, LOOK_MS) <= 0 || !(pollfds[1].revents & (POLLHUP | POLLERR));
}

static void pass_on(const struct descriptors *descriptors)
{
	char bytes[4096];
	ssize_t length;

	do {
		if (!wait_for_output(descriptors))
			return;
		length = read(descriptors->master, bytes, sizeof(bytes));
		if (length > 0 && !tty_write(descriptors->tty, bytes, (size_t)length))
			return;
	} while (length > 0 || (length < 0 && (errno == EAGAIN || errno == EINTR)));
}

static void run(void *data)
{
	struct descriptors *descriptors = data;

	descriptors_keep((int *const[]){&descriptors->master, &descriptors->tty}, 2);
	pass_on(descriptors);
}

int relay_start(int master, int tty)
{
	struct descriptors descriptors = {master, tty};

	return detach(run, &descriptors);
}
