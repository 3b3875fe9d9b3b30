#include "binding/capture_server.h"

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

struct capture_server {
	struct capture *capture; /* borrowed; the service's thread keeps its owner alive */
	VALUE owner;             /* which whoever has started this marks, so that it stays where it is */
	struct service *service; /* owned; NULL: there is no thread for what needs the GVL */
	struct server *server;   /* owned; changes under the GVL */
	struct capture_server_options options;
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

static void release(struct capture_server *capture_server)
{
	if (--capture_server->references == 0)
		free(capture_server);
}

/* Where counting is under way nothing is changed for who asks for something else. */
static const char *refuse_others(struct capture_server *capture_server, const struct server_work *work)
{
	if (start_settings_agree(capture_server->capture, work))
		return NULL;
	start_settings_describe(capture_server->capture, capture_server->problem, sizeof(capture_server->problem));
	return capture_server->problem;
}

static const char *start_counting(struct capture_server *capture_server, const struct server_work *work)
{
	struct capture *capture = capture_server->capture;
	const char *reason = "", *problem;

	problem = capture->running ? refuse_others(capture_server, work)
	                           : start_settings_apply(capture, capture_server->defaults, work);
	if (problem)
		return problem;
	switch (capture_start(capture_server->capture, capture_server->owner, &reason)) {
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
static const char *perform(struct capture_server *capture_server, const struct server_work *work)
{
	struct capture *capture = capture_server->capture;

	switch (work->kind) {
	case MESSAGE_GC:
		compat_gc_start(true);
		capture_refresh(capture);
		return NULL;
	case MESSAGE_START:
		return start_counting(capture_server, work);
	case MESSAGE_STOP:
		stop_counting(capture);
		return NULL;
	default:
		return "unknown request";
	}
}

struct running_job {
	struct capture_server *capture_server;
	struct server_work work;
	uint64_t start;
	const char *problem;
};

static VALUE run_work(VALUE data)
{
	struct running_job *job = (struct running_job *)data;

	job->problem = "it was interrupted";
	job->problem = perform(job->capture_server, &job->work);
	return Qnil;
}

/* Also when the thread is killed while it is at it. A finalizer may have forked, and this be the child. */
static VALUE after_work(VALUE data)
{
	struct running_job *job = (struct running_job *)data;
	struct capture_server *capture_server = job->capture_server;

	if (capture_server->server && capture_server->pid == getpid())
		server_done(capture_server->server, job->problem, clock_now() - job->start);
	release(capture_server);
	return Qnil;
}

static void do_work(void *data)
{
	struct capture_server *capture_server = data;
	struct running_job job = {
	    .capture_server = capture_server, .work = *capture_server->work, .start = clock_now()};

	capture_server->references++;
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

static void follow_title(struct capture_server *capture_server)
{
	char title[CAPTURE_COMMAND_SIZE];

	read_title(title);
	if (strcmp(title, capture_server->title) == 0)
		return;
	memcpy(capture_server->title, title, sizeof(title));
	capture_name(capture_server->capture, title);
}

static void do_refresh(void *data)
{
	struct capture_server *capture_server = data;

	capture_server->references++;
	follow_title(capture_server);
	capture_refresh_sparingly(capture_server->capture);
	if (capture_server->server && capture_server->pid == getpid())
		server_refreshed(capture_server->server);
	release(capture_server);
}

static void do_leave(void *data)
{
	struct capture_server *capture_server = data;

	stop_counting(capture_server->capture);
}

/* --- what the server asks for, in its thread --- */

static struct snapshot_header *snapshot(void *context)
{
	return capture_snapshot(((struct capture_server *)context)->capture);
}

static bool running(void *context)
{
	return ((struct capture_server *)context)->capture->running;
}

static bool refresh(void *context)
{
	struct capture_server *capture_server = context;

	if (capture_server->service)
		service_call(capture_server->service, &capture_server->refreshing);
	else
		jobs_request_refresh();
	return capture_server->service != NULL;
}

static const char *work(void *context, const struct server_work *work)
{
	struct capture_server *capture_server = context;

	/* A client may ask before capture_server_start has returned. Nothing changes the settings of a capture that runs. */
	if (!capture_server->service && work->kind == MESSAGE_START && capture_server->capture->running &&
	    capture_server->server) {
		const char *problem = refuse_others(capture_server, work);

		if (!problem)
			server_done(capture_server->server, NULL, 0);
		return problem;
	}
	if (!capture_server->service)
		return "the program was started with --batch and without --gc, so it has no thread that could do it";
	if (!service_alive(capture_server->service))
		return "the program has ended the thread that would do it";
	capture_server->work = work;
	service_call(capture_server->service, &capture_server->working);
	return NULL;
}

static void last_client_left(void *context)
{
	struct capture_server *capture_server = context;

	if (capture_server->options.on_demand && capture_server->service)
		service_call(capture_server->service, &capture_server->leaving);
}

/* The capture was for those who look into the program, and they cannot any more. */
static void lost(void *context)
{
	struct capture_server *capture_server = context;

	/* Tables are of a capture that counts to the program's end. */
	if (capture_server->service)
		service_call(capture_server->service, &capture_server->leaving);
}

/* --- life --- */

struct capture_server *capture_server_start(struct capture *capture, VALUE owner,
                                            const struct capture_settings *defaults, const char *directory,
                                            const struct capture_server_options *options,
                                            char problem[TRANSPORT_PROBLEM_MAX])
{
	struct service *service = options->threadless ? NULL : service_start(owner, "memory-tracker");
	struct capture_server *capture_server = calloc(1, sizeof *capture_server);

	if (!capture_server) {
		if (service)
			service_stop(service);
		rb_memerror();
	}
	*capture_server = (struct capture_server){.capture = capture,
	                                          .owner = owner,
	                                          .service = service,
	                                          .options = *options,
	                                          .defaults = defaults,
	                                          .pid = getpid(),
	                                          .references = 1};
	snprintf(capture_server->directory, sizeof(capture_server->directory), "%s", directory);
	read_title(capture_server->title);
	capture_server->working = (struct service_job){.function = do_work, .data = capture_server};
	capture_server->refreshing = (struct service_job){.function = do_refresh, .data = capture_server};
	capture_server->leaving = (struct service_job){.function = do_leave, .data = capture_server};
	struct server_source source = {.context = capture_server,
	                               .snapshot = snapshot,
	                               .running = running,
	                               .refresh = refresh,
	                               .work = work,
	                               .last_client_left = last_client_left,
	                               .lost = lost};
	capture_server->server = server_start(directory, &source, problem);
	if (capture_server->server)
		return capture_server;
	capture_server_free(capture_server);
	return NULL;
}

const char *capture_server_path(const struct capture_server *capture_server)
{
	return server_path(capture_server->server);
}

void capture_server_end(struct capture_server *capture_server, const char *how)
{
	struct snapshot_header *last =
	    how && capture_server->options.leaves_final ? capture_snapshot(capture_server->capture) : NULL;

	if (last) {
		last->flags |= SNAPSHOT_ENDED;
		/* The folder goes with the launcher, and then it has no reader. */
		final_write(capture_server->directory, last, how);
	}
	free(last);
	capture_server->kept = !server_end(capture_server->server, how);
}

void capture_server_free(struct capture_server *capture_server)
{
	struct server *server = capture_server->server;
	bool here = capture_server->pid == getpid();

	capture_server->server = NULL;
	if (here && capture_server->kept)
		return;
	if (server && here)
		server_free(server);
	else if (server)
		server_abandon(server);
	if (capture_server->service)
		service_stop(capture_server->service);
	release(capture_server);
}
