/*
 * A client's connection, as the server has it: what was asked over it and is not answered yet.
 *
 * For the server's thread alone.
 */
#ifndef MEMORY_TRACKER_TRANSPORT_CONNECTION_H
#define MEMORY_TRACKER_TRANSPORT_CONNECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "transport/channel.h"
#include "transport/message.h"
#include "transport/server_work.h"

struct connection {
	struct channel channel;
	bool here;        /* the rest means something */
	bool greeted;     /* the client has said hello, and may ask */
	bool going;       /* it is closed when all that was written to it is sent */
	bool starter;     /* it asked for a start, which was not refused */
	bool started;     /* and an earlier one was done */
	uint64_t here_ns; /* when it was accepted */
	uint64_t due;     /* when a snapshot is to be taken for it at the latest; 0: it wants none */
	bool wants_work;  /* `work` is not done */
	struct server_work work;
};

/* Whether it may be read: nothing more is read from a client that does not take what it asked for. */
bool connection_readable(const struct connection *connection);

/*
 * Reads what has come and notes it, or refuses it with a sentence. `now` and `snapshot_time` say when a snapshot that
 * is asked for is due. Returns whether a snapshot was asked for.
 */
bool connection_read(struct connection *connection, bool running, uint64_t now, uint64_t snapshot_time);

/* Tells the client why it does not get what it asked for; 0: anything. */
void connection_refuse(struct connection *connection, enum message_kind asked, const char *sentence);

#endif
