/*
 * The processes of a program above their table, as plain text: one line for each.
 *
 *         PID       RSS       LIVE   RETAINED  PROCESS
 *        4711     30.1M     93,511     81,204  puma 6.4.0 (tcp://127.0.0.1:9292) [shop]  exact
 *        4720     28.8M     90,001          -  puma: cluster worker 0: 4711 [shop]  exact  ended with status 0
 *     and 37 more have ended
 */
#ifndef MEMORY_TRACKER_SOURCE_BATCH_LIST_H
#define MEMORY_TRACKER_SOURCE_BATCH_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "model/snapshot.h"
#include "base/buffer.h"
#include "base/text.h"

struct batch_process {
	uint32_t pid;
	const char *title;                      /* as the process has it; not trusted */
	const struct snapshot_header *snapshot; /* NULL: it has not given any numbers */
	const char *note;                       /* what there is to say of it; empty: nothing */
};

/* Everything is borrowed. */
struct batch_list {
	const struct batch_process *processes;
	size_t count;
	size_t summed;         /* so many of them are in the table; 0 and 1: it is the table of one process */
	size_t retained_known; /* of so many of these it is known what is retained */
	uint64_t ended;        /* so many more have ended since the table before, which are not listed */
	uint64_t beyond;       /* so many more there are, which were not looked into */
};

/* Why the numbers of a snapshot are not exact, or that they are. */
void batch_list_put_exactness(struct buffer *out, const struct snapshot_header *snapshot, enum text_charset charset);

void batch_list_put(struct buffer *out, const struct batch_list *list, enum text_charset charset);

#endif
