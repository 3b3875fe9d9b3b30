#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_program.h"
#include "model/snapshot_builder.h"
#include "model/tracker.h"
#include "random_numbers.h"

static struct fake_program *program;

static int set_up(void **state)
{
	program = fake_start((struct tracker_options){0});
	fake_class(program, CLASS(1), "String");
	fake_class(program, CLASS(2), "Array");
	return 0;
}

static int tear_down(void **state)
{
	fake_stop(program);
	return 0;
}

static void assert_totals(uint64_t allocated, uint64_t freed)
{
	struct counts counts = tracker_counts(&program->tracker);

	assert_int_equal(counts.allocated, allocated);
	assert_int_equal(counts.freed, freed);
}

static void test_allocations_and_frees(void **state)
{
	for (uint32_t number = 0; number < 10000; number++)
		assert_int_not_equal(fake_allocate(program, OBJECT(number), CLASS(1 + number % 2)), 0);
	fake_assert_counts(program, CLASS(1), 5000, 0, 0);
	fake_assert_counts(program, CLASS(2), 5000, 0, 0);
	uint32_t root = class_table_find(&program->tracker.classes, CLASS(1))->root_number;
	for (uint32_t number = 0; number < 10000; number += 4)
		assert_int_equal(fake_free(program, OBJECT(number)), root);
	fake_assert_counts(program, CLASS(1), 5000, 2500, 0);
	fake_assert_counts(program, CLASS(2), 5000, 0, 0);
	assert_totals(10000, 2500);
}

static void test_frees_of_objects_never_seen_change_nothing(void **state)
{
	fake_allocate(program, OBJECT(1), CLASS(1));
	assert_int_equal(fake_free(program, OBJECT(2)), 0);
	assert_int_equal(fake_free(program, CODE(2)), 0);
	assert_int_equal(fake_free(program, UINTPTR_MAX), 0);
	assert_int_not_equal(fake_free(program, OBJECT(1)), 0);
	assert_int_equal(fake_free(program, OBJECT(1)), 0);
	fake_assert_counts(program, CLASS(1), 1, 1, 0);
	assert_int_equal(program->tracker.lost, 0);
}

static void test_an_address_that_is_used_again_without_a_free(void **state)
{
	fake_allocate(program, OBJECT(1), CLASS(1));
	fake_allocate(program, OBJECT(1), CLASS(2));
	fake_assert_counts(program, CLASS(1), 1, 1, 0);
	fake_assert_counts(program, CLASS(2), 1, 0, 0);
	assert_int_equal(program->tracker.lost, 1);
	/* An object that is not recorded itself clears its address all the same. */
	tracker_clear_address(&program->tracker, OBJECT(1));
	fake_assert_counts(program, CLASS(2), 1, 1, 0);
	assert_int_equal(program->tracker.lost, 2);
	fake_free(program, OBJECT(1));
	fake_assert_counts(program, CLASS(2), 1, 1, 0);
}

/* As an event does it: the short way, or else the long one. */
static bool allocate_fast(struct fake_program *other, uintptr_t address, uintptr_t key)
{
	bool counted = tracker_count_allocated(&other->tracker, address, key);

	if (!counted)
		fake_allocate(other, address, key);
	return counted;
}

static bool free_fast(struct fake_program *other, uintptr_t address)
{
	bool counted = tracker_count_freed(&other->tracker, address);

	if (!counted)
		tracker_freed(&other->tracker, address);
	return counted;
}

static void assert_same_counts(struct fake_program *other)
{
	for (int number = 0; number < 4; number++) {
		struct counts counts = fake_counts(other, CLASS(number));

		fake_assert_counts(program, CLASS(number), counts.allocated, counts.freed, counts.retained);
	}
	assert_int_equal(other->tracker.lost, program->tracker.lost);
}

static void gc_goes_on(struct tracker *tracker, bool sweeps)
{
	if (sweeps)
		tracker_sweep_ended(tracker, true, 1);
	else
		tracker_mark_ended(tracker, 0);
}

