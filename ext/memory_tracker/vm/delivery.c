#include "vm/delivery.h"

#include <ruby/encoding.h>
#include <ruby/thread.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "vm/capture_state.h"
#include "vm/compat.h"
#include "vm/evaluate.h"
#include "vm/hooks.h"
#include "vm/class_walk.h"
#include "vm/service.h"

/* How long a stop, and the end of the program, wait for a block that does not return. */
#define PATIENCE_NS UINT64_C(5000000000)

/* How long a thread that allocates waits for a block to be called: 20 ms, of which it mostly takes one step. */
#define GIVE_WAY_STEPS 200
#define GIVE_WAY_STEP_NS 100000

static struct {
	struct service *service; /* owned; NULL: no thread was wanted yet, or any more */
	struct service_job job;
	_Atomic uint64_t calls; /* of blocks, ever */
	uint64_t gave_way;      /* `calls` when a thread gave way last */
	ID delivering;          /* set in threads that call blocks */
	int nogvl_call;         /* of captures whose blocks are called */
	bool warned_thread;     /* that there can be no thread */
} delivery;

/* --- one event --- */

static VALUE frame_string(const struct code_table *codes, uint32_t number)
{
	const struct frame *frame = frame_at(codes, frame_resolved(codes, number));
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

/* Frames, the outermost one first. */
static VALUE path_strings(const struct capture *capture, uint32_t number)
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
	const char *name = call->event.kind == EVENT_ALLOCATED ? "newobj" : "freeobj";
	VALUE path = path_strings(call->capture, call->event.node);

	return rb_proc_call(call->block, rb_ary_new_from_args(3, call->klass, ID2SYM(rb_intern(name)), path));
}

static VALUE warn_raised(VALUE exception)
{
	VALUE message = rb_funcall(exception, rb_intern("message"), 0);

	rb_warn("memory-tracker: the block of a tracked class raised %" PRIsVALUE ": %" PRIsVALUE
	        " (said once; events go on)",
	        rb_class_path(rb_obj_class(exception)), message);
	return Qnil;
}

/* An exit, or an interrupt: as it would in any other thread, it ends the program. */
static bool for_the_program(VALUE exception)
{
	return RTEST(rb_obj_is_kind_of(exception, rb_eSystemExit)) || RTEST(rb_obj_is_kind_of(exception, rb_eSignal));
}

static VALUE raise_in_main_thread(VALUE exception)
{
	return rb_funcall(rb_thread_main(), rb_intern("raise"), 1, exception);
}

static void protect(VALUE (*function)(VALUE), VALUE argument)
{
	int state = 0;

	rb_protect(function, argument, &state);
	if (state)
		rb_set_errinfo(Qnil);
}

/* The thread that there is, if any, ends as soon as it can. */
static void discard(void)
{
	struct service *service = delivery.service;

	delivery.service = NULL;
	if (service)
		service_stop(service);
}

static void call_one(struct call *call)
{
	int state = 0;

	delivery.calls++;
	rb_protect(call_block, (VALUE)call, &state);
	if (!state)
		return;
	volatile VALUE ended = rb_errinfo();
	/* A kill leaves a number. It ends this thread, and another is made for the events that wait. */
	if (RB_FIXNUM_P(ended)) {
		discard();
		rb_jump_tag(state);
	}
	rb_set_errinfo(Qnil);
	if (!is_exception(ended))
		return;
	if (for_the_program(ended)) {
		protect(raise_in_main_thread, ended);
	} else if (!call->capture->warned_raise) {
		call->capture->warned_raise = true;
		protect(warn_raised, ended);
	}
}

/* --- all events --- */

static VALUE warn_dropped(VALUE unused)
{
	rb_warn("memory-tracker: more than %d events wait for the blocks of tracked classes; further ones are "
	        "dropped (said once; counts are not affected)",
	        EVENT_QUEUE_LIMIT);
	return Qnil;
}

