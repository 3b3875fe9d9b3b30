#include "terminal/redirect.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
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

static int write_header(struct redirect *redirect)
{
	char header[HEADER_MAX];
	int length = snprintf(header, sizeof(header), HEADER, (long)getpid());

	if (write(redirect->file, header, (size_t)length) != length)
		return errno ? errno : ENOSPC;
	redirect->shown = redirect->printed = length;
	return 0;
}

int redirect_init(struct redirect *redirect)
{
	const char *folder = getenv("TMPDIR");

	*redirect = (struct redirect){.file = -1, .reader = -1, .saved = {-1, -1, -1}, .silence = {-1, -1}};
	int error = folder && *folder ? open_in(folder, &redirect->file, &redirect->reader) : ENOENT;
	if (error)
		error = open_in("/tmp", &redirect->file, &redirect->reader);
	if (error) {
		redirect->file = redirect->reader = -1;
		return error;
	}
	error = write_header(redirect);
	if (!error && redirect_check(redirect) != REDIRECT_FINE)
		error = ENOSPC;
	if (error)
		redirect_deinit(redirect);
	else
		flock(redirect->file, LOCK_EX);
	return error;
}

static void discard(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void redirect_deinit(struct redirect *redirect)
{
	discard(&redirect->file);
	discard(&redirect->reader);
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
	if (!error && dup2(fd == 0 ? redirect->silence[0] : redirect->file, fd) < 0)
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
		int error = isatty(fd) ? lead_elsewhere(redirect, fd) : 0;

		if (error) {
			lead_back(redirect);
			return error;
		}
	}
	return 0;
}

void redirect_print(struct redirect *redirect, int fd)
{
	char piece[PIECE];
	ssize_t length;

	while ((length = pread(redirect->reader, piece, sizeof(piece), redirect->printed)) > 0) {
		tty_write(fd, piece, (size_t)length);
		redirect->printed += length;
	}
}

void redirect_off(struct redirect *redirect, int fd)
{
	fflush(stdout);
	redirect_print(redirect, fd);
	lead_back(redirect);
	redirect_print(redirect, fd);
}

/* --- while it goes on --- */

static off_t size_of(const struct redirect *redirect)
{
	struct stat status;

	return fstat(redirect->file, &status) == 0 ? status.st_size : 0;
}

size_t redirect_tail(struct redirect *redirect, char *buffer, size_t size)
{
	off_t end = size_of(redirect);

	if (end - redirect->shown > TAIL_MAX)
		redirect->shown = end - TAIL_MAX;
	ssize_t length = pread(redirect->reader, buffer, size, redirect->shown);
	if (length <= 0)
		return 0;
	redirect->shown += length;
	return (size_t)length;
}

/* Claims the room that the program is going to need, where the system has a way to do that. */
static bool reserve(struct redirect *redirect, off_t size)
{
#ifdef __linux__
	if (fallocate(redirect->file, FALLOC_FL_KEEP_SIZE, size, RESERVE) == 0)
		return true;
	if (errno == ENOSPC || errno == EDQUOT)
		return false;
#endif
	struct statvfs room;
	return fstatvfs(redirect->file, &room) < 0 || (off_t)room.f_bavail * (off_t)room.f_frsize > RESERVE;
}

enum redirect_trouble redirect_check(struct redirect *redirect)
{
	off_t size = size_of(redirect);
	struct rlimit limit;

	if (!reserve(redirect, size))
		return REDIRECT_FULL;
	bool limited = getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
	if (limited && (rlim_t)(size + RESERVE) > limit.rlim_cur)
		return REDIRECT_LARGE;
	return size > SIZE_LIMIT ? REDIRECT_LARGE : REDIRECT_FINE;
}

/* --- after an exec --- */

static bool is_ours(int fd)
{
	char header[HEADER_MAX], start[HEADER_MAX] = "";
	struct stat status;

	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) || status.st_nlink)
		return false;
	int length = snprintf(header, sizeof(header), HEADER, (long)getpid());
	return pread(fd, start, (size_t)length, 0) == length && memcmp(start, header, (size_t)length) == 0;
}

static bool is_dead_pipe(int fd)
{
	struct pollfd pollfd = {.fd = fd, .events = POLLIN};
	struct stat status;

	return fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode) && poll(&pollfd, 1, 0) == 1 &&
	       pollfd.revents & POLLHUP && !(pollfd.revents & POLLIN);
}

void redirect_recover(void)
{
	bool ours[3] = {false, is_ours(1), is_ours(2)};
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
