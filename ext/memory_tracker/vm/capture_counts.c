#include "vm/capture_counts.h"

#include "model/light_census.h"
#include "vm/compat.h"

VALUE capture_stopped_number(const struct capture *capture, VALUE klass)
{
	return rb_hash_lookup(capture->stopped_classes, rb_obj_id(klass));
}

struct class_record *capture_class(const struct capture *capture, VALUE klass)
{
	if (!capture->tracker)
		return NULL;
	if (capture->light)
		return rb_class_real(klass) == klass ? light_class(capture->tracker, (uintptr_t)klass) : NULL;
	if (!NIL_P(capture->stopped_classes)) {
		VALUE number = capture_stopped_number(capture, klass);

		return NIL_P(number) ? NULL : class_at(&capture->tracker->classes, NUM2UINT(number));
	}
	struct class_record *record = class_table_find(&capture->tracker->classes, (uintptr_t)klass);
	/* A singleton class leads to the class that it is of, but has no objects itself. */
	return record && record->address == (uintptr_t)klass ? record : NULL;
}

struct reading {
	struct capture *capture;
	VALUE klass;
	struct capture_class class;
	struct counts counts;
};

static void read_class(void *data)
{
	struct reading *reading = data;
	const struct class_record *class = capture_class(reading->capture, reading->klass);

	if (class)
		reading->class =
		    (struct capture_class){true, class->id, tracker_class_counts(reading->capture->tracker, class)};
}

struct capture_class capture_read_class(struct capture *capture, VALUE klass)
{
	struct reading reading = {.capture = capture, .klass = klass};

	compat_exclusively(read_class, &reading);
	return reading.class;
}

static void read_all(void *data)
{
	struct reading *reading = data;

	reading->counts = tracker_counts(reading->capture->tracker);
}

struct counts capture_counts(struct capture *capture)
{
	struct reading reading = {.capture = capture};

	if (capture->tracker)
		compat_exclusively(read_all, &reading);
	return reading.counts;
}

bool capture_classes_incomplete(const struct capture *capture)
{
	return capture->tracker && atomic_load(&capture->tracker->classes_dropped) > 0;
}
