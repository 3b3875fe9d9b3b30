#include "terminal/redirect.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "terminal/tty.h"

void redirect_init(struct redirect *redirect, struct transcript *transcript)
{
	*redirect = (struct redirect){.transcript = transcript, .saved = {-1, -1, -1}, .silence = {-1, -1}};
}

static void discard(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void redirect_deinit(struct redirect *redirect)
{
	for (int end = 0; end < 2; end++)
		discard(&redirect->silence[end]);
	for (int fd = 0; fd < 3; fd++)
		discard(&redirect->saved[fd]);
}

/* --- leading descriptors elsewhere and back --- */

/* Returns 0 or an errno. */
static int make_silence(struct redirect *redirect)
{
	if (redirect->silence[0] >= 0)
		return 0;
	if (pipe(redirect->silence) < 0)
		return errno;
	for (int end = 0; end < 2; end++)
		fcntl(redirect->silence[end], F_SETFD, FD_CLOEXEC);
	return 0;
}

/* Returns 0 or an errno. */
static int lead_elsewhere(struct redirect *redirect, int fd)
{
	redirect->saved[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (redirect->saved[fd] < 0)
		return errno;
	int error = fd == 0 ? make_silence(redirect) : 0;
	if (!error && dup2(fd == 0 ? redirect->silence[0] : redirect->transcript->file, fd) < 0)
		error = errno;
	if (error)
		discard(&redirect->saved[fd]);
	return error;
}

static void lead_back(struct redirect *redirect)
{
	for (int fd = 0; fd < 3; fd++) {
		if (redirect->saved[fd] < 0)
			continue;
		dup2(redirect->saved[fd], fd);
		discard(&redirect->saved[fd]);
	}
}

int redirect_on(struct redirect *redirect, bool input)
{
	fflush(stdout);
	for (int fd = input ? 0 : 1; fd < 3; fd++) {
		int error = tty_has(fd) ? lead_elsewhere(redirect, fd) : 0;

		if (error) {
			lead_back(redirect);
			return error;
		}
	}
	return 0;
}

void redirect_off(struct redirect *redirect, int fd)
{
	fflush(stdout);
	transcript_print(redirect->transcript, fd);
	lead_back(redirect);
	transcript_print(redirect->transcript, fd);
}

/* --- after an exec --- */

static bool is_dead_pipe(int fd)
{
	struct pollfd pollfd = {.fd = fd, .events = POLLIN};
	struct stat status;

	return fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode) && poll(&pollfd, 1, 0) == 1 &&
	       pollfd.revents & POLLHUP && !(pollfd.revents & POLLIN);
}

void redirect_recover(void)
{
	bool ours[3] = {false, transcript_is_ours(1), transcript_is_ours(2)};
	int tty = ours[1] || ours[2] ? open("/dev/tty", O_RDWR | O_NOCTTY) : -1;

	if (tty < 0)
		return;
	ours[0] = is_dead_pipe(0);
	for (int fd = 0; fd < 3; fd++) {
		if (ours[fd])
			dup2(tty, fd);
	}
	if (tty > 2)
		close(tty);
}
