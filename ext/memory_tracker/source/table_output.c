#include "source/table_output.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

/* A pipe that can be written to takes so much at once, and the bytes of no other writer come in between. */
#define PIECE_MAX 4096

void table_output_deinit(struct table_output *output)
{
	buffer_deinit(&output->text);
}

bool table_output_pending(const struct table_output *output)
{
	return output->written < output->text.length;
}

/* The length of the next piece: as many whole lines as go into one, or a part of a line that is longer. */
static size_t piece_of(const char *text, size_t length)
{
	if (length <= PIECE_MAX)
		return length;
	for (size_t piece = PIECE_MAX; piece > 0; piece--) {
		if (text[piece - 1] == '\n')
			return piece;
	}
	return PIECE_MAX;
}

/* Some systems cannot poll every terminal, and say so by an error; then writing shows what is wrong. */
static bool takes_some(int fd)
{
	struct pollfd polled = {.fd = fd, .events = POLLOUT};

	return poll(&polled, 1, 0) > 0;
}

int table_output_write(struct table_output *output)
{
	while (!output->broken && table_output_pending(output) && takes_some(output->fd)) {
		const char *text = output->text.text + output->written;
		ssize_t written = write(output->fd, text, piece_of(text, output->text.length - output->written));

		if (written > 0) {
			output->written += (size_t)written;
			output->moved = true;
			continue;
		}
		if (errno == EAGAIN || errno == EWOULDBLOCK)
			return 0;
		if (errno == EINTR)
			continue;
		output->broken = true;
		return errno == EPIPE ? 0 : errno;
	}
	if (!table_output_pending(output)) {
		buffer_clear(&output->text);
		output->written = 0;
	}
	return 0;
}
