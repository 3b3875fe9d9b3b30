/*
 * What a history keeps of snapshots: rates, trends, classes that come and go.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <time.h>

#include "watched_class.h"

/* Far from the fraction of a millisecond that it takes: builds are not optimised, machines busy, sanitizers slow. */
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define MILLISECONDS_MAX 1000
#else
#define MILLISECONDS_MAX 10
#endif

static void test_rates_are_between_two_snapshots(void **state)
{
	struct watched_class watched;
	watched_begin(&watched);
	watched_look(&watched);
	assert_true(watched_row(&watched)->allocated_rate < 0); /* the start itself: no time has passed */

	watched.head.monotonic_ns += 2 * SECOND;
	watched.class.allocated = 1000;
	watched.class.freed = 400;
	watched_look(&watched);
	assert_near(watched_row(&watched)->allocated_rate, 500);
	assert_near(watched_row(&watched)->freed_rate, 200);
	assert_near(history_totals(watched.history)->allocated_rate, 500);

	/* A look right after another one keeps its rates instead of dividing by next to nothing. */
	watched.head.monotonic_ns += 1000;
	watched.class.allocated += 3;
	watched_look(&watched);
	assert_near(watched_row(&watched)->allocated_rate, 500);
	assert_int_equal(counts_live(watched_row(&watched)->counts), 603);
	watched.head.monotonic_ns += SECOND - 1000;
	watched_look(&watched);
	assert_near(watched_row(&watched)->allocated_rate, 3);
	history_free(watched.history);
}

static void test_the_first_rates_are_those_since_the_start(void **state)
{
	struct watched_class watched;
	watched_begin(&watched);
	watched.head.monotonic_ns += 4 * SECOND;
	watched.class.allocated = 1000;
	watched_look(&watched);
	assert_near(watched_row(&watched)->allocated_rate, 250);
	history_free(watched.history);

	/* Objects from before the start were not allocated since then. */
	watched_begin(&watched);
	watched.head.flags = SNAPSHOT_EXISTING;
	watched.head.monotonic_ns += 4 * SECOND;
	watched.class.allocated = 1000;
	watched_look(&watched);
	assert_true(watched_row(&watched)->allocated_rate < 0);
	history_free(watched.history);
}

static void test_a_new_start_begins_anew(void **state)
{
	struct watched_class watched;
	watched_begin(&watched);
	for (unsigned second = 0; second < 5; second++, watched_second(&watched)) {
		watched.class.allocated += 1000;
		watched_major_gc(&watched, watched.class.allocated);
		watched_look(&watched);
	}
	watched.head.started_ns = watched.head.monotonic_ns - SECOND / 2;
	watched.head.gcs_seen = watched.head.majors_seen = watched.head.major_at_ns = 0;
	watched.class.allocated = 50;
	watched.class.freed = watched.class.retained = 0;
	watched_look(&watched);
	assert_int_equal(watched_row(&watched)->certainty, HISTORY_UNKNOWN);
	assert_near(watched_row(&watched)->allocated_rate, 100);
	history_free(watched.history);
}

static void test_the_trend_is_the_latest_counts(void **state)
{
	struct watched_class watched;
	uint32_t values[SERIES_LENGTH];
	watched_begin(&watched);
	for (unsigned second = 0; second < 5; second++, watched_second(&watched)) {
		watched.class.allocated = second < 2 ? 10 : 10 * second;
		watched_look(&watched);
	}
	assert_int_equal(history_trend(watched.history, watched_row(&watched), HISTORY_TREND_LIVE, values), 5);
	const uint32_t expected[] = {10, 10, 20, 30, 40};
	assert_memory_equal(values, expected, sizeof expected);
	for (unsigned second = 0; second < 100; second++, watched_second(&watched)) {
		watched.class.allocated = 1000 + second;
		watched_look(&watched);
	}
	assert_int_equal(history_trend(watched.history, watched_row(&watched), HISTORY_TREND_LIVE, values),
	                 SERIES_LENGTH);
	assert_int_equal(values[0], 1099 - (SERIES_LENGTH - 1));
	assert_int_equal(values[SERIES_LENGTH - 1], 1099);
	watched.class.allocated = UINT64_MAX;
	watched_look(&watched);
	history_trend(watched.history, watched_row(&watched), HISTORY_TREND_LIVE, values);
	assert_int_equal(values[SERIES_LENGTH - 1], UINT32_MAX);
	history_free(watched.history);
}

static void test_classes_come_and_go(void **state)
{
	struct history *history = history_new(0);
	struct snapshot_header head = {.monotonic_ns = 1000 * SECOND, .started_ns = 1, .pid = 1};
	uint32_t trend[SERIES_LENGTH];

	/* Of the ids below 400, each second shows a hundred others, in an order of its own. */
	for (unsigned second = 0; second < 20; second++) {
		struct fake_class classes[100];
		for (unsigned i = 0; i < 100; i++) {
			uint64_t id = 1 + (second * 20 + (i * 37) % 100) % 400;
			classes[i] = (struct fake_class){.id = id, .name = "C", .allocated = id * 10 + second};
		}
		head.sequence++;
		head.monotonic_ns += SECOND;
		assert_true(history_update(history, fake_snapshot(&head, NULL, classes, 100)));
		for (unsigned i = 0; i < 100; i++) {
			const struct history_row *row = history_find(history, classes[i].id);
			assert_ptr_equal(row, &history_rows(history)[i]);
			assert_int_equal(counts_live(row->counts), classes[i].allocated);
			unsigned count = history_trend(history, row, HISTORY_TREND_LIVE, trend);
			assert_int_equal(count, second + 1);
			assert_int_equal(trend[second], classes[i].allocated);
		}
	}
	assert_null(history_find(history, 1 + 19 * 20 - 1));
	history_free(history);
}

