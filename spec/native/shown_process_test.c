/*
 * Which process of a program is shown: the first, the next one when that has ended, and those that are walked to; what
 * is asked of it, and what is said when there is none.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "failing_malloc.h"
#include "moved_clock.h"
#include "test_folder.h"
#include "watched_processes.h"

/* --- several come at once --- */

static void find_two(struct scripted_program *first, struct scripted_program *second)
{
	scripted_listen(second, watch.directory, 4002);
	scripted_listen(first, watch.directory, 4001);
	watch_look_later(SEARCH);
	scripted_greet(second);
	watch_look();
	assert_true(watch_is_shown(second));
}

static void test_the_first_of_those_found_at_once_is_shown_whichever_answers_first(void **state)
{
	struct scripted_program first, second, earlier;

	find_two(&first, &second);
	scripted_greet(&first);
	watch_look();
	assert_true(watch_is_shown(&first));
	/* One that comes later changes nothing. */
	watch_come(&earlier, 4000, 3);
	assert_true(watch_is_shown(&first));
	scripted_end(&earlier);
	scripted_end(&second);
	scripted_end(&first);
}

static void test_one_that_was_walked_to_stays(void **state)
{
	struct scripted_program first, second;

	find_two(&first, &second);
	watch_walk(1);
	watch_walk(1);
	assert_true(watch_is_shown(&second));
	scripted_greet(&first);
	watch_look();
	assert_true(watch_is_shown(&second));
	scripted_end(&second);
	scripted_end(&first);
}

/* --- the one that is shown ends --- */

static void test_the_next_one_takes_the_place_of_one_that_has_ended(void **state)
{
	struct scripted_program first, second;

	watch_come(&first, 4001, 7);
	watch_told_nothing();
	scripted_send_snapshot(&first, 9, SNAPSHOT_ENDED);
	scripted_send_ended(&first, "ended with status 0");
	scripted_end(&first);
	watch_look();
	/* Its last numbers, and then that. */
	assert_int_equal(watch.told.snapshots, 1);
	assert_int_equal(watch.told.allocated, 9);
	assert_true(watch_is_shown(&first) && watch_listed(&first)->ended);
	assert_int_equal(watch_listed(&first)->live, 9);
	assert_int_equal(watch.told.said, 0);
	assert_int_equal(watch.source.fd(watch.source.context), -1);
	watch_look_later(LEFT_ALONE);
	watch_assert_said(HAS_ENDED);
	watch_look_later(LEFT_ALONE);
	assert_int_equal(watch.told.said, 0);
	/* Numbers that were asked for come from the next one. */
	watch_ask();
	watch_come(&second, 4000, 3);
	assert_true(watch_is_shown(&second));
	assert_int_equal(watch.count, 1);
	assert_int_equal(watch.told.allocated, 3);
	scripted_end(&second);
}

static void test_one_that_becomes_another_program(void **state)
{
	struct scripted_program program, other;

	watch_come(&program, 4001, 7);
	scripted_end(&program);
	watch_look();
	assert_true(watch_listed(&program)->ended);
	watch_told_nothing();
	watch_come(&program, 4001, 2);
	assert_true(watch_is_shown(&program));
	assert_false(watch_listed(&program)->ended);
	assert_int_equal(watch.told.allocated, 2);
	/* It has not ended at all, and stays when another one is shown. */
	watch_look_later(LEFT_ALONE);
	assert_int_equal(watch.told.said, 0);
	watch_come(&other, 4002, 3);
	watch_walk(1);
	assert_true(watch_is_shown(&other));
	assert_int_equal(watch.count, 2);
	scripted_end(&other);
	scripted_end(&program);
}

/* Hello, numbers and end are there at once, and nothing of it is lost. */
static void test_one_that_has_ended_before_it_was_looked_at(void **state)
{
	struct scripted_program program;

	scripted_listen(&program, watch.directory, 4001);
	watch_look_later(SEARCH);
	scripted_greet(&program);
	scripted_send_snapshot(&program, 9, SNAPSHOT_ENDED);
	scripted_send_ended(&program, "ended with status 0");
	scripted_end(&program);
	watch_look();
	assert_true(watch_is_shown(&program));
	assert_int_equal(watch.told.allocated, 9);
	watch_look_later(LEFT_ALONE);
	watch_assert_said(HAS_ENDED);
}