static bool request(void);

static VALUE call_blocks(VALUE data)
{
	struct capture *capture = (struct capture *)data;
	uint64_t end = events_written(&capture->events);
	pid_t pid = getpid();
	struct event event;

	while (events_read(&capture->events) < end && events_take(&capture->events, &event)) {
		if (!event.class || !event.class->observed)
			continue;
		struct tracked_class *tracked = &capture->tracked[event.class->observed - 1];
		struct call call = {capture, event, tracked->klass, tracked->block};

		/* A block before this one may have stopped the capture and dropped the class. */
		if (!NIL_P(call.block))
			call_one(&call);
		/* A block may have forked, and this be the child, which has a thread of its own for the queue. */
		if (pid != getpid())
			break;
	}
	return Qnil;
}

static VALUE end_calls(VALUE data)
{
	struct capture *capture = (struct capture *)data;

	if (capture->deliverer == rb_thread_current())
		capture->deliverer = Qnil;
	if (events_pending(&capture->events))
		request();
	return Qnil;
}

static void complete_names(void *capture)
{
	class_walk_complete_names(capture, false, true);
}

static void deliver(struct capture *capture)
{
	volatile VALUE self = capture->self;

	compat_exclusively(complete_names, capture);
	capture->deliverer = rb_thread_current();
	capture->deliverer_pid = getpid();
	rb_ensure(call_blocks, (VALUE)capture, end_calls, (VALUE)capture);
	if (!capture->warned_dropped && atomic_load(&capture->tracker->events_dropped)) {
		capture->warned_dropped = true;
		protect(warn_dropped, Qnil);
	}
	RB_GC_GUARD(self);
}

/* Whether blocks of it are being called, by a thread that there is. */
static bool delivers(const struct capture *capture)
{
	return !NIL_P(capture->deliverer) && capture->deliverer_pid == getpid();
}

/* A capture with events for blocks that none is being called for, of several each in turn; NULL: there is none. */
static struct capture *next_waiting(void)
{
	int count = hooks_count();

	for (int step = 0; step < count; step++) {
		int index = (delivery.nogvl_call + step) % count;
		struct capture *capture = hooks_capture(index);

		if (!events_pending(&capture->events) || delivers(capture))
			continue;
		delivery.nogvl_call = index + 1;
		return capture;
	}
	return NULL;
}

/* What the thread is asked for. */
static void deliver_all(void *data)
{
	pid_t pid = getpid();
	struct capture *capture;

	(void)data;
	rb_ivar_set(rb_thread_current(), delivery.delivering, Qtrue);
	while (pid == getpid() && (capture = next_waiting()))
		deliver(capture);
}

/* --- the thread --- */

static bool is_delivering(void)
{
	return RTEST(rb_attr_get(rb_thread_current(), delivery.delivering));
}

static VALUE start(VALUE unused)
{
	delivery.job = (struct service_job){.function = deliver_all};
	delivery.service = service_start(Qnil, "memory-tracker blocks");
	return Qnil;
}

static VALUE warn_no_thread(VALUE error)
{
	rb_warn("memory-tracker: there can be no thread for the blocks of tracked classes: %" PRIsVALUE
	        " (said once; counts are not affected)",
	        rb_funcall(error, rb_intern("message"), 0));
	return Qnil;
}

/* Whether Ruby ends the program's threads, once all blocks at exit have run; a new one would keep it from ending. */
static bool ending(void)
{
	return !RTEST(rb_funcall(rb_thread_main(), rb_intern("alive?"), 0));
}

static bool ensure_thread(void)
{
	int state = 0;

	if (delivery.service && service_alive(delivery.service))
		return true;
	discard();
	if (ending())
		return false;
	rb_protect(start, Qnil, &state);
	if (!state)
		return true;
	volatile VALUE error = rb_errinfo();
	rb_set_errinfo(Qnil);
	if (!delivery.warned_thread && is_exception(error)) {
		delivery.warned_thread = true;
		protect(warn_no_thread, error);
	}
	return false;
}

