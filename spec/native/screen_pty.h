/*
 * A screen on a pseudo terminal, and what a person sees of it.
 */
#ifndef MEMORY_TRACKER_SCREEN_PTY_H
#define MEMORY_TRACKER_SCREEN_PTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "screen/grid.h"
#include "screen/screen.h"

#define COLUMNS 100
#define LINES_COUNT 30
#define DEADLINE_MS 10000

struct pty {
	int person; /* the end that a person would sit at */
	int terminal;
	struct screen *screen;
	struct grid grid;
	struct buffer seen; /* what has reached the person */
};

uint64_t pty_milliseconds(void);
/* Reads what is there now. Returns how much that was. */
size_t pty_read_some(struct pty *pty);
/* Reads until everything has come that was shown. Returns how much that was. */
size_t pty_read_all(struct pty *pty);
bool pty_has_seen(const struct pty *pty, const char *text);
void pty_put(struct pty *pty, unsigned line, const char *text);
struct pty *pty_open(const char *type);
void pty_close(struct pty *pty);

#endif