/* --- walking --- */

static void test_walking(void **state)
{
	struct scripted_program programs[3];

	watch_walk(1);
	watch_walk(-1);
	for (int i = 0; i < 3; i++) {
		watch_come(&programs[i], 4001 + i, 11 + (uint64_t)i);
		if (i == 0)
			watch_walk(1);
		assert_true(watch_is_shown(&programs[0]));
	}
	assert_int_equal(watch.told.snapshots, 1);
	static const struct {
		int steps, shown;
	} ways[] = {{1, 1}, {1, 2}, {1, 0}, {-1, 2}, {-1, 1}, {-1, 0}};
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		struct scripted_program *program = &programs[ways[i].shown];

		scripted_count(program, MESSAGE_SNAPSHOT);
		watch_walk(ways[i].steps);
		assert_true(watch_is_shown(program));
		/* The person waits for its numbers, and not for those of the others. */
		assert_int_equal(scripted_count(program, MESSAGE_SNAPSHOT), 1);
		scripted_send_snapshot(program, 100 + i, 0);
		watch_look();
		assert_int_equal(watch.told.allocated, 100 + i);
	}
	scripted_send_snapshot(&programs[1], 55, 0);
	watch_look();
	assert_int_equal(watch.told.allocated, 105);
	for (int i = 0; i < 3; i++)
		scripted_end(&programs[i]);
}

static void test_walking_away_from_one_that_has_ended(void **state)
{
	struct scripted_program first, second;

	watch_come(&first, 4001, 7);
	watch_come(&second, 4002, 8);
	scripted_end(&first);
	watch_look();
	assert_int_equal(watch.count, 2);
	watch_walk(1);
	assert_true(watch_is_shown(&second));
	assert_int_equal(watch.count, 1);
	/* That is no news then. */
	watch_look_later(LEFT_ALONE);
	assert_int_equal(watch.told.said, 0);
	scripted_end(&second);
}

/* --- none --- */

static void test_none_has_come(void **state)
{
	watch_look_later(SEARCH);
	assert_int_equal(watch.count, 0);
	assert_int_equal(watch.told.said, 0);
	watch_ask();
	watch_gc();
	watch_look();
	assert_int_equal(watch.told.not_collected, 1);
	assert_string_equal(watch.told.sentence, "there is no process to run it in");
	watch_told_nothing();
	watch_look_later(RETRY);
	assert_int_equal(watch.told.said, 1);
	assert_non_null(strstr(watch.told.sentence, "no Ruby has reported yet"));
	watch_told_nothing();
	watch_look_later(RETRY);
	assert_int_equal(watch.told.said, 0);
}

static void test_none_is_left(void **state)
{
	struct scripted_program first, second;

	watch_come(&first, 4001, 7);
	watch_come(&second, 4002, 8);
	scripted_end(&first);
	scripted_end(&second);
	watch_look();
	watch_look_later(LEFT_ALONE);
	watch_assert_said(HAS_ENDED);
	assert_int_equal(watch.count, 1);
	assert_true(watch_is_shown(&first) && watch_listed(&first)->ended);
	watch_walk(1);
	watch_ask();
	watch_gc();
	watch_look();
	assert_int_equal(watch.told.not_collected, 1);
}

static void test_closed(void **state)
{
	struct scripted_program program, other;
	char sentence[SOURCE_SENTENCE_MAX];

	watch_come(&program, getpid(), 7);
	watch_told_nothing();
	processes_close(watch.processes);
	scripted_listen(&other, watch.directory, 4002);
	watch_look_later(RETRY);
	watch_ask();
	watch_gc();
	watch_look();
	assert_int_equal(watch.source.fd(watch.source.context), -1);
	assert_false(watch.source.left(watch.source.context, sentence));
	assert_int_equal(watch.told.snapshots + watch.told.said + watch.told.not_collected, 0);
	assert_false(scripted_accept(&other));
	scripted_end(&program);
	scripted_end(&other);
}

/* --- GCs --- */