static void test_a_class_seen_for_the_first_time_had_no_objects_before(void **state)
{
	struct history *history = history_new(0);
	struct snapshot_header head = {.monotonic_ns = 1000 * SECOND, .started_ns = 1, .pid = 1};
	struct fake_class classes[] = {{.id = 1, .name = "A", .allocated = 5, .retained = 5},
	                               {.id = 2, .name = "B", .allocated = 80, .retained = 80}};
	uint32_t trend[SERIES_LENGTH];

	for (unsigned second = 1; second <= 2; second++) {
		head.sequence = head.gcs_seen = head.majors_seen = second;
		head.monotonic_ns += SECOND;
		head.major_at_ns = head.monotonic_ns;
		assert_true(history_update(history, fake_snapshot(&head, NULL, classes, second)));
	}
	assert_near(history_find(history, 2)->growth, 80);
	assert_near(history_find(history, 2)->allocated_rate, 80);
	assert_near(history_find(history, 1)->growth, 0);
	assert_int_equal(history_trend(history, history_find(history, 2), HISTORY_TREND_RETAINED, trend), 2);
	assert_int_equal(trend[0], 0);
	assert_int_equal(trend[1], 80);
	history_free(history);
}

static void test_more_classes_than_trails(void **state)
{
	enum { COUNT = HISTORY_SAMPLES_MAX + 100 };
	struct history *history = history_new(0);
	struct snapshot_header head = {.monotonic_ns = 1000 * SECOND, .started_ns = 1, .pid = 1};
	struct fake_class *classes = calloc(COUNT, sizeof *classes);
	uint32_t trend[SERIES_LENGTH];

	for (unsigned second = 1; second <= 3; second++) {
		for (unsigned i = 0; i < COUNT; i++)
			classes[i] = (struct fake_class){.id = i, .name = "C", .allocated = second, .retained = second};
		head.sequence = head.gcs_seen = head.majors_seen = second;
		head.monotonic_ns += SECOND;
		head.major_at_ns = head.monotonic_ns;
		assert_true(history_update(history, fake_snapshot(&head, NULL, classes, COUNT)));
	}
	assert_int_equal(history_find(history, 5)->certainty, HISTORY_CONFIRMED);
	assert_near(history_find(history, 5)->growth, 1);
	assert_near(history_totals(history)->growth, COUNT);
	const struct history_row *last = history_find(history, COUNT - 1);
	assert_int_equal(last->certainty, HISTORY_UNKNOWN);
	assert_int_equal(counts_live(last->counts), 3);
	assert_int_equal(history_trend(history, last, HISTORY_TREND_LIVE, trend), 0);
	free(classes);
	history_free(history);
}

static void test_the_times_of_a_trend(void **state)
{
	struct watched_class watched;
	uint32_t values[SERIES_LENGTH];
	uint64_t times[SERIES_LENGTH];
	watched_begin(&watched);
	for (unsigned tenth = 0; tenth <= 1000; tenth++, watched.head.monotonic_ns += SECOND / 10) {
		watched.class.allocated = tenth;
		watched_look(&watched);
	}
	unsigned count = history_times(watched.history, times);
	assert_int_equal(history_trend(watched.history, watched_row(&watched), HISTORY_TREND_LIVE, values), count);
	/* However often it looks, it looks back for most of a minute. */
	assert_true(times[count - 1] - times[0] > 50 * SECOND);
	for (unsigned i = 0; i < count; i++)
		assert_int_equal(times[i], 1000 * SECOND + values[i] * (SECOND / 10));
	history_free(watched.history);
}

static double milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void test_five_thousand_classes_take_no_time(void **state)
{
	enum { COUNT = 5000 };
	struct history *history = history_new(0);
	struct snapshot_header head = {.monotonic_ns = 1000 * SECOND, .started_ns = 1, .pid = 1};
	struct fake_class *classes = calloc(COUNT, sizeof *classes);
	double best = 1e9;

	for (unsigned second = 1; second <= 100; second++) {
		for (unsigned i = 0; i < COUNT; i++)
			classes[i] = (struct fake_class){i + 1, "C", second * i, 0, second * i, 0};
		head.sequence = head.gcs_seen = head.majors_seen = second;
		head.monotonic_ns += SECOND;
		head.major_at_ns = head.monotonic_ns;
		struct snapshot_header *snapshot = fake_snapshot(&head, NULL, classes, COUNT);
		double before = milliseconds();
		assert_true(history_update(history, snapshot));
		double took = milliseconds() - before;
		if (second > SERIES_LENGTH && took < best)
			best = took;
	}
	print_message("%.3f ms for %d classes\n", best, COUNT);
	/* Under valgrind time tells nothing. */
	assert_true(best < MILLISECONDS_MAX || getenv("UNDER_VALGRIND"));
	free(classes);
	history_free(history);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rates_are_between_two_snapshots),
	    cmocka_unit_test(test_the_first_rates_are_those_since_the_start),
	    cmocka_unit_test(test_a_new_start_begins_anew),
	    cmocka_unit_test(test_the_trend_is_the_latest_counts),
	    cmocka_unit_test(test_classes_come_and_go),
	    cmocka_unit_test(test_a_class_seen_for_the_first_time_had_no_objects_before),
	    cmocka_unit_test(test_more_classes_than_trails),
	    cmocka_unit_test(test_the_times_of_a_trend),
	    cmocka_unit_test(test_five_thousand_classes_take_no_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
