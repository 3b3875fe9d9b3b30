#include "vm/tracked.h"

#include <stdlib.h>

#include "model/light_census.h"
#include "vm/capture_state.h"
#include "vm/compat.h"

struct tracked_class *tracked_find(const struct capture *capture, VALUE klass)
{
	for (uint32_t index = 0; index < capture->tracked_count; index++) {
		if (capture->tracked[index].klass == klass)
			return &capture->tracked[index];
	}
	return NULL;
}

static void count_observed(struct capture *capture)
{
	capture->tracker->observed = 0;
	for (uint32_t index = 0; index < capture->tracked_count; index++) {
		struct class_record *record = capture->tracked[index].record;

		capture->tracker->observed += record && record->observed;
	}
}

/* Makes the tracker know what was asked for a class. Once stopped it is asked nothing new. */
static void apply(struct capture *capture, struct tracked_class *tracked)
{
	if (!capture->running)
		return;
	if (capture->light)
		tracked->record = light_class_for(capture->tracker, (uintptr_t)tracked->klass);
	else if (!tracked->record)
		tracked->record = tracker_class_for(capture->tracker, (uintptr_t)tracked->klass);
	if (!tracked->record)
		return;
	tracker_set_depth(capture->tracker, tracked->record, tracked->depth);
	/* The place in the list, so that an event finds its block at once. */
	tracked->record->observed = NIL_P(tracked->block) ? 0 : (uint32_t)(tracked - capture->tracked) + 1;
	count_observed(capture);
}

static struct tracked_class *add(struct capture *capture, VALUE klass)
{
	struct tracked_class *empty = tracked_find(capture, Qfalse);

	if (empty) {
		empty->klass = klass;
		return empty;
	}
	if (capture->tracked_count == capture->tracked_capacity) {
		uint32_t capacity = capture->tracked_capacity ? capture->tracked_capacity * 2 : 8;
		struct tracked_class *grown = realloc(capture->tracked, capacity * sizeof(*grown));

		if (!grown)
			return NULL;
		capture->tracked = grown;
		capture->tracked_capacity = capacity;
	}
	struct tracked_class *tracked = &capture->tracked[capture->tracked_count];
	*tracked = (struct tracked_class){.klass = klass, .block = Qnil, .depth = UINT32_MAX};
	capture->tracked_count++;
	return tracked;
}

/* What is asked for a class. */
struct wish {
	struct capture *capture;
	VALUE klass;
	VALUE block;
	uint32_t depth;
	bool done;
};

static void set(void *data)
{
	struct wish *wish = data;
	struct capture *capture = wish->capture;
	struct tracked_class *tracked = tracked_find(capture, wish->klass);

	if (!NIL_P(wish->block) && !events_prepare(&capture->events))
		return;
	if (!tracked && !(tracked = add(capture, wish->klass)))
		return;
	tracked->block = wish->block;
	tracked->depth = wish->depth;
	if (!capture->light)
		apply(capture, tracked);
	wish->done = true;
}

bool tracked_set(struct capture *capture, VALUE klass, VALUE block, uint32_t depth)
{
	struct wish wish = {.capture = capture, .klass = klass, .block = block, .depth = depth};

	compat_exclusively(set, &wish);
	return wish.done;
}

static void remove_if_unwanted(void *data)
{
	struct wish *wish = data;
	struct tracked_class *tracked = tracked_find(wish->capture, wish->klass);

	/* Another thread may have done the same, or track it again. */
	if (!tracked || !NIL_P(tracked->block) || tracked->depth != UINT32_MAX)
		return;
	/* The class is no more held: its record may be another's when these events would be delivered. */
	if (tracked->record)
		events_forget(&wish->capture->events, tracked->record);
	*tracked = (struct tracked_class){.klass = Qfalse, .block = Qnil, .depth = UINT32_MAX};
}

void tracked_remove(struct capture *capture, VALUE klass)
{
	compat_exclusively(remove_if_unwanted, &(struct wish){.capture = capture, .klass = klass});
}

void tracked_apply(struct capture *capture)
{
	for (uint32_t index = 0; index < capture->tracked_count; index++) {
		if (capture->tracked[index].klass)
			apply(capture, &capture->tracked[index]);
	}
}

void tracked_forget_records(struct capture *capture)
{
	for (uint32_t index = 0; index < capture->tracked_count; index++) {
		capture->tracked[index].record = NULL;
		capture->tracked[index].silent = 0;
	}
}
