#include "vm/kept_tracker.h"

#include <stdlib.h>

#include "vm/naming.h"
#include "vm/vm_symbols.h"

/* What a capture takes beside the tracker's memory. */
#define OTHER_BYTES (sizeof(struct capture) + sizeof(struct kept_tracker) + EVENT_QUEUE_LIMIT * sizeof(struct event))

/* A tracker with its memory. */
struct kept_tracker {
	struct tracker tracker; /* first, so that it tells where all of it is */
	struct memory memory;
	struct kept_tracker *next;
};

static struct kept_tracker *kept(struct tracker *tracker)
{
	return (struct kept_tracker *)tracker;
}

struct tracker *kept_tracker_new(const struct capture *capture)
{
	struct tracker_options options = {
	    .slot_size = vm_slot_size,
	    .depth = capture->depth,
	    .path_interval = capture->path_interval,
	    .light = capture->light,
	    .class_filter = capture->class_filter,
	    .class_filter_count = capture->class_filter_count,
	};
	struct kept_tracker *kept = calloc(1, sizeof(*kept));

	if (!kept)
		return NULL;
	memory_init(&kept->memory);
	kept->memory.limit = capture->memory_limit - OTHER_BYTES;
	if (tracker_init(&kept->tracker, &kept->memory, &naming_source, &options) == STATUS_OK)
		return &kept->tracker;
	free(kept);
	return NULL;
}

/* Unless a reader is inside. */
static bool discard(struct kept_tracker *kept)
{
	if (!tracker_pause_readers(&kept->tracker))
		return false;
	tracker_resume_readers(&kept->tracker);
	tracker_deinit(&kept->tracker);
	free(kept);
	return true;
}

void kept_tracker_discard_retired(struct capture *capture)
{
	struct kept_tracker **link = &capture->retired;

	while (*link) {
		struct kept_tracker *kept = *link, *next = kept->next;

		if (discard(kept))
			*link = next;
		else
			link = &kept->next;
	}
}

void kept_tracker_retire(struct capture *capture, struct tracker *tracker)
{
	if (tracker) {
		kept(tracker)->next = capture->retired;
		capture->retired = kept(tracker);
	}
	kept_tracker_discard_retired(capture);
}

static size_t bytes_of(const struct kept_tracker *kept)
{
	return memory_used(&kept->memory) + sizeof(*kept);
}

size_t kept_tracker_bytes(const struct capture *capture)
{
	size_t bytes = capture->tracker ? bytes_of(kept(capture->tracker)) : 0;

	for (const struct kept_tracker *kept = capture->retired; kept; kept = kept->next)
		bytes += bytes_of(kept);
	return bytes;
}

void kept_tracker_forked(struct capture *capture)
{
	if (capture->tracker)
		tracker_reset_reader_lock(capture->tracker);
	for (struct kept_tracker *kept = capture->retired; kept; kept = kept->next)
		tracker_reset_reader_lock(&kept->tracker);
}
