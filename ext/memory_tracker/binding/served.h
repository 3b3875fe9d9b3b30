/*
 * A capture that other processes look into: the server asks, and what needs the GVL is done by a service.
 */
#ifndef MEMORY_TRACKER_BINDING_SERVED_H
#define MEMORY_TRACKER_BINDING_SERVED_H

#include <ruby.h>
#include <stdbool.h>

#include "transport/server.h"
#include "vm/capture.h"

struct served;

/*
 * Begins to serve a capture in `directory`. `owner` is an object that keeps the capture alive, and `kept` as well; these
 * are the settings that a start has where it asks for nothing. With `armed` objects are counted only as long as a
 * client that started the counting is connected. Returns NULL and a sentence in `problem` when it cannot be; may raise
 * what service_start raises. GVL
 */
struct served *served_start(struct capture *capture, VALUE owner, const struct capture_settings *kept,
                            const char *directory, bool armed, char problem[TRANSPORT_PROBLEM_MAX]);

/* Where it can be found. */
const char *served_path(const struct served *served);

/* What server_end does. Once, not in a child of a fork. Better without the GVL */
void served_end(struct served *served, const char *how);

/* Frees it, unless the server has not ended in time; in a child of a fork at any time. GVL */
void served_free(struct served *served);

#endif
