#include "vm/hooks.h"

#include <ruby/debug.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "model/light.h"
#include "model/relocation.h"
#include "vm/capture_state.h"
#include "vm/compat.h"
#include "vm/frees.h"
#include "vm/gc_stats.h"
#include "vm/jobs.h"
#include "vm/observe.h"
#include "vm/visibility.h"
#include "vm/vm_layout.h"
#include "vm/vm_symbols.h"

static struct {
	struct capture *captures[CAPTURES_LIMIT];
	int count;
	struct capture *paused[CAPTURES_LIMIT]; /* light ones between two windows */
	int paused_count;
	VALUE holder; /* marks running captures, and follows compaction */

	/* Of the one capture there is, or NULL with more of them: */
	struct tracker *only;
	struct tracker *counting; /* the same, when it takes no call paths */

	uint64_t allocated; /* allocations seen since the process loaded us */
	uint64_t expected;  /* what the VM had counted when `allocated` was `checked` */
	uint64_t checked;
	uint64_t missed; /* allocations that a comparison has found, and no capture was told of yet */
	bool gc_started; /* a GC's start was seen, and the comparison made at it */
	bool installed;
	bool outdated; /* they have missed something, and are to be set anew */

	/* Where hooks are those of all Ractors: */
	bool ractors;               /* there may be others */
	bool uncertain;             /* what the VM had counted was asked for while there may have been others */
	uint64_t ractors_begun;     /* allocations of Ractors that were seen */
	uint64_t ractors_met;       /* of these, when others were found: a first one runs Ruby code before it is one */
	uint64_t elsewhere;         /* allocations in others, where these are not counted */
	uint64_t elsewhere_checked; /* of these, when `allocated` was `checked` */
	uint64_t elsewhere_told;    /* of these, those that captures were told of */

	uint64_t allocated_by_major; /* as the VM counts */
	bool marking;                /* a major GC's start was seen, its mark has not ended */
	uint64_t mark_started;       /* `allocated` at that moment */

	VALUE total_allocated_objects;
} registry;

/* --- integrity --- */

/* Since the baseline. */
static uint64_t allocations_counted(void)
{
	return rb_gc_stat(registry.total_allocated_objects) - registry.expected;
}

/* What comes next is compared with this moment. */
static void set_baseline(void)
{
	registry.expected = rb_gc_stat(registry.total_allocated_objects);
	registry.checked = registry.allocated;
	registry.elsewhere_checked = registry.elsewhere;
}

/*
 * The VM counts late what other Ractors allocate, so with them it has counted too little at most, and never more than there
 * is. Of the allocations that are not counted because they are elsewhere it may count each or none. HOOK
 */
static void compare(void)
{
	uint64_t counted = allocations_counted();
	uint64_t seen = registry.allocated - registry.checked;
	uint64_t most = seen + registry.elsewhere - registry.elsewhere_checked;

	if (likely(counted == seen) || registry.uncertain)
		return;
	if (counted > most) {
		registry.missed += counted - most;
		registry.expected += counted - most;
	} else if (counted < seen && !COMPAT_HOOKS_GLOBAL) {
		registry.missed++;
		set_baseline();
	}
}

/* Whether this event is one of a Ractor whose objects are not counted. HOOK */
static inline bool is_elsewhere(void)
{
	return COMPAT_MAIN_RACTOR_ONLY && unlikely(registry.ractors) && !compat_main_ractor();
}

/* --- events --- */

static void mark_ended(void)
{
	for (int index = 0; index < registry.count; index++) {
		struct capture *capture = registry.captures[index];
		if (capture->tracker->light)
			continue;
		uint64_t since = capture->allocated_before;

		visibility_settle_sparingly(capture, VISIBILITY_FOR_GC);
		/* What was allocated during the mark may have been left standing without being reached. */
		if (registry.marking && registry.mark_started > since)
			since = registry.mark_started;
		tracker_mark_ended(capture->tracker, registry.allocated - since);
	}
	registry.marking = false;
}

/* Not inlined, like the others: an event would save and restore the registers that only some other one needs. */
__attribute__((noinline)) static void on_gc(rb_event_flag_t flag)
{
	bool major = compat_gc_is_major();

	if (is_elsewhere()) {
		/* It may be of another heap. What waits for the end of a GC asks again. */
		jobs_gc_ended();
	} else if (flag == RUBY_INTERNAL_EVENT_GC_START) {
		compare();
		frees_compare();
		registry.gc_started = true;
		registry.marking = major;
		registry.mark_started = registry.allocated;
	} else if (flag == RUBY_INTERNAL_EVENT_GC_END_MARK) {
		if (major)
			mark_ended();
	} else {
		uint64_t now = clock_now();

		registry.gc_started = false;
		jobs_gc_ended();
		for (int index = 0; index < registry.count; index++) {
			if (!registry.captures[index]->tracker->light)
				tracker_sweep_ended(registry.captures[index]->tracker, major, now);
			if (registry.captures[index]->tracker->codes.unnamed.count)
				jobs_request();
		}
		gc_stats_update();
	}
}

