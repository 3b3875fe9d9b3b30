#include "base/new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

static int write_all(int fd, const char *text, size_t length)
{
	while (length) {
		ssize_t written = write(fd, text, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return written < 0 ? errno : EIO;
		text += written;
		length -= (size_t)written;
	}
	return 0;
}

int new_file_write(const char *path, mode_t mode, const struct buffer *content)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	if (fd < 0)
		return errno;
	int error = write_all(fd, content->text, content->length);
	/* Some file systems tell only now that there was no room. */
	if (close(fd) < 0 && !error)
		error = errno;
	if (error)
		unlink(path);
	return error;
}
