#include "vm/class_walk.h"

#include <stdlib.h>

#include "vm/capture_counts.h"
#include "vm/compat.h"
#include "vm/hooks.h"
#include "vm/naming.h"
#include "vm/gc_pause.h"
#include "vm/walk.h"

/* Classes without a name that are asked for one at a refresh: most will never have any. */
#define CLASSES_AT_ONCE 4096

/* A program that allocates less between two refreshes does nothing worth mentioning. */
#define QUIET_ALLOCATIONS 1000

/* Code is met anew, and finds the paths that it had. Of classes without a name the records stay without one. */
static void handle_missed_events(struct capture *capture)
{
	struct tracker *tracker = capture->tracker;

	capture->missed_events = capture_missed(capture);
	class_table_forget_unnamed(&tracker->classes);
	code_table_forget(&tracker->codes);
	call_tree_forget_addresses(&tracker->tree);
}

static void complete_names(struct capture *capture, bool classes, bool urgent)
{
	struct tracker *tracker = capture->tracker;

	if (capture_missed(capture) == capture->missed_events) {
		naming_complete_code(tracker);
	} else {
		naming_complete_certain_code(tracker);
		/* Not for the sake of code: where allocations are missed often it would be met anew as often. */
		if (classes)
			handle_missed_events(capture);
	}
	/* A sweep may have begun meanwhile. */
	if (classes && !compat_gc_sweeping())
		naming_complete_classes(tracker, urgent ? UINT32_MAX : CLASSES_AT_ONCE);
}

/* Whether there is a name to ask for, or something not to be asked any more. */
static bool names_wait(const struct capture *capture, bool classes)
{
	const struct tracker *tracker = capture->tracker;

	return tracker->codes.unnamed.count ||
	       (classes && (tracker->classes.unnamed.count || capture_missed(capture) != capture->missed_events));
}

/* Of a program that allocates nothing a sweep never ends by itself, and costs it nothing when it is ended. */
static bool is_quiet(struct capture *capture)
{
	uint64_t since = hooks_allocated() - capture->put_off;

	capture->put_off = hooks_allocated();
	return since < QUIET_ALLOCATIONS;
}

void class_walk_complete_names(struct capture *capture, bool classes, bool urgent)
{
	if (!classes && !capture->tracker->codes.unnamed.count)
		return;
	hooks_check();
	if (!names_wait(capture, classes))
		return;
	if (compat_gc_sweeping()) {
		if (!urgent && !is_quiet(capture))
			return;
		naming_end_sweep();
	}
	complete_names(capture, classes, urgent);
}

/* --- classes that are handed out --- */

/* On the stack of class_walk_classes. */
struct collection {
	struct capture *capture; /* borrowed */
	struct collection *next; /* of the same capture */
	void (*use)(void *context, const struct walked_class *classes, size_t count);
	void *context;
	struct walked_class *classes; /* owned */
	size_t count;
	size_t capacity;
	bool out_of_memory;
};

static void add(struct collection *collection, VALUE klass, const struct class_record *class)
{
	if (collection->count == collection->capacity) {
		size_t capacity = collection->capacity ? collection->capacity * 2 : 256;
		struct walked_class *grown = realloc(collection->classes, capacity * sizeof(*grown));

		collection->out_of_memory = collection->out_of_memory || !grown;
		if (!grown)
			return;
		collection->classes = grown;
		collection->capacity = capacity;
	}
	struct counts counts = tracker_class_counts(collection->capture->tracker, class);
	collection->classes[collection->count++] =
	    (struct walked_class){.klass = klass, .id = class->id, .number = class->number, .counts = counts};
}

static void add_found(void *context, VALUE klass)
{
	struct collection *collection = context;
	const struct class_record *class = capture_class(collection->capture, klass);

	if (class)
		add(collection, klass, class);
}

/* Without memory Ruby 3.1 leaves GC disabled when it cannot give a class its id. */
static void add_all_found(void *collection)
{
	walk_classes(add_found, collection);
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

/*
 * Garbage may be among the classes that are known: whole, outside of a sweep, and from now on marked with the capture. No
 * Ruby code runs in here, and nothing is allocated for Ruby.
 */
static void collect(void *data)
{
	struct collection *collection = data;
	const struct capture *capture = collection->capture;

	if (!capture->tracker)
		return;
	naming_end_sweep();
	hooks_check();
	if (NIL_P(capture->stopped_classes) && !capture->light && !capture_missed(capture))
		add_known(collection);
	else
		paused_call(add_all_found, collection);
}

static VALUE collect_and_use(VALUE argument)
{
	struct collection *collection = (struct collection *)argument;

	compat_exclusively(collect, collection);
	if (collection->out_of_memory)
		rb_memerror();
	collection->use(collection->context, collection->classes, collection->count);
	return Qnil;
}

static VALUE end_collection(VALUE argument)
{
	struct collection *collection = (struct collection *)argument;
	struct collection **link = &collection->capture->collections;

	while (*link != collection)
		link = &(*link)->next;
	*link = collection->next;
	free(collection->classes);
	return Qnil;
}

void class_walk_classes(struct capture *capture,
                        void (*use)(void *context, const struct walked_class *classes, size_t count), void *context)
{
	struct collection collection = {
	    .capture = capture,
	    .next = capture->collections,
	    .use = use,
	    .context = context,
	};

	capture->collections = &collection;
	rb_ensure(collect_and_use, (VALUE)&collection, end_collection, (VALUE)&collection);
}

void class_walk_mark(const struct capture *capture)
{
	for (const struct collection *collection = capture->collections; collection; collection = collection->next) {
		for (size_t index = 0; index < collection->count; index++)
			rb_gc_mark(collection->classes[index].klass);
	}
}
