/*
 * Questions to a server and its answers, up to the end of the program.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "served_program.h"
#include "transport/socket.h"

static void test_snapshots(void **state)
{
	struct served_program *program = *state;
	struct client *client = served_program_look(program);

	assert_false(client_running(client));
	for (uint32_t count = 1; count < 4000; count *= 3) {
		program->classes = count;
		assert_true(client_ask_snapshot(client));
		expect_snapshot(client, count);
	}
	client_close(client);
}

static void test_a_client_that_does_not_wait(void **state)
{
	struct served_program *program = *state;
	char problem[TRANSPORT_PROBLEM_MAX] = "";
	struct client_message message;
	struct client *client = client_begin(server_path(program->server), problem);

	assert_string_equal(problem, "");
	assert_true(client_ask_snapshot(client));
	assert_int_equal(wait_for_next(client, &message), CLIENT_GREETED);
	assert_int_equal(client_pid(client), getpid());
	expect_snapshot(client, 3);
	client_close(client);
	assert_null(client_begin("/tmp/no-such-folder/1.sock", problem));
	assert_int_equal(errno, ENOENT);
	assert_string_equal(problem, "nobody can be looked into at /tmp/no-such-folder/1.sock");
}

static void test_refreshes_that_nothing_tells_the_end_of(void **state)
{
	struct served_program *program = *state;
	struct client *client = served_program_look(program);

	program->untold = true;
	for (unsigned asked = 1; asked <= 3; asked++) {
		assert_true(client_ask_snapshot(client));
		expect_snapshot(client, 3);
		assert_int_equal(program->refreshes, asked);
	}
	client_close(client);
}

static void test_questions_asked_all_at_once(void **state)
{
	struct client *client = served_program_look(*state);

	for (int i = 0; i < 50; i++)
		assert_true(client_ask_snapshot(client));
	for (int i = 0; i < 50; i++)
		expect_snapshot(client, 3);
	client_close(client);
}

static void test_nothing_is_worked_out_for_who_does_not_ask(void **state)
{
	struct served_program *program = *state;
	struct client *client = served_program_look(program);

	client_close(client);
	client = served_program_look(program);
	assert_int_equal(program->snapshots + program->refreshes + program->works, 0);
	client_close(client);
}

static void test_no_snapshot(void **state)
{
	struct served_program *program = *state;
	struct client *client = served_program_look(program);
	struct client_message message;

	program->classes = 0;
	client_ask_snapshot(client);
	assert_int_equal(wait_for_next(client, &message), CLIENT_REFUSED);
	assert_int_equal(message.asked, MESSAGE_SNAPSHOT);
	assert_string_equal(message.text, "no objects are counted yet");
	client_close(client);
}

static void test_a_snapshot_does_not_wait_for_the_vm(void **state)
{
	struct served_program *program = *state;
	struct client *client = served_program_look(program);

	program->lazy = true;
	client_ask_gc(client);
	client_ask_snapshot(client);
	expect_snapshot(client, 3);
	client_ask_snapshot(client);
	expect_snapshot(client, 3);
	client_close(client);
}

static void test_work(void **state)
{
	struct served_program *program = *state;
	struct client *client = served_program_look(program);
	struct client_message message;

	client_ask_gc(client);
	assert_int_equal(wait_for_next(client, &message), CLIENT_GC_DONE);
	assert_int_equal(message.nanoseconds, 41);
	client_ask_stop(client);
	assert_int_equal(wait_for_next(client, &message), CLIENT_REFUSED);
	assert_int_equal(message.asked, MESSAGE_STOP);
	assert_string_equal(message.text, "it shall not be stopped");
	client_close(client);
}

static void test_work_while_there_is_some(void **state)
{
	struct served_program *program = *state;
	struct client *first = served_program_look(program), *second = served_program_look(program);
	struct client_message message;

	program->lazy = true;
	client_ask_gc(first);
	wait_for_count(&program->works, 1);
	client_ask_gc(first);
	assert_int_equal(wait_for_next(first, &message), CLIENT_REFUSED);
	assert_string_equal(message.text, "what was asked for before is not done yet");
	client_ask_stop(second);
	server_done(program->server, NULL, 5);
	assert_int_equal(wait_for_next(first, &message), CLIENT_GC_DONE);
	wait_for_count(&program->works, 2);
	assert_int_equal(served_program_work(program).kind, MESSAGE_STOP);
	/* Who leaves is told nothing, and nobody else instead of him. */
	client_close(second);
	server_done(program->server, NULL, 6);
	client_ask_gc(first);
	wait_for_count(&program->works, 3);
	server_done(program->server, NULL, 7);
	assert_int_equal(wait_for_next(first, &message), CLIENT_GC_DONE);
	assert_int_equal(message.nanoseconds, 7);
	client_close(first);
}

