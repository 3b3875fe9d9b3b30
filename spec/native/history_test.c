#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "fake_snapshot.h"
#include "viewer/history.h"

#define SECOND UINT64_C(1000000000)

/* Far from the fraction of a millisecond that it takes: builds are not optimised, machines busy, sanitizers slow. */
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define MILLISECONDS_MAX 1000
#else
#define MILLISECONDS_MAX 10
#endif

/* A program with one class of objects, second by second. */
struct program {
	struct history *history;
	struct snapshot_header head;
	struct fake_class class;
};

static void begin(struct program *program)
{
	*program = (struct program){
	    .history = history_new(0),
	    .head = {.monotonic_ns = 1000 * SECOND, .started_ns = 1000 * SECOND, .pid = 1, .sequence = 0},
	    .class = {.id = 7, .name = "Shop::Session"},
	};
}

static void look(struct program *program)
{
	program->head.sequence++;
	assert_true(history_update(program->history, fake_snapshot(&program->head, NULL, &program->class, 1)));
}

static void minor_gc(struct program *program, uint64_t survivors)
{
	program->class.freed = program->class.allocated - survivors;
	program->head.gcs_seen++;
}

static void major_gc(struct program *program, uint64_t survivors)
{
	minor_gc(program, survivors);
	program->class.retained = survivors;
	program->head.majors_seen++;
	program->head.major_at_ns = program->head.monotonic_ns;
}

static void second_passes(struct program *program)
{
	program->head.monotonic_ns += SECOND;
}

static const struct history_row *row_of(struct program *program)
{
	const struct history_row *row = history_find(program->history, 7);
	assert_non_null(row);
	return row;
}

static void assert_near(double value, double expected)
{
	if (fabs(value - expected) > 0.001)
		fail_msg("%f is not %f", value, expected);
}

static void test_rates_are_between_two_snapshots(void **state)
{
	struct program program;
	begin(&program);
	look(&program);
	assert_true(row_of(&program)->allocated_rate < 0); /* the start itself: no time has passed */

	program.head.monotonic_ns += 2 * SECOND;
	program.class.allocated = 1000;
	program.class.freed = 400;
	look(&program);
	assert_near(row_of(&program)->allocated_rate, 500);
	assert_near(row_of(&program)->freed_rate, 200);
	assert_near(history_totals(program.history)->allocated_rate, 500);

	/* A look right after another one keeps its rates instead of dividing by next to nothing. */
	program.head.monotonic_ns += 1000;
	program.class.allocated += 3;
	look(&program);
	assert_near(row_of(&program)->allocated_rate, 500);
	assert_int_equal(row_of(&program)->live, 603);
	program.head.monotonic_ns += SECOND - 1000;
	look(&program);
	assert_near(row_of(&program)->allocated_rate, 3);
	history_free(program.history);
}

static void test_the_first_rates_are_those_since_the_start(void **state)
{
	struct program program;
	begin(&program);
	program.head.monotonic_ns += 4 * SECOND;
	program.class.allocated = 1000;
	look(&program);
	assert_near(row_of(&program)->allocated_rate, 250);
	history_free(program.history);

	/* Objects from before the start were not allocated since then. */
	begin(&program);
	program.head.flags = SNAPSHOT_EXISTING;
	program.head.monotonic_ns += 4 * SECOND;
	program.class.allocated = 1000;
	look(&program);
	assert_true(row_of(&program)->allocated_rate < 0);
	history_free(program.history);
}

static void test_a_leak_grows_by_what_it_leaks(void **state)
{
	struct program program;
	begin(&program);
	for (unsigned second = 0; second < 30; second++, second_passes(&program)) {
		program.class.allocated += 5000;
		major_gc(&program, 502 * (second + 1));
		look(&program);
		if (second == 0)
			assert_int_equal(row_of(&program)->certainty, HISTORY_UNKNOWN);
		if (second == 1)
			assert_false(row_of(&program)->sustained);
		if (second < 1)
			continue;
		assert_int_equal(row_of(&program)->certainty, HISTORY_CONFIRMED);
		assert_near(row_of(&program)->growth, 502);
	}
	assert_true(row_of(&program)->sustained);
	assert_near(history_totals(program.history)->growth, 502);
	history_free(program.history);
}

