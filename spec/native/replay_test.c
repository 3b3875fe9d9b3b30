/*
 * A recording of ten snapshots, a second apart, as a source: at its pace, which can be steered, and as fast as it is
 * asked. The clock is moved on instead of being waited for.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failing_malloc.h"
#include "moved_clock.h"
#include "scripted_source.h"
#include "source/replay.h"
#include "test_folder.h"
#include "transport/recording.h"

enum { SNAPSHOTS = 10 };

#define HOW "ended with status 0"

static struct {
	struct recording *recording;
	struct replay replay;
	struct snapshot_source source;
	unsigned given;        /* snapshots, by the latest look */
	uint64_t allocated;    /* in the latest of them, which is its number from 1 on */
	unsigned said;         /* sentences by the latest look that are not of the place */
	enum source_event end; /* SOURCE_ENDED when it has ended by the latest look */
	char place[SOURCE_SENTENCE_MAX];
	char sentence[SOURCE_SENTENCE_MAX];
} play;

static int set_up(void **state)
{
	(void)state;
	memset(&play, 0, sizeof play);
	test_folder_enter();
	scripted_recording("file", SNAPSHOTS, HOW);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	recording_close(play.recording);
	test_folder_leave();
	return 0;
}

static void look(void)
{
	struct source_update news = {0};
	enum source_event event;
	unsigned taken = 0;

	play.given = play.said = 0;
	play.end = SOURCE_NOTHING;
	while ((event = play.source.next(play.source.context, &news)) != SOURCE_NOTHING) {
		play.given += event == SOURCE_SNAPSHOT;
		play.said += event == SOURCE_SAID;
		if (news.snapshot)
			play.allocated = news.snapshot->counts.allocated;
		strcpy(event == SOURCE_PLACE ? play.place : play.sentence, news.sentence);
		free(news.snapshot);
		news = (struct source_update){0};
		play.end = event;
		assert_true(++taken < 10000);
		if (event == SOURCE_ENDED)
			return;
	}
}

static void look_later(uint64_t milliseconds)
{
	moved_clock_add(milliseconds);
	look();
}

static void steer(enum replay_command command)
{
	play.source.steer(play.source.context, command);
	look();
}

static void begin(void)
{
	play.recording = scripted_recording_open("file");
	play.source = replay_init(&play.replay, play.recording);
	look();
}

static void begin_stepwise(uint64_t interval_ms)
{
	play.recording = scripted_recording_open("file");
	play.source = replay_init_stepwise(&play.replay, play.recording, interval_ms * 1000000);
}

/* So many snapshots were given by the latest look, of which the last is this one; and it is said to be here. */
static void expect(unsigned given, uint64_t latest, const char *place)
{
	assert_int_equal(play.given, given);
	assert_int_equal(play.allocated, latest);
	assert_string_equal(play.place, place);
}

/* --- at its pace --- */

static void test_at_its_own_pace(void **state)
{
	begin();
	expect(1, 1, "0 s of 9 s");
	assert_int_equal(play.source.fd(play.source.context), -1);
	assert_null(play.source.walk);
	play.source.ask(play.source.context);
	play.source.gc(play.source.context);
	look_later(500);
	assert_int_equal(play.given, 0);
	look_later(600);
	expect(1, 2, "1 s of 9 s");
	look_later(3000);
	expect(3, 5, "4 s of 9 s");
	look_later(100000);
	expect(5, 10, "9 s of 9 s, " HOW);
	look_later(100000);
	assert_int_equal(play.given + play.said, 0);
}

static void test_stopped(void **state)
{
	begin();
	look_later(2100);
	steer(REPLAY_PAUSE);
	expect(0, 3, "2 s of 9 s, stopped");
	look_later(5000);
	assert_int_equal(play.given, 0);
	steer(REPLAY_PAUSE);
	expect(0, 3, "2 s of 9 s");
	look_later(1000);
	expect(1, 4, "3 s of 9 s");
}

static void test_stopped_at_the_end(void **state)
{
	begin();
	look_later(20000);
	/* It goes on from the beginning. */
	steer(REPLAY_PAUSE);
	expect(1, 1, "0 s of 9 s");
	look_later(1100);
	expect(1, 2, "1 s of 9 s");
}

