/*
 * The pane with the processes of a program, one of which the rest of the screen is about.
 */
#ifndef MEMORY_TRACKER_PANES_PROCESS_VIEW_H
#define MEMORY_TRACKER_PANES_PROCESS_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analysis/process_summary.h"
#include "screen/grid.h"
#include "base/text.h"

/* All zero is no process. */
struct process_view {
	struct process_summary *processes; /* owned */
	size_t count;
};

void process_view_deinit(struct process_view *view);

/* Copies the list. Without memory it is empty then. */
void process_view_set(struct process_view *view, const struct process_summary *processes, size_t count);

/* Lines that the pane would take. */
unsigned process_view_height(const struct process_view *view);

/* Draws a title, what has room in `height` lines with it, and the sum. */
void process_view_draw(const struct process_view *view, struct grid *grid, unsigned line, unsigned height,
                       enum text_charset charset);

#endif
