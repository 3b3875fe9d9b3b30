/*
 * Which processes of a program there are, as one source: those that come and go, that do not answer, and that cannot be
 * understood.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "failing_malloc.h"
#include "moved_clock.h"
#include "test_folder.h"
#include "watched_processes.h"

/* --- one --- */

static void test_one_is_shown_when_it_has_said_hello(void **state)
{
	struct scripted_program program;

	scripted_listen(&program, watch.directory, 4001);
	watch_look_later(SEARCH);
	assert_int_equal(watch.count, 1);
	assert_false(watch_is_shown(&program));
	assert_int_equal(watch.source.fd(watch.source.context), -1);
	scripted_greet(&program);
	watch_look();
	assert_true(watch_is_shown(&program));
	assert_false(watch_listed(&program)->known);
	assert_true(watch.source.fd(watch.source.context) >= 0);
	/* It is asked at once. */
	assert_int_equal(scripted_count(&program, MESSAGE_SNAPSHOT), 1);
	scripted_send_snapshot(&program, 7, 0);
	watch_look();
	assert_int_equal(watch.told.snapshots, 1);
	assert_int_equal(watch.told.allocated, 7);
	watch_look_later(TELL);
	assert_int_equal(watch_listed(&program)->live, 7);
	assert_false(watch_listed(&program)->retained_known);
	watch_ask();
	assert_int_equal(scripted_count(&program, MESSAGE_SNAPSHOT), 1);
	/* What is connected to is not connected to again. */
	assert_false(scripted_accept(&program));
	scripted_end(&program);
}

static void test_growth_is_that_between_major_gcs(void **state)
{
	struct scripted_program program;

	watch_come(&program, 4001, 1);
	scripted_send_retained(&program, 100, 1, 10);
	watch_look_later(TELL);
	assert_true(watch_listed(&program)->retained_known);
	assert_false(watch_listed(&program)->growth_known);
	for (uint64_t major = 2; major <= 20; major++) {
		scripted_send_retained(&program, 100 * major, major, 10 * major);
		scripted_send_retained(&program, 100 * major, major, 10 * major);
	}
	watch_look_later(TELL);
	assert_true(watch_listed(&program)->growth_known);
	assert_true(watch_listed(&program)->growth > 9.99 && watch_listed(&program)->growth < 10.01);
	assert_int_equal(watch_listed(&program)->retained, 2000);
	/* Its counting has begun anew. */
	scripted_send_retained(&program, 5, 1, 300);
	watch_look_later(TELL);
	assert_false(watch_listed(&program)->growth_known);
	scripted_end(&program);
}

/* --- some that do not answer --- */

static double seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC_RAW, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Connects until no more connections can wait to be accepted. Returns how many there are. */
static int fill_queue(const struct scripted_program *program, int fds[256])
{
	int count = 0;

	while (count < 256 && (fds[count] = socket_connect(program->path)) >= 0)
		count++;
	assert_in_range(count, 1, 255);
	return count;
}

static void test_those_that_do_not_answer_delay_nothing(void **state)
{
	struct scripted_program silent, full, program;
	int fds[256];

	scripted_listen(&silent, watch.directory, 4001);
	scripted_listen(&full, watch.directory, 4002);
	int count = fill_queue(&full, fds);
	double before = seconds();
	watch_come(&program, 4003, 7);
	for (int i = 0; i < 20; i++) {
		watch_ask();
		scripted_send_snapshot(&program, 8, 0);
		watch_look_later(SEARCH);
	}
	assert_true(seconds() - before < 0.5);
	assert_true(watch_is_shown(&program));
	assert_int_equal(watch.told.snapshots, 21);
	assert_int_equal(watch.count, 3);
	assert_false(watch_listed(&silent)->known);
	assert_false(watch_listed(&full)->known);
	/* The one is still waited for, and the other is connected to again. */
	scripted_greet(&silent);
	while (count > 0) {
		close(fds[--count]);
		assert_true(scripted_accept(&full));
	}
	assert_false(scripted_accept(&full));
	watch_look_later(RETRY);
	assert_int_equal(scripted_count(&silent, MESSAGE_SNAPSHOT), 1);
	scripted_greet(&full);
	watch_look();
	assert_int_equal(scripted_count(&full, MESSAGE_SNAPSHOT), 1);
	assert_true(watch_is_shown(&program));
	scripted_end(&silent);
	scripted_end(&full);
	scripted_end(&program);
}

