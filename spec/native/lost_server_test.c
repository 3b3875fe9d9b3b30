/*
 * A server in a program that closes what it finds, and whose own files then have the server's numbers.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "served_program.h"
#include "taken_numbers.h"
#include "transport/socket.h"

struct daemon {
	struct served_program *program;
	char path[DIRECTORY_PATH_MAX]; /* of the server's socket */
	struct taken_numbers numbers;
};

static int start(void **state)
{
	struct daemon *daemon = calloc(1, sizeof *daemon);

	taken_numbers_note(&daemon->numbers);
	served_program_start((void **)&daemon->program);
	strcpy(daemon->path, server_path(daemon->program->server));
	*state = daemon;
	return 0;
}

static int stop_server(void **state)
{
	struct daemon *daemon = *state;

	served_program_end(daemon->program, "ended with status 0");
	taken_numbers_release(&daemon->numbers);
	served_program_stop((void **)&daemon->program);
	free(daemon);
	return 0;
}

/* The listener, and both ends of a pipe. */
static void take_over(struct daemon *daemon, int fd)
{
	taken_numbers_take(&daemon->numbers, fd, 3);
}

/* Nanoseconds of processor time that all threads have taken. */
static int64_t processor_time(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* Wakes the server, and waits until it has noticed. */
static void expect_quiet_end(struct daemon *daemon)
{
	/* The name leads to the socket that its poll still has. */
	int fd = socket_connect(daemon->path);
	if (fd >= 0)
		close(fd);
	wait_for_count(&daemon->program->lost, 1);
	assert_int_equal(access(daemon->path, F_OK), -1);
	int64_t before = processor_time();
	poll(NULL, 0, 200);
	assert_in_range(processor_time() - before, 0, 50000000);
	int64_t start = milliseconds();
	served_program_end(daemon->program, "ended with status 0");
	assert_in_range(milliseconds() - start, 0, 1000);
	assert_int_equal(daemon->program->lost, 1);
}

static void test_files_are_not_written(void **state)
{
	struct daemon *daemon = *state;
	struct stat status;
	char path[] = "/tmp/lost-server-XXXXXX";

	take_over(daemon, mkstemp(path));
	server_refreshed(daemon->program->server);
	expect_quiet_end(daemon);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_size, 0);
	unlink(path);
}

static void test_pipes_are_not_read(void **state)
{
	struct daemon *daemon = *state;
	char bytes[64];
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	taken_numbers_own(&daemon->numbers, ends[1]);
	assert_int_equal(write(ends[1], "mine, and no other's", 20), 20);
	take_over(daemon, ends[0]);
	expect_quiet_end(daemon);
	assert_int_equal(read(daemon->numbers.taken[0], bytes, sizeof bytes), 20);
	close(ends[1]);
}

static void test_connections_are_not_taken(void **state)
{
	struct daemon *daemon = *state;
	char path[DIRECTORY_PATH_MAX];

	snprintf(path, sizeof path, "%s/own", daemon->program->directory);
	int listener = socket_listen(path, &(struct socket_name){0});
	int client = socket_connect(path);
	assert_true(client >= 0);
	taken_numbers_own(&daemon->numbers, client);
	take_over(daemon, listener);
	expect_quiet_end(daemon);
	int connection = socket_accept(daemon->numbers.taken[0]);
	assert_true(connection >= 0);
	close(connection);
	close(client);
	unlink(path);
}

