/*
 * The launcher's loop: its tables come through a pipe, and the program is the process of the test.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "served_program.h"
#include "source/batch_run.h"

#define MILLISECOND UINT64_C(1000000)

struct loop {
	struct batch_run *run;
	int tables[2], errors[2];
	pthread_t thread;
	atomic_bool over;
	char text[65536];
	size_t length;
};

static void *run_loop(void *data)
{
	struct loop *loop = data;

	while (!batch_run(loop->run))
		;
	atomic_store(&loop->over, true);
	return NULL;
}

static void start(struct loop *loop, const char *directory, struct batch_run_options options)
{
	*loop = (struct loop){0};
	assert_int_equal(pipe(loop->tables), 0);
	assert_int_equal(pipe(loop->errors), 0);
	fcntl(loop->tables[0], F_SETFL, O_NONBLOCK);
	options.directory = directory;
	options.fd = loop->tables[1];
	options.errors = loop->errors[1];
	options.prefix = "test: ";
	options.interval_ns = options.interval_ns ? options.interval_ns : 20 * MILLISECOND;
	options.tables = options.tables ? options.tables : UINT64_MAX;
	options.batch.command = "shop";
	loop->run = batch_run_new(&options);
	assert_non_null(loop->run);
	assert_int_equal(pthread_create(&loop->thread, NULL, run_loop, loop), 0);
}

static void read_tables(struct loop *loop)
{
	ssize_t length;

	while ((length = read(loop->tables[0], loop->text + loop->length, sizeof loop->text - 1 - loop->length)) > 0)
		loop->length += (size_t)length;
	loop->text[loop->length] = 0;
}

static size_t count_tables(const struct loop *loop)
{
	size_t count = 0;

	for (const char *at = loop->text; (at = strstr(at, "  RETAINED  GROWTH/s")); at++)
		count++;
	return count;
}

static void wait_for_tables(struct loop *loop, size_t count)
{
	int64_t deadline = milliseconds() + PATIENCE;

	while (count_tables(loop) < count && milliseconds() < deadline) {
		usleep(1000);
		read_tables(loop);
	}
	assert_true(count_tables(loop) >= count);
}

static bool wait_for_end(struct loop *loop, int64_t patience)
{
	int64_t deadline = milliseconds() + patience;

	while (!atomic_load(&loop->over) && milliseconds() < deadline)
		usleep(1000);
	return atomic_load(&loop->over);
}

static void finish(struct loop *loop)
{
	pthread_join(loop->thread, NULL);
	read_tables(loop);
	batch_run_free(loop->run);
	for (int i = 0; i < 2; i++) {
		close(loop->tables[i]);
		close(loop->errors[i]);
	}
}

static void test_tables_until_the_program_has_ended(void **state)
{
	struct served_program *program = *state;
	struct loop loop;

	start(&loop, program->directory, (struct batch_run_options){0});
	batch_run_started(loop.run, getpid());
	wait_for_tables(&loop, 3);
	assert_null(strstr(loop.text, "ended"));
	served_program_end(program, "ended with status 0");
	batch_run_ended(loop.run, "ended with status 0");
	assert_true(wait_for_end(&loop, PATIENCE));
	finish(&loop);
	assert_non_null(strstr(loop.text, "  shop  ended after "));
	assert_null(strstr(loop.text, "PROCESS"));
}

static void test_so_many_tables_and_one_at_the_end(void **state)
{
	struct served_program *program = *state;
	struct loop loop;

	start(&loop, program->directory, (struct batch_run_options){.tables = 2});
	batch_run_started(loop.run, getpid());
	wait_for_tables(&loop, 2);
	wait_for_count(&program->snapshots, 8);
	read_tables(&loop);
	assert_int_equal(count_tables(&loop), 2);
	served_program_end(program, "ended with status 0");
	batch_run_ended(loop.run, "ended with status 0");
	assert_true(wait_for_end(&loop, PATIENCE));
	finish(&loop);
	assert_int_equal(count_tables(&loop), 3);
}

/* The process of the test answers on, though the one that was started is said to have ended. */
static void test_processes_that_outlive_the_program(void **state)
{
	struct served_program *program = *state;
	struct loop loop;
	char sentence[256], expected[256];

	start(&loop, program->directory, (struct batch_run_options){0});
	batch_run_started(loop.run, 999999);
	wait_for_tables(&loop, 1);
	batch_run_ended(loop.run, "ended with status 4");
	ssize_t length = read(loop.errors[0], sentence, sizeof sentence - 1);
	assert_true(length > 0);
	sentence[length] = 0;
	snprintf(expected, sizeof expected,
	         "test: the program ended with status 4; process %ld goes on, and so do the tables\n", (long)getpid());
	assert_string_equal(sentence, expected);
	wait_for_tables(&loop, count_tables(&loop) + 3);
	assert_false(loop.over);
	batch_run_stop(loop.run);
	assert_true(wait_for_end(&loop, PATIENCE));
	finish(&loop);
}