static void test_a_gc(void **state)
{
	struct scripted_program program;

	watch_come(&program, 4001, 7);
	watch_gc();
	assert_int_equal(scripted_take(&program), MESSAGE_SNAPSHOT);
	assert_int_equal(scripted_take(&program), MESSAGE_GC);
	scripted_send_snapshot(&program, 8, 0);
	scripted_send_done(&program, MESSAGE_GC, 41);
	watch_look();
	assert_int_equal(watch.told.collected, 0);
	scripted_send_snapshot(&program, 5, 0);
	watch_look();
	assert_int_equal(watch.told.collected, 1);
	assert_int_equal(watch.told.gc_ns, 41);
	assert_int_equal(watch.told.allocated, 5);
	watch_gc();
	scripted_send_refused(&program, MESSAGE_GC, "not now");
	watch_look();
	assert_int_equal(watch.told.not_collected, 1);
	assert_string_equal(watch.told.sentence, "not now");
	scripted_end(&program);
}

static void test_a_gc_whose_process_ends(void **state)
{
	struct scripted_program program;

	watch_come(&program, 4001, 7);
	watch_gc();
	scripted_end(&program);
	watch_look();
	assert_int_equal(watch.told.not_collected, 1);
	assert_string_equal(watch.told.sentence, "the process has ended");
}

/* Its end is told all the same, or no other could be asked for. */
static void test_walking_away_from_a_gc(void **state)
{
	struct scripted_program first, second;

	watch_come(&first, 4001, 7);
	watch_come(&second, 4002, 8);
	watch_gc();
	watch_walk(1);
	assert_true(watch_is_shown(&second));
	assert_int_equal(watch.told.not_collected, 1);
	assert_string_equal(watch.told.sentence, "another process is shown now");
	/* Back there, that it is over is no news of a GC. */
	watch_walk(-1);
	scripted_send_done(&first, MESSAGE_GC, 41);
	scripted_send_snapshot(&first, 5, 0);
	watch_look();
	assert_int_equal(watch.told.allocated, 5);
	assert_int_equal(watch.told.collected, 0);
	scripted_end(&first);
	scripted_end(&second);
}

/* --- the program has ended --- */

static void test_what_is_left(void **state)
{
	struct scripted_program ended, there;
	char sentence[SOURCE_SENTENCE_MAX] = "?", expected[SOURCE_SENTENCE_MAX];
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	siginfo_t info;
	assert_int_equal(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
	assert_false(watch.source.left(watch.source.context, sentence));
	assert_string_equal(sentence, "");
	/* Its connection is open until what it sent last is read. */
	watch_come(&ended, child, 7);
	assert_false(watch.source.left(watch.source.context, sentence));
	test_folder_write("4711.fork", "");
	assert_true(watch.source.left(watch.source.context, sentence));
	assert_string_equal(sentence, "");
	assert_int_equal(remove("4711.fork"), 0);
	/* It counts as soon as it listens. */
	scripted_listen(&there, watch.directory, getpid());
	assert_true(watch.source.left(watch.source.context, sentence));
	snprintf(expected, sizeof expected,
	         "the program has ended; process %ld goes on (memory-tracker-top --attach %ld)", (long)getpid(),
	         (long)getpid());
	assert_string_equal(sentence, expected);
	scripted_end(&there);
	watch_look();
	assert_false(watch.source.left(watch.source.context, sentence));
	assert_int_equal(waitpid(child, NULL, 0), child);
	scripted_end(&ended);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, watch_start, watch_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_the_first_of_those_found_at_once_is_shown_whichever_answers_first),
	    TEST(test_one_that_was_walked_to_stays),
	    TEST(test_the_next_one_takes_the_place_of_one_that_has_ended),
	    TEST(test_one_that_becomes_another_program),
	    TEST(test_one_that_has_ended_before_it_was_looked_at),
	    TEST(test_walking),
	    TEST(test_walking_away_from_one_that_has_ended),
	    TEST(test_none_has_come),
	    TEST(test_none_is_left),
	    TEST(test_closed),
	    TEST(test_a_gc),
	    TEST(test_a_gc_whose_process_ends),
	    TEST(test_walking_away_from_a_gc),
	    TEST(test_what_is_left),
	};

	/* Without a clock that can be moved on, and an allocator that can be made to fail, there is nothing to see. */
	if (!moved_clock_works() || !failing_malloc_works())
		return 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
