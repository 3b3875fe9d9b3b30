#include "vm/safe_point.h"

#include "model/light.h"
#include "vm/capture_state.h"
#include "vm/compat.h"
#include "vm/delivery.h"
#include "vm/evaluate.h"
#include "vm/gc_stats.h"
#include "vm/hooks.h"
#include "vm/jobs.h"
#include "vm/class_walk.h"
#include "vm/census.h"
#include "vm/visibility.h"

/* Backwards, because what is closed leaves the list. */
static void close_full_windows(void)
{
	for (int index = hooks_count() - 1; index >= 0; index--) {
		struct capture *capture = hooks_capture(index);

		if (capture->tracker->light && light_is_full(capture->tracker->light))
			census_close_window(capture);
	}
}

/* Whether so many events wait that the frees of one sweep may soon find no room. */
static bool crowded(void)
{
	for (int index = 0; index < hooks_count(); index++) {
		const struct event_queue *events = &hooks_capture(index)->events;

		if (events_written(events) - events_read(events) > EVENT_QUEUE_LIMIT / 16)
			return true;
	}
	return false;
}

static void settle_visibility(void)
{
	for (int index = 0; index < hooks_count(); index++) {
		if (!hooks_capture(index)->tracker->light)
			visibility_settle_sparingly(hooks_capture(index), VISIBILITY_FOR_VIEWER);
	}
}

/* No Ruby code, which may change the list of captures. */
static void complete(void *unused)
{
	bool refresh = jobs_take_refresh();

	(void)unused;
	close_full_windows();
	if (refresh) {
		hooks_check();
		gc_stats_update();
		settle_visibility();
	}
	/* Naming ends a sweep that is under way. No reader waits for the names, so that is not done for their sake. */
	bool names_wait = !compat_gc_idle();
	jobs_set_names_wait(names_wait);
	for (int index = 0; !names_wait && index < hooks_count(); index++)
		class_walk_complete_names(hooks_capture(index), refresh, false);
}

static VALUE renew(VALUE unused)
{
	hooks_renew();
	return Qnil;
}

/* Another thread than the interrupted one: one that interrupts itself is interrupted at once. */
static VALUE interrupt(void *interrupted)
{
	VALUE thread = rb_ary_entry((VALUE)interrupted, 0), by = rb_ary_entry((VALUE)interrupted, 1);

	return rb_funcall(thread, rb_intern("raise"), 1, by);
}

static VALUE start_interrupting(VALUE interrupted)
{
	VALUE thread = rb_thread_create(interrupt, (void *)interrupted);

	rb_ivar_set(thread, rb_intern("interrupted"), interrupted);
	return Qnil;
}

/*
 * What interrupts the program's thread while a job runs Ruby code, such as Timeout's error, would be lost with the job. It
 * comes once more, as it did before. A thread that was about to be killed counts as such already, and ends when it is done; a
 * throw is lost.
 */
static void renew_hooks(void)
{
	VALUE rescued = rb_errinfo();
	int state = 0;

	rb_protect(renew, Qnil, &state);
	if (!state)
		return;
	volatile VALUE by = rb_errinfo();
	rb_set_errinfo(rescued);
	if (!is_exception(by))
		return;
	VALUE interrupted = rb_ary_new_from_args(2, rb_thread_current(), by);
	rb_protect(start_interrupting, interrupted, &state);
	if (state)
		rb_set_errinfo(rescued);
	RB_GC_GUARD(interrupted);
}

/* Runs in any thread of the program, and so no Ruby code but that of hooks_renew. */
static void run(void *unused)
{
	(void)unused;
	/* Any Ractor runs what was requested in any. The main one's next allocation requests it again. */
	if (!compat_main_ractor()) {
		jobs_request();
		return;
	}
	renew_hooks();
	compat_exclusively(complete, NULL);
	delivery_request(crowded());
}

void safe_point_init(void)
{
	compat_job_init(run);
}
