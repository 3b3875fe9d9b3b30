/*
 * A viewer to which everything happens that can happen to one: keys, resizes, snapshots, output. Numbers from outside
 * decide what, so a seed repeats a run, and a fuzzer can look for one.
 */
#ifndef MEMORY_TRACKER_RANDOM_VIEWER_H
#define MEMORY_TRACKER_RANDOM_VIEWER_H

#include <stdbool.h>
#include <stdint.h>

#include "fake_snapshot.h"
#include "base/buffer.h"
#include "screen/grid.h"
#include "app/viewer.h"

#define RANDOM_CLASSES_MAX 60
#define RANDOM_NAME_SIZE 64
#define RANDOM_NODES_MAX 200

struct random_viewer {
	uint64_t (*draw)(void *source); /* the next number, of any size */
	void *source;                   /* borrowed */
	bool scarce;                    /* memory may be refused to the viewer */

	struct viewer *viewer; /* owned */
	struct grid grid;      /* owned */
	struct buffer text;    /* owned */
	struct snapshot_header head;
	char names[RANDOM_CLASSES_MAX][RANDOM_NAME_SIZE];
	struct fake_class classes[RANDOM_CLASSES_MAX];
	uint32_t class_count;
	uint64_t next_id;
	struct fake_node nodes[RANDOM_NODES_MAX];
	uint32_t node_count;
};

/* Opens a viewer of 80 columns and 24 lines. False without memory, and then there is nothing to close. */
bool random_viewer_open(struct random_viewer *run, enum text_charset charset);
void random_viewer_close(struct random_viewer *run);

/* Something happens. Fails the test when the viewer refuses it though memory is not scarce. */
void random_viewer_step(struct random_viewer *run);

/* The program has ended. */
void random_viewer_end(struct random_viewer *run);

/* Draws, and fails the test when the screen is not one, or the selection is not on it. */
void random_viewer_check(struct random_viewer *run);

#endif
