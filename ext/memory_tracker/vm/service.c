#include "vm/service.h"

#include <pthread.h>
#include <ruby/thread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/condition.h"

struct service {
	unsigned references; /* of the starter and of the thread; changes under the GVL */
	pid_t pid;           /* of the process that has the thread */

	pthread_mutex_t mutex; /* guards what follows */
	pthread_cond_t asked;
	pthread_cond_t answered;
	struct service_job *jobs; /* borrowed; asked for and not begun, in order */
	uint64_t tickets;         /* given out */
	uint64_t completed;       /* the latest ticket whose call is over */
	bool interrupted;         /* Ruby wants the thread's attention */
	bool stopping;
	bool ended;
};

static struct service *service_new(void)
{
	struct service *service = calloc(1, sizeof *service);

	if (!service)
		return NULL;
	*service = (struct service){.references = 1, .pid = getpid()};
	pthread_mutex_init(&service->mutex, NULL);
	if (condition_init(&service->asked) || condition_init(&service->answered)) {
		free(service);
		return NULL;
	}
	return service;
}

static void release(struct service *service)
{
	if (--service->references)
		return;
	/* What a thread waited on when the process forked cannot be destroyed in the child. */
	if (service->pid == getpid()) {
		pthread_cond_destroy(&service->asked);
		pthread_cond_destroy(&service->answered);
		pthread_mutex_destroy(&service->mutex);
	}
	free(service);
}

/* Without the GVL: sleeps until there is something to do. */
static void *park(void *data)
{
	struct service *service = data;

	pthread_mutex_lock(&service->mutex);
	while (!service->jobs && !service->stopping && !service->interrupted)
		pthread_cond_wait(&service->asked, &service->mutex);
	service->interrupted = false;
	pthread_mutex_unlock(&service->mutex);
	return NULL;
}

/* Ruby calls this, from another thread, to wake the thread up. */
static void unpark(void *data)
{
	struct service *service = data;

	pthread_mutex_lock(&service->mutex);
	service->interrupted = true;
	pthread_cond_signal(&service->asked);
	pthread_mutex_unlock(&service->mutex);
}

static struct service_job *take_job(struct service *service)
{
	struct service_job *job = service->jobs;

	if (job) {
		service->jobs = job->next;
		job->queued = false;
	}
	return job;
}

/* Takes the first job, if there is one. Returns false when the thread is to end. */
static bool take(struct service *service, struct service_job **job, uint64_t *ticket)
{
	pthread_mutex_lock(&service->mutex);
	bool going_on = !service->stopping;
	*job = going_on ? take_job(service) : NULL;
	*ticket = service->jobs ? service->completed : service->tickets;
	pthread_mutex_unlock(&service->mutex);
	return going_on;
}

static void complete(struct service *service, uint64_t ticket)
{
	pthread_mutex_lock(&service->mutex);
	service->completed = ticket;
	pthread_cond_broadcast(&service->answered);
	pthread_mutex_unlock(&service->mutex);
}

static VALUE serve(VALUE data)
{
	struct service *service = (struct service *)data;
	struct service_job *job;
	uint64_t ticket;

	do {
		rb_nogvl(park, service, unpark, service, 0);
		if (!take(service, &job, &ticket))
			break;
		if (job && service->pid == getpid())
			job->function(job->data);
		/* A finalizer may have forked, and this be the child. */
		if (service->pid != getpid())
			break;
		complete(service, ticket);
	} while (true);
	return Qnil;
}

static VALUE serve_block(RB_BLOCK_CALL_FUNC_ARGLIST(unused, data))
{
	return serve(data);
}

/*
 * A thread inherits what Thread.handle_interrupt puts off where it is made, which may be anywhere in the program. Were its
 * end put off, the program would not end either.
 */
static VALUE serve_interruptibly(VALUE data)
{
	VALUE timing = rb_hash_new();

	rb_hash_aset(timing, rb_cObject, ID2SYM(rb_intern("immediate")));
	return rb_block_call(rb_cThread, rb_intern("handle_interrupt"), 1, &timing, serve_block, data);
}

static VALUE thread_body(void *data)
{
	struct service *service = data;
	int state = 0;

	rb_protect(serve_interruptibly, (VALUE)service, &state);
	/* Being killed, or raised in, ends the thread, and is not reported to the program. */
	if (state)
		rb_set_errinfo(Qnil);
	if (service->pid == getpid()) {
		pthread_mutex_lock(&service->mutex);
		service->ended = true;
		pthread_cond_broadcast(&service->answered);
		pthread_mutex_unlock(&service->mutex);
	}
	release(service);
	return Qnil;
}

/* What start_thread needs and makes. */
struct start {
	struct service *service;
	VALUE owner;
	const char *name;
	bool started;
};

static VALUE start_thread(VALUE data)
{
	struct start *start = (struct start *)data;

	start->service->references++;
	VALUE thread = rb_thread_create(thread_body, start->service);
	start->started = true;
	/* No name that Ruby code can use: the thread marks the owner for as long as it lives. */
	rb_ivar_set(thread, rb_intern("owner"), start->owner);
	return rb_funcall(thread, rb_intern("name="), 1, rb_str_new_cstr(start->name));
}

struct service *service_start(VALUE owner, const char *name)
{
	struct start start = {.service = service_new(), .owner = owner, .name = name};
	int state = 0;

	if (!start.service)
		rb_memerror();
	rb_protect(start_thread, (VALUE)&start, &state);
	if (!state)
		return start.service;
	if (!start.started)
		start.service->references--;
	service_stop(start.service);
	rb_jump_tag(state);
}

uint64_t service_call(struct service *service, struct service_job *job)
{
	pthread_mutex_lock(&service->mutex);
	uint64_t ticket = ++service->tickets;
	if (!job->queued) {
		struct service_job **last = &service->jobs;

		while (*last)
			last = &(*last)->next;
		*last = job;
		job->next = NULL;
		job->queued = true;
	}
	pthread_cond_signal(&service->asked);
	pthread_mutex_unlock(&service->mutex);
	return ticket;
}

bool service_wait(struct service *service, uint64_t ticket, uint64_t timeout)
{
	uint64_t deadline = clock_now() + timeout;

	pthread_mutex_lock(&service->mutex);
	while (service->completed < ticket && !service->ended) {
		if (!condition_wait_until(&service->answered, &service->mutex, deadline))
			break;
	}
	bool done = service->completed >= ticket;
	pthread_mutex_unlock(&service->mutex);
	return done;
}

bool service_alive(struct service *service)
{
	/* In the child of a fork the mutex may be locked for good. */
	if (service->pid != getpid())
		return false;
	pthread_mutex_lock(&service->mutex);
	bool alive = !service->ended;
	pthread_mutex_unlock(&service->mutex);
	return alive;
}

void service_stop(struct service *service)
{
	if (service->pid == getpid()) {
		pthread_mutex_lock(&service->mutex);
		service->stopping = true;
		pthread_cond_signal(&service->asked);
		pthread_mutex_unlock(&service->mutex);
	}
	release(service);
}