/* One hook for all: the VM walks its list of hooks at each event, and every entry of it takes time. */
static void uninstall(void);

/* What happens while the hooks are off is not known, from now on and for all captures. */
static void stop_hooks(void)
{
	uninstall();
	for (int index = 0; index < registry.count; index++)
		atomic_fetch_add(&registry.captures[index]->unseen, 1);
}

static void ractor_begins(void)
{
	registry.ractors = true;
	registry.ractors_begun++;
	if (COMPAT_RACTORS_FRAGILE)
		stop_hooks();
}

__attribute__((noinline)) static void on_newobj(rb_trace_arg_t *event, VALUE object)
{
	registry.allocated++;
	for (int index = 0; index < registry.count; index++)
		observe_newobj(registry.captures[index], object, event);
	if (unlikely(compat_begins_ractor(object)))
		ractor_begins();
	if (unlikely(jobs_wanted()))
		jobs_take_wanted();
}

__attribute__((noinline)) static void on_freeobj(VALUE object)
{
	for (int index = 0; index < registry.count; index++)
		observe_freeobj(registry.captures[index], object);
}

/* On the fast path, or else as any. */
static inline void newobj(rb_trace_arg_t *event, VALUE object)
{
	if (is_elsewhere())
		registry.elsewhere++;
	else if (registry.counting && likely(!jobs_wanted() && !compat_may_be_ractor(object)) &&
	         likely(observe_newobj_fast(registry.counting, object)))
		registry.allocated++;
	else
		on_newobj(event, object);
}

static inline void freeobj(VALUE object)
{
	frees_saw_one();
	if (unlikely(!registry.only || !tracker_count_freed(registry.only, (uintptr_t)object)))
		on_freeobj(object);
}

static void on_event(VALUE data, rb_trace_arg_t *event)
{
	rb_event_flag_t flag = rb_tracearg_event_flag(event);

	if (flag == RUBY_INTERNAL_EVENT_NEWOBJ)
		newobj(event, rb_tracearg_object(event));
	else if (flag == RUBY_INTERNAL_EVENT_FREEOBJ)
		freeobj(rb_tracearg_object(event));
	else
		on_gc(flag);
}

