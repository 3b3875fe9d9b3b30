#include "vm/walk.h"

#include "vm/naming.h"
#include "vm/vm_symbols.h"

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
	vm_each_slots(enter_slots, tracker);
}

struct visiting {
	void (*visit)(void *context, VALUE klass);
	void *context;
};

static int visit_slots(void *start, void *end, size_t stride, void *data)
{
	const struct visiting *visiting = data;

	for (char *slot = start; slot < (char *)end; slot += stride) {
		VALUE object = (VALUE)slot;

		if (RB_BUILTIN_TYPE(object) == RUBY_T_CLASS && RBASIC(object)->klass && rb_class_real(object) == object)
			visiting->visit(visiting->context, object);
	}
	return 0;
}

void walk_classes(void (*visit)(void *context, VALUE klass), void *context)
{
	struct visiting visiting = {visit, context};

	vm_each_slots(visit_slots, &visiting);
}

struct counting {
	struct light *light; /* borrowed */
	bool all_classes;
};

static void count_object(const struct counting *counting, VALUE object, int type)
{
	struct light *light = counting->light;

	light_count(light, naming_key_now(object, type), 1);
	if (type == RUBY_T_CLASS && (counting->all_classes || light_knows(light, (uintptr_t)object)))
		light_count(light, (uintptr_t)object, 0);
}

static int count_slots(void *start, void *end, size_t stride, void *data)
{
	const struct counting *counting = data;

	for (char *slot = start; slot < (char *)end; slot += stride) {
		VALUE object = (VALUE)slot;
		int type = RB_BUILTIN_TYPE(object);

		if (is_object(type))
			count_object(counting, object, type);
		else if (type == RUBY_T_IMEMO)
			counting->light->internals++;
	}
	return 0;
}

void walk_counting(struct light *light, bool all_classes)
{
	struct counting counting = {light, all_classes};

	vm_each_slots(count_slots, &counting);
}