static void test_step_by_step(void **state)
{
	begin();
	look_later(2100);
	steer(REPLAY_STEP);
	expect(1, 4, "3 s of 9 s, stopped");
	look_later(5000);
	assert_int_equal(play.given, 0);
	/* One that was given is given again with what leads to it. */
	steer(REPLAY_BACK);
	expect(3, 3, "2 s of 9 s, stopped");
	for (int i = 0; i < 5; i++)
		steer(REPLAY_BACK);
	expect(1, 1, "0 s of 9 s, stopped");
	for (int i = 0; i < 20; i++)
		steer(REPLAY_STEP);
	assert_int_equal(play.allocated, 10);
	assert_string_equal(play.place, "9 s of 9 s, " HOW);
}

/* A tenth of it is nine tenths of a second. */
static void test_in_leaps(void **state)
{
	begin();
	for (int i = 0; i < 2; i++)
		steer(REPLAY_FORWARD);
	expect(1, 2, "1 s of 9 s");
	steer(REPLAY_REWIND);
	expect(1, 1, "0 s of 9 s");
	steer(REPLAY_REWIND);
	expect(1, 1, "0 s of 9 s");
	for (int i = 0; i < 20; i++)
		steer(REPLAY_FORWARD);
	assert_int_equal(play.allocated, 10);
	assert_string_equal(play.place, "9 s of 9 s, " HOW);
}

static void test_slower_and_faster(void **state)
{
	begin();
	steer(REPLAY_FASTER);
	expect(0, 1, "0 s of 9 s, 2 times");
	look_later(1600);
	expect(3, 4, "3 s of 9 s, 2 times");
	for (int i = 0; i < 20; i++)
		steer(REPLAY_SLOWER);
	expect(0, 4, "3 s of 9 s, 1/4 speed");
	look_later(4000);
	expect(1, 5, "4 s of 9 s, 1/4 speed");
	for (int i = 0; i < 20; i++)
		steer(REPLAY_FASTER);
	assert_string_equal(play.place, "4 s of 9 s, 64 times");
	look_later(80);
	expect(5, 10, "9 s of 9 s, 64 times, " HOW);
}

/* As much is given before it as trends and growth are computed from. */
static void test_a_leap_gives_what_leads_to_it(void **state)
{
	scripted_recording("file", 1000, NULL);
	begin();
	steer(REPLAY_PAUSE);
	for (int i = 0; i < 10; i++)
		steer(REPLAY_FORWARD);
	/* 99.9 s further each time. */
	assert_int_equal(play.given, 61);
	assert_int_equal(play.allocated, 1000);
	assert_string_equal(play.place, "16:39 of 16:39");
	steer(REPLAY_BACK);
	assert_int_equal(play.given, 61);
	assert_int_equal(play.allocated, 999);
}

/* --- damaged --- */

static off_t size_of(uint64_t snapshots)
{
	struct stat status;

	scripted_recording("other", snapshots, NULL);
	assert_int_equal(stat("other", &status), 0);
	return status.st_size;
}

static void test_one_that_was_cut(void **state)
{
	assert_int_equal(truncate("file", size_of(5) - 1), 0);
	begin();
	look_later(2000);
	assert_int_equal(play.said, 0);
	look_later(2000);
	/* Where it ends is told there, once. */
	expect(1, 4, "3 s of 3 s");
	assert_int_equal(play.said, 1);
	assert_non_null(strstr(play.sentence, "the recording is damaged at byte "));
	steer(REPLAY_BACK);
	steer(REPLAY_STEP);
	assert_int_equal(play.allocated, 4);
	assert_int_equal(play.said, 0);
}

/* After it was opened. */
static void test_one_that_is_cut_meanwhile(void **state)
{
	begin();
	look_later(1100);
	assert_int_equal(truncate("file", size_of(5)), 0);
	look_later(20000);
	assert_int_equal(play.allocated, 5);
	assert_int_equal(play.said, 1);
	assert_string_equal(play.sentence, "the recording is damaged at 5 s; it is shown up to there");
	/* That is its end now. */
	look_later(1000);
	assert_int_equal(play.given + play.said, 0);
	steer(REPLAY_REWIND);
	assert_string_equal(play.place, "3 s of 4 s");
	assert_int_equal(play.allocated, 4);
	steer(REPLAY_FORWARD);
	assert_int_equal(play.allocated, 5);
}

