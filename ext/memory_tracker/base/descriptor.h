/*
 * File descriptors of ours in the process of a program that closes what it finds. A daemon closes every number, and
 * then its own files, pipes and sockets get the numbers that were ours.
 *
 *     struct descriptor   fd 768 ──> what is open there now      descriptor_fd: are these two the same file?
 *                         dev, ino, rdev, type, nameless: what was open there when it was ours
 *
 * So each of ours is kept with the identity of its file, at a high number, which a loop over 3 to 255 does not reach,
 * and no call gets a number that descriptor_fd has not just compared. A descriptor that is not ours any more is lost:
 * descriptor_fd returns -1, with which every call fails with EBADF, and poll waits for nothing.
 *
 * What cannot be closed: between the comparison and the call another thread may close the number and open a file there;
 * these are the few instructions between two system calls. And two descriptors of one file, such as /dev/tty opened a
 * second time, cannot be told apart. Not for files that share an inode, as those of epoll and eventfd do.
 *
 * Nothing here allocates memory or takes a lock; descriptor_fd, descriptor_leads and descriptor_close are
 * async-signal-safe. ANY THREAD
 */
#ifndef MEMORY_TRACKER_BASE_DESCRIPTOR_H
#define MEMORY_TRACKER_BASE_DESCRIPTOR_H

#include <stdbool.h>
#include <sys/types.h>

struct descriptor {
	int fd;    /* owned; -1: none */
	dev_t dev; /* of its file, as all that follows */
	ino_t ino;
	dev_t rdev;
	mode_t type;
	bool nameless; /* it had no name any more, so that its inode can be given to a new file, which has one */
};

#define DESCRIPTOR_NONE ((struct descriptor){.fd = -1})

/*
 * Takes over a descriptor that was just opened: moves it to a high number, closed on exec. Where there is no number left
 * it stays where it is. -1 gives none, and leaves errno alone.
 */
struct descriptor descriptor_adopt(int fd);

/* The descriptor where it is. */
struct descriptor descriptor_of(int fd);

/* Its number, for one call, or -1 with EBADF when there is none or it is lost. */
int descriptor_fd(const struct descriptor *descriptor);

/* Whether there was one, and the program has closed it. */
bool descriptor_lost(const struct descriptor *descriptor);

/* Whether a number leads to the same file, also when the descriptor itself is lost. */
bool descriptor_leads(const struct descriptor *descriptor, int fd);

/* Closes it, unless it is lost, and makes it none. */
void descriptor_close(struct descriptor *descriptor);

/*
 * From now on forked children close it, if it is still ours there. Close-on-exec is not enough: a program that goes into
 * the background closes its own output, and whoever reads that from a pipe would wait for ours. Returns false when there
 * are too many. descriptor_close, and descriptor_keep_on_fork, undo it.
 */
bool descriptor_close_on_fork(const struct descriptor *descriptor);
void descriptor_keep_on_fork(const struct descriptor *descriptor);

#endif