static const struct message_start nothing;

static void test_a_start_carries_what_was_asked_for(void **state)
{
	static const char names[] = "Shop::Session\0Hash";
	const struct message_start start = {.given = MESSAGE_START_ALL,
	                                    .light = 1,
	                                    .depth = 7,
	                                    .path_interval = 3,
	                                    .existing = 1,
	                                    .memory_limit = UINT64_C(3) << 32};
	struct served_program *program = *state;
	struct client *client = served_program_look(program);
	char many[MESSAGE_START_NAMES_MAX + 1] = "";
	struct client_message message;
	struct server_work work;

	assert_true(client_ask_start(client, &start, names, sizeof names));
	assert_int_equal(wait_for_next(client, &message), CLIENT_DONE);
	work = served_program_work(program);
	assert_memory_equal(&work.start, &start, sizeof start);
	assert_memory_equal(work.names, names, sizeof names);
	assert_int_equal(work.names[sizeof names], 0);
	client_ask_start(client, &nothing, NULL, 0);
	assert_int_equal(wait_for_next(client, &message), CLIENT_DONE);
	work = served_program_work(program);
	assert_memory_equal(&work.start, &nothing, sizeof nothing);
	assert_string_equal(work.names, "");
	/* As many names as there can be, and one byte more. */
	memset(many, 'A', sizeof many);
	for (size_t end = 100; end < sizeof many; end += 100)
		many[end] = 0;
	many[MESSAGE_START_NAMES_MAX - 1] = 0;
	assert_true(client_ask_start(client, &start, many, MESSAGE_START_NAMES_MAX));
	assert_int_equal(wait_for_next(client, &message), CLIENT_DONE);
	work = served_program_work(program);
	assert_memory_equal(work.names, many, MESSAGE_START_NAMES_MAX);
	assert_false(client_ask_start(client, &start, many, sizeof many));
	client_close(client);
}

/* The connection whose start was refused keeps nothing going, unless an earlier one was done. */
static void test_a_start_that_is_refused(void **state)
{
	const struct message_start deep = {.given = MESSAGE_START_DEPTH, .depth = 99};
	struct served_program *program = *state;
	struct client *first = served_program_look(program), *refused = served_program_look(program);
	struct client_message message;

	client_ask_start(first, &nothing, NULL, 0);
	assert_int_equal(wait_for_next(first, &message), CLIENT_DONE);
	client_ask_start(first, &deep, NULL, 0);
	assert_int_equal(wait_for_next(first, &message), CLIENT_REFUSED);
	client_ask_start(refused, &deep, NULL, 0);
	assert_int_equal(wait_for_next(refused, &message), CLIENT_REFUSED);
	assert_int_equal(message.asked, MESSAGE_START);
	assert_string_equal(message.text, "that is too deep");
	assert_int_equal(program->last_client_left, 0);
	client_close(first);
	wait_for_count(&program->last_client_left, 1);
	client_close(refused);
}

static void test_when_all_who_started_are_gone(void **state)
{
	struct served_program *program = *state;
	struct client *first = served_program_look(program), *second = served_program_look(program),
	              *other = served_program_look(program);
	struct client_message message;

	client_ask_start(first, &nothing, NULL, 0);
	assert_int_equal(wait_for_next(first, &message), CLIENT_DONE);
	client_ask_start(second, &nothing, NULL, 0);
	assert_int_equal(wait_for_next(second, &message), CLIENT_DONE);
	client_close(first);
	client_ask_snapshot(other);
	expect_snapshot(other, 3);
	assert_int_equal(program->last_client_left, 0);
	client_close(second);
	wait_for_count(&program->last_client_left, 1);
	client_close(other);
	assert_int_equal(program->last_client_left, 1);
}

static void test_as_many_as_there_are_places(void **state)
{
	struct served_program *program = *state;
	struct client *clients[SERVER_CLIENTS_MAX];
	char problem[TRANSPORT_PROBLEM_MAX];

	for (int i = 0; i < SERVER_CLIENTS_MAX; i++)
		clients[i] = served_program_look(program);
	assert_null(client_open(server_path(program->server), problem));
	assert_string_equal(problem, "as many look into the program already as can at the same time");
	for (int i = 0; i < SERVER_CLIENTS_MAX; i++) {
		client_ask_snapshot(clients[i]);
		expect_snapshot(clients[i], 3);
		client_close(clients[i]);
	}
	/* Their places are free again, some time soon. */
	int64_t deadline = milliseconds() + PATIENCE;
	struct client *client = NULL;
	while (!client && milliseconds() < deadline)
		client = client_open(server_path(program->server), problem);
	assert_non_null(client);
	client_close(client);
}

