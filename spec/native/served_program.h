/*
 * A program to look into through its server, and what those who look into it wait for.
 */
#ifndef MEMORY_TRACKER_SERVED_PROGRAM_H
#define MEMORY_TRACKER_SERVED_PROGRAM_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "transport/client.h"
#include "transport/server.h"

/* Milliseconds that anything may take. */
#define PATIENCE 20000

/* What it is asked for is done at once, or when the test says so. */
struct served_program {
	char directory[64];
	struct server *server;
	atomic_uint classes; /* in a snapshot; 0: there is none */
	atomic_bool running;
	atomic_bool lazy;   /* work waits for the test */
	atomic_bool untold; /* nothing tells when a refresh is done */
	atomic_uint snapshots;
	atomic_uint refreshes;
	atomic_uint works;
	atomic_uint last_client_left;
	atomic_uint lost;
	unsigned open;         /* descriptors of the process before its server started */
	pthread_mutex_t mutex; /* guards `work` */
	struct server_work work;
};

/* For what cmocka calls before and behind a test, whose state is the program. They return 0. */
int served_program_start(void **state);
int served_program_stop(void **state);

/* How many descriptors the process has. */
unsigned open_descriptors(void);

/* The latest work that it was asked for. */
struct server_work served_program_work(struct served_program *program);

/* Ends its server, if it has not ended. */
void served_program_end(struct served_program *program, const char *how);

/* Somebody who looks into it, to be closed by the test. */
struct client *served_program_look(struct served_program *program);

int64_t milliseconds(void);

/* What comes next, CLIENT_NOTHING when that takes too long. */
enum client_event wait_for_next(struct client *client, struct client_message *message);

/* Waits until `counter` is at least `wanted`. */
void wait_for_count(atomic_uint *counter, unsigned wanted);

/* The next message must be a snapshot with so many classes. */
void expect_snapshot(struct client *client, uint32_t classes);

#endif
