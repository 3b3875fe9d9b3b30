#include "binding/live_view.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/thread.h"
#include "vm/capture_reading.h"
#include "vm/compat.h"
#include "vm/service.h"

/* What was asked for before a snapshot may take so long to be in it. */
#define REFRESH_TIME UINT64_C(20000000)

/* The program is kept from printing when that can be had within this time. */
#define EXCLUSION_PATIENCE UINT64_C(200000000)

/* How long a wait for something that is going on lasts before it looks again. */
#define LOOK_AGAIN UINT64_C(50000000)

/* From asking the program to end until telling it to. */
#define QUIT_PATIENCE_MS 3000

/* From the viewer's end until its thread is left to itself. */
#define END_TIME UINT64_C(2000000000)

/* A call that a service is asked for. It happens at most once, by whoever gets to it first. */
struct pending_call {
	struct service_job job;
	enum request_state { ERRAND_NONE, ERRAND_ASKED, ERRAND_RUNNING, ERRAND_DONE } _Atomic state;
	uint64_t ticket; /* of the latest request, for service_wait */
};

struct live_view {
	struct capture *capture; /* borrowed; the service keeps its owner alive */
	struct service *service; /* owned */
	struct display *display; /* owned */
	VALUE runner;            /* the thread that runs it, if it is one of Ruby's; it lives as long */

	struct service_job refreshing;
	struct pending_call gc;
	uint64_t gc_ns;
	struct snapshot_header *before; /* owned; from before the GC, or NULL */
	uint64_t due;                   /* when the snapshot that was asked for shall be taken; 0: none was */
	bool looked;                    /* one has been taken */
	_Atomic(char *) how;            /* owned; how the program has ended, until that is told */

	struct pending_call exclusion;
	void (*exclusive)(void *data);
	void *exclusive_data;

	void (*moved)(void); /* NULL: input stays where it is */
	struct pending_call moving;

	struct pending_call leaving;
	void (*left)(void *data);
	void *left_data;

	bool threaded;
	struct thread thread;
	pthread_mutex_t mutex; /* guards what follows */
	pthread_cond_t changed;
	bool entered; /* once */
	bool over;
	bool wait_cancelled;
};

/* --- requests --- */

static bool claim(struct pending_call *pending_call, enum request_state next)
{
	enum request_state asked = ERRAND_ASKED;

	return atomic_compare_exchange_strong(&pending_call->state, &asked, next);
}

static void send_on(struct service *service, struct pending_call *pending_call)
{
	atomic_store(&pending_call->state, ERRAND_ASKED);
	pending_call->ticket = service_call(service, &pending_call->job);
}

/* Comes back when the pending_call is not being run any more, and never will be. */
static void recall(struct service *service, struct pending_call *pending_call)
{
	if (claim(pending_call, ERRAND_NONE))
		return;
	while (atomic_load(&pending_call->state) == ERRAND_RUNNING) {
		if (!service_wait(service, pending_call->ticket, LOOK_AGAIN))
			usleep(1000);
	}
}

/* --- what the service does, with the GVL --- */

/* Only of the capture: the view may be closed before this has returned. */
static void run_refresh(void *capture)
{
	capture_refresh_sparingly(capture);
}

static VALUE collect(VALUE data)
{
	struct live_view *view = (struct live_view *)data;
	uint64_t start = clock_now();

	compat_gc_start(true);
	view->gc_ns = clock_now() - start;
	capture_refresh(view->capture);
	return Qnil;
}

/* Also when the service is killed while it is at it. */
static VALUE collected(VALUE data)
{
	struct live_view *view = (struct live_view *)data;

	atomic_store(&view->gc.state, ERRAND_DONE);
	display_notify(view->display);
	return Qnil;
}

static void run_gc(void *data)
{
	struct live_view *view = data;

	if (claim(&view->gc, ERRAND_RUNNING))
		rb_ensure(collect, (VALUE)view, collected, (VALUE)view);
}

static void run_exclusive(void *data)
{
	struct live_view *view = data;

	if (!claim(&view->exclusion, ERRAND_RUNNING))
		return;
	view->exclusive(view->exclusive_data);
	atomic_store(&view->exclusion.state, ERRAND_DONE);
	if (view->moved)
		view->moved();
}