static void test_one_that_ends_before_its_hello(void **state)
{
	struct scripted_program program, killed;

	scripted_listen(&program, watch.directory, 4001);
	scripted_listen(&killed, watch.directory, 4002);
	watch_look_later(SEARCH);
	assert_int_equal(watch.count, 2);
	assert_true(scripted_accept(&program));
	scripted_hang_up(&program);
	scripted_kill(&killed);
	watch_look();
	assert_int_equal(watch.count, 0);
	/* The one listens still; what the other has left is removed. */
	watch_look_later(SEARCH);
	assert_int_equal(access(killed.path, F_OK), -1);
	assert_int_equal(watch.count, 1);
	scripted_greet(&program);
	watch_look();
	assert_true(watch_is_shown(&program));
	assert_int_equal(watch.told.said, 0);
	scripted_end(&program);
}

/* It never was connected to. */
static void test_one_whose_socket_goes_is_no_longer_listed(void **state)
{
	struct scripted_program full;
	int fds[256];

	scripted_listen(&full, watch.directory, 4001);
	int count = fill_queue(&full, fds);
	watch_look_later(SEARCH);
	assert_int_equal(watch.count, 1);
	scripted_end(&full);
	watch_look_later(SEARCH);
	assert_int_equal(watch.count, 0);
	while (count > 0)
		close(fds[--count]);
}

/* --- some that cannot be understood --- */

static void test_garbage_instead_of_a_hello(void **state)
{
	static const char page[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
	struct scripted_program program;

	scripted_listen(&program, watch.directory, 4001);
	watch_look_later(SEARCH);
	assert_true(scripted_accept(&program));
	scripted_send_bytes(&program, page, sizeof page - 1);
	watch_look();
	watch_assert_said(NO_MESSAGE);
	assert_false(watch_is_shown(&program));
	/* It is tried again, some time later, and that is not said again. */
	watch_look_later(SEARCH);
	assert_false(scripted_accept(&program));
	watch_look_later(RETRY);
	assert_true(scripted_accept(&program));
	scripted_send_bytes(&program, page, sizeof page - 1);
	watch_look_later(RETRY);
	assert_int_equal(watch.told.said, 0);
	scripted_end(&program);
}

static void test_another_version(void **state)
{
	const struct message_hello hello = {.version = MESSAGE_VERSION + 1, .pid = 4001};
	struct scripted_program program;

	scripted_listen(&program, watch.directory, 4001);
	watch_look_later(SEARCH);
	assert_true(scripted_accept(&program));
	assert_true(channel_send(&program.channel, MESSAGE_HELLO, &hello, sizeof hello, NULL, 0));
	watch_look();
	assert_int_equal(watch.told.said, 1);
	assert_non_null(strstr(watch.told.sentence, "another version of memory-tracker"));
	/* There is a Ruby, so nothing else is said. */
	watch_told_nothing();
	watch_look_later(RETRY);
	assert_int_equal(watch.told.said, 0);
	scripted_end(&program);
}

/* It is there, so it has neither ended nor become another program. */
static void test_garbage_behind_numbers(void **state)
{
	struct scripted_program program, other;

	watch_come(&program, 4001, 7);
	watch_come(&other, 4002, 8);
	scripted_send_bytes(&program, "0123456789abcdefghijklmnopqrstuv", 32);
	watch_look();
	watch_assert_said(NO_MESSAGE);
	assert_false(watch_listed(&program)->known);
	assert_false(watch_listed(&program)->ended);
	watch_look_later(LEFT_ALONE);
	assert_int_equal(watch.told.said, 0);
	assert_false(scripted_accept(&program));
	/* The same of one that is only listed is not said. */
	watch_look_later(RETRY);
	scripted_greet(&program);
	watch_look();
	assert_true(watch_is_shown(&program));
	scripted_send_bytes(&other, "0123456789abcdefghijklmnopqrstuv", 32);
	watch_look();
	assert_int_equal(watch.told.said, 0);
	assert_false(watch_listed(&other)->known);
	scripted_end(&program);
	scripted_end(&other);
}

static void test_half_a_message(void **state)
{
	const struct message_header header = {.magic = MESSAGE_MAGIC, .kind = MESSAGE_ENDED, .size = 4};
	struct scripted_program program, other;

	watch_come(&program, 4001, 7);
	watch_come(&other, 4002, 8);
	scripted_send_bytes(&program, &header, sizeof header / 2);
	scripted_send_snapshot(&other, 9, 0);
	watch_look();
	assert_int_equal(watch_listed(&other)->live, 9);
	assert_int_equal(watch_listed(&program)->live, 7);
	scripted_send_bytes(&program, (const char *)&header + sizeof header / 2, sizeof header / 2);
	watch_look();
	assert_false(watch_listed(&program)->ended);
	scripted_send_bytes(&program, "over", 4);
	watch_look();
	assert_true(watch_listed(&program)->ended);
	scripted_end(&program);
	scripted_end(&other);
}

/* --- many --- */

static void test_fifty_that_come_and_go(void **state)
{
	static struct scripted_program programs[50];

	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 50; i++)
			scripted_listen(&programs[i], watch.directory, 4050 - i);
		watch_look_later(SEARCH);
		for (int i = 0; i < 50; i++)
			scripted_greet(&programs[i]);
		watch_look();
		for (int i = 0; i < 50; i++)
			scripted_send_snapshot(&programs[i], 1000 + (uint64_t)programs[i].pid, 0);
		watch_look();
		assert_int_equal(watch.count, 50);
		for (size_t i = 0; i < 50; i++) {
			/* Those that are found together are listed by their numbers. */
			assert_int_equal(watch.list[i].pid, 4001 + i);
			assert_int_equal(watch.list[i].live, 5001 + i);
		}
		assert_true(watch_is_shown(&programs[49]));
		for (int i = 0; i < 50; i++) {
			if (i % 3 == 1)
				scripted_send_ended(&programs[i], "ended with status 0");
			i % 3 ? scripted_end(&programs[i]) : scripted_kill(&programs[i]);
		}
		watch_look();
		watch_look_later(SEARCH);
		assert_int_equal(watch.count, 1);
		assert_true(watch_listed(&programs[49])->ended);
	}
	assert_int_equal(test_folder_count(), 0);
}

