#include "vm/jobs.h"

#include "vm/compat.h"

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

void jobs_take_wanted(void)
{
	if (!compat_main_ractor())
		return;
	if (atomic_exchange_explicit(&jobs_wanted_bits, 0, memory_order_relaxed) & WANTED_REFRESH)
		jobs.refresh_due = true;
	jobs_request();
}

bool jobs_take_refresh(void)
{
	bool due = jobs.refresh_due;

	jobs.refresh_due = false;
	return due;
}

void jobs_set_names_wait(bool wait)
{
	jobs.names_wait = wait;
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