static void fill(int fd)
{
	char bytes[4096] = {0};
	int flags = fcntl(fd, F_GETFL);

	fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	while (write(fd, bytes, sizeof bytes) > 0)
		;
	fcntl(fd, F_SETFL, flags);
}

static void test_a_reader_that_does_not_read(void **state)
{
	struct served_program *program = *state;
	struct loop loop;

	start(&loop, program->directory, (struct batch_run_options){.interval_ns = 200 * MILLISECOND});
	batch_run_started(loop.run, getpid());
	fill(loop.tables[1]);
	/* It goes on asking. */
	wait_for_count(&program->snapshots, 5);
	served_program_end(program, "ended with status 0");
	batch_run_ended(loop.run, "ended with status 0");
	/* Without a signal a reader may take its time. */
	assert_false(wait_for_end(&loop, 1500));
	batch_run_hurry(loop.run);
	assert_true(wait_for_end(&loop, 5000));
	finish(&loop);
}

static void test_a_reader_that_has_gone(void **state)
{
	struct served_program *program = *state;
	struct loop loop;

	start(&loop, program->directory, (struct batch_run_options){0});
	batch_run_started(loop.run, getpid());
	close(loop.tables[0]);
	wait_for_count(&program->snapshots, 3);
	served_program_end(program, "ended with status 0");
	batch_run_ended(loop.run, "ended with status 0");
	assert_true(wait_for_end(&loop, PATIENCE));
	loop.tables[0] = dup(loop.tables[1]);
	struct pollfd polled = {.fd = loop.errors[0], .events = POLLIN};
	assert_int_equal(poll(&polled, 1, 0), 0);
	fcntl(loop.tables[0], F_SETFL, O_NONBLOCK);
	finish(&loop);
}

static void test_full_collections(void **state)
{
	struct served_program *program = *state;
	struct loop loop;

	start(&loop, program->directory, (struct batch_run_options){.gc_ns = 50 * MILLISECOND});
	batch_run_started(loop.run, getpid());
	wait_for_count(&program->works, 3);
	assert_int_equal(served_program_work(program).kind, MESSAGE_GC);
	/* One that takes no end does not hold up the tables. */
	program->lazy = true;
	wait_for_count(&program->works, 4);
	read_tables(&loop);
	wait_for_tables(&loop, count_tables(&loop) + 2);
	served_program_end(program, "ended with status 0");
	batch_run_ended(loop.run, "ended with status 0");
	assert_true(wait_for_end(&loop, PATIENCE));
	finish(&loop);
}

static void test_a_program_without_a_ruby(void **state)
{
	struct served_program *program = *state;
	struct loop loop;

	served_program_end(program, NULL);
	start(&loop, program->directory, (struct batch_run_options){0});
	batch_run_started(loop.run, 999999);
	batch_run_ended(loop.run, "ended with status 0");
	assert_true(wait_for_end(&loop, PATIENCE));
	finish(&loop);
	assert_int_equal(loop.length, 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, served_program_start, served_program_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_tables_until_the_program_has_ended),
	    TEST(test_so_many_tables_and_one_at_the_end),
	    TEST(test_processes_that_outlive_the_program),
	    TEST(test_a_reader_that_does_not_read),
	    TEST(test_a_reader_that_has_gone),
	    TEST(test_full_collections),
	    TEST(test_a_program_without_a_ruby),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
