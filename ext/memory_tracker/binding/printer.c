#include "binding/printer.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "binding/tables.h"
#include "vm/condition.h"
#include "vm/fork_close.h"
#include "vm/hooks.h"

#define MILLISECONDS UINT64_C(1000000)

/* A table does not wait longer than this for what the service was asked for; the next one will have it. */
#define REFRESH_PATIENCE (50 * MILLISECONDS)
#define GC_PATIENCE (500 * MILLISECONDS)

struct printer {
	struct capture *capture; /* borrowed */
	struct service *service; /* borrowed */
	int fd;                  /* owned, a copy of what was given */
	int errors;              /* owned, a copy of stderr; -1: there is none */
	struct printer_options options;
	pthread_t thread;

	pthread_mutex_t mutex; /* guards `ending` */
	pthread_cond_t changed;
	bool ending;

	/* Of the thread alone. */
	struct tables tables;
	uint64_t printed;
	uint64_t next_gc;
};

/* Sleeps until `deadline`. Returns whether the end has come. */
static bool sleep_until(struct printer *printer, uint64_t deadline)
{
	pthread_mutex_lock(&printer->mutex);
	while (!printer->ending && !printer->tables.cancelled) {
		if (!condition_wait_until(&printer->changed, &printer->mutex, deadline))
			break;
	}
	bool ending = printer->ending || printer->tables.cancelled;
	pthread_mutex_unlock(&printer->mutex);
	return ending;
}

static void record(struct printer *printer, const struct snapshot_header *snapshot)
{
	char problem[TRANSPORT_PROBLEM_MAX];

	if (!printer->options.recorder || recorder_add(printer->options.recorder, snapshot, problem))
		return;
	tables_say(&printer->tables, problem);
	printer->options.recorder = NULL;
}

/* Takes a snapshot. Returns false when there is none to take. */
static bool look(struct printer *printer, uint32_t flags)
{
	struct snapshot_header *snapshot = capture_snapshot(printer->capture);

	if (snapshot) {
		snapshot->flags |= flags;
		record(printer, snapshot);
	}
	return tables_take(&printer->tables, snapshot);
}

/* Whether it is time for a full GC; if so, sets the time of the next one. */
static bool gc_is_due(struct printer *printer)
{
	uint64_t now = condition_now();

	if (!printer->options.gc_ns || now < printer->next_gc)
		return false;
	printer->next_gc += printer->options.gc_ns;
	if (printer->next_gc < now)
		printer->next_gc = now + printer->options.gc_ns;
	return true;
}

/* Has the numbers made fresh, if the GVL can be had in time. */
static void refresh(struct printer *printer)
{
	if (!printer->service) {
		hooks_request_refresh();
		return;
	}
	bool gc = gc_is_due(printer);
	uint64_t ticket = service_request(printer->service, SERVICE_REFRESH | (gc ? SERVICE_GC_FULL : 0));

	service_wait(printer->service, ticket, gc ? GC_PATIENCE : REFRESH_PATIENCE);
}

static void say_why_broken(struct printer *printer)
{
	char sentence[128];

	if (!printer->tables.error)
		return;
	snprintf(sentence, sizeof sentence, "there are no more tables: %s", strerror(printer->tables.error));
	tables_say(&printer->tables, sentence);
}

static void *run(void *data)
{
	struct printer *printer = data;
	uint64_t next = condition_now();
	bool ending;

	printer->next_gc = next + printer->options.gc_ns;
	/* The first rates and growths are reckoned from here. */
	look(printer, 0);
	do {
		next += printer->options.interval_ns;
		ending = sleep_until(printer, next);
		if (!ending)
			refresh(printer);
		/* Looking goes on after the last table, because growth at the end is reckoned from what was before. */
		if (look(printer, ending ? SNAPSHOT_ENDED : 0) &&
		    (ending || printer->printed++ < printer->options.tables))
			tables_print(&printer->tables);
		uint64_t now = condition_now();
		next = next < now ? now : next;
	} while (!ending && !printer->tables.broken);
	say_why_broken(printer);
	return NULL;
}

/* Starts the thread with all signals blocked: they are for the program's own threads. */
static int start_thread(struct printer *printer)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int error = pthread_create(&printer->thread, NULL, run, printer);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
#if defined(HAVE_PTHREAD_SETNAME_NP) && defined(__linux__)
	if (!error)
		pthread_setname_np(printer->thread, "memory-tracker");
#endif
	return error;
}

/* A copy of a descriptor that the program may close. In children it is closed; -1 with errno set where there is none. */
static int copy_of(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);

	/* Without room in that list a child keeps the copy open, which is all that is wrong then. */
	if (copy >= 0)
		fork_close_add(copy);
	return copy;
}

static void close_copy(int copy)
{
	if (copy < 0)
		return;
	fork_close_remove(copy);
	close(copy);
}

static struct printer *printer_new(struct capture *capture, struct service *service, int fd, int errors,
                                   const struct printer_options *options)
{
	struct printer *printer = calloc(1, sizeof *printer);

	if (!printer)
		return NULL;
	*printer =
	    (struct printer){.capture = capture, .service = service, .fd = fd, .errors = errors, .options = *options};
	pthread_mutex_init(&printer->mutex, NULL);
	bool tables = tables_init(&printer->tables, fd, &options->batch);
	printer->tables.errors = errors;
	if (tables && !condition_init(&printer->changed))
		return printer;
	if (tables)
		tables_deinit(&printer->tables);
	pthread_mutex_destroy(&printer->mutex);
	free(printer);
	return NULL;
}

struct printer *printer_start(struct capture *capture, struct service *service, int fd,
                              const struct printer_options *options)
{
	int copy = copy_of(fd);

	if (copy < 0)
		return NULL;
	int errors = copy_of(STDERR_FILENO);
	struct printer *printer = printer_new(capture, service, copy, errors, options);
	int error = printer ? start_thread(printer) : ENOMEM;
	if (!error)
		return printer;
	if (printer) {
		printer_free(printer);
	} else {
		close_copy(copy);
		close_copy(errors);
	}
	errno = error;
	return NULL;
}

void printer_end(struct printer *printer)
{
	pthread_mutex_lock(&printer->mutex);
	printer->ending = true;
	pthread_cond_signal(&printer->changed);
	pthread_mutex_unlock(&printer->mutex);
}

void printer_cancel(struct printer *printer)
{
	tables_cancel(&printer->tables);
	printer_end(printer);
}

void printer_join(struct printer *printer)
{
	pthread_join(printer->thread, NULL);
}

void printer_free(struct printer *printer)
{
	close_copy(printer->fd);
	close_copy(printer->errors);
	pthread_cond_destroy(&printer->changed);
	pthread_mutex_destroy(&printer->mutex);
	tables_deinit(&printer->tables);
	free(printer);
}
