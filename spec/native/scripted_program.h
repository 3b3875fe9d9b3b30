/*
 * The other end of a client's connection, which does what a test says and nothing by itself: both ends are in one
 * thread, so that nothing is waited for. What is sent by either is there at once.
 *
 *     listens ── scripted_accept ─> connected ── scripted_greet ─> has said hello ── scripted_hang_up ─> listens
 */
#ifndef MEMORY_TRACKER_SCRIPTED_PROGRAM_H
#define MEMORY_TRACKER_SCRIPTED_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/snapshot.h"
#include "transport/channel.h"
#include "transport/client.h"
#include "transport/directory.h"
#include "transport/socket.h"

struct scripted_program {
	pid_t pid;
	char path[DIRECTORY_PATH_MAX];
	struct socket_name name;
	int listener;
	bool connected;
	struct channel channel;
	uint64_t sequence; /* of the latest snapshot that was sent */
};

/* Listens at PID.sock in a folder. Every function fails the test when what it does cannot be done. */
void scripted_listen(struct scripted_program *program, const char *directory, pid_t pid);

/* Closes all, and the socket has no name any more; the same without the latter, as in a process that is killed. */
void scripted_end(struct scripted_program *program);
void scripted_kill(struct scripted_program *program);

/* Takes the connection that waits to be accepted. False: there is none. */
bool scripted_accept(struct scripted_program *program);
void scripted_hang_up(struct scripted_program *program);

/* Accepts, takes the client's hello and says its own. */
void scripted_greet(struct scripted_program *program);

/* A client of it that has been greeted. */
struct client *scripted_client(struct scripted_program *program);

/* The kind of the next message that the client has sent; 0: there is none. */
enum message_kind scripted_take(struct scripted_program *program);

/* How many messages of a kind the client has sent; fails the test when there are others among them. */
unsigned scripted_count(struct scripted_program *program, enum message_kind kind);

/* A snapshot with one class, taken at as many seconds as its sequence says. The caller frees it. */
struct snapshot_header *scripted_snapshot(const struct snapshot_header *head, uint64_t allocated, uint64_t retained);

/* Sends a snapshot with so many objects that were allocated, of one class. */
void scripted_send_snapshot(struct scripted_program *program, uint64_t allocated, uint32_t flags);

/* The same after so many major GCs, the latest of which left `retained` at so many seconds. */
void scripted_send_retained(struct scripted_program *program, uint64_t retained, uint64_t majors, uint64_t seconds);
void scripted_send_refused(struct scripted_program *program, enum message_kind asked, const char *sentence);
void scripted_send_done(struct scripted_program *program, enum message_kind asked, uint64_t nanoseconds);
void scripted_send_ended(struct scripted_program *program, const char *how);
void scripted_send_bytes(struct scripted_program *program, const void *bytes, size_t size);

#endif
