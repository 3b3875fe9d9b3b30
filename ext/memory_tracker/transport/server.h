/*
 * Lets other processes of the same user look into this one: a native thread that serves a socket.
 *
 * Without a client the thread sleeps in poll and nothing is worked out. It blocks all signals and knows
 * nothing of Ruby: what needs the VM it asks for through struct server_source, and goes on meanwhile. A client that does
 * not take its answers is asked nothing more and delays no other. In a child of a fork the thread does not exist; there
 * server_abandon is the only function that may be called.
 *
 * When the program closes descriptors of it, the thread ends without a word: no process can ask it for anything then.
 */
#ifndef MEMORY_TRACKER_TRANSPORT_SERVER_H
#define MEMORY_TRACKER_TRANSPORT_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "model/snapshot.h"
#include "transport/directory.h"
#include "transport/message.h"
#include "transport/server_work.h"

/* So many can look at the same time. */
#define SERVER_CLIENTS_MAX 16

/* What the thread calls; none of these waits. */
struct server_source {
	void *context;
	/* A snapshot, which is freed by the server, or NULL when there is none. */
	struct snapshot_header *(*snapshot)(void *context);
	bool (*running)(void *context);
	/* Asks for what makes the next snapshot complete. Whether server_refreshed is going to be called when it is done. */
	bool (*refresh)(void *context);
	/*
	 * Asks for work, one at a time: server_done when it is done. `work` stays as it is until then. Returns NULL, or why
	 * it cannot be asked for, as a sentence; then there is no server_done.
	 */
	const char *(*work)(void *context, const struct server_work *work);
	/* All who had asked for the start are gone. */
	void (*last_client_left)(void *context);
	/* The program has closed descriptors of the server, which ends. */
	void (*lost)(void *context);
};

struct server;

/* Begins to serve PID.sock in `directory`. Returns NULL and a sentence in `problem` when that cannot be. ANY THREAD */
struct server *server_start(const char *directory, const struct server_source *source,
                            char problem[TRANSPORT_PROBLEM_MAX]);

/* Where it can be found. ANY THREAD */
const char *server_path(const struct server *server);

/* What was asked for is done, or `problem` says why it cannot be. ANY THREAD */
void server_done(struct server *server, const char *problem, uint64_t nanoseconds);
void server_refreshed(struct server *server);

/*
 * Tells every client how the program has ended, with a last snapshot, and ends the thread. Waits for those that take it,
 * not for the others. `how` NULL: no client is told anything. The socket is gone then. Returns false when the thread
 * has not ended in time, and may still use all that it has: then the server is not to be freed, nor what the source
 * needs. Once. ANY THREAD, better without the GVL
 */
bool server_end(struct server *server, const char *how);

/* Frees a server that has ended. ANY THREAD */
void server_free(struct server *server);

/* In a child of a fork: the server is the parent's. */
void server_abandon(struct server *server);

#endif
