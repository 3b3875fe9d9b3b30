#include "binding/served.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "binding/start_settings.h"
#include "transport/final.h"
#include "vm/capture_reading.h"
#include "vm/compat.h"
#include "vm/jobs.h"
#include "vm/service.h"

struct served {
	struct capture *capture; /* borrowed; the service's thread keeps its owner alive */
	VALUE owner;             /* which whoever has started this marks, so that it stays where it is */
	struct service *service; /* owned; NULL: there is no thread for what needs the GVL */
	struct server *server;   /* owned; changes under the GVL */
	struct served_options options;
	const struct capture_settings *defaults; /* borrowed: for what a start does not ask for */
	char problem[MESSAGE_TEXT_MAX + 1];      /* why the latest start was refused */
	char directory[DIRECTORY_PATH_MAX];
	bool kept;                        /* the server has not ended, and may use all of this */
	char title[CAPTURE_COMMAND_SIZE]; /* $0 as it was */
	pid_t pid;
	unsigned references; /* of the starter, and of jobs that run; changes under the GVL */

	/* What the service is asked for. */
	const struct server_work *work; /* the server's */
	struct service_job working;
	struct service_job refreshing;
	struct service_job leaving;
};

/* --- with the GVL --- */

static void release(struct served *served)
{
	if (--served->references == 0)
		free(served);
}

/* Where counting is under way nothing is changed for who asks for something else. */
static const char *refuse_others(struct served *served, const struct server_work *work)
{
	if (start_settings_agree(served->capture, work))
		return NULL;
	start_settings_describe(served->capture, served->problem, sizeof(served->problem));
	return served->problem;
}

static const char *start_counting(struct served *served, const struct server_work *work)
{
	struct capture *capture = served->capture;
	const char *reason = "", *problem;

	problem =
	    capture->running ? refuse_others(served, work) : start_settings_apply(capture, served->defaults, work);
	if (problem)
		return problem;
	switch (capture_start(served->capture, served->owner, &reason)) {
	case CAPTURE_DONE:
	case CAPTURE_NOTHING:
		return NULL;
	case CAPTURE_REFUSED:
		return reason;
	case CAPTURE_TOO_MANY:
		return "as many captures run already as there can be";
	default:
		return "there is not enough memory";
	}
}

static void stop_counting(struct capture *capture)
{
	if (capture->running)
		capture_stop(capture, rb_hash_new());
}

/* Returns why it cannot be done, or NULL. */
static const char *perform(struct served *served, const struct server_work *work)
{
	struct capture *capture = served->capture;

	switch (work->kind) {
	case MESSAGE_GC:
		compat_gc_start(true);
		capture_refresh(capture);
		return NULL;
	case MESSAGE_START:
		return start_counting(served, work);
	case MESSAGE_STOP:
		stop_counting(capture);
		return NULL;
	default:
		return "nobody knows how to do that";
	}
}

struct running_job {
	struct served *served;
	struct server_work work;
	uint64_t start;
	const char *problem;
};

static VALUE run_work(VALUE data)
{
	struct running_job *job = (struct running_job *)data;

	job->problem = "it was interrupted";
	job->problem = perform(job->served, &job->work);
	return Qnil;
}

/* Also when the thread is killed while it is at it. A finalizer may have forked, and this be the child. */
static VALUE after_work(VALUE data)
{
	struct running_job *job = (struct running_job *)data;
	struct served *served = job->served;

	if (served->server && served->pid == getpid())
		server_done(served->server, job->problem, clock_now() - job->start);
	release(served);
	return Qnil;
}

static void do_work(void *data)
{
	struct served *served = data;
	struct running_job job = {.served = served, .work = *served->work, .start = clock_now()};

	served->references++;
	rb_ensure(run_work, (VALUE)&job, after_work, (VALUE)&job);
}

/* Servers tell by their title what each of their processes is for. */
static void read_title(char title[CAPTURE_COMMAND_SIZE])
{
	VALUE name = rb_gv_get("$0");

	title[0] = 0;
	if (RB_TYPE_P(name, T_STRING))
		snprintf(title, CAPTURE_COMMAND_SIZE, "%.*s", (int)RSTRING_LEN(name), RSTRING_PTR(name));
}