/* Classes die and come again, addresses are used again without a free, major GCs come in two steps. */
static void test_the_short_ways_count_the_same(void **state)
{
	enum { STEPS = 200000, OBJECTS = 5000 };
	struct fake_program *other = fake_start((struct tracker_options){0});
	uint64_t random = 88172645463325252;
	int shortly = 0;

	for (int number = 0; number < 4; number++) {
		fake_class(program, CLASS(number), "Shop");
		fake_class(other, CLASS(number), "Shop");
	}
	for (int step = 0; step < STEPS; step++) {
		uintptr_t address = OBJECT(random_number(&random) % OBJECTS);
		uint64_t choice = random_number(&random) % 1000;

		if (choice < 500) {
			fake_allocate(program, address, CLASS(choice % 4));
			shortly += allocate_fast(other, address, CLASS(choice % 4));
		} else if (choice < 990) {
			fake_free(program, address);
			shortly += free_fast(other, address);
		} else if (choice < 995) {
			fake_free(program, CLASS(choice % 4));
			free_fast(other, CLASS(choice % 4));
		} else {
			gc_goes_on(&program->tracker, choice & 1);
			gc_goes_on(&other->tracker, choice & 1);
		}
		if (step % 64 == 0)
			assert_same_counts(other);
	}
	assert_same_counts(other);
	assert_in_range(shortly, STEPS / 5, STEPS);
	fake_stop(other);
}

static void test_the_short_ways_leave_what_is_special_alone(void **state)
{
	struct tracker *tracker = &program->tracker;

	/* The first of its class, and at an address that nothing is known of. */
	assert_false(tracker_count_allocated(tracker, OBJECT(1), CLASS(1)));
	fake_allocate(program, OBJECT(1), CLASS(1));
	fake_allocate(program, OBJECT(4), CLASS(1));
	assert_true(tracker_count_allocated(tracker, OBJECT(2), CLASS(1)));
	/* Nobody has said that the one at its address was freed. */
	assert_false(tracker_count_allocated(tracker, OBJECT(2), CLASS(1)));
	struct class_record *class = class_table_find(&tracker->classes, CLASS(1));
	class->observed = tracker->observed = 1;
	assert_false(tracker_count_allocated(tracker, OBJECT(3), CLASS(1)));
	assert_false(tracker_count_freed(tracker, OBJECT(2)));
	class->observed = tracker->observed = 0;
	tracker_set_depth(tracker, class, 3);
	assert_false(tracker_count_allocated(tracker, OBJECT(3), CLASS(1)));
	tracker_set_depth(tracker, class, 0);
	/* The class, and what has not counted since a major GC. */
	fake_free(program, OBJECT(1));
	assert_false(tracker_count_freed(tracker, CLASS(1)));
	fake_major_gc(program);
	assert_false(tracker_count_allocated(tracker, OBJECT(3), CLASS(1)));
	assert_false(tracker_count_freed(tracker, OBJECT(2)));
	fake_assert_counts(program, CLASS(1), 3, 1, 2);
}

/* --- pages of the heap --- */

/* The slot size of all pages, for trackers that are started with this. */
static size_t current_slot_size;

static size_t changing_slot_size(uintptr_t address)
{
	(void)address;
	return current_slot_size;
}

/* A tracker of its own, with one class. */
static struct fake_program *start_with_slots_of(size_t size)
{
	struct fake_program *other = fake_start((struct tracker_options){.slot_size = changing_slot_size});

	current_slot_size = size;
	fake_class(other, CLASS(1), "String");
	return other;
}

#define SLOT(page, size, number) ((page)*UINT64_C(65536) + (size) * (UINT64_C(1) + (number)))

static void test_slot_bytes_are_counted(void **state)
{
	struct fake_program *other = start_with_slots_of(40);

	for (uint32_t number = 0; number < 10; number++)
		allocate_fast(other, SLOT(7, 40, number), CLASS(1));
	current_slot_size = 640;
	for (uint32_t number = 0; number < 10; number++)
		allocate_fast(other, SLOT(8, 640, number), CLASS(1));
	free_fast(other, SLOT(8, 640, 0));
	current_slot_size = 320;
	assert_true(tracker_enter_existing(&other->tracker, SLOT(9, 320, 0), CLASS(1)));
	assert_int_equal(fake_counts(other, CLASS(1)).allocated_bytes, 10 * 40 + 10 * 640 + 320);
	assert_int_equal(tracker_counts(&other->tracker).allocated_bytes, 10 * 40 + 10 * 640 + 320);
	fake_stop(other);
}

