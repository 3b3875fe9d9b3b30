#include "vm/living.h"

#include <stdlib.h>

#include "vm/compat.h"
#include "vm/hooks.h"
#include "vm/naming.h"
#include "vm/paused.h"
#include "vm/walk.h"

/* Code is met anew, and finds the paths that it had. Of classes without a name the records stay without one. */
static void face_doubts(struct capture *capture)
{
	struct tracker *tracker = capture->tracker;

	capture->doubts = capture_missed(capture);
	capture->first_certain = table_end(&tracker->classes.records);
	code_table_forget(&tracker->codes);
	call_tree_forget_addresses(&tracker->tree);
}

struct completion {
	struct capture *capture;
	bool classes;
};

static void complete_names(void *data)
{
	const struct completion *completion = data;
	struct capture *capture = completion->capture;
	struct tracker *tracker = capture->tracker;

	hooks_check();
	if (capture_missed(capture) == capture->doubts) {
		naming_complete_code(tracker);
	} else {
		naming_complete_certain_code(tracker);
		/* Not for the sake of code: where births are missed all the time it would be met anew all the time. */
		if (completion->classes)
			face_doubts(capture);
	}
	if (completion->classes)
		naming_complete_classes(tracker, capture->first_certain);
}

void living_complete_names(struct capture *capture, bool classes)
{
	struct completion completion = {capture, classes};

	if (!classes && !capture->tracker->codes.unnamed)
		return;
	paused_call(complete_names, &completion);
}

struct collection {
	struct capture *capture;
	VALUE held;                   /* an Array for the classes */
	struct living_class *classes; /* owned: what is known of each */
	size_t count;
	size_t capacity;
	bool out_of_memory;
	void (*use)(void *context, const struct living_classes *classes);
	void *context;
};

static bool reserve(struct collection *collection)
{
	if (collection->count < collection->capacity)
		return true;
	size_t capacity = collection->capacity ? collection->capacity * 2 : 256;
	struct living_class *grown = realloc(collection->classes, capacity * sizeof(*grown));
	if (!grown)
		return false;
	collection->classes = grown;
	collection->capacity = capacity;
	return true;
}

static void add(struct collection *collection, VALUE klass, const struct class_record *class)
{
	collection->out_of_memory = collection->out_of_memory || !reserve(collection);
	if (collection->out_of_memory)
		return;
	struct node_counts counts = tracker_class_counts(collection->capture->tracker, class);
	rb_ary_push(collection->held, klass);
	collection->classes[collection->count++] =
	    (struct living_class){.id = class->id, .number = class->number, .counts = counts};
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
static void collect(void *data)
{
	struct collection *collection = data;
	const struct capture *capture = collection->capture;

	if (!capture->tracker)
		return;
	hooks_check();
	if (NIL_P(capture->stopped_classes) && !capture->light && !capture_missed(capture))
		add_known(collection);
	else
		walk_classes(add_found, collection);
}

static void collect_paused(void *collection)
{
	paused_call(collect, collection);
}

static VALUE collect_and_use(VALUE argument)
{
	struct collection *collection = (struct collection *)argument;

	compat_exclusively(collect_paused, collection);
	if (collection->out_of_memory)
		rb_memerror();
	struct living_classes classes = {collection->held, collection->classes, collection->count};
	collection->use(collection->context, &classes);
	return Qnil;
}

static VALUE end_collection(VALUE argument)
{
	free(((struct collection *)argument)->classes);
	return Qnil;
}

void living_classes(struct capture *capture, VALUE held,
                    void (*use)(void *context, const struct living_classes *classes), void *context)
{
	struct collection collection = {.capture = capture, .held = held, .use = use, .context = context};

	rb_ensure(collect_and_use, (VALUE)&collection, end_collection, (VALUE)&collection);
	RB_GC_GUARD(held);
}
