/*
 * One end of a connected socket: whole messages in, whole messages out, and never a wait.
 *
 * Memory is taken for bytes that have come, never for bytes that a header promises. One thread at a time; any thread.
 */
#ifndef MEMORY_TRACKER_TRANSPORT_CHANNEL_H
#define MEMORY_TRACKER_TRANSPORT_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/descriptor.h"
#include "transport/message.h"

/* Bytes in a row, of which the first `done` are dealt with. */
struct channel_bytes {
	char *bytes; /* owned */
	size_t used;
	size_t done;
	size_t capacity;
};

struct channel {
	struct descriptor socket; /* owned */
	uint64_t limit;
	struct channel_bytes in;
	struct channel_bytes out;
	const char *problem; /* why it can be used no more, as the end of a sentence; NULL: it can */
	bool closed;         /* the other side has sent its last */
};

/* A message's body; borrowed until the next call, aligned for a snapshot. */
struct channel_message {
	enum message_kind kind;
	const void *body;
	size_t size;
};

enum channel_result {
	CHANNEL_MESSAGE,
	CHANNEL_EMPTY,  /* there is none just now */
	CHANNEL_CLOSED, /* there will be none any more */
	CHANNEL_BROKEN, /* likewise, and channel->problem says why */
};

/* Takes over a socket that was just connected, and never blocks from now on. Bodies of more than `limit` bytes are refused. */
void channel_init(struct channel *channel, int fd, uint64_t limit);

/* Closes the socket, also for copies of it that a forked child may hold, if `for_all`. */
void channel_deinit(struct channel *channel, bool for_all);

/* Reads what there is until one message is whole. */
enum channel_result channel_receive(struct channel *channel, struct channel_message *message);

/*
 * Queues a message whose body is two pieces, of which either may be empty, and sends what can be sent. False when
 * the channel is broken.
 */
bool channel_send(struct channel *channel, enum message_kind kind, const void *head, size_t head_size, const void *tail,
                  size_t tail_size);

/* Sends what can be sent of what is queued. False when the channel is broken. */
bool channel_flush(struct channel *channel);

/* Whether something is queued that could not be sent yet. */
static inline bool channel_sending(const struct channel *channel)
{
	return channel->out.done < channel->out.used;
}

#endif