static void test_a_leak_shows_while_nothing_else_happens_between_majors(void **state)
{
	struct program program;
	begin(&program);
	for (unsigned second = 0; second < 40; second++, second_passes(&program)) {
		program.class.allocated += 100;
		if (second % 10 == 0)
			major_gc(&program, 100 * (second + 1));
		look(&program);
	}
	assert_int_equal(row_of(&program)->certainty, HISTORY_CONFIRMED);
	assert_near(row_of(&program)->growth, 100);
	assert_true(row_of(&program)->sustained);
	history_free(program.history);
}

static void test_a_full_cache_does_not_grow(void **state)
{
	struct program program;
	begin(&program);
	for (unsigned second = 0; second < 20; second++, second_passes(&program)) {
		program.class.allocated += 12000;
		if (second % 2)
			minor_gc(&program, 4000 + 3000 * (second % 5)); /* promoted garbage */
		else
			major_gc(&program, 4000);
		look(&program);
		if (second < 2)
			continue;
		assert_int_equal(row_of(&program)->certainty, HISTORY_CONFIRMED);
		assert_near(row_of(&program)->growth, 0);
		assert_false(row_of(&program)->sustained);
	}
	assert_int_equal(row_of(&program)->retained, 4000);
	history_free(program.history);
}

static void test_warming_up_ends_when_the_cache_is_full(void **state)
{
	struct program program;
	begin(&program);
	for (unsigned second = 0; second < 30; second++, second_passes(&program)) {
		uint64_t entries = second < 10 ? 400 * (second + 1) : 4000;
		program.class.allocated += 1000;
		major_gc(&program, entries);
		look(&program);
		if (second == 9) {
			assert_near(row_of(&program)->growth, 400);
			assert_true(row_of(&program)->sustained);
		}
	}
	/* The first ten seconds are still in the window, but its later half is flat. */
	assert_near(row_of(&program)->growth, 0);
	assert_false(row_of(&program)->sustained);
	history_free(program.history);
}

static void test_a_leak_that_begins_late_is_found(void **state)
{
	struct program program;
	begin(&program);
	program.class.allocated = 100;
	for (unsigned second = 0; second < 120; second++, second_passes(&program)) {
		if (second >= 30)
			program.class.allocated += 50;
		major_gc(&program, program.class.allocated);
		look(&program);
	}
	assert_near(row_of(&program)->growth, 50);
	history_free(program.history);
}

static void test_a_shrinking_class_has_negative_growth(void **state)
{
	struct program program;
	begin(&program);
	program.class.allocated = 1000;
	for (unsigned second = 0; second < 10; second++, second_passes(&program)) {
		major_gc(&program, 1000 - 50 * second);
		look(&program);
	}
	assert_near(row_of(&program)->growth, -50);
	assert_false(row_of(&program)->sustained);
	history_free(program.history);
}

static void test_without_major_gcs_growth_is_unconfirmed(void **state)
{
	struct program program;
	begin(&program);
	for (unsigned second = 0; second < 12; second++, second_passes(&program)) {
		program.class.allocated += 1000;
		minor_gc(&program, 100 + 20 * second);
		look(&program);
		assert_int_equal(row_of(&program)->certainty, second < 3 ? HISTORY_UNKNOWN : HISTORY_UNCONFIRMED);
	}
	assert_near(row_of(&program)->growth, 20);
	assert_false(row_of(&program)->sustained);
	history_free(program.history);
}

static void test_garbage_between_gcs_is_no_growth(void **state)
{
	struct program program;
	begin(&program);
	for (unsigned second = 0; second < 41; second++, second_passes(&program)) {
		program.class.allocated += 1000;
		if (second % 5 == 0)
			minor_gc(&program, 100);
		look(&program);
	}
	assert_int_equal(row_of(&program)->certainty, HISTORY_UNCONFIRMED);
	assert_near(row_of(&program)->growth, 0);

	major_gc(&program, 100);
	look(&program);
	second_passes(&program);
	program.class.allocated += 1000;
	major_gc(&program, 100);
	look(&program);
	assert_int_equal(row_of(&program)->certainty, HISTORY_CONFIRMED);
	assert_near(row_of(&program)->growth, 0);
	history_free(program.history);
}

