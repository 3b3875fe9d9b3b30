#include "transport/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* Connections that may wait to be accepted. */
#define BACKLOG 64

static int prepare(int fd)
{
	if (fd < 0)
		return -1;
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	return fd;
}

static void close_keeping_errno(int fd)
{
	int error = errno;

	close(fd);
	errno = error;
}

int socket_open(void)
{
#ifdef SOCK_CLOEXEC
	return prepare(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
#else
	return prepare(socket(AF_UNIX, SOCK_STREAM, 0));
#endif
}

static bool address_of(struct sockaddr_un *address, const char *path)
{
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (strlen(path) < sizeof(address->sun_path)) {
		strcpy(address->sun_path, path);
		return true;
	}
	errno = ENAMETOOLONG;
	return false;
}

int socket_connect(const char *path)
{
	struct sockaddr_un address;
	int fd = address_of(&address, path) ? socket_open() : -1;

	if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		close_keeping_errno(fd);
		return -1;
	}
	return fd;
}

/*
 * It listens before it gets its name, or somebody might find it in between and take it for one that nobody listens to
 * any more.
 */
int socket_listen(const char *path, struct socket_name *name)
{
	struct sockaddr_un address;
	struct stat status;
	char unnamed[sizeof(address.sun_path)];

	if ((size_t)snprintf(unnamed, sizeof(unnamed), "%s.new", path) >= sizeof(unnamed)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	int fd = address_of(&address, unnamed) ? socket_open() : -1;
	if (fd < 0)
		return -1;
	unlink(unnamed);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0) {
		if (chmod(unnamed, 0600) == 0 && lstat(unnamed, &status) == 0 && listen(fd, BACKLOG) == 0 &&
		    rename(unnamed, path) == 0) {
			*name = (struct socket_name){status.st_dev, status.st_ino};
			return fd;
		}
		int error = errno;
		unlink(unnamed);
		errno = error;
	}
	close_keeping_errno(fd);
	return -1;
}

void socket_unlink(const char *path, const struct socket_name *name)
{
	struct stat status;

	if (lstat(path, &status) == 0 && status.st_dev == name->dev && status.st_ino == name->ino)
		unlink(path);
}

int socket_accept(int fd)
{
#if defined(SOCK_CLOEXEC) && defined(__linux__)
	return prepare(accept4(fd, NULL, NULL, SOCK_CLOEXEC));
#else
	return prepare(accept(fd, NULL, NULL));
#endif
}

bool socket_same_user(int fd)
{
#ifdef SO_PEERCRED
	struct ucred peer;
	socklen_t size = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == geteuid();
#else
	uid_t user;
	gid_t group;

	return getpeereid(fd, &user, &group) == 0 && user == geteuid();
#endif
}
