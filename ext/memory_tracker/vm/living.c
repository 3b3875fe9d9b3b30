#include "vm/living.h"

#include <stdlib.h>

#include "vm/compat.h"
#include "vm/hooks.h"
#include "vm/naming.h"
#include "vm/walk.h"

static uint64_t missed(const struct capture *capture)
{
	return atomic_load(&((struct capture *)capture)->unseen) + atomic_load(&capture->tracker->lost);
}

/* Code is met anew, and finds the paths that it had. Of classes without a name the records stay without one. */
static void face_doubts(struct capture *capture)
{
	struct tracker *tracker = capture->tracker;

	capture->doubts = missed(capture);
	capture->first_certain = table_end(&tracker->classes.records);
	code_table_forget(&tracker->codes);
	call_tree_forget_addresses(&tracker->tree);
}

static void complete_names(struct capture *capture, bool classes)
{
	struct tracker *tracker = capture->tracker;

	if (missed(capture) == capture->doubts) {
		naming_complete_code(tracker);
	} else {
		naming_complete_certain_code(tracker);
		/* Not for the sake of code: where births are missed all the time it would be met anew all the time. */
		if (classes)
			face_doubts(capture);
	}
	if (classes)
		naming_complete_classes(tracker, capture->first_certain);
}

void living_complete_names(struct capture *capture, bool classes)
{
	if (!classes && !capture->tracker->codes.unnamed)
		return;
	/* This ends a sweep that is under way, and after it nothing dies. */
	bool was_disabled = RTEST(rb_gc_disable());
	hooks_check();
	complete_names(capture, classes);
	if (!was_disabled)
		rb_gc_enable();
}

struct collection {
	struct capture *capture;
	void (*use)(void *context, const struct living_class *classes, size_t count);
	void *context;
	VALUE was_disabled;
	struct living_class *classes; /* owned */
	size_t count;
	size_t capacity;
	bool out_of_memory;
};

static void add(struct collection *collection, VALUE klass, const struct class_record *class)
{
	if (collection->count == collection->capacity) {
		size_t capacity = collection->capacity ? collection->capacity * 2 : 256;
		struct living_class *grown = realloc(collection->classes, capacity * sizeof(*grown));

		collection->out_of_memory = collection->out_of_memory || !grown;
		if (!grown)
			return;
		collection->classes = grown;
		collection->capacity = capacity;
	}
	struct node_counts counts = tracker_class_counts(collection->capture->tracker, class);
	collection->classes[collection->count++] =
	    (struct living_class){.klass = klass, .id = class->id, .number = class->number, .counts = counts};
}

static void add_found(void *context, VALUE klass)
{
	struct collection *collection = context;
	const struct class_record *class = capture_class(collection->capture, klass);

	if (class)
		add(collection, klass, class);
}

static void add_known(struct collection *collection)
{
	const struct class_table *classes = &collection->capture->tracker->classes;
	uint32_t end = table_end(&classes->records);

	for (uint32_t number = 1; number < end; number++) {
		const struct class_record *class = class_published(classes, number);

		if (class && class->address)
			add(collection, (VALUE) class->address, class);
	}
}

/* No Ruby code runs in here. */
static void collect(struct collection *collection)
{
	const struct capture *capture = collection->capture;

	if (!capture->tracker)
		return;
	hooks_check();
	if (NIL_P(capture->stopped_classes) && !capture->light && !missed(capture))
		add_known(collection);
	else
		walk_classes(add_found, collection);
}

static VALUE collect_and_use(VALUE argument)
{
	struct collection *collection = (struct collection *)argument;

	collect(collection);
	if (collection->out_of_memory)
		rb_memerror();
	collection->use(collection->context, collection->classes, collection->count);
	return Qnil;
}

static VALUE end_collection(VALUE argument)
{
	struct collection *collection = (struct collection *)argument;

	free(collection->classes);
	return RTEST(collection->was_disabled) ? Qnil : rb_gc_enable();
}

static void collect_safely(void *data)
{
	struct collection *collection = data;

	/* This ends a sweep that is under way, and after it nothing is freed. */
	collection->was_disabled = rb_gc_disable();
	rb_ensure(collect_and_use, (VALUE)collection, end_collection, (VALUE)collection);
}

void living_classes(struct capture *capture,
                    void (*use)(void *context, const struct living_class *classes, size_t count), void *context)
{
	struct collection collection = {.capture = capture, .use = use, .context = context};

	compat_exclusively(collect_safely, &collection);
}
