#include "base/wake_pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

bool wake_pipe_open(struct wake_pipe *wake)
{
	int ends[2];

	*wake = WAKE_PIPE_NONE;
	if (pipe(ends) < 0)
		return false;
	for (int i = 0; i < 2; i++) {
		fcntl(ends[i], F_SETFL, O_NONBLOCK);
		wake->ends[i] = descriptor_adopt(ends[i]);
		descriptor_close_on_fork(&wake->ends[i]);
	}
	return true;
}

void wake_pipe_close(struct wake_pipe *wake)
{
	for (int i = 0; i < 2; i++)
		descriptor_close(&wake->ends[i]);
}

bool wake_pipe_wake(const struct wake_pipe *wake)
{
	/* Without its reader a write would be a signal to the program. */
	if (wake_pipe_fd(wake) < 0)
		return false;
	/* When the pipe is full it wakes all the same. */
	return write(descriptor_fd(&wake->ends[1]), "", 1) == 1 || errno != EBADF;
}

int wake_pipe_fd(const struct wake_pipe *wake)
{
	return descriptor_lost(&wake->ends[1]) ? -1 : descriptor_fd(&wake->ends[0]);
}

void wake_pipe_drain(const struct wake_pipe *wake)
{
	char bytes[64];

	while (read(descriptor_fd(&wake->ends[0]), bytes, sizeof(bytes)) > 0)
		;
}
