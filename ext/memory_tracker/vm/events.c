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
	*queue = (struct event_queue){0};
}

bool events_put(struct event_queue *queue, struct event event)
{
	if (queue->written - queue->read >= EVENT_QUEUE_LIMIT)
		return false;
	queue->events[queue->written++ % EVENT_QUEUE_LIMIT] = event;
	return true;
}

bool events_take(struct event_queue *queue, struct event *event)
{
	if (!events_pending(queue))
		return false;
	*event = queue->events[queue->read++ % EVENT_QUEUE_LIMIT];
	return true;
}

void events_forget(struct event_queue *queue, const struct class_record *class)
{
	for (uint64_t place = queue->read; place != queue->written; place++) {
		struct event *event = &queue->events[place % EVENT_QUEUE_LIMIT];

		if (event->class == class)
			event->class = NULL;
	}
}
