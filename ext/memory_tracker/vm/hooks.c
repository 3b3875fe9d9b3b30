#include "vm/hooks.h"

#include <pthread.h>
#include <ruby/debug.h>
#include <stdatomic.h>

#include "base/condition.h"
#include "model/light.h"
#include "model/relocation.h"
#include "vm/capture.h"
#include "vm/compat.h"
#include "vm/delivery.h"
#include "vm/heap_figures.h"
#include "vm/living.h"
#include "vm/memory_map.h"
#include "vm/observe.h"
#include "vm/survey.h"
#include "vm/vm_layout.h"

static struct {
	struct capture *captures[CAPTURES_LIMIT];
	int count;
	struct capture *resting[CAPTURES_LIMIT]; /* light ones between two windows */
	int resting_count;
	VALUE holder; /* marks running captures, and hears of compaction */

	/* Of the one capture there is, or NULL with more of them: */
	struct tracker *only;
	struct tracker *counting; /* the same, when it takes no call paths */

	uint64_t born;     /* births seen since the process loaded us */
	uint64_t expected; /* what the VM had counted when `born` was `checked` */
	uint64_t checked;
	uint64_t missed; /* births that a comparison has found, and no capture was told of yet */
	bool gc_started; /* a GC's start was seen, and the comparison made at it */
	bool installed;
	bool outdated; /* they have missed something, and are to be set anew */
	bool job_requested;
	VALUE job_thread;               /* where; only compared */
	int turn;                       /* of captures whose blocks are called */
	bool names_wait;                /* for the end of a GC, which requests the job for them */
	_Atomic bool refresh_requested; /* by any thread; the next birth sees to it */
	bool refresh_due;

	uint64_t born_by_major; /* as the VM counts */
	bool marking;           /* a major GC's start was seen, its mark has not ended */
	uint64_t mark_started;  /* `born` at that moment */

	VALUE total_allocated_objects;
} registry;

/* --- integrity --- */

/* What comes next is compared with this moment. */
static void set_baseline(void)
{
	registry.expected = rb_gc_stat(registry.total_allocated_objects);
	registry.checked = registry.born;
}

/* HOOK */
static void compare(void)
{
	uint64_t counted = rb_gc_stat(registry.total_allocated_objects) - registry.expected;
	uint64_t seen = registry.born - registry.checked;

	if (likely(counted == seen))
		return;
	registry.missed += counted > seen ? counted - seen : 1;
	set_baseline();
}

/* --- events --- */

static void mark_ended(void)
{
	for (int index = 0; index < registry.count; index++) {
		struct capture *capture = registry.captures[index];
		if (capture->tracker->light)
			continue;
		uint64_t since = capture->born_before;

		/* What was born between start and end of the mark may have been left standing without being reached. */
		if (registry.marking && registry.mark_started > since)
			since = registry.mark_started;
		tracker_mark_ended(capture->tracker, registry.born - since);
	}
	registry.marking = false;
}

/* Not inlined, like the others: an event would save and restore the registers that only some other one needs. */
__attribute__((noinline)) static void on_gc(rb_event_flag_t flag)
{
	bool major = compat_gc_is_major();

	if (flag == RUBY_INTERNAL_EVENT_GC_START) {
		compare();
		registry.gc_started = true;
		registry.marking = major;
		registry.mark_started = registry.born;
	} else if (flag == RUBY_INTERNAL_EVENT_GC_END_MARK) {
		if (major)
			mark_ended();
	} else {
		uint64_t now = condition_now();

		registry.gc_started = false;
		registry.names_wait = false;
		for (int index = 0; index < registry.count; index++) {
			if (!registry.captures[index]->tracker->light)
				tracker_sweep_ended(registry.captures[index]->tracker, major, now);
			if (registry.captures[index]->tracker->codes.unnamed.count)
				hooks_request_job();
		}
		heap_figures_update();
	}
}

/* One hook for all: the VM walks its list of hooks at each event, and every entry of it takes time. */
static void uninstall(void);

/* What happens while the hooks are off is not known, from now on and for all captures. */
static void fall_silent(void)
{
	uninstall();
	for (int index = 0; index < registry.count; index++)
		atomic_fetch_add(&registry.captures[index]->unseen, 1);
}

static inline bool refresh_is_requested(void)
{
	return atomic_load_explicit(&registry.refresh_requested, memory_order_relaxed);
}

static void take_refresh_request(void)
{
	atomic_store_explicit(&registry.refresh_requested, false, memory_order_relaxed);
	registry.refresh_due = true;
	hooks_request_job();
}

__attribute__((noinline)) static void on_birth(rb_trace_arg_t *event, VALUE object)
{
	registry.born++;
	for (int index = 0; index < registry.count; index++)
		capture_born(registry.captures[index], object, event);
	if (unlikely(compat_forbids_hooks(object)))
		fall_silent();
	if (unlikely(refresh_is_requested()))
		take_refresh_request();
}

__attribute__((noinline)) static void on_death(VALUE object)
{
	for (int index = 0; index < registry.count; index++)
		capture_died(registry.captures[index], object);
}

