#include "served_program.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fake_snapshot.h"

static struct snapshot_header *make_snapshot(uint32_t count)
{
	struct snapshot_header head = {.flags = SNAPSHOT_RUNNING | SNAPSHOT_EXACT, .sequence = 1};
	struct fake_class *classes = calloc(count, sizeof *classes);

	for (uint32_t i = 0; i < count; i++)
		classes[i] = (struct fake_class){.id = i + 1, .name = "A::Class::With::A::Name", .allocated = i};
	struct snapshot_header *snapshot = fake_snapshot(&head, NULL, classes, count);
	free(classes);
	return snapshot;
}

static struct snapshot_header *snapshot(void *context)
{
	struct served_program *program = context;

	atomic_fetch_add(&program->snapshots, 1);
	return program->classes ? make_snapshot(program->classes) : NULL;
}

static bool running(void *context)
{
	return ((struct served_program *)context)->running;
}

static bool refresh(void *context)
{
	struct served_program *program = context;

	atomic_fetch_add(&program->refreshes, 1);
	if (!program->lazy && !program->untold)
		server_refreshed(program->server);
	return !program->untold;
}

static const char *work(void *context, const struct server_work *work)
{
	struct served_program *program = context;

	pthread_mutex_lock(&program->mutex);
	program->work = *work;
	pthread_mutex_unlock(&program->mutex);
	atomic_fetch_add(&program->works, 1);
	if (program->lazy)
		return NULL;
	if (work->kind == MESSAGE_STOP)
		return "it shall not be stopped";
	server_done(program->server, work->start.depth == 99 ? "that is too deep" : NULL, 41);
	return NULL;
}

struct server_work served_program_work(struct served_program *program)
{
	pthread_mutex_lock(&program->mutex);
	struct server_work work = program->work;
	pthread_mutex_unlock(&program->mutex);
	return work;
}

static void last_client_left(void *context)
{
	atomic_fetch_add(&((struct served_program *)context)->last_client_left, 1);
}

static void lost(void *context)
{
	atomic_fetch_add(&((struct served_program *)context)->lost, 1);
}

unsigned open_descriptors(void)
{
	unsigned count = 0;

	for (int fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

int served_program_start(void **state)
{
	struct served_program *program = calloc(1, sizeof *program);
	struct server_source source = {.context = program,
	                               .snapshot = snapshot,
	                               .running = running,
	                               .refresh = refresh,
	                               .work = work,
	                               .last_client_left = last_client_left,
	                               .lost = lost};
	char problem[TRANSPORT_PROBLEM_MAX] = "";

	program->open = open_descriptors();
	program->classes = 3;
	pthread_mutex_init(&program->mutex, NULL);
	strcpy(program->directory, "/tmp/server-test-XXXXXX");
	assert_non_null(mkdtemp(program->directory));
	program->server = server_start(program->directory, &source, problem);
	assert_string_equal(problem, "");
	*state = program;
	return 0;
}

void served_program_end(struct served_program *program, const char *how)
{
	if (!program->server)
		return;
	assert_true(server_end(program->server, how));
	server_free(program->server);
	program->server = NULL;
}

int served_program_stop(void **state)
{
	struct served_program *program = *state;

	served_program_end(program, NULL);
	assert_int_equal(open_descriptors(), program->open);
	/* Nothing is left in it. */
	assert_int_equal(rmdir(program->directory), 0);
	free(program);
	return 0;
}

struct client *served_program_look(struct served_program *program)
{
	char problem[TRANSPORT_PROBLEM_MAX] = "";
	struct client *client = client_open(server_path(program->server), problem);

	assert_string_equal(problem, "");
	assert_int_equal(client_pid(client), getpid());
	return client;
}

int64_t milliseconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

enum client_event wait_for_next(struct client *client, struct client_message *message)
{
	int64_t deadline = milliseconds() + PATIENCE;
	enum client_event event;

	while ((event = client_next(client, message)) == CLIENT_NOTHING && milliseconds() < deadline)
		client_wait(client, 100);
	return event;
}

void wait_for_count(atomic_uint *counter, unsigned wanted)
{
	int64_t deadline = milliseconds() + PATIENCE;

	while (*counter < wanted && milliseconds() < deadline)
		usleep(1000);
	assert_true(*counter >= wanted);
}

void expect_snapshot(struct client *client, uint32_t classes)
{
	struct client_message message;

	assert_int_equal(wait_for_next(client, &message), CLIENT_SNAPSHOT);
	assert_int_equal(message.snapshot->class_count, classes);
	free(message.snapshot);
}
