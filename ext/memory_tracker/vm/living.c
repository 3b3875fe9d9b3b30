#include "vm/living.h"

#include "vm/hooks.h"
#include "vm/naming.h"

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

struct visiting {
	struct capture *capture;
	void (*visit)(void *context, VALUE klass, const struct class_record *class);
	void *context;
};

static VALUE visit_found(VALUE klass, VALUE argument, int argc, const VALUE *argv, VALUE block)
{
	const struct visiting *visiting = (const struct visiting *)argument;
	/* A singleton class has no objects of its own, and needs no id. */
	struct class_record *class = rb_class_real(klass) == klass ? capture_class(visiting->capture, klass) : NULL;

	if (class)
		visiting->visit(visiting->context, klass, class);
	return Qnil;
}

static void visit_known(const struct visiting *visiting)
{
	const struct class_table *classes = &visiting->capture->tracker->classes;
	uint32_t end = table_end(&classes->records);

	for (uint32_t number = 1; number < end; number++) {
		const struct class_record *class = class_published(classes, number);

		if (class && class->address)
			visiting->visit(visiting->context, (VALUE) class->address, class);
	}
}

void living_each_class(struct capture *capture,
                       void (*visit)(void *context, VALUE klass, const struct class_record *class), void *context)
{
	struct visiting visiting = {capture, visit, context};
	bool was_disabled = RTEST(rb_gc_disable());

	hooks_check();
	if (NIL_P(capture->stopped_classes) && !capture->light && !missed(capture))
		visit_known(&visiting);
	else
		rb_block_call(rb_path2class("ObjectSpace"), rb_intern("each_object"), 1, &rb_cClass, visit_found,
		              (VALUE)&visiting);
	if (!was_disabled)
		rb_gc_enable();
}
