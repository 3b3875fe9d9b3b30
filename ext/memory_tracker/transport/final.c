#include "transport/final.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool path_of(char path[DIRECTORY_PATH_MAX], const char *directory, pid_t pid, const char *suffix)
{
	int length = snprintf(path, DIRECTORY_PATH_MAX, "%s/%ld%s", directory, (long)pid, suffix);

	errno = ENAMETOOLONG;
	return length > 0 && (size_t)length < DIRECTORY_PATH_MAX;
}

static bool write_all(int fd, const void *bytes, size_t size)
{
	const char *rest = bytes;

	while (size) {
		ssize_t written = write(fd, rest, size);

		if (written < 0 && errno != EINTR)
			return false;
		rest += written > 0 ? written : 0;
		size -= written > 0 ? (size_t)written : 0;
	}
	return true;
}

bool final_write(const char *directory, const struct snapshot_header *snapshot, const char *how)
{
	char path[DIRECTORY_PATH_MAX], unfinished[DIRECTORY_PATH_MAX];

	if (!path_of(path, directory, getpid(), FINAL_SUFFIX) ||
	    !path_of(unfinished, directory, getpid(), FINAL_SUFFIX ".new"))
		return false;
	int fd = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return false;
	bool whole = write_all(fd, snapshot, snapshot->size) && write_all(fd, how, strnlen(how, MESSAGE_TEXT_MAX));
	whole = close(fd) == 0 && whole && rename(unfinished, path) == 0;
	if (!whole) {
		int error = errno;

		unlink(unfinished);
		errno = error;
	}
	return whole;
}

static bool read_all(int fd, char *bytes, size_t size)
{
	while (size) {
		ssize_t length = read(fd, bytes, size);

		if (length == 0 || (length < 0 && errno != EINTR))
			return false;
		bytes += length > 0 ? length : 0;
		size -= length > 0 ? (size_t)length : 0;
	}
	return true;
}

/* Takes a file apart. */
static struct snapshot_header *parse(int fd, size_t size, char how[MESSAGE_TEXT_MAX + 1])
{
	struct snapshot_header *snapshot = malloc(size);
	bool whole = snapshot && size >= sizeof *snapshot && read_all(fd, (char *)snapshot, size) &&
	             snapshot->size <= size && size - snapshot->size <= MESSAGE_TEXT_MAX &&
	             !snapshot_check(snapshot, snapshot->size);

	if (!whole) {
		free(snapshot);
		return NULL;
	}
	size_t length = size - snapshot->size;
	memcpy(how, (char *)snapshot + snapshot->size, length);
	how[length] = 0;
	/* It is going to be printed. */
	for (char *c = how; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 127)
			*c = '?';
	}
	return snapshot;
}

struct snapshot_header *final_take(const char *directory, pid_t pid, char how[MESSAGE_TEXT_MAX + 1])
{
	char path[DIRECTORY_PATH_MAX];
	struct stat status;

	how[0] = 0;
	if (!path_of(path, directory, pid, FINAL_SUFFIX))
		return NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return NULL;
	struct snapshot_header *snapshot = NULL;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && (uint64_t)status.st_size <= MESSAGE_ANSWER_MAX)
		snapshot = parse(fd, (size_t)status.st_size, how);
	close(fd);
	unlink(path);
	return snapshot;
}
