/*
 * What grows: how fast, how sure that is, and whether it is a leak suspect.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "watched_class.h"

static void test_a_leak_grows_by_what_it_leaks(void **state)
{
	struct watched_class watched;
	watched_begin(&watched);
	for (unsigned second = 0; second < 30; second++, watched_second(&watched)) {
		watched.class.allocated += 5000;
		watched_major_gc(&watched, 502 * (second + 1));
		watched_look(&watched);
		if (second == 0)
			assert_int_equal(watched_row(&watched)->certainty, HISTORY_UNKNOWN);
		if (second == 1)
			assert_false(watched_row(&watched)->sustained);
		if (second < 1)
			continue;
		assert_int_equal(watched_row(&watched)->certainty, HISTORY_CONFIRMED);
		assert_near(watched_row(&watched)->growth, 502);
	}
	assert_true(watched_row(&watched)->sustained);
	assert_near(history_totals(watched.history)->growth, 502);
	history_free(watched.history);
}

static void test_a_leak_shows_while_nothing_else_happens_between_majors(void **state)
{
	struct watched_class watched;
	watched_begin(&watched);
	for (unsigned second = 0; second < 40; second++, watched_second(&watched)) {
		watched.class.allocated += 100;
		if (second % 10 == 0)
			watched_major_gc(&watched, 100 * (second + 1));
		watched_look(&watched);
	}
	assert_int_equal(watched_row(&watched)->certainty, HISTORY_CONFIRMED);
	assert_near(watched_row(&watched)->growth, 100);
	assert_true(watched_row(&watched)->sustained);
	history_free(watched.history);
}

static void test_a_full_cache_does_not_grow(void **state)
{
	struct watched_class watched;
	watched_begin(&watched);
	for (unsigned second = 0; second < 20; second++, watched_second(&watched)) {
		watched.class.allocated += 12000;
		if (second % 2)
			watched_minor_gc(&watched, 4000 + 3000 * (second % 5)); /* promoted garbage */
		else
			watched_major_gc(&watched, 4000);
		watched_look(&watched);
		if (second < 2)
			continue;
		assert_int_equal(watched_row(&watched)->certainty, HISTORY_CONFIRMED);
		assert_near(watched_row(&watched)->growth, 0);
		assert_false(watched_row(&watched)->sustained);
	}
	assert_int_equal(watched_row(&watched)->counts.retained, 4000);
	history_free(watched.history);
}

static void test_warming_up_ends_when_the_cache_is_full(void **state)
{
	struct watched_class watched;
	watched_begin(&watched);
	for (unsigned second = 0; second < 30; second++, watched_second(&watched)) {
		uint64_t entries = second < 10 ? 400 * (second + 1) : 4000;
		watched.class.allocated += 1000;
		watched_major_gc(&watched, entries);
		watched_look(&watched);
		if (second == 9) {
			assert_near(watched_row(&watched)->growth, 400);
			assert_true(watched_row(&watched)->sustained);
		}
	}
	/* The first ten seconds are still in the window, but its later half is flat. */
	assert_near(watched_row(&watched)->growth, 0);
	assert_false(watched_row(&watched)->sustained);
	history_free(watched.history);
}

static void test_a_leak_that_begins_late_is_found(void **state)
{
	struct watched_class watched;
	watched_begin(&watched);
	watched.class.allocated = 100;
	for (unsigned second = 0; second < 120; second++, watched_second(&watched)) {
		if (second >= 30)
			watched.class.allocated += 50;
		watched_major_gc(&watched, watched.class.allocated);
		watched_look(&watched);
	}
	assert_near(watched_row(&watched)->growth, 50);
	history_free(watched.history);
}

static void test_a_shrinking_class_has_negative_growth(void **state)
{
	struct watched_class watched;
	watched_begin(&watched);
	watched.class.allocated = 1000;
	for (unsigned second = 0; second < 10; second++, watched_second(&watched)) {
		watched_major_gc(&watched, 1000 - 50 * second);
		watched_look(&watched);
	}
	assert_near(watched_row(&watched)->growth, -50);
	assert_false(watched_row(&watched)->sustained);
	history_free(watched.history);
}

static void test_without_major_gcs_growth_is_unconfirmed(void **state)
{
	struct watched_class watched;
	watched_begin(&watched);
	for (unsigned second = 0; second < 12; second++, watched_second(&watched)) {
		watched.class.allocated += 1000;
		watched_minor_gc(&watched, 100 + 20 * second);
		watched_look(&watched);
		assert_int_equal(watched_row(&watched)->certainty, second < 3 ? HISTORY_UNKNOWN : HISTORY_UNCONFIRMED);
	}
	assert_near(watched_row(&watched)->growth, 20);
	assert_false(watched_row(&watched)->sustained);
	history_free(watched.history);
}

