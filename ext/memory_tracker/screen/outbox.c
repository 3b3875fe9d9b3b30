#include "screen/outbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define CAPACITY_LEAST 16384

#ifdef MFD_CLOEXEC

static int open_file(void)
{
	return memfd_create("memory-tracker screen", MFD_CLOEXEC);
}

#else

static int open_file(void)
{
	const char *folder = getenv("TMPDIR");
	char path[1024];

	snprintf(path, sizeof path, "%s/memory-tracker-XXXXXX", folder && *folder ? folder : "/tmp");
	int file = mkstemp(path);
	if (file < 0)
		return -1;
	unlink(path);
	fcntl(file, F_SETFD, FD_CLOEXEC);
	return file;
}

#endif

bool outbox_init(struct outbox *outbox)
{
	*outbox = (struct outbox){.file = descriptor_adopt(open_file())};
	/* So that a writer goes on at the beginning when the file was emptied. */
	return fcntl(descriptor_fd(&outbox->file), F_SETFL, O_RDWR | O_APPEND) == 0;
}

void outbox_deinit(struct outbox *outbox)
{
	descriptor_close(&outbox->file);
	free(outbox->bytes);
	*outbox = (struct outbox){.file = DESCRIPTOR_NONE};
}

bool outbox_redirect(const struct outbox *outbox, int fd)
{
	return dup2(descriptor_fd(&outbox->file), fd) >= 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

static bool make_room(struct outbox *outbox, size_t size)
{
	size_t capacity = outbox->capacity ? outbox->capacity : CAPACITY_LEAST;

	while (capacity < size)
		capacity *= 2;
	char *bytes = capacity == outbox->capacity ? outbox->bytes : realloc(outbox->bytes, capacity);
	if (!bytes)
		return false;
	outbox->bytes = bytes;
	outbox->capacity = capacity;
	return true;
}

bool outbox_collect(struct outbox *outbox)
{
	struct stat stat;
	off_t from = 0;

	if (fstat(descriptor_fd(&outbox->file), &stat) < 0)
		return false;
	bool room = make_room(outbox, outbox->length + (size_t)stat.st_size);
	while (room && from < stat.st_size) {
		ssize_t got = pread(descriptor_fd(&outbox->file), outbox->bytes + outbox->length,
		                    (size_t)(stat.st_size - from), from);

		if (!got || (got < 0 && errno != EINTR))
			break;
		outbox->length += got > 0 ? (size_t)got : 0;
		from += got > 0 ? got : 0;
	}
	return ftruncate(descriptor_fd(&outbox->file), 0) == 0 && from == stat.st_size;
}

bool outbox_send(struct outbox *outbox, int fd)
{
	while (outbox->sent < outbox->length) {
		ssize_t sent = write(fd, outbox->bytes + outbox->sent, outbox->length - outbox->sent);

		if (sent >= 0)
			outbox->sent += (size_t)sent;
		else if (errno == EAGAIN || errno == EWOULDBLOCK)
			return false;
		else if (errno != EINTR)
			break;
	}
	outbox->sent = outbox->length = 0;
	return true;
}

bool outbox_waits(const struct outbox *outbox)
{
	return outbox->sent < outbox->length;
}
