#include "vm/observe.h"

#ifdef MEMORY_TRACKER_VERIFY
#include <stdio.h>
#include <stdlib.h>
#endif

#include "model/light.h"
#include "model/snapshot.h"
#include "vm/compat.h"
#include "vm/jobs.h"
#include "vm/naming.h"
#include "vm/stack_key.h"

/* --- inside events --- */

static void put_event(struct capture *capture, struct class_record *class, uint32_t node, enum event_kind kind)
{
	_Atomic uint64_t *dropped = &capture->tracker->events_dropped;

	if (!events_put(&capture->events, (struct event){class, node, kind}))
		atomic_store_explicit(dropped, atomic_load_explicit(dropped, memory_order_relaxed) + 1,
		                      memory_order_relaxed);
	jobs_request();
}

/* Objects that a block makes count on a node of their own, so that their frees are known for what they are. */
static uint32_t silent_node(struct capture *capture, struct class_record *class)
{
	struct tracker *tracker = capture->tracker;
	struct tracked_class *tracked = &capture->tracked[class->observed - 1];

	if (tracked->silent)
		return tracked->silent;
	uint32_t frame = code_table_pseudo_frame(&tracker->codes, "(in a tracking block)", SNAPSHOT_FRAME_ALL);
	if (!frame)
		return class->root_number;
	tracked->silent = call_tree_child(&tracker->tree, class->root_number, frame, tracker_epoch(tracker));
	frame_release_unused(&tracker->codes, frame);
	return tracked->silent ? tracked->silent : class->root_number;
}

static bool in_own_block(const struct capture *capture)
{
	return !NIL_P(capture->deliverer) && capture->deliverer == rb_thread_current();
}

/* Every nth allocation of a class, beginning with the first. */
static bool path_due(struct class_record *class)
{
	if (class->path_due-- > 0)
		return false;
	class->path_due = class->path_interval - 1;
	return true;
}

/* What the VM says of the stack, at most `limit` frames of it. */
static const struct stack *take_stack(struct capture *capture, rb_trace_arg_t *event, int limit)
{
	struct stack *stack = &capture->stack;

	stack->depth = (uint32_t)compat_stack(event, limit, capture->frames, capture->lines);
	/* What comes after the most that is asked for is left out of paths. */
	stack->cut = stack->depth == (uint32_t)limit && limit < STACK_LIMIT;
	return stack;
}

/* Enough for most paths of a depth; more are asked for where they are wanted. */
static int first_limit(uint32_t depth)
{
	return 2 * (int)depth + 2;
}

static int next_limit(int limit)
{
	return limit < STACK_LIMIT / 2 ? limit * 2 : STACK_LIMIT;
}

#ifdef MEMORY_TRACKER_VERIFY

/* A caller of each on the line below it. */
static void print_path(const struct tracker *tracker, uint32_t number)
{
	const struct node *node = node_at(&tracker->tree, number);

	if (!node->parent)
		return;
	print_path(tracker, node->parent);
	const struct frame *frame = frame_at(&tracker->codes, frame_resolved(&tracker->codes, node->frame));
	fprintf(stderr, "  %s:%u %s\n", frame->path->bytes, frame->line, frame->label->bytes);
}

static void verify(struct capture *capture, struct class_record *class, rb_trace_arg_t *event, uint32_t node)
{
	const struct stack *stack = take_stack(capture, event, STACK_LIMIT);

	if (tracker_path_holds(capture->tracker, class, stack, node))
		return;
	fprintf(stderr, "memory-tracker: a known call path is not the one that the VM tells\nknown (%s):\n",
	        class->name ? class->name->bytes : "a class without a name");
	print_path(capture->tracker, node);
	fprintf(stderr, "the VM's:\n");
	for (uint32_t index = 0; index < stack->depth; index++) {
		const struct code *code = code_table_find(&capture->tracker->codes, stack->addresses[index]);

		fprintf(stderr, "  %s:%d %s (kind %d)\n", code ? code->path->bytes : "?", stack->lines[index],
		        code ? code->label->bytes : "?", code ? code->kind : -1);
	}
	abort();
}

#endif

/* By what the VM says of the stack; `known` when it can be told from others without that. */
__attribute__((noinline)) static uint32_t ask_for_path(struct capture *capture, struct class_record *class,
                                                       rb_trace_arg_t *event, bool known)
{
	struct tracker *tracker = capture->tracker;
	uint32_t node = 0;

	capture->asked++;
	for (int limit = first_limit(class->depth); !node; limit = next_limit(limit)) {
		const struct stack *stack = take_stack(capture, event, limit);

		node = known ? tracker_find_path(tracker, class, stack) : tracker_path(tracker, class, stack);
	}
	if (known && stack_key_watch(tracker, event, class->depth))
		tracker_remember_path(tracker, class, stack_key(tracker, class, event), node);
	return node;
}

uint32_t observe_path(struct capture *capture, struct class_record *class, rb_trace_arg_t *event)
{
	/* The names that are being made are no doing of the code that happens to run. */
	if (unlikely(naming_under_way))
		return class->root_number;
	if (unlikely(class->path_interval > 1) && !path_due(class))
		return class->root_number;
	struct tracker *tracker = capture->tracker;
	uint64_t key = stack_key(tracker, class, event);
	uint32_t node = key ? tracker_known_path(tracker, key) : 0;
	if (unlikely(!node))
		node = ask_for_path(capture, class, event, key);
#ifdef MEMORY_TRACKER_VERIFY
	verify(capture, class, event, node);
#endif
	if (unlikely(tracker->codes.unnamed.count))
		jobs_request_names(event);
	return node;
}

void observe_tracked_newobj(struct capture *capture, VALUE object, struct heap_place place, struct class_record *class,
                            uint32_t node)
{
	struct tracker *tracker = capture->tracker;
	bool silent = in_own_block(capture);

	if (silent)
		node = silent_node(capture, class);
	if (tracker_enter(tracker, (uintptr_t)object, place, node, node_at(&tracker->tree, node)) && !silent)
		put_event(capture, class, node, EVENT_ALLOCATED);
}

void observe_tracked_freeobj(struct capture *capture, uint32_t number)
{
	struct tracker *tracker = capture->tracker;
	struct class_record *class = class_at(&tracker->classes, node_at(&tracker->tree, number)->class_number);

	if (class->observed && number != capture->tracked[class->observed - 1].silent)
		put_event(capture, class, number, EVENT_FREED);
}

void observe_sample(struct capture *capture, VALUE object, int type, rb_trace_arg_t *event)
{
	struct tracker *tracker = capture->tracker;

	if (type == RUBY_T_IMEMO && naming_may_be_code(object))
		tracker_code_allocated(tracker, (uintptr_t)object);
	if (light_is_full(tracker->light) || !light_picks(tracker->light) || type == RUBY_T_IMEMO)
		return;
	struct class_record *class = tracker_class(tracker, naming_class_key(type, RBASIC(object)->klass));
	uint32_t number = class->depth ? observe_path(capture, class, event) : class->root_number;
	light_sample(tracker->light, node_handle(&tracker->tree, number));
	if (light_is_full(tracker->light))
		jobs_request();
}