static void follow_title(struct served *served)
{
	char title[CAPTURE_COMMAND_SIZE];

	read_title(title);
	if (strcmp(title, served->title) == 0)
		return;
	memcpy(served->title, title, sizeof(title));
	capture_name(served->capture, title);
}

static void do_refresh(void *data)
{
	struct served *served = data;

	served->references++;
	follow_title(served);
	capture_refresh_sparingly(served->capture);
	if (served->server && served->pid == getpid())
		server_refreshed(served->server);
	release(served);
}

static void do_leave(void *data)
{
	struct served *served = data;

	stop_counting(served->capture);
}

/* --- what the server asks for, in its thread --- */

static struct snapshot_header *snapshot(void *context)
{
	return capture_snapshot(((struct served *)context)->capture);
}

static bool running(void *context)
{
	return ((struct served *)context)->capture->running;
}

static bool refresh(void *context)
{
	struct served *served = context;

	if (served->service)
		service_call(served->service, &served->refreshing);
	else
		jobs_request_refresh();
	return served->service != NULL;
}

static const char *work(void *context, const struct server_work *work)
{
	struct served *served = context;

	/* A client may ask before served_start has returned. Nothing changes the settings of a capture that runs. */
	if (!served->service && work->kind == MESSAGE_START && served->capture->running && served->server) {
		const char *problem = refuse_others(served, work);

		if (!problem)
			server_done(served->server, NULL, 0);
		return problem;
	}
	if (!served->service)
		return "the program was started with --batch and without --gc, so it has no thread that could do it";
	if (!service_alive(served->service))
		return "the program has ended the thread that would do it";
	served->work = work;
	service_call(served->service, &served->working);
	return NULL;
}

static void deserted(void *context)
{
	struct served *served = context;

	if (served->options.on_demand && served->service)
		service_call(served->service, &served->leaving);
}

/* The capture was for those who look into the program, and they cannot any more. */
static void lost(void *context)
{
	struct served *served = context;

	/* Tables are of a capture that counts to the program's end. */
	if (served->service)
		service_call(served->service, &served->leaving);
}

/* --- life --- */

struct served *served_start(struct capture *capture, VALUE owner, const struct capture_settings *defaults,
                            const char *directory, const struct served_options *options,
                            char problem[TRANSPORT_PROBLEM_MAX])
{
	struct service *service = options->threadless ? NULL : service_start(owner, "memory-tracker");
	struct served *served = calloc(1, sizeof *served);

	if (!served) {
		if (service)
			service_stop(service);
		rb_memerror();
	}
	*served = (struct served){.capture = capture,
	                          .owner = owner,
	                          .service = service,
	                          .options = *options,
	                          .defaults = defaults,
	                          .pid = getpid(),
	                          .references = 1};
	snprintf(served->directory, sizeof(served->directory), "%s", directory);
	read_title(served->title);
	served->working = (struct service_job){.function = do_work, .data = served};
	served->refreshing = (struct service_job){.function = do_refresh, .data = served};
	served->leaving = (struct service_job){.function = do_leave, .data = served};
	struct server_source source = {.context = served,
	                               .snapshot = snapshot,
	                               .running = running,
	                               .refresh = refresh,
	                               .work = work,
	                               .deserted = deserted,
	                               .lost = lost};
	served->server = server_start(directory, &source, problem);
	if (served->server)
		return served;
	served_free(served);
	return NULL;
}

const char *served_path(const struct served *served)
{
	return server_path(served->server);
}

void served_end(struct served *served, const char *how)
{
	struct snapshot_header *last = how && served->options.leaves_final ? capture_snapshot(served->capture) : NULL;

	if (last) {
		last->flags |= SNAPSHOT_ENDED;
		/* The folder goes with the launcher, and then it has no reader. */
		final_write(served->directory, last, how);
	}
	free(last);
	served->kept = !server_end(served->server, how);
}

void served_free(struct served *served)
{
	struct server *server = served->server;
	bool here = served->pid == getpid();

	served->server = NULL;
	if (here && served->kept)
		return;
	if (server && here)
		server_free(server);
	else if (server)
		server_abandon(server);
	if (served->service)
		service_stop(served->service);
	release(served);
}