static void test_garbage_between_gcs_is_no_growth(void **state)
{
	struct watched_class watched;
	watched_begin(&watched);
	for (unsigned second = 0; second < 41; second++, watched_second(&watched)) {
		watched.class.allocated += 1000;
		if (second % 5 == 0)
			watched_minor_gc(&watched, 100);
		watched_look(&watched);
	}
	assert_int_equal(watched_row(&watched)->certainty, HISTORY_UNCONFIRMED);
	assert_near(watched_row(&watched)->growth, 0);

	watched_major_gc(&watched, 100);
	watched_look(&watched);
	watched_second(&watched);
	watched.class.allocated += 1000;
	watched_major_gc(&watched, 100);
	watched_look(&watched);
	assert_int_equal(watched_row(&watched)->certainty, HISTORY_CONFIRMED);
	assert_near(watched_row(&watched)->growth, 0);
	history_free(watched.history);
}

static void test_old_majors_leave_the_window(void **state)
{
	struct watched_class watched;
	watched_begin(&watched);
	for (unsigned second = 0; second < 2; second++, watched_second(&watched)) {
		watched.class.allocated += 100;
		watched_major_gc(&watched, watched.class.allocated);
		watched_look(&watched);
	}
	assert_int_equal(watched_row(&watched)->certainty, HISTORY_CONFIRMED);
	watched.head.monotonic_ns += 61 * SECOND;
	watched_look(&watched);
	assert_int_equal(watched_row(&watched)->certainty, HISTORY_UNKNOWN);
	assert_near(watched_row(&watched)->growth, 0);
	history_free(watched.history);
}

static void test_fast_looks_still_span_the_window(void **state)
{
	struct watched_class watched;
	watched_begin(&watched);
	for (unsigned tenth = 0; tenth < 1200; tenth++, watched.head.monotonic_ns += SECOND / 10) {
		/* Grows in the first half of each minute only. */
		if (tenth % 600 < 300)
			watched.class.allocated += 10;
		watched_major_gc(&watched, watched.class.allocated);
		watched_look(&watched);
		if (tenth == 299)
			assert_near(watched_row(&watched)->growth, 100);
	}
	assert_near(watched_row(&watched)->growth, 0);
	history_free(watched.history);
}

/* Runs a program whose nth major GC, three seconds after the one before, leaves `counts(n)`. Whether it has the sign. */
static bool is_suspect(uint64_t (*counts)(unsigned round), unsigned rounds, uint64_t major_allocated)
{
	struct watched_class watched;
	watched_begin(&watched);
	for (unsigned round = 0; round < rounds; round++, watched.head.monotonic_ns += 3 * SECOND) {
		watched.class.allocated += 10000;
		watched.head.major_allocated = major_allocated;
		watched_major_gc(&watched, counts(round));
		watched_look(&watched);
	}
	bool sustained = watched_row(&watched)->sustained;
	history_free(watched.history);
	return sustained;
}

static uint64_t few_more(unsigned round)
{
	return 4000 + round;
}

static uint64_t in_bursts(unsigned round)
{
	return 100 + round / 4 * 300;
}

static uint64_t swinging_up(unsigned round)
{
	return 1000 + 30 * round + (round % 2 ? 0 : 40);
}

static uint64_t swinging(unsigned round)
{
	static const uint64_t swings[] = {0, 310, 40, 590, 220, 480, 120};

	return 4000 + swings[round % 7];
}

static uint64_t teeth(unsigned round)
{
	return 400 * (round % 5);
}

static uint64_t full_and_swinging(unsigned round)
{
	return (round < 8 ? 500 * round : 4000) + round % 2;
}

static void test_what_grows_steadily_and_what_does_not(void **state)
{
	static const struct {
		uint64_t (*counts)(unsigned round);
		unsigned rounds;
		bool suspect;
	} programs[] = {
	    {few_more, 4, false}, /* as much as a GC may be off */
	    {few_more, 20, true},         {in_bursts, 20, true},
	    {in_bursts, 23, true},        {swinging_up, 20, true},
	    {swinging, 3, false},         {swinging, 4, false}, /* higher than at first, but it fell on the way */
	    {swinging, 20, false},        {swinging, 25, false},
	    {teeth, 20, false},           {teeth, 23, false},
	    {full_and_swinging, 8, true}, {full_and_swinging, 20, false},
	};

	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
		if (is_suspect(programs[i].counts, programs[i].rounds, 0) != programs[i].suspect)
			fail_msg("program %zu, %u rounds", i, programs[i].rounds);
	}
}

