#include "transport/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* So much is read at once; and so much is kept of a buffer that was larger once. */
#define PIECE 65536

/* A write to a process that has gone shall not end the process. */
#ifdef MSG_NOSIGNAL
#define SEND_FLAGS MSG_NOSIGNAL
#else
#define SEND_FLAGS 0
#endif

/* --- bytes --- */

static bool reserve(struct channel_bytes *bytes, size_t size)
{
	size_t capacity = bytes->capacity ? bytes->capacity : 4096;

	if (size > SIZE_MAX / 2 - bytes->used)
		return false;
	while (capacity < bytes->used + size)
		capacity *= 2;
	if (capacity == bytes->capacity)
		return true;
	char *grown = realloc(bytes->bytes, capacity);
	if (!grown)
		return false;
	bytes->bytes = grown;
	bytes->capacity = capacity;
	return true;
}

static void add(struct channel_bytes *bytes, const void *piece, size_t size)
{
	if (size)
		memcpy(bytes->bytes + bytes->used, piece, size);
	bytes->used += size;
}

/* Forgets what is dealt with; the rest comes to the front, where it is aligned. */
static void compact(struct channel_bytes *bytes)
{
	size_t rest = bytes->used - bytes->done;

	if (bytes->done && rest)
		memmove(bytes->bytes, bytes->bytes + bytes->done, rest);
	bytes->used = rest;
	bytes->done = 0;
	if (!rest && bytes->capacity > PIECE) {
		free(bytes->bytes);
		*bytes = (struct channel_bytes){0};
	}
}

/* --- life --- */

void channel_init(struct channel *channel, int fd, uint64_t limit)
{
	*channel = (struct channel){.limit = limit};
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
#ifdef SO_NOSIGPIPE
	setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &(int){1}, sizeof(int));
#endif
	channel->socket = descriptor_adopt(fd);
}

void channel_deinit(struct channel *channel, bool for_all)
{
	if (for_all)
		shutdown(descriptor_fd(&channel->socket), SHUT_RDWR);
	descriptor_close(&channel->socket);
	free(channel->in.bytes);
	free(channel->out.bytes);
	*channel = (struct channel){.socket = DESCRIPTOR_NONE};
}

static enum channel_result broken(struct channel *channel, const char *problem)
{
	channel->problem = problem;
	return CHANNEL_BROKEN;
}

/* --- in --- */

/* Looks at what has come so far: CHANNEL_EMPTY when it is not a whole message. */
static enum channel_result parse(struct channel *channel, struct channel_message *message)
{
	struct message_header header;
	size_t there = channel->in.used - channel->in.done;

	if (there < sizeof(header))
		return CHANNEL_EMPTY;
	memcpy(&header, channel->in.bytes + channel->in.done, sizeof(header));
	if (header.magic != MESSAGE_MAGIC)
		return broken(channel, "it sent bytes that are no message");
	if (header.size > channel->limit)
		return broken(channel, "it sent a message that is too long");
	if (header.size > there - sizeof(header))
		return CHANNEL_EMPTY;
	*message = (struct channel_message){
	    .kind = header.kind,
	    .body = channel->in.bytes + channel->in.done + sizeof(header),
	    .size = header.size,
	};
	channel->in.done += sizeof(header) + header.size;
	return CHANNEL_MESSAGE;
}

/* Reads once. CHANNEL_MESSAGE: something has come. */
static enum channel_result fill(struct channel *channel)
{
	ssize_t length;

	if (channel->closed)
		return CHANNEL_CLOSED;
	if (!reserve(&channel->in, PIECE))
		return broken(channel, "there is not enough memory for what it sends");
	do
		length = recv(descriptor_fd(&channel->socket), channel->in.bytes + channel->in.used, PIECE, 0);
	while (length < 0 && errno == EINTR);
	if (length > 0) {
		channel->in.used += (size_t)length;
		return CHANNEL_MESSAGE;
	}
	if (length < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return CHANNEL_EMPTY;
	if (length < 0 && errno == EBADF)
		return broken(channel, "its connection was closed in this process");
	/* A process that is killed, or does not read what was sent to it, ends the connection by an error. */
	channel->closed = true;
	return CHANNEL_CLOSED;
}

enum channel_result channel_receive(struct channel *channel, struct channel_message *message)
{
	enum channel_result result;

	if (channel->problem)
		return CHANNEL_BROKEN;
	compact(&channel->in);
	do {
		result = parse(channel, message);
		if (result != CHANNEL_EMPTY)
			return result;
		result = fill(channel);
	} while (result == CHANNEL_MESSAGE);
	return result;
}

/* --- out --- */

bool channel_send(struct channel *channel, enum message_kind kind, const void *head, size_t head_size, const void *tail,
                  size_t tail_size)
{
	struct message_header header = {.magic = MESSAGE_MAGIC, .kind = kind, .size = (uint64_t)head_size + tail_size};

	if (channel->problem)
		return false;
	if (!reserve(&channel->out, sizeof(header) + head_size + tail_size)) {
		broken(channel, "there is not enough memory for what is sent to it");
		return false;
	}
	add(&channel->out, &header, sizeof(header));
	add(&channel->out, head, head_size);
	add(&channel->out, tail, tail_size);
	return channel_flush(channel);
}

bool channel_flush(struct channel *channel)
{
	if (channel->problem)
		return false;
	while (channel_sending(channel)) {
		ssize_t sent = send(descriptor_fd(&channel->socket), channel->out.bytes + channel->out.done,
		                    channel->out.used - channel->out.done, SEND_FLAGS);

		if (sent >= 0)
			channel->out.done += (size_t)sent;
		else if (errno == EAGAIN || errno == EWOULDBLOCK)
			return true;
		else if (errno != EINTR) {
			broken(channel, "it has gone");
			return false;
		}
	}
	compact(&channel->out);
	return true;
}
