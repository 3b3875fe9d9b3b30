/*
 * A queue of a table's records, linked by number through the records themselves: adding one needs no memory, and takes
 * no longer the more there are.
 *
 *     first -> record -> record -> last          each record has a struct record_links at `offset`
 *
 * A record is in the queue at most once; who owns the record knows whether it is. For the writer only.
 */
#ifndef MEMORY_TRACKER_MODEL_RECORD_QUEUE_H
#define MEMORY_TRACKER_MODEL_RECORD_QUEUE_H

#include <stddef.h>
#include <stdint.h>

#include "model/table.h"

struct record_links {
	uint32_t next; /* 0: none */
	uint32_t previous;
};

struct record_queue {
	const struct table *table; /* borrowed */
	size_t offset;             /* of the links in a record */
	uint32_t first;            /* 0: it is empty */
	uint32_t last;
	uint32_t count;
};

void record_queue_init(struct record_queue *queue, const struct table *table, size_t offset);

/* Adds a record at the end. HOOK */
void record_queue_add(struct record_queue *queue, uint32_t number);

/* Takes out a record that is in it. HOOK */
void record_queue_remove(struct record_queue *queue, uint32_t number);

#endif
