#include "transport/directory.h"

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "transport/socket.h"

/* Below the folder of a user, the folders of launchers begin with this. */
#define LAUNCHER_PREFIX "run-"

/* Folders that may be searched, at most. */
#define PLACES 4

/* Longest name of a socket in a folder: a slash, a process, ".sock.new" and a zero byte. */
#define NAME_ROOM 32

static const char *environment(const char *name)
{
	const char *value = getenv(name);

	return value && value[0] == '/' ? value : NULL;
}

/* --- where --- */

/* Whether a folder is there and belongs to this user alone. */
static bool usable_runtime(const char *path)
{
	struct stat status;

	return path && stat(path, &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == geteuid() &&
	       !(status.st_mode & 077);
}

static bool put(char path[DIRECTORY_PATH_MAX], size_t room, const char *format, const char *parent)
{
	char whole[4096];
	int length = snprintf(whole, sizeof(whole), format, parent, (unsigned long)geteuid());

	if (length < 0 || (size_t)length + room + NAME_ROOM > DIRECTORY_PATH_MAX)
		return false;
	memcpy(path, whole, (size_t)length + 1);
	return true;
}

/* The places where sockets may be, the best one for new ones first; those that cannot be are left out. */
static size_t candidates(char paths[PLACES][DIRECTORY_PATH_MAX], size_t room)
{
	const char *given = environment("MEMORY_TRACKER_DIRECTORY");
	const char *runtime = environment("XDG_RUNTIME_DIR"), *temporary = environment("TMPDIR");
	char standard[64];
	size_t count = 0;

	snprintf(standard, sizeof(standard), "/run/user/%lu", (unsigned long)geteuid());
	if (given)
		return put(paths[0], room, "%s", given);
	if (usable_runtime(runtime))
		count += put(paths[count], room, "%s/memory-tracker", runtime);
	if (temporary)
		count += put(paths[count], room, "%s/memory-tracker-%lu", temporary);
	count += put(paths[count], room, "%s/memory-tracker-%lu", "/tmp");
	/* Where a process with another environment may have put its own. */
	if (usable_runtime(standard))
		count += put(paths[count], room, "%s/memory-tracker", standard);
	return count;
}

bool directory_check(const char *path, char problem[TRANSPORT_PROBLEM_MAX])
{
	struct stat status;

	if (lstat(path, &status) < 0)
		snprintf(problem, TRANSPORT_PROBLEM_MAX, "%s cannot be used: %s", path, strerror(errno));
	else if (!S_ISDIR(status.st_mode))
		snprintf(problem, TRANSPORT_PROBLEM_MAX, "%s is no directory, and stands where one is wanted", path);
	else if (status.st_uid != geteuid())
		snprintf(problem, TRANSPORT_PROBLEM_MAX, "%s belongs to another user", path);
	else if (status.st_mode & 077)
		snprintf(problem, TRANSPORT_PROBLEM_MAX, "%s is open to other users (mode %03o, wanted is 700)", path,
		         (unsigned)(status.st_mode & 0777));
	else
		return true;
	return false;
}

bool directory_open(char path[DIRECTORY_PATH_MAX], size_t room, char problem[TRANSPORT_PROBLEM_MAX])
{
	char paths[PLACES][DIRECTORY_PATH_MAX];

	if (!candidates(paths, room)) {
		snprintf(problem, TRANSPORT_PROBLEM_MAX, "the paths of the directories for sockets are too long");
		return false;
	}
	memcpy(path, paths[0], DIRECTORY_PATH_MAX);
	if (mkdir(path, 0700) < 0 && errno != EEXIST) {
		snprintf(problem, TRANSPORT_PROBLEM_MAX, "the directory %s cannot be made: %s", path, strerror(errno));
		return false;
	}
	return directory_check(path, problem);
}

bool directory_socket(char path[DIRECTORY_PATH_MAX], const char *directory, pid_t pid,
                      char problem[TRANSPORT_PROBLEM_MAX])
{
	if (strlen(directory) + NAME_ROOM <= DIRECTORY_PATH_MAX) {
		snprintf(path, DIRECTORY_PATH_MAX, "%s/%ld.sock", directory, (long)pid);
		return true;
	}
	snprintf(problem, TRANSPORT_PROBLEM_MAX, "the path of the directory %s is too long for a socket in it",
	         directory);
	return false;
}

/* --- what is there --- */

struct listing {
	struct directory_entry *entries; /* owned */
	size_t count;
	size_t capacity;
	bool failed;
};

/* The process of a file called PID and then `suffix`; 0: it is called otherwise. */
static pid_t process_of(const char *name, const char *suffix)
{
	char *end;

	if (name[0] < '1' || name[0] > '9')
		return 0;
	errno = 0;
	long pid = strtol(name, &end, 10);
	return errno || strcmp(end, suffix) != 0 || pid > INT32_MAX ? 0 : (pid_t)pid;
}

/* Whether there is somebody; a socket that nobody listens to is removed. */
static bool alive(const char *path)
{
	int fd = socket_connect(path);

	if (fd >= 0) {
		close(fd);
		return true;
	}
	if (errno == ECONNREFUSED)
		unlink(path);
	/* Too many want to be accepted just now. */
	return errno == EAGAIN;
}

static void add(struct listing *listing, const char *directory, pid_t pid)
{
	char problem[TRANSPORT_PROBLEM_MAX];

	if (listing->count == listing->capacity) {
		size_t capacity = listing->capacity ? listing->capacity * 2 : 16;
		struct directory_entry *grown = realloc(listing->entries, capacity * sizeof(*grown));

		listing->failed = listing->failed || !grown;
		if (!grown)
			return;
		listing->entries = grown;
		listing->capacity = capacity;
	}
	struct directory_entry *entry = &listing->entries[listing->count];
	entry->pid = pid;
	if (directory_socket(entry->path, directory, pid, problem) && alive(entry->path))
		listing->count++;
}

static bool join(char out[DIRECTORY_PATH_MAX], const char *path, const char *name)
{
	int length = snprintf(out, DIRECTORY_PATH_MAX, "%s/%s", path, name);

	return length > 0 && (size_t)length < DIRECTORY_PATH_MAX;
}

/* Adds what is in a folder, and in the folders of launchers below it. */
static void scan(struct listing *listing, const char *path, bool below)
{
	char problem[TRANSPORT_PROBLEM_MAX], deeper[DIRECTORY_PATH_MAX];
	DIR *directory = directory_check(path, problem) ? opendir(path) : NULL;
	struct dirent *found;

	while (directory && (found = readdir(directory))) {
		pid_t pid = process_of(found->d_name, ".sock");

		if (pid)
			add(listing, path, pid);
		else if (below && strncmp(found->d_name, LAUNCHER_PREFIX, strlen(LAUNCHER_PREFIX)) == 0 &&
		         join(deeper, path, found->d_name))
			scan(listing, deeper, false);
	}
	if (directory)
		closedir(directory);
}

static int compare(const void *left, const void *right)
{
	const struct directory_entry *a = left, *b = right;

	return a->pid == b->pid ? strcmp(a->path, b->path) : a->pid < b->pid ? -1 : 1;
}

static ssize_t finish(struct listing *listing, struct directory_entry **entries)
{
	if (listing->failed) {
		free(listing->entries);
		return -1;
	}
	if (listing->count)
		qsort(listing->entries, listing->count, sizeof(*listing->entries), compare);
	*entries = listing->entries;
	return (ssize_t)listing->count;
}

ssize_t directory_list(struct directory_entry **entries)
{
	char paths[PLACES][DIRECTORY_PATH_MAX];
	size_t count = candidates(paths, 0);
	struct listing listing = {0};

	for (size_t i = 0; i < count; i++) {
		bool again = false;

		for (size_t k = 0; k < i; k++)
			again = again || strcmp(paths[i], paths[k]) == 0;
		if (!again)
			scan(&listing, paths[i], true);
	}
	return finish(&listing, entries);
}

ssize_t directory_list_in(const char *directory, struct directory_entry **entries)
{
	struct listing listing = {0};

	scan(&listing, directory, false);
	return finish(&listing, entries);
}

bool directory_each(const char *directory, const char *suffix,
                    void (*function)(void *context, pid_t pid, const char *path), void *context)
{
	char problem[TRANSPORT_PROBLEM_MAX], path[DIRECTORY_PATH_MAX];
	DIR *opened = directory_check(directory, problem) ? opendir(directory) : NULL;
	struct dirent *found;

	while (opened && (found = readdir(opened))) {
		pid_t pid = process_of(found->d_name, suffix);

		if (pid && join(path, directory, found->d_name))
			function(context, pid, path);
	}
	if (opened)
		closedir(opened);
	return opened != NULL;
}

bool directory_has_new(const char *directory, const char *suffix, unsigned seconds)
{
	char path[DIRECTORY_PATH_MAX];
	DIR *opened = opendir(directory);
	struct dirent *found;
	struct stat status;
	bool has = false;

	while (opened && !has && (found = readdir(opened))) {
		size_t length = strlen(found->d_name), end = strlen(suffix);

		has = length > end && strcmp(found->d_name + length - end, suffix) == 0 &&
		      join(path, directory, found->d_name) && lstat(path, &status) == 0 &&
		      time(NULL) - status.st_mtime <= (time_t)seconds;
	}
	if (opened)
		closedir(opened);
	return has;
}

void directory_clean(const char *directory)
{
	struct directory_entry *entries = NULL;

	if (directory_list_in(directory, &entries) >= 0)
		free(entries);
}