static void test_more_than_can_be_listed(void **state)
{
	static struct scripted_program programs[LISTED + 4];

	for (int i = 0; i < LISTED + 4; i++)
		scripted_listen(&programs[i], watch.directory, 4001 + i);
	watch_look_later(SEARCH);
	watch_look_later(SEARCH);
	assert_int_equal(watch.count, LISTED);
	for (int i = 0; i < LISTED + 4; i++) {
		if (watch_listed(&programs[i]))
			scripted_end(&programs[i]);
	}
	watch_look();
	assert_int_equal(watch.count, 0);
	watch_look_later(SEARCH);
	assert_int_equal(watch.count, 4);
	for (int i = 0; i < LISTED + 4; i++)
		scripted_end(&programs[i]);
}

/* --- memory --- */

static void test_without_memory(void **state)
{
	struct scripted_program first, second;

	for (uint64_t call = 1; call <= 40; call++) {
		scripted_listen(&first, watch.directory, 4001);
		scripted_listen(&second, watch.directory, 4002);
		failing_malloc_at(call, false);
		failing_malloc_arm(true);
		watch_look_later(SEARCH);
		failing_malloc_arm(false);
		watch_look_later(RETRY);
		assert_int_equal(watch.count, 2);
		scripted_greet(&first);
		scripted_greet(&second);
		failing_malloc_arm(true);
		watch_look();
		failing_malloc_arm(false);
		scripted_end(&first);
		scripted_end(&second);
		watch_look_later(SEARCH);
	}
	failing_malloc_at(0, false);
	watch_come(&first, 4003, 5);
	assert_true(watch_is_shown(&first));
	assert_int_equal(watch.told.allocated, 5);
	failing_malloc_at(1, true);
	failing_malloc_arm(true);
	struct processes *none = processes_new(watch.directory);
	failing_malloc_arm(false);
	assert_null(none);
	scripted_end(&first);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, watch_start, watch_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_one_is_shown_when_it_has_said_hello),
	    TEST(test_growth_is_that_between_major_gcs),
	    TEST(test_those_that_do_not_answer_delay_nothing),
	    TEST(test_one_that_ends_before_its_hello),
	    TEST(test_one_whose_socket_goes_is_no_longer_listed),
	    TEST(test_garbage_instead_of_a_hello),
	    TEST(test_another_version),
	    TEST(test_garbage_behind_numbers),
	    TEST(test_half_a_message),
	    TEST(test_fifty_that_come_and_go),
	    TEST(test_more_than_can_be_listed),
	    TEST(test_without_memory),
	};

	/* Without a clock that can be moved on, and an allocator that can be made to fail, there is nothing to see. */
	if (!moved_clock_works() || !failing_malloc_works())
		return 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
