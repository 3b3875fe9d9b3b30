#include "terminal/descriptors.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Where the system cannot close all at once: the limit may be a billion, of which nearly none are open. */
#define CLOSED_MAX 65536

static void close_from(int first)
{
#ifdef SYS_close_range
	if (syscall(SYS_close_range, first, ~0u, 0) == 0)
		return;
#endif
	long limit = sysconf(_SC_OPEN_MAX);

	for (int fd = first; fd < (limit < 0 || limit > CLOSED_MAX ? CLOSED_MAX : limit); fd++)
		close(fd);
}

void descriptors_keep(int *const kept[], int count)
{
	/* First to where they cannot be in each other's way. */
	for (int i = 0; i < count; i++)
		*kept[i] = fcntl(*kept[i], F_DUPFD, DESCRIPTORS_KEPT_MAX);
	for (int i = 0; i < count; i++)
		*kept[i] = dup2(*kept[i], i);
	close_from(count);
}