static void run_moving(void *data)
{
	struct live_view *view = data;

	if (claim(&view->moving, ERRAND_NONE))
		view->moved();
}

static void run_leaving(void *data)
{
	struct live_view *view = data;

	if (claim(&view->leaving, ERRAND_NONE))
		view->left(view->left_data);
}

/* --- what the display asks for --- */

static int no_descriptor(void *context)
{
	return -1;
}

static void ask(void *context)
{
	struct live_view *view = context;

	service_call(view->service, &view->refreshing);
	/* The first numbers are shown without that wait. */
	view->due = view->looked ? clock_now() + REFRESH_TIME : clock_now();
}

static void gc(void *context)
{
	struct live_view *view = context;

	free(view->before);
	view->before = capture_snapshot(view->capture);
	send_on(view->service, &view->gc);
}

/* What is there to be taken, in this order. */
static enum source_event next(void *context, struct source_update *news)
{
	struct live_view *view = context;
	enum request_state done = ERRAND_DONE;
	char *how = atomic_exchange(&view->how, NULL);

	news->snapshot = view->before;
	view->before = NULL;
	if (!how && news->snapshot)
		return SOURCE_SNAPSHOT;
	free(news->snapshot);
	if (how) {
		snprintf(news->sentence, sizeof(news->sentence), "%s", how);
		free(how);
		news->snapshot = capture_snapshot(view->capture);
		return SOURCE_ENDED;
	}
	if (atomic_compare_exchange_strong(&view->gc.state, &done, ERRAND_NONE)) {
		news->gc_ns = view->gc_ns;
		news->snapshot = capture_snapshot(view->capture);
		return SOURCE_GC;
	}
	if (!view->due || clock_now() < view->due)
		return SOURCE_NOTHING;
	view->due = 0;
	view->looked = true;
	news->snapshot = capture_snapshot(view->capture);
	return SOURCE_SNAPSHOT;
}

/* Some Rubies do not wake a thread for a signal when there are others that could see to it. */
static bool interrupted(void *context)
{
	struct live_view *view = context;

	return !NIL_P(view->runner) && rb_thread_interrupted(view->runner);
}

static void entered(void *context)
{
	struct live_view *view = context;

	pthread_mutex_lock(&view->mutex);
	view->entered = true;
	pthread_cond_broadcast(&view->changed);
	pthread_mutex_unlock(&view->mutex);
}

static void exclusively(void *context, void (*function)(void *data), void *data)
{
	struct live_view *view = context;

	view->exclusive = function;
	view->exclusive_data = data;
	send_on(view->service, &view->exclusion);
	service_wait(view->service, view->exclusion.ticket, EXCLUSION_PATIENCE);
	if (!claim(&view->exclusion, ERRAND_NONE)) {
		recall(view->service, &view->exclusion);
		return;
	}
	function(data);
	if (view->moved)
		send_on(view->service, &view->moving);
}

/* --- life --- */

static struct display *open_display(struct live_view *view, const struct live_view_options *options, char *problem)
{
	struct display_options display = {
	    .viewer = {.interval = options->interval,
	               .sort = options->sort,
	               .mouse = options->mouse,
	               .command = options->command,
	               .settings = options->settings,
	               .utc_offset = options->utc_offset},
	    .session = {.redirect = true,
	                .take_input = options->moved != NULL,
	                .interrupt_key = options->interrupt_key,
	                .marker = options->marker},
	    .gc_ns = (uint64_t)(options->gc * 1e9),
	    .exclusion = {exclusively, view},
	    .numbers = {.context = view, .fd = no_descriptor, .ask = ask, .gc = gc, .next = next},
	    .host = {.context = view, .entered = entered, .interrupted = interrupted},
	};

	return display_open(&display, problem);
}

