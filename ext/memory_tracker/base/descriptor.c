#include "base/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Numbers are not taken above this, however many the process may have: each fork copies a table as long as the highest
 * number in use, and select() knows no more.
 */
#define CEILING 1024

/* Descriptors that forked children close, at most. */
#define CLOSED_ON_FORK 64

/* --- which file it is --- */

static void identify(struct descriptor *descriptor, const struct stat *status)
{
	descriptor->dev = status->st_dev;
	descriptor->ino = status->st_ino;
	descriptor->rdev = status->st_rdev;
	descriptor->type = status->st_mode & S_IFMT;
	descriptor->nameless = S_ISREG(status->st_mode) && status->st_nlink == 0;
}

bool descriptor_leads(const struct descriptor *descriptor, int fd)
{
	struct descriptor there;
	struct stat status;

	if (descriptor->fd < 0 || fstat(fd, &status) < 0)
		return false;
	identify(&there, &status);
	return there.dev == descriptor->dev && there.ino == descriptor->ino && there.rdev == descriptor->rdev &&
	       there.type == descriptor->type && (there.nameless || !descriptor->nameless);
}

int descriptor_fd(const struct descriptor *descriptor)
{
	if (descriptor_leads(descriptor, descriptor->fd))
		return descriptor->fd;
	errno = EBADF;
	return -1;
}

bool descriptor_lost(const struct descriptor *descriptor)
{
	return descriptor->fd >= 0 && !descriptor_leads(descriptor, descriptor->fd);
}

/* --- where it is --- */

/* Three quarters up, so that the program has all below, and ours have room above. */
static int first_number(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur > CEILING)
		return CEILING / 4 * 3;
	return (int)(limit.rlim_cur / 4 * 3);
}

struct descriptor descriptor_of(int fd)
{
	struct descriptor descriptor = {.fd = fd};
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0)
		return DESCRIPTOR_NONE;
	identify(&descriptor, &status);
	return descriptor;
}

struct descriptor descriptor_adopt(int fd)
{
	if (fd < 0)
		return DESCRIPTOR_NONE;
	for (int first = first_number(); first > fd; first /= 2) {
		int moved = fcntl(fd, F_DUPFD_CLOEXEC, first);

		if (moved < 0)
			continue;
		close(fd);
		return descriptor_of(moved);
	}
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	return descriptor_of(fd);
}

void descriptor_close(struct descriptor *descriptor)
{
	if (descriptor_leads(descriptor, descriptor->fd)) {
		descriptor_keep_on_fork(descriptor);
		close(descriptor->fd);
	}
	descriptor->fd = -1;
}

/* --- forked children --- */

/*
 * They are global because fork handlers are, and taken by an atomic because in the child of a fork no lock can be waited
 * for: TAKEN while the rest is being written.
 */
static struct place {
	atomic_int fd; /* plus 1; or one of these */
	struct descriptor descriptor;
} places[CLOSED_ON_FORK];

enum { FREE = 0, TAKEN = -1 };

static void close_all(void)
{
	int error = errno;

	for (size_t i = 0; i < CLOSED_ON_FORK; i++) {
		if (atomic_exchange(&places[i].fd, FREE) > 0)
			descriptor_close(&places[i].descriptor);
	}
	errno = error;
}

static int handler_error;

static void install_handler(void)
{
	handler_error = pthread_atfork(NULL, NULL, close_all);
}

/* Changes the first place that has `from`. Returns NULL when there is none. */
static struct place *change(int from, int to)
{
	for (size_t i = 0; i < CLOSED_ON_FORK; i++) {
		int expected = from;

		if (atomic_compare_exchange_strong(&places[i].fd, &expected, to))
			return &places[i];
	}
	return NULL;
}

bool descriptor_close_on_fork(const struct descriptor *descriptor)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, install_handler);
	if (handler_error || descriptor->fd < 0)
		return false;
	/* The program may have closed one of ours that had this number. */
	descriptor_keep_on_fork(descriptor);
	struct place *place = change(FREE, TAKEN);
	if (!place)
		return false;
	place->descriptor = *descriptor;
	atomic_store(&place->fd, descriptor->fd + 1);
	return true;
}

void descriptor_keep_on_fork(const struct descriptor *descriptor)
{
	if (descriptor->fd >= 0)
		change(descriptor->fd + 1, FREE);
}
