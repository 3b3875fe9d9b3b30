/*
 * All that a program has printed while a screen was up, in a file: to be shown in a pane, and to be written to the
 * terminal when the screen is gone. Unless it was given a name the file has none.
 *
 * One thread at a time; any thread, no GVL.
 */
#ifndef MEMORY_TRACKER_TERMINAL_OUTPUT_LOG_H
#define MEMORY_TRACKER_TERMINAL_OUTPUT_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/descriptor.h"

struct output_log {
	struct descriptor file;   /* owned; opened for appending. Locked as long as any process has it open */
	struct descriptor reader; /* owned; the same file, opened another time, and so without the lock */
	off_t start;              /* bytes that were there before */
	off_t shown;              /* bytes that output_log_tail has given */
	off_t printed;            /* bytes that are on the terminal by now */
	bool named;               /* the user has named the file */
};

/* Why printing cannot go on into the file. */
enum output_log_trouble {
	OUTPUT_LOG_FINE,
	OUTPUT_LOG_FULL,  /* the disk is nearly full */
	OUTPUT_LOG_LARGE, /* the file has become too large */
};

/*
 * Makes the file: `path`, to which is appended if it is there, or one without a name when that is NULL. Returns 0 or an
 * errno: EWOULDBLOCK when another viewer appends to it now.
 */
int output_log_init(struct output_log *output_log, const char *path);
void output_log_deinit(struct output_log *output_log);

/* Adds to the file what was printed. Returns false when there is no room for it. */
bool output_log_append(struct output_log *output_log, const char *bytes, size_t length);

/*
 * Writes to a terminal what was printed since. What is being printed meanwhile may be missing; returns when there was
 * nothing more.
 */
void output_log_print(struct output_log *output_log, const struct descriptor *terminal);

/* What is in the file by now is on the terminal already. */
void output_log_skip(struct output_log *output_log);

/* The last bytes of what was printed, zero-terminated. Returns their number, less than `size`. */
size_t output_log_last(const struct output_log *output_log, char *buffer, size_t size);

/* The next bytes that were printed, for showing; when there are very many, the oldest are left out. */
size_t output_log_tail(struct output_log *output_log, char *buffer, size_t size);

/* Makes sure that there is room for some more, and tells when there is not. */
enum output_log_trouble output_log_check(struct output_log *output_log);

/* Whether a descriptor leads to a file without a name that an output log of this process, before an exec, has made. */
bool output_log_is_ours(int fd);

#endif