static uint64_t up_by_hundreds(unsigned round)
{
	return 1000 + 100 * round;
}

/* The class makes all objects of the watched, so all that were allocated while it marked may be of it. */
static void test_what_was_allocated_while_a_gc_marked_is_no_growth(void **state)
{
	assert_true(is_suspect(up_by_hundreds, 4, 0));
	assert_false(is_suspect(up_by_hundreds, 4, 500));
	assert_true(is_suspect(up_by_hundreds, 30, 200));
}

static void test_an_exact_gc_confirms_what_others_could_not(void **state)
{
	struct watched_class watched;
	watched_begin(&watched);
	for (unsigned round = 0; round < 5; round++, watched.head.monotonic_ns += 3 * SECOND) {
		watched.class.allocated += 10000;
		watched.head.major_allocated = round < 4 ? 500 : 0;
		watched_major_gc(&watched, up_by_hundreds(round));
		watched_look(&watched);
		assert_int_equal(watched_row(&watched)->sustained, round == 4);
	}
	history_free(watched.history);
}

static void test_rare_majors_are_compared_beyond_the_window(void **state)
{
	struct watched_class watched;
	watched_begin(&watched);
	for (unsigned second = 0; second < 200; second++, watched_second(&watched)) {
		watched.class.allocated += 10;
		if (second % 45 == 0)
			watched_major_gc(&watched, watched.class.allocated);
		watched_look(&watched);
		if (second < 45)
			continue;
		assert_int_equal(watched_row(&watched)->certainty, HISTORY_CONFIRMED);
		assert_near(watched_row(&watched)->growth, 10);
		assert_int_equal(watched_row(&watched)->sustained, second >= 90);
	}
	history_free(watched.history);
}

static void test_changes_over_ten_seconds_and_a_minute(void **state)
{
	struct watched_class watched;
	watched_begin(&watched);
	for (unsigned second = 0; second <= 60; second++, watched_second(&watched)) {
		if (second)
			watched.class.allocated += second <= 50 ? 100 : 10;
		watched_major_gc(&watched, watched.class.allocated);
		watched_look(&watched);
	}
	const struct history_row *row = watched_row(&watched);
	assert_near(row->short_change.per_second, 10);
	assert_near(row->long_change.per_second, 5100 / 60.0);
	assert_int_equal(row->short_change.certainty, HISTORY_CONFIRMED);
	assert_int_equal(row->long_change.certainty, HISTORY_CONFIRMED);

	/* Nothing has told anything for a while: of the last ten seconds nothing is known. */
	watched.head.monotonic_ns += 15 * SECOND;
	watched_look(&watched);
	assert_int_equal(watched_row(&watched)->short_change.certainty, HISTORY_UNKNOWN);
	assert_int_equal(watched_row(&watched)->long_change.certainty, HISTORY_CONFIRMED);
	for (unsigned second = 0; second < 5; second++, watched_second(&watched)) {
		watched.class.allocated += 20;
		watched_minor_gc(&watched, watched.class.allocated);
		watched_look(&watched);
	}
	assert_int_equal(watched_row(&watched)->short_change.certainty, HISTORY_UNCONFIRMED);
	assert_near(watched_row(&watched)->short_change.per_second, 20);
	history_free(watched.history);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_leak_grows_by_what_it_leaks),
	    cmocka_unit_test(test_a_leak_shows_while_nothing_else_happens_between_majors),
	    cmocka_unit_test(test_a_full_cache_does_not_grow),
	    cmocka_unit_test(test_warming_up_ends_when_the_cache_is_full),
	    cmocka_unit_test(test_a_leak_that_begins_late_is_found),
	    cmocka_unit_test(test_a_shrinking_class_has_negative_growth),
	    cmocka_unit_test(test_without_major_gcs_growth_is_unconfirmed),
	    cmocka_unit_test(test_garbage_between_gcs_is_no_growth),
	    cmocka_unit_test(test_old_majors_leave_the_window),
	    cmocka_unit_test(test_fast_looks_still_span_the_window),
	    cmocka_unit_test(test_what_grows_steadily_and_what_does_not),
	    cmocka_unit_test(test_what_was_allocated_while_a_gc_marked_is_no_growth),
	    cmocka_unit_test(test_an_exact_gc_confirms_what_others_could_not),
	    cmocka_unit_test(test_rare_majors_are_compared_beyond_the_window),
	    cmocka_unit_test(test_changes_over_ten_seconds_and_a_minute),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
