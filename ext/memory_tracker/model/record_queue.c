#include "model/record_queue.h"

static struct record_links *links_of(const struct record_queue *queue, uint32_t number)
{
	return (struct record_links *)((char *)table_at(queue->table, number) + queue->offset);
}

void record_queue_init(struct record_queue *queue, const struct table *table, size_t offset)
{
	*queue = (struct record_queue){.table = table, .offset = offset};
}

void record_queue_add(struct record_queue *queue, uint32_t number)
{
	*links_of(queue, number) = (struct record_links){.previous = queue->last};
	if (queue->last)
		links_of(queue, queue->last)->next = number;
	else
		queue->first = number;
	queue->last = number;
	queue->count++;
}

void record_queue_remove(struct record_queue *queue, uint32_t number)
{
	struct record_links *links = links_of(queue, number);

	if (links->previous)
		links_of(queue, links->previous)->next = links->next;
	else
		queue->first = links->next;
	if (links->next)
		links_of(queue, links->next)->previous = links->previous;
	else
		queue->last = links->previous;
	*links = (struct record_links){0};
	queue->count--;
}