static void test_nothing_of_it_can_be_read_any_more(void **state)
{
	begin();
	assert_int_equal(truncate("file", 4), 0);
	steer(REPLAY_PAUSE);
	for (int i = 0; i < 5; i++) {
		steer(REPLAY_STEP);
		steer(REPLAY_BACK);
		look_later(1000);
	}
	assert_int_equal(play.allocated, 1);
}

/* --- as fast as it is asked --- */

/* The numbers of the snapshots that come of asking once. */
static void expect_step(unsigned given, uint64_t latest)
{
	play.source.ask(play.source.context);
	look();
	assert_int_equal(play.given, given);
	assert_int_equal(play.allocated, latest);
	look_later(10000);
	assert_int_equal(play.given, 0);
}

/* Asking once more finds the end. */
static void expect_end(const char *how)
{
	play.source.ask(play.source.context);
	look();
	assert_int_equal(play.end, SOURCE_ENDED);
	assert_string_equal(play.sentence, how);
}

static void test_stepwise(void **state)
{
	begin_stepwise(1000);
	assert_null(play.source.steer);
	look_later(1000);
	assert_int_equal(play.given, 0);
	for (uint64_t number = 1; number <= SNAPSHOTS; number++)
		expect_step(1, number);
	expect_end(HOW);
}

static void test_at_larger_steps(void **state)
{
	begin_stepwise(3000);
	expect_step(1, 1);
	expect_step(3, 4);
	expect_step(3, 7);
	expect_step(3, 10);
	expect_end(HOW);
}

/* It is nearer to three seconds than to four. */
static void test_steps_need_not_fit(void **state)
{
	begin_stepwise(3200);
	expect_step(1, 1);
	expect_step(3, 4);
	recording_close(play.recording);
	begin_stepwise(3500);
	expect_step(1, 1);
	expect_step(4, 5);
	expect_step(4, 9);
	expect_step(1, 10);
	expect_end(HOW);
}

static void test_stepwise_to_where_it_was_cut(void **state)
{
	assert_int_equal(truncate("file", size_of(3) - 1), 0);
	begin_stepwise(1000);
	expect_step(1, 1);
	expect_step(1, 2);
	play.source.ask(play.source.context);
	look();
	assert_int_equal(play.end, SOURCE_ENDED);
	assert_non_null(strstr(play.sentence, "the recording is damaged at byte "));
}

/* That it has ended well would not be true. */
static void test_stepwise_to_where_it_is_cut_meanwhile(void **state)
{
	begin_stepwise(1000);
	expect_step(1, 1);
	assert_int_equal(truncate("file", size_of(2)), 0);
	expect_step(1, 2);
	play.source.ask(play.source.context);
	look();
	assert_int_equal(play.said, 1);
	expect_end("the recording is damaged at 2 s; it is shown up to there");
}

static void test_an_end_that_is_not_told(void **state)
{
	scripted_recording("file", 1, NULL);
	begin_stepwise(1000);
	expect_step(1, 1);
	expect_end("ended");
}

/* --- memory --- */

static void test_without_memory(void **state)
{
	if (!failing_malloc_works())
		skip();
	for (uint64_t call = 1; call <= 12; call++) {
		begin();
		failing_malloc_at(call, false);
		failing_malloc_arm(true);
		look_later(5000);
		failing_malloc_arm(false);
		/* What could be read is shown. */
		look_later(5000);
		assert_in_range(play.allocated, 1, SNAPSHOTS);
		steer(REPLAY_BACK);
		assert_true(play.given > 0);
		recording_close(play.recording);
	}
	failing_malloc_at(0, false);
	begin();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_at_its_own_pace),
	    TEST(test_stopped),
	    TEST(test_stopped_at_the_end),
	    TEST(test_step_by_step),
	    TEST(test_in_leaps),
	    TEST(test_slower_and_faster),
	    TEST(test_a_leap_gives_what_leads_to_it),
	    TEST(test_one_that_was_cut),
	    TEST(test_one_that_is_cut_meanwhile),
	    TEST(test_nothing_of_it_can_be_read_any_more),
	    TEST(test_stepwise),
	    TEST(test_at_larger_steps),
	    TEST(test_steps_need_not_fit),
	    TEST(test_stepwise_to_where_it_was_cut),
	    TEST(test_stepwise_to_where_it_is_cut_meanwhile),
	    TEST(test_an_end_that_is_not_told),
	    TEST(test_without_memory),
	};

	if (!moved_clock_works())
		return 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
