#include "vm/depths.h"

#include <string.h>

static bool is_called(struct class_record *record, const char *name)
{
	const struct string *own = atomic_load_explicit(&record->name, memory_order_relaxed);

	return own && own->length == strlen(name) && memcmp(own->bytes, name, own->length) == 0;
}

/* Whether it stands for a class that is still there. Between its windows a light capture has no addresses. */
static bool is_there(const struct capture *capture, const struct class_record *record)
{
	return capture->light ? record->identity >= CLASS_KEY_PSEUDO_LIMIT : record->address;
}

static void set_all(struct capture *capture, uint32_t depth)
{
	struct tracker *tracker = capture->tracker;
	uint32_t end = tracker ? table_end(&tracker->classes.records) : 0;

	capture->depth = depth;
	if (tracker)
		tracker->options.depth = depth;
	for (uint32_t number = 1; number < end; number++) {
		struct class_record *record = class_published(&tracker->classes, number);

		if (record && is_there(capture, record) && !record->chosen_depth)
			record->depth = depth;
	}
}

bool depths_set(struct capture *capture, const char *name, uint32_t depth)
{
	struct tracker *tracker = capture->tracker;
	uint32_t end = tracker ? table_end(&tracker->classes.records) : 0;
	bool found = false;

	if (!name[0]) {
		if (depth != UINT32_MAX)
			set_all(capture, depth);
		return depth != UINT32_MAX;
	}
	for (uint32_t number = 1; number < end; number++) {
		struct class_record *record = class_published(&tracker->classes, number);

		if (record && is_there(capture, record) && is_called(record, name)) {
			tracker_set_depth(tracker, record, depth);
			found = true;
		}
	}
	return found;
}