static void test_old_majors_leave_the_window(void **state)
{
	struct program program;
	begin(&program);
	for (unsigned second = 0; second < 2; second++, second_passes(&program)) {
		program.class.allocated += 100;
		major_gc(&program, program.class.allocated);
		look(&program);
	}
	assert_int_equal(row_of(&program)->certainty, HISTORY_CONFIRMED);
	program.head.monotonic_ns += 61 * SECOND;
	look(&program);
	assert_int_equal(row_of(&program)->certainty, HISTORY_UNKNOWN);
	assert_near(row_of(&program)->growth, 0);
	history_free(program.history);
}

static void test_fast_looks_still_span_the_window(void **state)
{
	struct program program;
	begin(&program);
	for (unsigned tenth = 0; tenth < 1200; tenth++, program.head.monotonic_ns += SECOND / 10) {
		/* Grows in the first half of each minute only. */
		if (tenth % 600 < 300)
			program.class.allocated += 10;
		major_gc(&program, program.class.allocated);
		look(&program);
		if (tenth == 299)
			assert_near(row_of(&program)->growth, 100);
	}
	assert_near(row_of(&program)->growth, 0);
	history_free(program.history);
}

static void test_a_new_start_begins_anew(void **state)
{
	struct program program;
	begin(&program);
	for (unsigned second = 0; second < 5; second++, second_passes(&program)) {
		program.class.allocated += 1000;
		major_gc(&program, program.class.allocated);
		look(&program);
	}
	program.head.started_ns = program.head.monotonic_ns - SECOND / 2;
	program.head.gcs_seen = program.head.majors_seen = program.head.major_at_ns = 0;
	program.class.allocated = 50;
	program.class.freed = program.class.retained = 0;
	look(&program);
	assert_int_equal(row_of(&program)->certainty, HISTORY_UNKNOWN);
	assert_near(row_of(&program)->allocated_rate, 100);
	history_free(program.history);
}

static void test_the_trend_is_the_latest_counts(void **state)
{
	struct program program;
	uint32_t values[SERIES_LENGTH];
	begin(&program);
	for (unsigned second = 0; second < 5; second++, second_passes(&program)) {
		program.class.allocated = second < 2 ? 10 : 10 * second;
		look(&program);
	}
	assert_int_equal(history_trend(program.history, row_of(&program), HISTORY_TREND_LIVE, values), 5);
	const uint32_t expected[] = {10, 10, 20, 30, 40};
	assert_memory_equal(values, expected, sizeof expected);
	for (unsigned second = 0; second < 100; second++, second_passes(&program)) {
		program.class.allocated = 1000 + second;
		look(&program);
	}
	assert_int_equal(history_trend(program.history, row_of(&program), HISTORY_TREND_LIVE, values), SERIES_LENGTH);
	assert_int_equal(values[0], 1099 - (SERIES_LENGTH - 1));
	assert_int_equal(values[SERIES_LENGTH - 1], 1099);
	program.class.allocated = UINT64_MAX;
	look(&program);
	history_trend(program.history, row_of(&program), HISTORY_TREND_LIVE, values);
	assert_int_equal(values[SERIES_LENGTH - 1], UINT32_MAX);
	history_free(program.history);
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
			assert_int_equal(row->live, classes[i].allocated);
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
	enum { COUNT = HISTORY_TRAILS_MAX + 100 };
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
	assert_int_equal(last->live, 3);
	assert_int_equal(history_trend(history, last, HISTORY_TREND_LIVE, trend), 0);
	free(classes);
	history_free(history);
}