/* The usual birth, or else any. */
static inline void born(rb_trace_arg_t *event, VALUE object)
{
	if (registry.counting && likely(!refresh_is_requested() && !compat_may_forbid_hooks(object)) &&
	    likely(capture_counts_birth(registry.counting, object)))
		registry.born++;
	else
		on_birth(event, object);
}

static inline void died(VALUE object)
{
	if (unlikely(!registry.only || !tracker_count_death(registry.only, (uintptr_t)object)))
		on_death(object);
}

static void on_event(VALUE data, rb_trace_arg_t *event)
{
	rb_event_flag_t flag = rb_tracearg_event_flag(event);

	if (flag == RUBY_INTERNAL_EVENT_NEWOBJ)
		born(event, rb_tracearg_object(event));
	else if (flag == RUBY_INTERNAL_EVENT_FREEOBJ)
		died(rb_tracearg_object(event));
	else
		on_gc(flag);
}

/* The same where it can be had without asking. */
static void on_known_event(VALUE data, rb_trace_arg_t *event)
{
	const struct vm_event *inside = (const struct vm_event *)event;

	if (inside->flag == RUBY_INTERNAL_EVENT_NEWOBJ)
		born(event, inside->object);
	else if (inside->flag == RUBY_INTERNAL_EVENT_FREEOBJ)
		died(inside->object);
	else
		on_gc(inside->flag);
}

#define EVENTS                                                                                                         \
	(RUBY_INTERNAL_EVENT_NEWOBJ | RUBY_INTERNAL_EVENT_FREEOBJ | RUBY_INTERNAL_EVENT_GC_START |                     \
	 RUBY_INTERNAL_EVENT_GC_END_MARK | RUBY_INTERNAL_EVENT_GC_END_SWEEP)

/* The type is the one of hooks that are not raw; raw ones are called as on_event is declared. */
static rb_event_hook_func_t hook(void)
{
	return (rb_event_hook_func_t)(void (*)(void))(vm_layout_known ? on_known_event : on_event);
}

/* Without allocation in between, so that both counts start at the same object. */
static void install(bool allowed)
{
	registry.installed = allowed;
	if (allowed)
		rb_add_event_hook2(hook(), EVENTS, registry.holder,
		                   RUBY_EVENT_HOOK_FLAG_SAFE | RUBY_EVENT_HOOK_FLAG_RAW_ARG);
	set_baseline();
}

static void uninstall(void)
{
	rb_remove_event_hook_with_data(hook(), registry.holder);
	registry.marking = false;
	registry.gc_started = false;
	registry.names_wait = false;
	registry.installed = false;
	registry.outdated = false;
}

/* --- the registry --- */

bool hooks_full(void)
{
	return registry.count + registry.resting_count == CAPTURES_LIMIT;
}

/* Whenever the captures that hear of events have become others. */
static void choose_ways(void)
{
	struct tracker *only = registry.count == 1 ? registry.captures[0]->tracker : NULL;

	registry.only = only;
	registry.counting = only && !only->light && !only->options.depth ? only : NULL;
}

void hooks_add(struct capture *capture, bool allowed)
{
	capture->born_before = registry.born;
	registry.captures[registry.count++] = capture;
	choose_ways();
	if (!registry.installed)
		install(allowed);
	heap_figures_update();
}

static bool take_out(struct capture **captures, int *count, const struct capture *capture)
{
	for (int index = 0; index < *count; index++) {
		if (captures[index] != capture)
			continue;
		captures[index] = captures[--*count];
		return true;
	}
	return false;
}

void hooks_remove(struct capture *capture)
{
	take_out(registry.resting, &registry.resting_count, capture);
	if (!take_out(registry.captures, &registry.count, capture))
		return;
	choose_ways();
	if (registry.count == 0)
		uninstall();
}

struct capture *hooks_capture(int index)
{
	return index < registry.count ? registry.captures[index] : NULL;
}

struct capture *hooks_waiting(void)
{
	for (int step = 0; step < registry.count; step++) {
		int index = (registry.turn + step) % registry.count;
		struct capture *capture = registry.captures[index];

		if (!events_pending(&capture->events) || capture_delivers(capture))
			continue;
		registry.turn = index + 1;
		return capture;
	}
	return NULL;
}

bool hooks_observing(void)
{
	for (int index = 0; index < registry.count; index++) {
		if (registry.captures[index]->tracker->observed)
			return true;
	}
	return false;
}

void hooks_rest(struct capture *capture)
{
	hooks_remove(capture);
	registry.resting[registry.resting_count++] = capture;
}

void hooks_hear(struct capture *capture)
{
	take_out(registry.resting, &registry.resting_count, capture);
	hooks_add(capture, true);
}

uint64_t hooks_born_by_major(void)
{
	return registry.born_by_major;
}

uint64_t hooks_born(void)
{
	return registry.born;
}

void hooks_check(void)
{
	if (registry.count == 0)
		return;
	compare();
	if (registry.outdated)
		hooks_request_job();
	if (!registry.missed)
		return;
	for (int index = 0; index < registry.count; index++)
		atomic_fetch_add(&registry.captures[index]->unseen, registry.missed);
	registry.missed = 0;
	registry.outdated = true;
	hooks_request_job();
}

