/*
 * What a capture does inside VM events. The fast path is inlined into the hook; what is rare, or needs room on the
 * stack, is called.
 */
#ifndef MEMORY_TRACKER_VM_OBSERVE_H
#define MEMORY_TRACKER_VM_OBSERVE_H

#include <ruby.h>
#include <ruby/debug.h>

#include "model/tracker.h"
#include "vm/capture_state.h"
#include "vm/naming.h"

/* The node of the call path of an allocation that is happening. HOOK */
uint32_t observe_path(struct capture *capture, struct class_record *class, rb_trace_arg_t *event);

/* An allocation, and a free, of an object of a class that is tracked with a block. HOOK */
void observe_tracked_newobj(struct capture *capture, VALUE object, struct heap_place place, struct class_record *class,
                            uint32_t node);
void observe_tracked_freeobj(struct capture *capture, uint32_t node);

/* The same for a light capture. HOOK */
void observe_sample(struct capture *capture, VALUE object, int type, rb_trace_arg_t *event);

/* HOOK */
static inline void observe_newobj(struct capture *capture, VALUE object, rb_trace_arg_t *event)
{
	struct tracker *tracker = capture->tracker;
	struct heap_place place = tracker_clear_address(tracker, (uintptr_t)object);
	int type = RB_BUILTIN_TYPE(object);

	if (unlikely(tracker->light)) {
		observe_sample(capture, object, type, event);
		return;
	}
	/* Its class word is no class. */
	if (type == RUBY_T_IMEMO) {
		if (unlikely(tracker->tree.dead_code.count) && naming_may_be_code(object))
			tracker_code_allocated(tracker, (uintptr_t)object);
		return;
	}
	struct class_record *class = tracker_class(tracker, naming_class_key(type, RBASIC(object)->klass));
	uint32_t number = class->root_number;
	struct node *node = class->root;
	if (class->depth) {
		number = observe_path(capture, class, event);
		node = node_at(&tracker->tree, number);
	}
	if (unlikely(class->observed))
		observe_tracked_newobj(capture, object, place, class, number);
	else
		tracker_enter(tracker, (uintptr_t)object, place, number, node);
}

/* The same on the fast path, if the allocation can take it: see tracker_count_allocated. HOOK */
static inline bool observe_newobj_fast(struct tracker *tracker, VALUE object)
{
	int type = RB_BUILTIN_TYPE(object);

	if (type == RUBY_T_IMEMO)
		return !tracker->tree.dead_code.count && tracker_is_clear(tracker, (uintptr_t)object);
	return tracker_count_allocated(tracker, (uintptr_t)object, naming_class_key(type, RBASIC(object)->klass));
}

/* HOOK */
static inline void observe_freeobj(struct capture *capture, VALUE object)
{
	uint32_t number = tracker_freed(capture->tracker, (uintptr_t)object);

	if (unlikely(number && capture->tracker->observed))
		observe_tracked_freeobj(capture, number);
}

#endif
