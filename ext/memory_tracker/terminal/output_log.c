#include "terminal/output_log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "terminal/tty.h"

/* The file says whose it is, so that a process knows it again after an exec. */
#define HEADER "memory-tracker: printed by process %ld\n"
#define HEADER_MAX 80

/* More than this in the file, and the screen is given up to print it. */
#define SIZE_LIMIT ((off_t)256 << 20)

/* Room that is kept for what is printed between two checks. */
#define RESERVE ((off_t)8 << 20)

/* Of what was printed since the last look, so much is worth showing. */
#define TAIL_MAX ((off_t)256 << 10)

#define PIECE 65536

/* --- the file --- */

/* Two descriptions of one new file, that has lost its name already. Returns 0 or an errno. */
static int open_in(const char *folder, int *file, int *reader)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/memory-tracker-XXXXXX", folder) >= (int)sizeof(path))
		return ENAMETOOLONG;
	*file = mkostemp(path, O_APPEND | O_CLOEXEC);
	if (*file < 0)
		return errno;
	*reader = open(path, O_RDONLY | O_CLOEXEC);
	int error = *reader < 0 ? errno : 0;
	unlink(path);
	if (error)
		close(*file);
	return error;
}

/* A file that somebody has asked for. Returns 0 or an errno. */
static int open_named(const char *path, int *file, int *reader)
{
	struct stat status;

	*file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0666);
	if (*file < 0)
		return errno;
	*reader = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int error = *reader < 0 ? errno : 0;
	/* What is printed is read again, so it must be where it was written. */
	if (!error && (fstat(*file, &status) < 0 || !S_ISREG(status.st_mode)))
		error = EINVAL;
	/* Another viewer that appends to it would have its output between ours. */
	if (!error && flock(*file, LOCK_EX | LOCK_NB) < 0)
		error = errno;
	if (!error)
		return 0;
	close(*file);
	if (*reader >= 0)
		close(*reader);
	return error;
}

/* Returns 0 or an errno. */
static int open_unnamed(int *file, int *reader)
{
	const char *folder = getenv("TMPDIR");
	int error = folder && *folder ? open_in(folder, file, reader) : ENOENT;

	return error ? open_in("/tmp", file, reader) : 0;
}

static int write_header(struct output_log *output_log)
{
	char header[HEADER_MAX];
	int length = snprintf(header, sizeof(header), HEADER, (long)getpid());

	if (write(descriptor_fd(&output_log->file), header, (size_t)length) != length)
		return errno ? errno : ENOSPC;
	return 0;
}

static off_t size_of(const struct output_log *output_log)
{
	struct stat status;

	return fstat(descriptor_fd(&output_log->file), &status) == 0 ? status.st_size : 0;
}

int output_log_init(struct output_log *output_log, const char *path)
{
	int file, reader;
	int error = path ? open_named(path, &file, &reader) : open_unnamed(&file, &reader);

	*output_log = (struct output_log){.file = DESCRIPTOR_NONE, .reader = DESCRIPTOR_NONE};
	if (error)
		return error;
	*output_log = (struct output_log){
	    .file = descriptor_adopt(file), .reader = descriptor_adopt(reader), .named = path != NULL};
	if (!path)
		error = write_header(output_log);
	if (!error && output_log_check(output_log) != OUTPUT_LOG_FINE)
		error = ENOSPC;
	if (error) {
		output_log_deinit(output_log);
		return error;
	}
	flock(descriptor_fd(&output_log->file), LOCK_EX);
	/* What was there before is not this program's. */
	output_log->start = output_log->shown = output_log->printed = size_of(output_log);
	return 0;
}

void output_log_deinit(struct output_log *output_log)
{
	/* Room that was kept, and is not needed any more. */
	if (output_log->named && ftruncate(descriptor_fd(&output_log->file), size_of(output_log)) < 0)
		output_log->named = false;
	descriptor_close(&output_log->file);
	descriptor_close(&output_log->reader);
}

bool output_log_append(struct output_log *output_log, const char *bytes, size_t length)
{
	while (length) {
		ssize_t written = write(descriptor_fd(&output_log->file), bytes, length);

		if (written < 0 && errno != EINTR)
			return false;
		if (written > 0) {
			bytes += written;
			length -= (size_t)written;
		}
	}
	return true;
}

void output_log_print(struct output_log *output_log, const struct descriptor *terminal)
{
	char piece[PIECE];
	ssize_t length;

	while ((length = pread(descriptor_fd(&output_log->reader), piece, sizeof(piece), output_log->printed)) > 0) {
		tty_write(descriptor_fd(terminal), piece, (size_t)length);
		output_log->printed += length;
	}
}

void output_log_skip(struct output_log *output_log)
{
	output_log->printed = size_of(output_log);
}

size_t output_log_last(const struct output_log *output_log, char *buffer, size_t size)
{
	off_t end = size_of(output_log), start = end - (off_t)(size - 1);
	ssize_t length = pread(descriptor_fd(&output_log->reader), buffer, size - 1,
	                       start > output_log->start ? start : output_log->start);

	length = length > 0 ? length : 0;
	buffer[length] = 0;
	return (size_t)length;
}

/* --- while it goes on --- */

size_t output_log_tail(struct output_log *output_log, char *buffer, size_t size)
{
	off_t end = size_of(output_log);

	if (end - output_log->shown > TAIL_MAX)
		output_log->shown = end - TAIL_MAX;
	ssize_t length = pread(descriptor_fd(&output_log->reader), buffer, size, output_log->shown);
	if (length <= 0)
		return 0;
	output_log->shown += length;
	return (size_t)length;
}

/* Claims the room that the program is going to need, where the system has a way to do that. */
static bool reserve(struct output_log *output_log, off_t size)
{
#ifdef __linux__
	if (fallocate(descriptor_fd(&output_log->file), FALLOC_FL_KEEP_SIZE, size, RESERVE) == 0)
		return true;
	if (errno == ENOSPC || errno == EDQUOT)
		return false;
#endif
	struct statvfs room;
	return fstatvfs(descriptor_fd(&output_log->file), &room) < 0 ||
	       (off_t)room.f_bavail * (off_t)room.f_frsize > RESERVE;
}

enum output_log_trouble output_log_check(struct output_log *output_log)
{
	off_t size = size_of(output_log);
	struct rlimit limit;

	if (!reserve(output_log, size))
		return OUTPUT_LOG_FULL;
	bool limited = getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
	if (limited && (rlim_t)(size + RESERVE) > limit.rlim_cur)
		return OUTPUT_LOG_LARGE;
	return size > SIZE_LIMIT && !output_log->named ? OUTPUT_LOG_LARGE : OUTPUT_LOG_FINE;
}

bool output_log_is_ours(int fd)
{
	char header[HEADER_MAX], start[HEADER_MAX] = "";
	struct stat status;

	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) || status.st_nlink)
		return false;
	int length = snprintf(header, sizeof(header), HEADER, (long)getpid());
	return pread(fd, start, (size_t)length, 0) == length && memcmp(start, header, (size_t)length) == 0;
}
