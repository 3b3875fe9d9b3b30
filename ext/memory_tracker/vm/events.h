/*
 * Events that a block is to be called for: queued inside VM events, delivered at a safe point, in order.
 *
 * The queue is bounded. What does not fit is counted and no block is called for it. Events are put in by any Ractor, one at a
 * time, and taken out by the main one, which does not have to stop the others for it.
 */
#ifndef MEMORY_TRACKER_VM_EVENTS_H
#define MEMORY_TRACKER_VM_EVENTS_H

#include <ruby.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/class_table.h"

#define EVENT_QUEUE_LIMIT 65536

enum event_kind {
	EVENT_ALLOCATED = 1,
	EVENT_FREED = 2,
};

struct event {
	struct class_record *class; /* borrowed: an observed class is held; NULL: forgotten */
	uint32_t node;
	uint32_t kind; /* enum event_kind */
};

struct event_queue {
	struct event *events;     /* owned; EVENT_QUEUE_LIMIT of them */
	_Atomic uint64_t read;    /* events ever taken */
	_Atomic uint64_t written; /* events ever put */
};

/* Makes room for events; does nothing when there is. Returns false without memory. GVL */
bool events_prepare(struct event_queue *queue);
void events_free(struct event_queue *queue);

/* False when the queue is full. HOOK */
bool events_put(struct event_queue *queue, struct event event);

/* Takes the oldest event. False when there is none. GVL */
bool events_take(struct event_queue *queue, struct event *event);

/* Events ever taken, and ever put. HOOK, GVL */
static inline uint64_t events_read(const struct event_queue *queue)
{
	return atomic_load_explicit(&((struct event_queue *)queue)->read, memory_order_acquire);
}

static inline uint64_t events_written(const struct event_queue *queue)
{
	return atomic_load_explicit(&((struct event_queue *)queue)->written, memory_order_acquire);
}

static inline bool events_pending(const struct event_queue *queue)
{
	return events_read(queue) != events_written(queue);
}

/* Forgets the events of one class. GVL, compat_exclusively */
void events_forget(struct event_queue *queue, const struct class_record *class);

/* Forgets all events. GVL, compat_exclusively */
static inline void events_clear(struct event_queue *queue)
{
	atomic_store_explicit(&queue->read, events_written(queue), memory_order_relaxed);
}

#endif