struct live_view *live_view_open(struct capture *capture, VALUE owner, const struct live_view_options *options,
                                 char problem[SESSION_PROBLEM_MAX])
{
	struct service *service = service_start(owner, "memory-tracker");
	struct live_view *view = calloc(1, sizeof *view);

	if (!view) {
		service_stop(service);
		rb_memerror();
	}
	view->capture = capture;
	view->service = service;
	view->runner = options->runner;
	view->moved = options->moved;
	view->refreshing = (struct service_job){.function = run_refresh, .data = capture};
	view->moving.job = (struct service_job){.function = run_moving, .data = view};
	view->gc.job = (struct service_job){.function = run_gc, .data = view};
	view->exclusion.job = (struct service_job){.function = run_exclusive, .data = view};
	view->leaving.job = (struct service_job){.function = run_leaving, .data = view};
	pthread_mutex_init(&view->mutex, NULL);
	pthread_cond_init(&view->changed, NULL);
	view->display = open_display(view, options, problem);
	if (view->display)
		return view;
	live_view_close(view);
	return NULL;
}

void live_view_close(struct live_view *view)
{
	if (view->display)
		display_stop(view->display);
	/* A thread that does not end may still use all of it. */
	if (view->threaded && !thread_join(&view->thread, END_TIME))
		return;
	claim(&view->gc, ERRAND_NONE);
	service_stop(view->service);
	if (view->display)
		display_close(view->display);
	pthread_cond_destroy(&view->changed);
	pthread_mutex_destroy(&view->mutex);
	free(view->before);
	free(atomic_load(&view->how));
	free(view);
}

/* --- running --- */

enum display_end live_view_run(struct live_view *view)
{
	enum display_end end = display_run(view->display);

	/* A GC that is under way ends by writing into this. */
	if (end != DISPLAY_WOKEN)
		recall(view->service, &view->gc);
	return end;
}

static void announce(struct live_view *view)
{
	pthread_mutex_lock(&view->mutex);
	view->over = true;
	pthread_cond_broadcast(&view->changed);
	pthread_mutex_unlock(&view->mutex);
}

/* Asks the program to end as Ctrl-C does, and if it has not after a while, as `kill` does. */
static void end_program(struct live_view *view)
{
	kill(getpid(), SIGINT);
	if (!display_stopped_within(view->display, QUIT_PATIENCE_MS))
		kill(getpid(), SIGTERM);
}

static void thread_body(void *data)
{
	struct live_view *view = data;
	enum display_end end;

	do
		end = live_view_run(view);
	while (end == DISPLAY_WOKEN);
	announce(view);
	if (end == DISPLAY_QUIT)
		end_program(view);
	send_on(view->service, &view->leaving);
}

int live_view_start(struct live_view *view, void (*left)(void *data), void *data)
{
	view->left = left;
	view->left_data = data;
	int error = thread_start(&view->thread, thread_body, view);
	view->threaded = !error;
	return error;
}

void live_view_wake(struct live_view *view)
{
	display_wake(view->display);
}

void live_view_stop(struct live_view *view)
{
	display_stop(view->display);
}

void live_view_ended(struct live_view *view, const char *how)
{
	char *copy = strdup(how);

	if (!copy) {
		display_stop(view->display);
		return;
	}
	free(atomic_exchange(&view->how, copy));
	display_notify(view->display);
}

void live_view_wait_entered(struct live_view *view)
{
	pthread_mutex_lock(&view->mutex);
	while (!view->entered && !view->over)
		pthread_cond_wait(&view->changed, &view->mutex);
	pthread_mutex_unlock(&view->mutex);
}

bool live_view_wait(struct live_view *view)
{
	pthread_mutex_lock(&view->mutex);
	while (!view->over && !view->wait_cancelled)
		pthread_cond_wait(&view->changed, &view->mutex);
	bool over = view->over;
	view->wait_cancelled = false;
	pthread_mutex_unlock(&view->mutex);
	return over;
}

void live_view_cancel_wait(struct live_view *view)
{
	pthread_mutex_lock(&view->mutex);
	view->wait_cancelled = true;
	pthread_cond_broadcast(&view->changed);
	pthread_mutex_unlock(&view->mutex);
}

bool live_view_over(struct live_view *view)
{
	pthread_mutex_lock(&view->mutex);
	bool over = view->over;
	pthread_mutex_unlock(&view->mutex);
	return over;
}