static void test_the_end(void **state)
{
	struct served_program *program = *state;
	struct client *client = served_program_look(program), *other = served_program_look(program);
	struct client_message message;

	served_program_end(program, "ended with status 0");
	assert_int_equal(wait_for_next(client, &message), CLIENT_SNAPSHOT);
	assert_true(message.snapshot->flags & SNAPSHOT_ENDED);
	free(message.snapshot);
	assert_int_equal(wait_for_next(client, &message), CLIENT_ENDED);
	assert_string_equal(message.text, "ended with status 0");
	assert_int_equal(client_next(client, &message), CLIENT_NOTHING);
	assert_false(client_ask_snapshot(client));
	client_close(client);
	client_close(other);
}

static void test_an_end_that_nobody_tells(void **state)
{
	struct served_program *program = *state;
	struct client *client = served_program_look(program);
	struct client_message message;

	served_program_end(program, NULL);
	assert_int_equal(wait_for_next(client, &message), CLIENT_ENDED);
	assert_string_equal(message.text, "");
	client_close(client);
}

/* Somebody who asks and never listens. */
static void test_a_slow_client_delays_no_other(void **state)
{
	struct served_program *program = *state;
	struct client *slow = served_program_look(program), *quick = served_program_look(program);

	program->classes = 100000;
	for (int i = 0; i < 20; i++)
		client_ask_snapshot(slow);
	wait_for_count(&program->snapshots, 1);
	unsigned before = program->snapshots;
	program->classes = 2;
	for (int i = 0; i < 20; i++) {
		client_ask_snapshot(quick);
		expect_snapshot(quick, 2);
	}
	/* Nothing more was worked out for who has not taken the first. */
	assert_in_range(program->snapshots, before + 20, before + 21);
	int64_t start = milliseconds();
	served_program_end(program, "ended with status 0");
	assert_true(milliseconds() - start < PATIENCE / 2);
	client_close(slow);
	client_close(quick);
}

static void test_a_path_that_is_taken(void **state)
{
	struct served_program *program = *state;
	char path[DIRECTORY_PATH_MAX], target[DIRECTORY_PATH_MAX];
	char problem[TRANSPORT_PROBLEM_MAX];
	struct stat status;

	assert_true(directory_socket(path, program->directory, 4711, problem));
	/* What a symbolic link leads to stays as it is. */
	snprintf(target, sizeof(target), "%s/target", program->directory);
	close(open(target, O_CREAT | O_WRONLY, 0644));
	assert_int_equal(symlink(target, path), 0);
	int fd = socket_listen(path, &(struct socket_name){0});
	assert_true(fd >= 0);
	assert_int_equal(lstat(path, &status), 0);
	assert_true(S_ISSOCK(status.st_mode));
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_int_equal(lstat(target, &status), 0);
	assert_true(S_ISREG(status.st_mode));
	/* A socket that nobody listens to any more. */
	close(fd);
	fd = socket_listen(path, &(struct socket_name){0});
	assert_true(fd >= 0);
	close(fd);
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(socket_listen(path, &(struct socket_name){0}), -1);
	rmdir(path);
	unlink(target);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, served_program_start, served_program_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_snapshots),
	    TEST(test_a_client_that_does_not_wait),
	    TEST(test_refreshes_that_nothing_tells_the_end_of),
	    TEST(test_questions_asked_all_at_once),
	    TEST(test_nothing_is_worked_out_for_who_does_not_ask),
	    TEST(test_no_snapshot),
	    TEST(test_a_snapshot_does_not_wait_for_the_vm),
	    TEST(test_work),
	    TEST(test_work_while_there_is_some),
	    TEST(test_a_start_carries_what_was_asked_for),
	    TEST(test_a_start_that_is_refused),
	    TEST(test_when_all_who_started_are_gone),
	    TEST(test_as_many_as_there_are_places),
	    TEST(test_the_end),
	    TEST(test_an_end_that_nobody_tells),
	    TEST(test_a_slow_client_delays_no_other),
	    TEST(test_a_path_that_is_taken),
	};

	signal(SIGPIPE, SIG_DFL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
