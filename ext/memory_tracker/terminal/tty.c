#include "terminal/tty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

/* How often a writer that is not taken any bytes from looks again. */
#define RETRY_MS 100

static struct descriptor open_device(void)
{
	return descriptor_adopt(open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC));
}

const char *tty_open(struct tty *tty)
{
	tty->device = open_device();
	if (tty->device.fd < 0)
		return "this process has no terminal";
	if (!tty_note(tty)) {
		tty_close(tty);
		return "the terminal does not answer";
	}
	return NULL;
}

void tty_close(struct tty *tty)
{
	descriptor_close(&tty->device);
}

int tty_fd(const struct tty *tty)
{
	return descriptor_fd(&tty->device);
}

void tty_reopen(struct tty *tty)
{
	descriptor_close(&tty->device);
	tty->device = open_device();
}

bool tty_restored(const struct tty *tty)
{
	struct termios now, noted = tty->modes;

	return tcgetattr(tty_fd(tty), &now) < 0 ||
	       (now.c_iflag == noted.c_iflag && now.c_oflag == noted.c_oflag && now.c_lflag == noted.c_lflag &&
	        memcmp(now.c_cc, noted.c_cc, sizeof(noted.c_cc)) == 0);
}

bool tty_note(struct tty *tty)
{
	return tcgetattr(tty_fd(tty), &tty->modes) == 0;
}

void tty_restore(int fd, const struct termios *modes)
{
	sigset_t stop, before;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTTOU);
	pthread_sigmask(SIG_BLOCK, &stop, &before);
	while (tcsetattr(fd, TCSADRAIN, modes) < 0 && errno == EINTR)
		;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

bool tty_has(int fd)
{
	/* Known of the own terminal only. */
	return isatty(fd) && tcgetpgrp(fd) >= 0;
}

bool tty_foreground(const struct tty *tty)
{
	return tcgetpgrp(tty_fd(tty)) == getpgrp();
}

#ifdef __APPLE__

/* poll() does not know terminals there. */
bool tty_readable(int fd)
{
	struct timeval none = {0};
	fd_set set;

	FD_ZERO(&set);
	if (fd >= 0 && fd < FD_SETSIZE)
		FD_SET(fd, &set);
	return select(fd + 1, &set, NULL, NULL, &none) > 0;
}

bool tty_wait(int fd, bool behind, const int *others, size_t count, int milliseconds)
{
	struct timeval time = {.tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000};
	fd_set reads, writes;
	int most = fd;

	if (fd < 0 || fd >= FD_SETSIZE)
		return false;
	FD_ZERO(&reads);
	FD_ZERO(&writes);
	FD_SET(fd, &reads);
	if (behind)
		FD_SET(fd, &writes);
	for (size_t i = 0; i < count; i++) {
		if (others[i] < 0 || others[i] >= FD_SETSIZE)
			continue;
		FD_SET(others[i], &reads);
		most = others[i] > most ? others[i] : most;
	}
	return select(most + 1, &reads, &writes, NULL, &time) >= 0 || errno == EINTR;
}

static void wait_writable(int fd)
{
	struct timeval time = {.tv_usec = RETRY_MS * 1000};
	fd_set writes;

	FD_ZERO(&writes);
	if (fd < FD_SETSIZE)
		FD_SET(fd, &writes);
	select(fd < FD_SETSIZE ? fd + 1 : 0, NULL, &writes, NULL, &time);
}

#else

bool tty_readable(int fd)
{
	struct pollfd pollfd = {.fd = fd, .events = POLLIN};

	return poll(&pollfd, 1, 0) > 0;
}

#define OTHERS_MAX 7

bool tty_wait(int fd, bool behind, const int *others, size_t count, int milliseconds)
{
	struct pollfd pollfds[OTHERS_MAX + 1] = {{.fd = fd, .events = (short)(POLLIN | (behind ? POLLOUT : 0))}};

	count = count > OTHERS_MAX ? OTHERS_MAX : count;
	for (size_t i = 0; i < count; i++)
		pollfds[i + 1] = (struct pollfd){.fd = others[i], .events = POLLIN};
	return poll(pollfds, 1 + count, milliseconds) <= 0 || !(pollfds[0].revents & (POLLHUP | POLLERR | POLLNVAL));
}

static void wait_writable(int fd)
{
	struct pollfd pollfd = {.fd = fd, .events = POLLOUT};

	poll(&pollfd, 1, RETRY_MS);
}

#endif

bool tty_write(int fd, const char *bytes, size_t length)
{
	while (length) {
		ssize_t written = write(fd, bytes, length);

		if (written >= 0) {
			bytes += written;
			length -= (size_t)written;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			wait_writable(fd);
		} else if (errno != EINTR) {
			return false;
		}
	}
	return true;
}
