/*
 * One who looks into the process, as the server sees him: what he has asked for and not been told yet.
 *
 * For the server's thread alone.
 */
#ifndef MEMORY_TRACKER_TRANSPORT_VISITOR_H
#define MEMORY_TRACKER_TRANSPORT_VISITOR_H

#include <stdbool.h>
#include <stdint.h>

#include "transport/channel.h"
#include "transport/server.h"

struct visitor {
	struct channel channel;
	bool here;        /* the rest means something */
	bool greeted;     /* he has said hello, and may ask */
	bool going;       /* he is to go when all that was said to him is sent */
	bool starter;     /* the connection asked for a start, which was not refused */
	bool started;     /* and an earlier one was done */
	uint64_t here_ns; /* when he came */
	uint64_t due;     /* when his snapshot is to be taken at the latest; 0: he wants none */
	bool wants_work;  /* `work` is not done */
	struct server_work work;
};

/* Whether he may be listened to: who does not take what he asked for is asked nothing more. */
bool visitor_heard(const struct visitor *visitor);

/*
 * Listens to what he says and notes it, or tells him what is wrong with it. `now` and `snapshot_time` say when a
 * snapshot that he asks for is due. Returns whether he has asked for a snapshot.
 */
bool visitor_listen(struct visitor *visitor, bool running, uint64_t now, uint64_t snapshot_time);

/* Tells him why he does not get what he asked for; 0: anything. */
void visitor_refuse(struct visitor *visitor, enum message_kind asked, const char *sentence);

#endif
