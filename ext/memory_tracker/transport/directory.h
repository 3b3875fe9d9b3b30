/*
 * Where processes that can be looked into have their sockets: PID.sock in a folder that only their user can enter.
 *
 * Without MEMORY_TRACKER_DIRECTORY, which names the only one, that is $XDG_RUNTIME_DIR/memory-tracker, or
 * memory-tracker-UID in the folder for temporary files. A launcher has a folder of its own below that one, called run-*. Those who look for a process
 * search all of these.
 *
 * ANY THREAD, unless the environment is being changed.
 */
#ifndef MEMORY_TRACKER_TRANSPORT_DIRECTORY_H
#define MEMORY_TRACKER_TRANSPORT_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/un.h>

/* Bytes of the longest sentence about a problem, with its zero byte. */
#define TRANSPORT_PROBLEM_MAX 512

/* Bytes of the longest path of a socket, with its zero byte. */
#define DIRECTORY_PATH_MAX sizeof(((struct sockaddr_un *)NULL)->sun_path)

/*
 * The folder for sockets of this process, which is made if it is not there, the first one with `room` bytes to spare in
 * the path of a socket. Returns false and a sentence in `problem` when it cannot be made, or is not private to this
 * user.
 */
bool directory_open(char path[DIRECTORY_PATH_MAX], size_t room, char problem[TRANSPORT_PROBLEM_MAX]);

/* Why a folder cannot be trusted with sockets, as a sentence in `problem`; true when it can. */
bool directory_check(const char *path, char problem[TRANSPORT_PROBLEM_MAX]);

/* The path of a process's socket in a folder. False and a sentence when that would be too long. */
bool directory_socket(char path[DIRECTORY_PATH_MAX], const char *directory, pid_t pid,
                      char problem[TRANSPORT_PROBLEM_MAX]);

/* A socket that a process listens to, or that only looks like it: connecting tells. */
struct directory_entry {
	pid_t pid;
	char path[DIRECTORY_PATH_MAX];
};

/*
 * All sockets that can be looked at from here, of every folder, sorted by process; those that no process listens to any
 * more are removed. Folders that cannot be trusted are passed over. Returns how many there are, and in *entries an
 * array to be freed; or -1 without memory.
 */
ssize_t directory_list(struct directory_entry **entries);

/* The same of one folder, without what is below it. */
ssize_t directory_list_in(const char *directory, struct directory_entry **entries);

/*
 * Calls the function for each file of a folder that is called PID and then `suffix`, without connecting to anything.
 * False when the folder cannot be read, or trusted.
 */
bool directory_each(const char *directory, const char *suffix,
                    void (*function)(void *context, pid_t pid, const char *path), void *context);

/* Whether a folder has a file whose name ends in `suffix` and that is not older than so many seconds. */
bool directory_has_new(const char *directory, const char *suffix, unsigned seconds);

/* Removes the sockets of a folder that no process listens to any more. */
void directory_clean(const char *directory);

#endif
