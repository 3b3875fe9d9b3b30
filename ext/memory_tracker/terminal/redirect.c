#include "terminal/redirect.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "terminal/tty.h"

void redirect_init(struct redirect *redirect, struct output_log *output_log)
{
	*redirect = (struct redirect){.output_log = output_log,
	                              .saved = {DESCRIPTOR_NONE, DESCRIPTOR_NONE, DESCRIPTOR_NONE},
	                              .blocked_stdin = {DESCRIPTOR_NONE, DESCRIPTOR_NONE}};
}

void redirect_deinit(struct redirect *redirect)
{
	for (int end = 0; end < 2; end++)
		descriptor_close(&redirect->blocked_stdin[end]);
	for (int fd = 0; fd < 3; fd++)
		descriptor_close(&redirect->saved[fd]);
}

/* --- leading descriptors elsewhere and back --- */

/* Returns 0 or an errno. */
static int open_blocked_stdin(struct redirect *redirect)
{
	int ends[2];

	if (redirect->blocked_stdin[0].fd >= 0)
		return 0;
	if (pipe(ends) < 0)
		return errno;
	for (int end = 0; end < 2; end++)
		redirect->blocked_stdin[end] = descriptor_adopt(ends[end]);
	return 0;
}

/* Where one of the descriptors 0 to 2 is led. */
static const struct descriptor *elsewhere(const struct redirect *redirect, int fd)
{
	return fd == 0 ? &redirect->blocked_stdin[0] : &redirect->output_log->file;
}

/* Returns 0 or an errno. */
static int redirect_fd(struct redirect *redirect, int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);

	if (copy < 0)
		return errno;
	redirect->saved[fd] = descriptor_adopt(copy);
	int error = fd == 0 ? open_blocked_stdin(redirect) : 0;
	if (!error && dup2(descriptor_fd(elsewhere(redirect, fd)), fd) < 0)
		error = errno;
	if (error)
		descriptor_close(&redirect->saved[fd]);
	return error;
}

static void lead_back(struct redirect *redirect, const struct descriptor *tty)
{
	for (int fd = 0; fd < 3; fd++) {
		const struct descriptor *saved = &redirect->saved[fd];

		if (saved->fd >= 0 && descriptor_leads(elsewhere(redirect, fd), fd))
			dup2(descriptor_fd(descriptor_lost(saved) ? tty : saved), fd);
		descriptor_close(&redirect->saved[fd]);
	}
}

int redirect_on(struct redirect *redirect, bool input)
{
	fflush(stdout);
	for (int fd = input ? 0 : 1; fd < 3; fd++) {
		int error = tty_has(fd) ? redirect_fd(redirect, fd) : 0;

		if (error) {
			lead_back(redirect, &DESCRIPTOR_NONE);
			return error;
		}
	}
	return 0;
}

void redirect_off(struct redirect *redirect, const struct descriptor *tty, bool prints)
{
	fflush(stdout);
	if (prints)
		output_log_print(redirect->output_log, tty);
	lead_back(redirect, tty);
	if (prints)
		output_log_print(redirect->output_log, tty);
}

bool redirect_lost(const struct redirect *redirect)
{
	bool lost = descriptor_lost(&redirect->blocked_stdin[0]) || descriptor_lost(&redirect->blocked_stdin[1]);

	for (int fd = 0; fd < 3; fd++)
		lost = lost || descriptor_lost(&redirect->saved[fd]);
	return lost;
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
	bool ours[3] = {false, output_log_is_ours(1), output_log_is_ours(2)};
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