/* The same where it can be had without asking. */
static void on_known_event(VALUE data, rb_trace_arg_t *event)
{
	const struct vm_event *inside = (const struct vm_event *)event;

	if (inside->flag == RUBY_INTERNAL_EVENT_NEWOBJ)
		newobj(event, inside->object);
	else if (inside->flag == RUBY_INTERNAL_EVENT_FREEOBJ)
		freeobj(inside->object);
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

/*
 * Without allocation in between, so that both counts start at the same object. Where other Ractors have events, too, one may
 * have begun since the caller asked for them: hooks_renew asks again, with the hooks set.
 */
static void install(bool alone)
{
	registry.ractors = COMPAT_HOOKS_GLOBAL;
	registry.uncertain = COMPAT_HOOKS_GLOBAL;
	registry.installed = alone || !COMPAT_RACTORS_FRAGILE;
	if (registry.installed)
		rb_add_event_hook2(hook(), EVENTS, registry.holder,
		                   RUBY_EVENT_HOOK_FLAG_SAFE | RUBY_EVENT_HOOK_FLAG_RAW_ARG);
	set_baseline();
	frees_begin();
	/* A job that ran without hooks may have names wait for the end of a GC that none has seen. */
	jobs_gc_ended();
}

static void uninstall(void)
{
	rb_remove_event_hook_with_data(hook(), registry.holder);
	registry.marking = false;
	registry.gc_started = false;
	jobs_gc_ended();
	registry.installed = false;
	registry.outdated = false;
}

/* --- the registry --- */

bool hooks_full(void)
{
	return registry.count + registry.paused_count == CAPTURES_LIMIT;
}

/* Whenever the captures that receive events have become others. */
static void select_fast_path(void)
{
	struct tracker *only = registry.count == 1 ? registry.captures[0]->tracker : NULL;

	registry.only = only;
	registry.counting = only && !only->light && !only->options.depth ? only : NULL;
}

void hooks_add(struct capture *capture, bool alone)
{
	/* What was missed before concerns no capture any more. */
	if (registry.count == 0)
		frees_take_missed();
	capture->allocated_before = registry.allocated;
	registry.captures[registry.count++] = capture;
	select_fast_path();
	if (!registry.installed)
		install(alone);
	gc_stats_update();
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
	take_out(registry.paused, &registry.paused_count, capture);
	if (!take_out(registry.captures, &registry.count, capture))
		return;
	select_fast_path();
	if (registry.count == 0)
		uninstall();
}

int hooks_count(void)
{
	return registry.count;
}

struct capture *hooks_capture(int index)
{
	return registry.captures[index];
}

void hooks_pause(struct capture *capture)
{
	hooks_remove(capture);
	registry.paused[registry.paused_count++] = capture;
}

void hooks_resume(struct capture *capture)
{
	take_out(registry.paused, &registry.paused_count, capture);
	hooks_add(capture, true);
}

uint64_t hooks_allocated_by_major(void)
{
	return registry.allocated_by_major;
}

uint64_t hooks_allocated(void)
{
	return registry.allocated;
}

static void tell_of_frees(void)
{
	frees_compare_if_idle();
	uint64_t missed = frees_take_missed();
	for (int index = 0; missed && index < registry.count; index++)
		atomic_fetch_add(&registry.captures[index]->unreported, missed);
}

void hooks_check(void)
{
	if (registry.count == 0)
		return;
	compare();
	tell_of_frees();
	if (registry.outdated || registry.ractors)
		jobs_request();
	uint64_t unseen = registry.missed + registry.elsewhere - registry.elsewhere_told;
	if (!unseen)
		return;
	for (int index = 0; index < registry.count; index++)
		atomic_fetch_add(&registry.captures[index]->unseen, unseen);
	registry.missed = 0;
	registry.elsewhere_told = registry.elsewhere;
	/* Hooks of all Ractors do not get lost. */
	registry.outdated = !COMPAT_HOOKS_GLOBAL;
	if (registry.outdated)
		jobs_request();
}

static void stand_alone(void *unused)
{
	registry.ractors = registry.ractors_begun != registry.ractors_met;
	if (registry.uncertain)
		set_baseline();
	registry.uncertain = false;
}

static void ask_for_ractors(void)
{
	uint64_t begun = registry.ractors_begun;
	bool alone = compat_alone();

	if (!alone)
		registry.ractors_met = begun;
	/* A Ractor that is just ending holds the VM's lock until its last object is counted. */
	else if (registry.ractors_begun == begun)
		compat_exclusively(stand_alone, NULL);
}

/*
 * Asking for Ractors runs Ruby code, in which another thread may stop captures, and what interrupts this thread is raised.
 * That is the program's business and goes before: hooks_check asks for another job.
 */
void hooks_renew(void)
{
	if (rb_thread_interrupted(rb_thread_current()))
		return;
	if (registry.ractors)
		ask_for_ractors();
	if (!registry.outdated)
		return;
	bool alone = compat_alone();

	if (!registry.outdated || registry.count == 0)
		return;
	uninstall();
	install(alone);
}

/* --- compaction --- */

static uintptr_t locate(uintptr_t address)
{
	return (uintptr_t)rb_gc_location((VALUE)address);
}

static void holder_compact(void *data)
{
	(void)data;
	/* Hooks that were lost saw no start of this GC, and so nothing was compared at it. */
	bool uncertain = registry.missed || frees.missed || !registry.gc_started;
	for (int index = 0; index < registry.count; index++) {
		struct capture *capture = registry.captures[index];
		/* With frees missed, an entry may point to memory that is gone. */
		bool doubtful = uncertain || capture_missed(capture);
		struct relocation relocation = {doubtful ? vm_page_readable : NULL, locate};

		relocation_follow(capture->tracker, &relocation);
	}
	/*
	 * Some Rubies count a moved object as freed and as allocated once more. Up to this GC's start the counts were
	 * compared.
	 */
	if (registry.gc_started) {
		frees_moved(allocations_counted() - (registry.allocated - registry.checked));
		set_baseline();
	}
}

static void holder_mark(void *data)
{
	(void)data;
	for (int index = 0; index < registry.count; index++)
		rb_gc_mark(registry.captures[index]->self);
	for (int index = 0; index < registry.paused_count; index++)
		rb_gc_mark(registry.paused[index]->self);
	if (compat_gc_is_major())
		registry.allocated_by_major = rb_gc_stat(registry.total_allocated_objects);
}

static const rb_data_type_t holder_type = {
    .wrap_struct_name = "memory-tracker hooks",
    .function = {.dmark = holder_mark, .dcompact = holder_compact},
};

void hooks_init(void)
{
	gc_stats_init();
	registry.total_allocated_objects = ID2SYM(rb_intern("total_allocated_objects"));
	frees_init();
	/* The data pointer only has to be there: without one the VM does not call dcompact. */
	registry.holder = TypedData_Wrap_Struct(rb_cObject, &holder_type, &registry);
	rb_gc_register_mark_object(registry.holder);
}