/*
 * Asking runs Ruby code, in which another thread may stop captures, and what interrupts this thread would be raised; in a
 * job that is lost. So it waits for a job that nothing interrupts: hooks_check asks for another.
 */
static void renew(void)
{
	if (rb_thread_interrupted(rb_thread_current()))
		return;
	bool allowed = compat_hooks_allowed();

	if (COMPAT_HOOKS_GLOBAL && !compat_alone())
		return;
	if (!registry.outdated || registry.count == 0)
		return;
	uninstall();
	install(allowed);
}

/* --- jobs --- */

/* Backwards, because what is closed leaves the list. */
static void close_full_windows(void)
{
	for (int index = registry.count; index-- > 0;) {
		struct capture *capture = registry.captures[index];

		if (capture->tracker->light && light_is_full(capture->tracker->light))
			survey_close_window(capture);
	}
}

/* Whether so many events wait that the frees of one sweep may soon find no room. */
static bool crowded(void)
{
	for (int index = 0; index < registry.count; index++) {
		const struct event_queue *queue = &registry.captures[index]->events;

		if (queue->written - queue->read > EVENT_QUEUE_LIMIT / 16)
			return true;
	}
	return false;
}

/* Runs in any thread of the program, and so no Ruby code but renew's. */
static void run_job(void *data)
{
	(void)data;
	registry.job_requested = false;
	/* Since 4.0 also in another Ractor, which does not hold the main one's lock. A later event asks for it again. */
	if (!compat_main_ractor())
		return;
	if (registry.outdated)
		renew();
	close_full_windows();
	if (registry.refresh_due) {
		hooks_check();
		heap_figures_update();
	}
	/* Naming ends a sweep that is under way. Nobody waits for the names, so that is not done for their sake. */
	registry.names_wait = !compat_gc_idle();
	for (int index = 0; !registry.names_wait && index < registry.count; index++)
		living_complete_names(registry.captures[index], registry.refresh_due, false);
	registry.refresh_due = false;
	delivery_request(crowded());
}

void hooks_request_refresh(void)
{
	atomic_store_explicit(&registry.refresh_requested, true, memory_order_relaxed);
}

void hooks_request_names(void)
{
	if (!registry.names_wait)
		hooks_request_job();
}

void hooks_request_job(void)
{
	VALUE thread = rb_thread_current();

	/* It runs at this thread's next safe point, and never if the thread has none any more: then another asks again. */
	if (registry.job_requested && registry.job_thread == thread)
		return;
	registry.job_requested = true;
	registry.job_thread = thread;
	compat_job_trigger();
}

/* --- compaction --- */

static uintptr_t locate(uintptr_t address)
{
	return (uintptr_t)rb_gc_location((VALUE)address);
}

static void holder_compact(void *data)
{
	(void)data;
	/* Dead hooks did not hear of this GC's start, and so nothing was compared at it. */
	bool uncertain = registry.missed || !registry.gc_started;
	for (int index = 0; index < registry.count; index++) {
		struct capture *capture = registry.captures[index];
		/* With frees missed, an entry may point to memory that is gone. */
		bool doubtful = uncertain || atomic_load(&capture->unseen) || atomic_load(&capture->tracker->lost);
		struct relocation relocation = {doubtful ? memory_map_readable : NULL, locate};

		relocation_follow(capture->tracker, &relocation);
	}
	/* Some Rubies count a moved object as allocated once more. Up to this GC's start the counts were compared. */
	if (registry.gc_started)
		set_baseline();
}

static void holder_mark(void *data)
{
	(void)data;
	for (int index = 0; index < registry.count; index++)
		rb_gc_mark(registry.captures[index]->self);
	for (int index = 0; index < registry.resting_count; index++)
		rb_gc_mark(registry.resting[index]->self);
	if (compat_gc_is_major())
		registry.born_by_major = rb_gc_stat(registry.total_allocated_objects);
}

static const rb_data_type_t holder_type = {
    .wrap_struct_name = "memory-tracker hooks",
    .function = {.dmark = holder_mark, .dcompact = holder_compact},
};

/* --- forks --- */

/*
 * In the child only the thread that forked is left, so nobody holds our locks. Nothing else is done here: a child
 * that is about to exec gets here too.
 */
static void after_fork_in_child(void)
{
	heap_figures_forked();
	for (int index = 0; index < registry.count; index++)
		capture_forked(registry.captures[index]);
	for (int index = 0; index < registry.resting_count; index++)
		capture_forked(registry.resting[index]);
}

void hooks_init(void)
{
	heap_figures_init();
	registry.total_allocated_objects = ID2SYM(rb_intern("total_allocated_objects"));
	/* The data pointer only has to be there: without one the VM does not tell of compaction. */
	registry.holder = TypedData_Wrap_Struct(rb_cObject, &holder_type, &registry);
	rb_gc_register_mark_object(registry.holder);
	compat_job_init(run_job);
	pthread_atfork(NULL, NULL, after_fork_in_child);
	delivery_init();
}
