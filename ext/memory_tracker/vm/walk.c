#include "vm/walk.h"

#include <ruby.h>

#include "vm/naming.h"

/* Exported by every CRuby, in no public header. It ends a sweep first. */
void rb_objspace_each_objects(int (*callback)(void *start, void *end, size_t stride, void *data), void *data);

static bool is_object(int type)
{
	return type != RUBY_T_NONE && type != RUBY_T_IMEMO && type != RUBY_T_ZOMBIE && type != RUBY_T_MOVED;
}

static int enter_slots(void *start, void *end, size_t stride, void *data)
{
	struct tracker *tracker = data;

	for (char *slot = start; slot < (char *)end; slot += stride) {
		VALUE object = (VALUE)slot;
		int type = RB_BUILTIN_TYPE(object);

		if (is_object(type))
			tracker_enter_existing(tracker, (uintptr_t)object,
			                       naming_class_key(type, RBASIC(object)->klass));
	}
	return 0;
}

void walk_existing(struct tracker *tracker)
{
	rb_objspace_each_objects(enter_slots, tracker);
}
