/*
 * The pane with the processes of a program, one of which the rest of the screen is about.
 */
#ifndef MEMORY_TRACKER_VIEWER_PROCESS_VIEW_H
#define MEMORY_TRACKER_VIEWER_PROCESS_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "viewer/grid.h"
#include "viewer/text.h"

#define PROCESS_COMMAND_SIZE 160

struct viewer_process {
	uint32_t pid;
	bool shown;                         /* the screen is about this one */
	bool ended;                         /* and these are its last numbers */
	bool known;                         /* there are numbers */
	bool retained_known;                /* a major GC has been seen */
	bool retained_bound;                /* and retained is an upper bound */
	bool growth_known;                  /* two major GCs have been seen */
	char command[PROCESS_COMMAND_SIZE]; /* zero-terminated; untrusted */
	uint64_t live;
	uint64_t retained;
	double growth; /* per second */
	uint64_t up_ns;
};

/* All zero is no process, and a pane that is closed. */
struct process_view {
	bool open;
	struct viewer_process *processes; /* owned */
	size_t count;
};

void process_view_deinit(struct process_view *view);

/* Copies the list. Without memory it is empty then. */
void process_view_set(struct process_view *view, const struct viewer_process *processes, size_t count);

/* Lines that the pane would take. */
unsigned process_view_height(const struct process_view *view);

/* Draws a title, what has room in `height` lines with it, and the sum. */
void process_view_draw(const struct process_view *view, struct grid *grid, unsigned line, unsigned height,
                       enum text_charset charset);

#endif
