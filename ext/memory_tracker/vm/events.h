/*
 * Events that a block wants to hear of: queued inside VM events, delivered at a safe point, in order.
 *
 * The queue is bounded. What does not fit is counted and no block is called for it.
 */
#ifndef MEMORY_TRACKER_VM_EVENTS_H
#define MEMORY_TRACKER_VM_EVENTS_H

#include <ruby.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/class_table.h"

#define EVENT_QUEUE_LIMIT 65536

enum event_kind {
	EVENT_BORN = 1,
	EVENT_DIED = 2,
};

struct event {
	struct class_record *class; /* borrowed: an observed class is held; NULL: forgotten */
	uint32_t node;
	uint32_t kind; /* enum event_kind */
};

struct event_queue {
	struct event *events; /* owned; EVENT_QUEUE_LIMIT of them */
	uint64_t read;        /* events ever taken */
	uint64_t written;     /* events ever put */
};

/* Makes room for events; does nothing when there is. Returns false without memory. GVL */
bool events_prepare(struct event_queue *queue);
void events_free(struct event_queue *queue);

/* False when the queue is full. HOOK */
bool events_put(struct event_queue *queue, struct event event);

/* Takes the oldest event. False when there is none. GVL */
bool events_take(struct event_queue *queue, struct event *event);

static inline bool events_pending(const struct event_queue *queue)
{
	return queue->read != queue->written;
}

/* Forgets the events of one class. GVL */
void events_forget(struct event_queue *queue, const struct class_record *class);

/* Forgets all events. GVL */
static inline void events_clear(struct event_queue *queue)
{
	queue->read = queue->written;
}

#endif