/* By the fast path, which does not ask how large slots are, and to the last object. */
static void test_a_page_that_was_empty_comes_back_with_other_slots(void **state)
{
	const uint32_t sizes[] = {640, 40, 160, 32, 1024, 96};
	struct fake_program *other = start_with_slots_of(40);
	uint64_t allocated = 0, bytes = 0;

	allocate_fast(other, SLOT(3, 40, 0), CLASS(1));
	for (uint32_t round = 0; round < 6; round++) {
		uint32_t size = sizes[round], count = 65536 / size - 2;
		int shortly = 0;

		current_slot_size = size;
		for (uint32_t number = 0; number < count; number++)
			shortly += allocate_fast(other, SLOT(7, size, number), CLASS(1));
		allocated += count;
		bytes += (uint64_t)count * size;
		assert_int_equal(LIVE(fake_counts(other, CLASS(1))), 1 + count);
		/* The first makes the page and the second caches it. */
		assert_in_range(shortly, count - 2, count);
		for (uint32_t number = 0; number < count; number++)
			free_fast(other, SLOT(7, size, number));
		assert_int_equal(LIVE(fake_counts(other, CLASS(1))), 1);
	}
	assert_int_equal(fake_counts(other, CLASS(1)).allocated, 1 + allocated);
	assert_int_equal(fake_counts(other, CLASS(1)).allocated_bytes, 40 + bytes);
	assert_int_equal(other->tracker.lost, 0);
	fake_stop(other);
}

/* Nothing was reported of the page's end: all that was on it is found to be freed with the first address met again. */
static void test_a_page_with_entries_comes_back_with_other_slots(void **state)
{
	struct fake_program *other = start_with_slots_of(160);

	for (uint32_t number = 0; number < 100; number++)
		allocate_fast(other, SLOT(5, 160, number), CLASS(1));
	current_slot_size = 40;
	allocate_fast(other, SLOT(5, 160, 50), CLASS(1));
	assert_int_equal(other->tracker.lost, 100);
	for (uint32_t number = 0; number < 100; number++)
		allocate_fast(other, SLOT(5, 40, number), CLASS(1));
	assert_int_equal(LIVE(fake_counts(other, CLASS(1))), 101);
	assert_int_equal(other->tracker.lost, 100);
	fake_stop(other);
}

static void test_retained_follows_major_gcs(void **state)
{
	for (uint32_t number = 0; number < 10; number++)
		fake_allocate(program, OBJECT(number), CLASS(1));
	tracker_sweep_ended(&program->tracker, false, 7);
	fake_assert_counts(program, CLASS(1), 10, 0, 0);
	tracker_mark_ended(&program->tracker, 3);
	fake_allocate(program, OBJECT(20), CLASS(1));
	fake_free(program, OBJECT(0));
	tracker_sweep_ended(&program->tracker, true, 8);
	fake_assert_counts(program, CLASS(1), 11, 1, 9);
	assert_int_equal(program->tracker.gcs_seen, 2);
	assert_int_equal(program->tracker.majors_seen, 1);
	assert_int_equal(program->tracker.major_at_ns, 8);
	assert_int_equal(program->tracker.major_allocated, 3);
	/* A major sweep whose mark was not seen tells nothing. */
	tracker_sweep_ended(&program->tracker, true, 9);
	fake_assert_counts(program, CLASS(1), 11, 1, 9);
	assert_int_equal(program->tracker.majors_seen, 1);
	assert_int_equal(program->tracker.major_at_ns, 8);
	fake_major_gc(program);
	fake_assert_counts(program, CLASS(1), 11, 1, 10);
}

static void test_objects_from_before_the_start(void **state)
{
	struct tracker *tracker = &program->tracker;

	fake_allocate(program, OBJECT(1), CLASS(1));
	assert_true(tracker_enter_existing(tracker, OBJECT(1), CLASS(1)));
	assert_true(tracker_enter_existing(tracker, OBJECT(2), CLASS(1)));
	/* The class is an object of before the start, too. */
	assert_true(tracker_enter_existing(tracker, CLASS(1), CLASS(2)));
	fake_assert_counts(program, CLASS(1), 2, 0, 0);
	fake_assert_shows(program, "String 2/0\n (before the start) 1/0\nArray 1/0\n (before the start) 1/0\n");
	fake_free(program, OBJECT(1));
	fake_free(program, OBJECT(2));
	fake_free(program, CLASS(1));
	assert_totals(3, 3);
	assert_null(class_table_find(&tracker->classes, CLASS(1)));
	assert_false(tracker_enter_existing(tracker, UINTPTR_MAX, CLASS(2)));
	assert_int_equal(tracker->dropped, 1);
}