/* What is said on a connection of the program's own stays there, also when that has the number of a visitor's. */
static void test_connections_are_not_used(void **state)
{
	struct daemon *daemon = *state;
	char bytes[64];
	int ends[2];

	/* The other end of a connection, which is in this process too, stays open. */
	struct client *client = served_program_look(daemon->program);
	taken_numbers_own(&daemon->numbers, client_fd(client));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	taken_numbers_own(&daemon->numbers, ends[1]);
	assert_int_equal(write(ends[1], "hello", 5), 5);
	take_over(daemon, ends[0]);
	assert_true(daemon->numbers.count >= 4);
	expect_quiet_end(daemon);
	assert_int_equal(recv(daemon->numbers.taken[0], bytes, sizeof bytes, MSG_DONTWAIT), 5);
	/* Nor is it shut down. */
	assert_int_equal(write(daemon->numbers.taken[0], "world", 5), 5);
	assert_int_equal(recv(ends[1], bytes, sizeof bytes, MSG_DONTWAIT), 5);
	assert_int_equal(recv(ends[1], bytes, sizeof bytes, MSG_DONTWAIT), -1);
	close(ends[1]);
	client_close(client);
}

/* Nothing has woken the server until the program ends. */
static void test_the_end_of_a_program_that_has_closed_all(void **state)
{
	struct daemon *daemon = *state;

	take_over(daemon, open("/dev/zero", O_RDONLY));
	int64_t start = milliseconds();
	served_program_end(daemon->program, "ended with status 0");
	assert_in_range(milliseconds() - start, 0, 1000);
	assert_int_equal(daemon->program->lost, 1);
	assert_int_equal(access(daemon->path, F_OK), -1);
}

/* Closes the first number that was not open then, but for so many. Returns whether there was one. */
static bool close_one(const struct taken_numbers *numbers, unsigned skipped)
{
	for (int fd = 0; fd < NUMBERS_MAX; fd++) {
		if (!numbers->own[fd] && is_open(fd) && skipped-- == 0)
			return close_unseen(fd) == 0;
	}
	return false;
}

static void test_each_descriptor_alone(void **state)
{
	struct taken_numbers numbers;
	bool closed = true;
	unsigned count = 0;

	taken_numbers_note(&numbers);
	while (closed) {
		struct served_program *program;

		served_program_start((void **)&program);
		closed = close_one(&numbers, count++);
		int64_t start = milliseconds();
		served_program_end(program, "ended with status 0");
		assert_in_range(milliseconds() - start, 0, 1000);
		served_program_stop((void **)&program);
	}
	/* The listener, and both ends of a pipe. */
	assert_int_equal(count, 4);
}

/* A program that has become another one by exec has its own socket there. */
static void test_a_name_that_is_another_sockets(void **state)
{
	struct daemon *daemon = *state;
	int other = socket_listen(daemon->path, &(struct socket_name){0});

	assert_true(other >= 0);
	served_program_end(daemon->program, NULL);
	assert_int_equal(access(daemon->path, F_OK), 0);
	close(other);
	unlink(daemon->path);
}

static void test_sockets_of_the_program_stay_open_in_forked_children(void **state)
{
	struct daemon *daemon = *state;
	int status;

	take_over(daemon, socket(AF_UNIX, SOCK_STREAM, 0));
	served_program_end(daemon->program, NULL);
	pid_t child = fork();
	if (child == 0) {
		for (unsigned i = 0; i < daemon->numbers.count; i++) {
			if (!is_open(daemon->numbers.taken[i]))
				_exit(1);
		}
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void test_descriptors_of_the_server_are_closed_in_forked_children(void **state)
{
	struct daemon *daemon = *state;
	int status;

	pid_t child = fork();
	if (child == 0) {
		for (int fd = 0; fd < NUMBERS_MAX; fd++) {
			if (!daemon->numbers.own[fd] && is_open(fd))
				_exit(1);
		}
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop_server)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_files_are_not_written),
	    TEST(test_pipes_are_not_read),
	    TEST(test_connections_are_not_taken),
	    TEST(test_connections_are_not_used),
	    TEST(test_the_end_of_a_program_that_has_closed_all),
	    cmocka_unit_test(test_each_descriptor_alone),
	    TEST(test_a_name_that_is_another_sockets),
	    TEST(test_sockets_of_the_program_stay_open_in_forked_children),
	    TEST(test_descriptors_of_the_server_are_closed_in_forked_children),
	};

	signal(SIGPIPE, SIG_DFL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
