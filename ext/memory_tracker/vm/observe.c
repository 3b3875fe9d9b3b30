#include "vm/observe.h"

#include <ruby/encoding.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "model/light.h"
#include "model/snapshot.h"
#include "vm/compat.h"
#include "vm/hooks.h"
#include "vm/living.h"
#include "vm/naming.h"
#include "vm/stack_key.h"

/* --- inside events --- */

static void put_event(struct capture *capture, struct class_record *class, uint32_t node, enum event_kind kind)
{
	_Atomic uint64_t *dropped = &capture->tracker->events_dropped;

	if (!events_put(&capture->events, (struct event){class, node, kind}))
		atomic_store_explicit(dropped, atomic_load_explicit(dropped, memory_order_relaxed) + 1,
		                      memory_order_relaxed);
	hooks_request_job();
}

/* Objects that a block makes count on a node of their own, so that their deaths are known for what they are. */
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

/* Every nth birth of a class, beginning with the first. */
static bool path_due(struct class_record *class)
{
	if (class->path_due-- > 0)
		return false;
	class->path_due = class->path_interval - 1;
	return true;
}

#ifdef MEMORY_TRACKER_VERIFY

static void verify(struct capture *capture, struct class_record *class, rb_trace_arg_t *event, uint32_t node)
{
	struct stack *stack = &capture->stack;

	stack->depth = (uint32_t)compat_stack(event, (int)class->depth, capture->frames, capture->lines);
	if (tracker_path_holds(capture->tracker, class, stack, node))
		return;
	fprintf(stderr, "memory-tracker: a known call path is not the one that the VM tells\n");
	abort();
}

#endif

/* By what the VM says of the stack. `key` is 0 in a Ruby in which nothing else can be had. */
static uint32_t ask_for_path(struct capture *capture, struct class_record *class, rb_trace_arg_t *event, uint64_t key)
{
	struct tracker *tracker = capture->tracker;
	struct stack *stack = &capture->stack;

	capture->asked++;
	stack->depth = (uint32_t)compat_stack(event, (int)class->depth, capture->frames, capture->lines);
	if (!key)
		return tracker_path(tracker, class, stack);
	if (!stack_key_watch(tracker, event, class->depth))
		key = 0;
	return tracker_find_path(tracker, class, stack, key);
}

uint32_t observe_path(struct capture *capture, struct class_record *class, rb_trace_arg_t *event)
{
	/* The names that are being made are no doing of the code that happens to run. */
	if (unlikely(naming_under_way))
		return class->root_number;
	if (unlikely(class->path_interval > 1) && !path_due(class))
		return class->root_number;
	struct tracker *tracker = capture->tracker;
	uint64_t key = stack_key(&tracker->tree.by_address, class->number, event, class->depth);
	uint32_t node = key ? tracker_known_path(tracker, key) : 0;
	if (unlikely(!node))
		node = ask_for_path(capture, class, event, key);
#ifdef MEMORY_TRACKER_VERIFY
	verify(capture, class, event, node);
#endif
	if (unlikely(tracker->codes.unnamed))
		hooks_request_names();
	return node;
}

void observe_birth(struct capture *capture, VALUE object, uint32_t *entry, struct class_record *class, uint32_t node)
{
	struct tracker *tracker = capture->tracker;
	bool silent = in_own_block(capture);

	if (silent)
		node = silent_node(capture, class);
	if (tracker_enter(tracker, (uintptr_t)object, entry, node, node_at(&tracker->tree, node)) && !silent)
		put_event(capture, class, node, EVENT_BORN);
}

void observe_death(struct capture *capture, uint32_t number)
{
	struct tracker *tracker = capture->tracker;
	struct class_record *class = class_at(&tracker->classes, node_at(&tracker->tree, number)->class_number);

	if (class->observed && number != capture->tracked[class->observed - 1].silent)
		put_event(capture, class, number, EVENT_DIED);
}

