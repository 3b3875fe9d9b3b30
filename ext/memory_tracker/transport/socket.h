/* Unix sockets by path, and who is at their other end. ANY THREAD */
#ifndef MEMORY_TRACKER_TRANSPORT_SOCKET_H
#define MEMORY_TRACKER_TRANSPORT_SOCKET_H

#include <stdbool.h>
#include <sys/types.h>

/* A new stream socket that programs which are executed do not inherit; -1 and errno. */
int socket_open(void);

/* Connects to a path without waiting. Returns the socket, or -1 and errno. */
int socket_connect(const char *path);

/* Which file a path was, to tell it from a later one of the same name. */
struct socket_name {
	dev_t dev;
	ino_t ino;
};

/*
 * Listens at a path, taking the place of what stands there unless that is a folder, and tells which file that is now.
 * Returns the socket, or -1 and errno.
 */
int socket_listen(const char *path, struct socket_name *name);

/* Removes a path unless it is another file by now. */
void socket_unlink(const char *path, const struct socket_name *name);

/* A connection that a client has asked for, or -1 and errno. */
int socket_accept(int fd);

/* Whether the process at the other end belongs to this process's user. */
bool socket_same_user(int fd);

#endif