/* A start enters millions of objects: after a class's first the node is known, and no name is interned. */
static void test_objects_from_before_the_start_intern_one_name_for_a_class(void **state)
{
	struct tracker *tracker = &program->tracker;
	struct strings full;

	assert_true(tracker_enter_existing(tracker, OBJECT(1), CLASS(1)));
	assert_true(tracker_enter_existing(tracker, OBJECT(2), CLASS(2)));
	assert_int_equal(strings_init(&full, &program->memory, 0), STATUS_OK);
	tracker->codes.strings = &full;
	assert_true(tracker_enter_existing(tracker, OBJECT(3), CLASS(1)));
	assert_true(tracker_enter_existing(tracker, OBJECT(4), CLASS(2)));
	tracker->codes.strings = &tracker->strings;
	strings_deinit(&full);
	fake_assert_shows(program, "String 2/0\n (before the start) 2/0\nArray 2/0\n (before the start) 2/0\n");
}

static void test_depths(void **state)
{
	struct class_record *class = tracker_class_for(&program->tracker, CLASS(1));

	assert_int_equal(class->depth, 0);
	tracker_set_depth(&program->tracker, class, 5);
	assert_int_equal(class->depth, 5);
	tracker_set_depth(&program->tracker, class, 0);
	assert_int_equal(class->depth, 0);
	assert_true(class->own_depth);
	tracker_set_depth(&program->tracker, class, UINT32_MAX);
	assert_int_equal(class->depth, program->tracker.options.depth);
	assert_false(class->own_depth);
}

static void test_counts_stay_after_the_end(void **state)
{
	for (uint32_t number = 0; number < 100; number++)
		fake_allocate(program, OBJECT(number), CLASS(1));
	fake_free(program, OBJECT(3));
	fake_major_gc(program);
	size_t used = memory_used(&program->memory);
	tracker_end(&program->tracker);
	assert_true(memory_used(&program->memory) < used);
	fake_assert_counts(program, CLASS(1), 100, 1, 99);
	fake_assert_shows(program, "String 100/1\n");
	tracker_end(&program->tracker);
}

static bool works_in_child(void)
{
	struct snapshot_metadata metadata = {.header = {0}};

	tracker_reset_reader_lock(&program->tracker);
	fake_allocate(program, OBJECT(1), CLASS(1));
	struct snapshot_header *header = tracker_snapshot(&program->tracker, &metadata);
	bool right = header && header->counts.allocated == 1;

	free(header);
	if (!right || !tracker_pause_readers(&program->tracker))
		return false;
	tracker_resume_readers(&program->tracker);
	return true;
}

static void test_a_reader_inside_when_the_process_forked(void **state)
{
	int status = 0;

	tracker_begin_reading(&program->tracker);
	pid_t child = fork();
	if (child == 0)
		_exit(works_in_child() ? 0 : 1);
	tracker_end_reading(&program->tracker);
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_allocations_and_frees),
	    TEST(test_frees_of_objects_never_seen_change_nothing),
	    TEST(test_an_address_that_is_used_again_without_a_free),
	    TEST(test_the_short_ways_count_the_same),
	    TEST(test_the_short_ways_leave_what_is_special_alone),
	    TEST(test_slot_bytes_are_counted),
	    TEST(test_a_page_that_was_empty_comes_back_with_other_slots),
	    TEST(test_a_page_with_entries_comes_back_with_other_slots),
	    TEST(test_retained_follows_major_gcs),
	    TEST(test_objects_from_before_the_start),
	    TEST(test_objects_from_before_the_start_intern_one_name_for_a_class),
	    TEST(test_depths),
	    TEST(test_counts_stay_after_the_end),
	    TEST(test_a_reader_inside_when_the_process_forked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