void observe_sample(struct capture *capture, VALUE object, int type, rb_trace_arg_t *event)
{
	struct tracker *tracker = capture->tracker;

	if (type == RUBY_T_IMEMO && naming_may_be_code(object))
		tracker_code_born(tracker, (uintptr_t)object);
	if (light_is_full(tracker->light) || !light_picks(tracker->light) || type == RUBY_T_IMEMO)
		return;
	struct class_record *class = tracker_class(tracker, naming_class_key(type, RBASIC(object)->klass));
	light_sample(tracker, class->depth ? observe_path(capture, class, event) : class->root_number);
	if (light_is_full(tracker->light))
		hooks_request_job();
}

/* --- outside of events --- */

static VALUE frame_string(const struct code_table *codes, uint32_t number)
{
	const struct frame *frame = frame_at(codes, frame_canonical(codes, number));
	const struct string *label = ((struct frame *)frame)->label;
	VALUE string = rb_str_buf_new(frame->path->length + label->length + 24);

	if (frame->path->length) {
		char line[24];

		rb_str_cat(string, frame->path->bytes, frame->path->length);
		snprintf(line, sizeof(line), ":%u:in '", frame->line);
		rb_str_cat_cstr(string, line);
	}
	rb_str_cat(string, label->bytes, label->length);
	if (frame->path->length)
		rb_str_cat_cstr(string, "'");
	rb_enc_associate(string, rb_utf8_encoding());
	return rb_obj_freeze(string);
}

VALUE capture_path(const struct capture *capture, uint32_t number)
{
	const struct tracker *tracker = capture->tracker;
	VALUE path = rb_ary_new();
	uint32_t chain[PATH_DEPTH_LIMIT + 2];
	int length = 0;

	for (; node_at(&tracker->tree, number)->parent; number = node_at(&tracker->tree, number)->parent)
		chain[length++] = node_at(&tracker->tree, number)->frame;
	while (length > 0)
		rb_ary_push(path, frame_string(&tracker->codes, chain[--length]));
	return rb_obj_freeze(path);
}

struct call {
	struct capture *capture;
	struct event event;
	VALUE klass;
	VALUE block;
};

static VALUE call_block(VALUE argument)
{
	struct call *call = (struct call *)argument;
	const char *name = call->event.kind == EVENT_BORN ? "newobj" : "freeobj";
	VALUE path = capture_path(call->capture, call->event.node);

	return rb_proc_call(call->block, rb_ary_new_from_args(3, call->klass, ID2SYM(rb_intern(name)), path));
}

static VALUE warn_raised(VALUE exception)
{
	VALUE message = rb_funcall(exception, rb_intern("message"), 0);

	rb_warn("memory-tracker: the block of a tracked class raised %" PRIsVALUE ": %" PRIsVALUE
	        " (said once; events go on)",
	        rb_obj_class(exception), message);
	return Qnil;
}

/* An exit, or an interrupt that only happened to arrive while the block ran. */
static bool for_the_program(VALUE exception)
{
	return RTEST(rb_obj_is_kind_of(exception, rb_eSystemExit)) || RTEST(rb_obj_is_kind_of(exception, rb_eSignal));
}

/*
 * By a thread of its own: an exception to raise in another, or nil for a kill. Ruby kills no thread twice, so one that
 * a kill has not ended is ended by an exception, quietly.
 */
static VALUE pass_on(VALUE unused, VALUE receiver, int argc, const VALUE *argv, VALUE block)
{
	VALUE thread = rb_ary_entry(receiver, 0), exception = rb_ary_entry(receiver, 1);

	if (NIL_P(exception)) {
		rb_funcall(thread, rb_intern("report_on_exception="), 1, Qfalse);
		exception = rb_exc_new_cstr(rb_eException, "killed while the block of a tracked class ran");
	}
	return rb_funcall(thread, rb_intern("raise"), 1, exception);
}

static VALUE start_passing_on(VALUE receiver)
{
	return rb_block_call(rb_cThread, rb_intern("new"), 0, NULL, pass_on, receiver);
}