static bool request(void)
{
	if (!ensure_thread())
		return false;
	service_call(delivery.service, &delivery.job);
	return true;
}

/* Without the GVL: until another thread that wanted it has called a block. */
static void *let_call(void *unused)
{
	for (int step = 0; step < GIVE_WAY_STEPS && delivery.calls == delivery.gave_way; step++)
		nanosleep(&(struct timespec){.tv_nsec = GIVE_WAY_STEP_NS}, NULL);
	return NULL;
}

/*
 * A thread that runs on would keep the GVL for a tenth of a second. Not when the last time has led to no call: then a block
 * waits for something else. Interrupts are left for the thread itself to see.
 */
static void give_way(void)
{
	if (delivery.calls == delivery.gave_way || is_delivering())
		return;
	delivery.gave_way = delivery.calls;
	rb_nogvl(let_call, NULL, NULL, NULL, RB_NOGVL_INTR_FAIL);
}

void delivery_request(bool crowded)
{
	if (next_waiting())
		request();
	/* Also to a thread that is calling blocks, and had to leave the GVL to this one. */
	if (crowded)
		give_way();
}

static bool any_observed(void)
{
	for (int index = 0; index < hooks_count(); index++) {
		if (hooks_capture(index)->tracker->observed)
			return true;
	}
	return false;
}

void delivery_review(void)
{
	if (delivery.service && !any_observed())
		discard();
}

/* --- waiting --- */

/* Whether blocks have been called, and have returned, for so many events. */
static bool delivered(const struct capture *capture, uint64_t end)
{
	return events_read(&capture->events) - (delivers(capture) ? 1 : 0) >= end;
}

/* Until `deadline`. Returns whether all has been delivered, or never will be. */
static bool wait_until(struct capture *capture, uint64_t end, uint64_t deadline)
{
	/* What still waits when a block, or another thread, stops the capture is never delivered. */
	while (capture->running && !delivered(capture, end)) {
		if (!delivers(capture) && !request())
			return true;
		if (clock_now() >= deadline)
			return false;
		rb_thread_wait_for((struct timeval){.tv_usec = 1000});
	}
	return true;
}

/* As long as blocks return. */
static void wait_for(struct capture *capture)
{
	volatile VALUE self = capture->self;
	uint64_t end = events_written(&capture->events), calls;

	do
		calls = delivery.calls;
	while (!wait_until(capture, end, clock_now() + PATIENCE_NS) && delivery.calls != calls);
	RB_GC_GUARD(self);
}

void delivery_wait(struct capture *capture)
{
	if (!is_delivering())
		wait_for(capture);
	else if (NIL_P(capture->deliverer))
		deliver(capture);
}

struct ending {
	struct capture *capture;
	uint64_t written;
};

/*
 * After the blocks at exit that the program has set since the extension was loaded. Earlier ones follow, and a test
 * framework may run all of its tests in one: what they allocate is delivered, too. Then Ruby kills the threads.
 */
static void finish(VALUE unused)
{
	uint64_t deadline = clock_now() + PATIENCE_NS;
	struct ending endings[CAPTURES_LIMIT];
	volatile VALUE kept = rb_ary_new();
	int count = is_delivering() ? 0 : hooks_count();

	for (int index = 0; index < count; index++) {
		struct capture *capture = hooks_capture(index);

		endings[index] = (struct ending){capture, events_written(&capture->events)};
		rb_ary_push(kept, capture->self);
	}
	for (int index = 0; index < count; index++)
		wait_until(endings[index].capture, endings[index].written, deadline);
	RB_GC_GUARD(kept);
}

void delivery_init(void)
{
	delivery.delivering = rb_intern("delivering");
	delivery.gave_way = UINT64_MAX;
	/* The first to be registered is the last to run. */
	rb_set_end_proc(finish, Qnil);
}
