#include "vm/events.h"

#include <stdlib.h>

bool events_prepare(struct event_queue *queue)
{
	/* Not Ruby's allocator: it must not start a GC while the caller half holds the tables. */
	if (!queue->events)
		queue->events = calloc(EVENT_QUEUE_LIMIT, sizeof(*queue->events));
	return queue->events != NULL;
}

void events_free(struct event_queue *queue)
{
	free(queue->events);
	queue->events = NULL;
	events_clear(queue);
}

bool events_put(struct event_queue *queue, struct event event)
{
	uint64_t written = events_written(queue);

	if (written - events_read(queue) >= EVENT_QUEUE_LIMIT)
		return false;
	queue->events[written % EVENT_QUEUE_LIMIT] = event;
	atomic_store_explicit(&queue->written, written + 1, memory_order_release);
	return true;
}

bool events_take(struct event_queue *queue, struct event *event)
{
	uint64_t read = events_read(queue);

	if (read == events_written(queue))
		return false;
	*event = queue->events[read % EVENT_QUEUE_LIMIT];
	atomic_store_explicit(&queue->read, read + 1, memory_order_release);
	return true;
}

void events_forget(struct event_queue *queue, const struct class_record *class)
{
	for (uint64_t place = events_read(queue); place != events_written(queue); place++) {
		struct event *event = &queue->events[place % EVENT_QUEUE_LIMIT];

		if (event->class == class)
			event->class = NULL;
	}
}
