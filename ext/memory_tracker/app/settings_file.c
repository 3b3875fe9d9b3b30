#include "app/settings_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/new_file.h"

#define NAME "memory-tracker/settings"
#define FILE_MODE 0600
#define FOLDER_MODE 0700

/* --- where it is --- */

static char *join(const char *folder, const char *name)
{
	size_t size = strlen(folder) + strlen(name) + 2;
	char *path = malloc(size);

	if (path)
		snprintf(path, size, "%s/%s", folder, name);
	return path;
}

char *settings_file_path(void)
{
	const char *own = getenv("MEMORY_TRACKER_SETTINGS"), *config = getenv("XDG_CONFIG_HOME"),
	           *home = getenv("HOME");

	if (own)
		return *own ? strdup(own) : NULL;
	/* As the XDG specification has it, relative paths count as not set. */
	if (config && *config == '/')
		return join(config, NAME);
	return home && *home == '/' ? join(home, ".config/" NAME) : NULL;
}

/* --- reading --- */

static const char *read_all(int fd, struct buffer *out)
{
	struct stat stat;
	char bytes[4096];
	ssize_t length;

	if (fstat(fd, &stat) < 0)
		return strerror(errno);
	if (!S_ISREG(stat.st_mode))
		return "it is not a file";
	while ((length = read(fd, bytes, sizeof bytes)) > 0) {
		buffer_add(out, bytes, (size_t)length);
		if (out->length > SETTINGS_FILE_MOST)
			return "it is too large";
	}
	if (length < 0)
		return strerror(errno);
	return out->failed ? strerror(ENOMEM) : NULL;
}

const char *settings_file_read(const char *path, struct buffer *out)
{
	/* Not to wait for whoever would write to a pipe. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? NULL : strerror(errno);
	const char *problem = read_all(fd, out);
	close(fd);
	return problem;
}

/* --- writing --- */

/* Makes the folders that a path leads through, as far as they are not there. */
static void make_folders(const char *path)
{
	char *copy = strdup(path);

	for (char *slash = copy ? strchr(copy + 1, '/') : NULL; slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		/* What goes wrong here shows when the file is made. */
		if (mkdir(copy, FOLDER_MODE) < 0 && errno != EEXIST)
			break;
		*slash = '/';
	}
	free(copy);
}

static const char *replace(const char *path, const struct buffer *content)
{
	size_t size = strlen(path) + 32;
	char *new = malloc(size);

	if (!new)
		return strerror(ENOMEM);
	snprintf(new, size, "%s.%ld.new", path, (long)getpid());
	/* Of a process that was killed while it did this, and had the same number. */
	unlink(new);
	int error = new_file_write(new, FILE_MODE, content);
	if (!error && rename(new, path) < 0) {
		error = errno;
		unlink(new);
	}
	free(new);
	return error ? strerror(error) : NULL;
}

const char *settings_file_write(const char *path, const struct buffer *content)
{
	make_folders(path);
	/* Where it is a link to a file in some other place, that one is replaced. */
	char *real = realpath(path, NULL);
	const char *problem = replace(real ? real : path, content);

	free(real);
	return problem;
}
