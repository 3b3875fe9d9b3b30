#include "vm/living.h"

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

struct visiting {
	struct capture *capture;
	void (*visit)(void *context, VALUE klass, const struct class_record *class);
	void *context;
};

static void visit_found(void *context, VALUE klass)
{
	const struct visiting *visiting = context;
	const struct class_record *class = capture_class(visiting->capture, klass);

	if (class)
		visiting->visit(visiting->context, klass, class);
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

static VALUE visit_all(VALUE argument)
{
	struct visiting *visiting = (struct visiting *)argument;
	const struct capture *capture = visiting->capture;

	hooks_check();
	if (NIL_P(capture->stopped_classes) && !capture->light && !missed(capture))
		visit_known(visiting);
	else
		walk_classes(visit_found, visiting);
	return Qnil;
}

static VALUE enable_gc(VALUE was_disabled)
{
	return RTEST(was_disabled) ? Qnil : rb_gc_enable();
}

void living_each_class(struct capture *capture,
                       void (*visit)(void *context, VALUE klass, const struct class_record *class), void *context)
{
	struct visiting visiting = {capture, visit, context};

	rb_ensure(visit_all, (VALUE)&visiting, enable_gc, rb_gc_disable());
}