/* Blocks run where an exception can go nowhere, so the thread is sent it again, when the blocks are through. */
static void send_again(VALUE thread, VALUE exception)
{
	int state = 0;

	rb_protect(start_passing_on, rb_assoc_new(thread, exception), &state);
	if (state)
		rb_set_errinfo(Qnil);
}

/* What has ended something that ran under rb_protect: an exception, nil for a kill, or Qundef for a jump. */
static VALUE what_ended_it(void)
{
	VALUE ended = rb_errinfo();

	rb_set_errinfo(Qnil);
	/* A kill leaves a number, a throw or a return something internal that must not be asked for its class. */
	if (RB_FIXNUM_P(ended))
		return Qnil;
	if (RB_SPECIAL_CONST_P(ended) || RB_BUILTIN_TYPE(ended) == RUBY_T_IMEMO)
		return Qundef;
	return ended;
}

static void call_one(struct call *call)
{
	int state = 0;

	rb_protect(call_block, (VALUE)call, &state);
	if (!state)
		return;
	volatile VALUE exception = what_ended_it();
	if (exception == Qundef)
		return;
	if (NIL_P(exception)) {
		send_again(rb_thread_current(), Qnil);
		return;
	}
	if (for_the_program(exception)) {
		send_again(rb_thread_main(), exception);
		return;
	}
	if (call->capture->warned_raise)
		return;
	call->capture->warned_raise = true;
	rb_protect(warn_raised, exception, &state);
	rb_set_errinfo(Qnil);
}

static VALUE warn_dropped(VALUE unused)
{
	rb_warn("memory-tracker: more than %d events wait for the blocks of tracked classes; further ones are "
	        "dropped (said once; counts are not affected)",
	        EVENT_QUEUE_LIMIT);
	return Qnil;
}

static VALUE deliver(VALUE unused, VALUE data, int argc, const VALUE *argv, VALUE block)
{
	struct capture *capture = (struct capture *)data;
	struct event event;

	while (events_take(&capture->events, &event)) {
		if (!event.class || !event.class->observed)
			continue;
		struct tracked_class *tracked = &capture->tracked[event.class->observed - 1];
		struct call call = {capture, event, tracked->klass, tracked->block};

		/* A block before this one may have stopped the capture and dropped the class. */
		if (!NIL_P(call.block))
			call_one(&call);
	}
	return Qnil;
}

/*
 * What other threads raise in this one, such as the end of a timeout, is meant for what it was doing: it waits until
 * the blocks are through. A kill does not wait: a block that blocks could never be ended.
 */
static VALUE deliver_undisturbed(VALUE data)
{
	VALUE mask = rb_hash_new();

	rb_hash_aset(mask, rb_eException, ID2SYM(rb_intern("never")));
	return rb_block_call(rb_cThread, rb_intern("handle_interrupt"), 1, &mask, deliver, data);
}

bool capture_delivers(const struct capture *capture)
{
	VALUE thread = capture->deliverer;

	return !NIL_P(thread) && (thread == rb_thread_current() || capture->deliverer_pid == getpid());
}

void capture_deliver(struct capture *capture)
{
	volatile VALUE self = capture->self;
	int state = 0;

	/* A block that stops the capture gets here again; what is left is delivered by the loop it was called from. */
	if (!events_pending(&capture->events) || capture_delivers(capture))
		return;
	living_complete_names(capture, false);
	capture->deliverer = rb_thread_current();
	capture->deliverer_pid = getpid();
	rb_protect(deliver_undisturbed, (VALUE)capture, &state);
	capture->deliverer = Qnil;
	if (state) {
		VALUE exception = what_ended_it();

		if (exception != Qundef)
			send_again(rb_thread_current(), exception);
	}
	if (!capture->warned_dropped && atomic_load(&capture->tracker->events_dropped)) {
		capture->warned_dropped = true;
		rb_protect(warn_dropped, Qnil, &state);
		rb_set_errinfo(Qnil);
	}
	RB_GC_GUARD(self);
}
