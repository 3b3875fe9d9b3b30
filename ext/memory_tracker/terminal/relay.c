#include "terminal/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "terminal/detach.h"
#include "terminal/slim.h"
#include "terminal/tty.h"

/* How often it looks, where nothing wakes it. */
#define LOOK_MS 1000

struct descriptors {
	int master;
	int tty;
};

static void pass_on(void)
{
	char bytes[4096];
	ssize_t length;

	do {
		tty_wait(0, false, NULL, 0, LOOK_MS);
		length = read(0, bytes, sizeof(bytes));
		if (length > 0 && !tty_write(1, bytes, (size_t)length))
			return;
	} while (length > 0 || (length < 0 && (errno == EAGAIN || errno == EINTR)));
}

/* Keeps the pty as 0 and the terminal as 1. */
static void run(void *data)
{
	const struct descriptors *descriptors = data;
	int master = fcntl(descriptors->master, F_DUPFD, 3), tty = fcntl(descriptors->tty, F_DUPFD, 3);

	dup2(master, 0);
	dup2(tty, 1);
	slim_descriptors(2);
	slim_memory();
	pass_on();
}

int relay_start(int master, int tty)
{
	struct descriptors descriptors = {master, tty};

	return detach(run, &descriptors);
}
