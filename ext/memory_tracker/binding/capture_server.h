/*
 * A capture that other processes look into: the server asks, and a service does what needs the GVL.
 */
#ifndef MEMORY_TRACKER_BINDING_CAPTURE_SERVER_H
#define MEMORY_TRACKER_BINDING_CAPTURE_SERVER_H

#include <ruby.h>
#include <stdbool.h>

#include "transport/server.h"
#include "vm/capture.h"

struct capture_server;

/* How a capture is served. */
struct capture_server_options {
	bool on_demand; /* objects are counted only as long as a client asks for it */
	bool
	    threadless; /* without a service: snapshots are as complete as the hooks' own job makes them, no GC on request */
	bool leaves_final; /* the last snapshot is left as a file in the folder, for the launcher */
};

/*
 * Begins to serve a capture in `directory`. `owner` is an object that keeps the capture alive, and `defaults` as well:
 * the settings that a start has where it asks for nothing. Returns NULL and a sentence in `problem` when it cannot be; may
 * raise what service_start raises. GVL
 */
struct capture_server *capture_server_start(struct capture *capture, VALUE owner,
                                            const struct capture_settings *defaults, const char *directory,
                                            const struct capture_server_options *options,
                                            char problem[TRANSPORT_PROBLEM_MAX]);

/* Where it can be found. */
const char *capture_server_path(const struct capture_server *capture_server);

/* What server_end does, after the last snapshot was left. Once, not in a child of a fork. Better without the GVL */
void capture_server_end(struct capture_server *capture_server, const char *how);

/* Frees it, unless the server has not ended in time; in a child of a fork at any time. GVL */
void capture_server_free(struct capture_server *capture_server);

#endif
