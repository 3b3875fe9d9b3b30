#include "vm/jobs.h"

#include "base/condition.h"
#include "model/light.h"
#include "vm/capture.h"
#include "vm/compat.h"
#include "vm/delivery.h"
#include "vm/heap_figures.h"
#include "vm/hooks.h"
#include "vm/living.h"
#include "vm/survey.h"
#include "vm/visibility.h"

enum wanted { WANTED_REFRESH = 1, WANTED_JOB = 2 };

_Atomic unsigned jobs_wanted_bits;

/* Written in the main Ractor, or while no other runs. */
static struct {
	bool names_wait; /* for the end of a GC, which requests the job for them */
	bool refresh_due;
	uint64_t requested;
} jobs;

static void want(enum wanted what)
{
	atomic_fetch_or_explicit(&jobs_wanted_bits, what, memory_order_relaxed);
}

/* Backwards, because what is closed leaves the list. */
static void close_full_windows(void)
{
	int count = 0;

	while (hooks_capture(count))
		count++;
	while (count-- > 0) {
		struct capture *capture = hooks_capture(count);

		if (capture->tracker->light && light_is_full(capture->tracker->light))
			survey_close_window(capture);
	}
}

/* Whether so many events wait that the frees of one sweep may soon find no room. */
static bool crowded(void)
{
	struct capture *capture;

	for (int index = 0; (capture = hooks_capture(index)); index++) {
		if (events_written(&capture->events) - events_read(&capture->events) > EVENT_QUEUE_LIMIT / 16)
			return true;
	}
	return false;
}

static void settle_visibility(void)
{
	struct capture *capture;

	for (int index = 0; (capture = hooks_capture(index)); index++) {
		if (!capture->tracker->light)
			visibility_settle_sparingly(capture, VISIBILITY_FOR_VIEWER);
	}
}

/* No Ruby code, which may change the list of captures. */
static void complete(void *unused)
{
	struct capture *capture;

	(void)unused;
	close_full_windows();
	if (jobs.refresh_due) {
		hooks_check();
		heap_figures_update();
		settle_visibility();
	}
	/* Naming ends a sweep that is under way. No reader waits for the names, so that is not done for their sake. */
	jobs.names_wait = !compat_gc_idle();
	for (int index = 0; !jobs.names_wait && (capture = hooks_capture(index)); index++)
		living_complete_names(capture, jobs.refresh_due, false);
	jobs.refresh_due = false;
}

/* Runs in any thread of the program, and so no Ruby code but that of hooks_renew. */
static void run_job(void *unused)
{
	(void)unused;
	/* Any Ractor runs what was asked for in any. The main one asks for it again. */
	if (!compat_main_ractor()) {
		want(WANTED_JOB);
		return;
	}
	hooks_renew();
	compat_exclusively(complete, NULL);
	delivery_request(crowded());
}

void jobs_init(void)
{
	compat_job_init(run_job);
}

void jobs_take_wanted(void)
{
	if (!compat_main_ractor())
		return;
	if (atomic_exchange_explicit(&jobs_wanted_bits, 0, memory_order_relaxed) & WANTED_REFRESH)
		jobs.refresh_due = true;
	jobs_request();
}

void jobs_request_refresh(void)
{
	want(WANTED_REFRESH);
}

void jobs_gc_ended(void)
{
	jobs.names_wait = false;
}

void jobs_request_names(const rb_trace_arg_t *event)
{
	if (!jobs.names_wait && !compat_job_pending(event))
		jobs_request();
}

/*
 * Each time anew, unless the job is known to be pending: it runs at the next safe point of this thread and fiber, and never if
 * that has none any more, or the process forks before.
 */
void jobs_request(void)
{
	if (!compat_main_ractor()) {
		want(WANTED_JOB);
		return;
	}
	jobs.requested++;
	compat_job_trigger();
}

uint64_t jobs_requested(void)
{
	return jobs.requested;
}
