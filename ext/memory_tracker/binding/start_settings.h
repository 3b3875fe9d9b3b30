/*
 * The settings that a client asks for when it starts a served capture: those that it does not ask for are the ones that
 * the program has given the capture. All GVL; none raises.
 */
#ifndef MEMORY_TRACKER_BINDING_START_SETTINGS_H
#define MEMORY_TRACKER_BINDING_START_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "transport/server.h"
#include "vm/capture.h"

/* The settings of a capture, with a copy of its classes that start_settings_deinit frees. False without memory. */
bool start_settings_init(struct capture_settings *kept, const struct capture *capture);
void start_settings_deinit(struct capture_settings *kept);

/*
 * Gives a capture that does not run the settings of a start, and `kept` where that asks for nothing. Returns NULL, or
 * why that cannot be.
 */
const char *start_settings_apply(struct capture *capture, const struct capture_settings *kept,
                                 const struct server_work *start);

/* Whether a capture that runs has all settings that a start asks for. */
bool start_settings_agree(const struct capture *capture, const struct server_work *start);

/* Writes a sentence that names the settings of a running capture to `out`, zero-terminated. */
void start_settings_describe(const struct capture *capture, char *out, size_t size);

#endif