/* Runs a program whose nth major GC, three seconds after the one before, leaves `counts(n)`. Whether it has the sign. */
static bool is_suspect(uint64_t (*counts)(unsigned round), unsigned rounds, uint64_t newborns)
{
	struct program program;
	begin(&program);
	for (unsigned round = 0; round < rounds; round++, program.head.monotonic_ns += 3 * SECOND) {
		program.class.allocated += 10000;
		program.head.major_newborn = newborns;
		major_gc(&program, counts(round));
		look(&program);
	}
	bool sustained = row_of(&program)->sustained;
	history_free(program.history);
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

/* The class makes all objects of the program, so all that were born while it marked may be of it. */
static void test_what_was_born_while_a_gc_marked_is_no_growth(void **state)
{
	assert_true(is_suspect(up_by_hundreds, 4, 0));
	assert_false(is_suspect(up_by_hundreds, 4, 500));
	assert_true(is_suspect(up_by_hundreds, 30, 200));
}

static void test_an_exact_gc_confirms_what_others_could_not(void **state)
{
	struct program program;
	begin(&program);
	for (unsigned round = 0; round < 5; round++, program.head.monotonic_ns += 3 * SECOND) {
		program.class.allocated += 10000;
		program.head.major_newborn = round < 4 ? 500 : 0;
		major_gc(&program, up_by_hundreds(round));
		look(&program);
		assert_int_equal(row_of(&program)->sustained, round == 4);
	}
	history_free(program.history);
}

static void test_rare_majors_are_compared_beyond_the_window(void **state)
{
	struct program program;
	begin(&program);
	for (unsigned second = 0; second < 200; second++, second_passes(&program)) {
		program.class.allocated += 10;
		if (second % 45 == 0)
			major_gc(&program, program.class.allocated);
		look(&program);
		if (second < 45)
			continue;
		assert_int_equal(row_of(&program)->certainty, HISTORY_CONFIRMED);
		assert_near(row_of(&program)->growth, 10);
		assert_int_equal(row_of(&program)->sustained, second >= 90);
	}
	history_free(program.history);
}

static void test_changes_over_ten_seconds_and_a_minute(void **state)
{
	struct program program;
	begin(&program);
	for (unsigned second = 0; second <= 60; second++, second_passes(&program)) {
		if (second)
			program.class.allocated += second <= 50 ? 100 : 10;
		major_gc(&program, program.class.allocated);
		look(&program);
	}
	const struct history_row *row = row_of(&program);
	assert_near(row->short_change.per_second, 10);
	assert_near(row->long_change.per_second, 5100 / 60.0);
	assert_int_equal(row->short_change.certainty, HISTORY_CONFIRMED);
	assert_int_equal(row->long_change.certainty, HISTORY_CONFIRMED);

	/* Nothing has told anything for a while: of the last ten seconds nothing is known. */
	program.head.monotonic_ns += 15 * SECOND;
	look(&program);
	assert_int_equal(row_of(&program)->short_change.certainty, HISTORY_UNKNOWN);
	assert_int_equal(row_of(&program)->long_change.certainty, HISTORY_CONFIRMED);
	for (unsigned second = 0; second < 5; second++, second_passes(&program)) {
		program.class.allocated += 20;
		minor_gc(&program, program.class.allocated);
		look(&program);
	}
	assert_int_equal(row_of(&program)->short_change.certainty, HISTORY_UNCONFIRMED);
	assert_near(row_of(&program)->short_change.per_second, 20);
	history_free(program.history);
}

static void test_the_times_of_a_trend(void **state)
{
	struct program program;
	uint32_t values[SERIES_LENGTH];
	uint64_t times[SERIES_LENGTH];
	begin(&program);
	for (unsigned tenth = 0; tenth <= 1000; tenth++, program.head.monotonic_ns += SECOND / 10) {
		program.class.allocated = tenth;
		look(&program);
	}
	unsigned count = history_times(program.history, times);
	assert_int_equal(history_trend(program.history, row_of(&program), HISTORY_TREND_LIVE, values), count);
	/* However often it looks, it looks back for most of a minute. */
	assert_true(times[count - 1] - times[0] > 50 * SECOND);
	for (unsigned i = 0; i < count; i++)
		assert_int_equal(times[i], 1000 * SECOND + values[i] * (SECOND / 10));
	history_free(program.history);
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
	    cmocka_unit_test(test_a_new_start_begins_anew),
	    cmocka_unit_test(test_the_trend_is_the_latest_counts),
	    cmocka_unit_test(test_classes_come_and_go),
	    cmocka_unit_test(test_a_class_seen_for_the_first_time_had_no_objects_before),
	    cmocka_unit_test(test_more_classes_than_trails),
	    cmocka_unit_test(test_what_grows_steadily_and_what_does_not),
	    cmocka_unit_test(test_what_was_born_while_a_gc_marked_is_no_growth),
	    cmocka_unit_test(test_an_exact_gc_confirms_what_others_could_not),
	    cmocka_unit_test(test_rare_majors_are_compared_beyond_the_window),
	    cmocka_unit_test(test_changes_over_ten_seconds_and_a_minute),
	    cmocka_unit_test(test_the_times_of_a_trend),
	    cmocka_unit_test(test_five_thousand_classes_take_no_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
