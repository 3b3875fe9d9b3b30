/* Classes that are objects, that are freed, and whose records are used again. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "fake_program.h"
#include "model/tracker.h"

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

static void test_objects_of_a_singleton_class_count_for_its_class(void **state)
{
	fake_singleton(program, CLASS(10), CLASS(1));
	fake_allocate(program, OBJECT(1), CLASS(10));
	fake_allocate(program, OBJECT(2), CLASS(1));
	fake_assert_counts(program, CLASS(1), 2, 0, 0);
	assert_ptr_equal(class_table_find(&program->tracker.classes, CLASS(10)),
	                 class_table_find(&program->tracker.classes, CLASS(1)));
	/* The singleton class dies, and at its address there is another class. */
	fake_free(program, CLASS(10));
	assert_null(class_table_find(&program->tracker.classes, CLASS(10)));
	/* A second one, of a class that is known by now. */
	fake_singleton(program, CLASS(11), CLASS(1));
	assert_int_not_equal(fake_allocate(program, OBJECT(4), CLASS(11)), 0);
	fake_assert_counts(program, CLASS(1), 3, 0, 0);
	fake_free(program, OBJECT(4));
	fake_class(program, CLASS(10), "Hash");
	fake_allocate(program, OBJECT(3), CLASS(10));
	fake_assert_counts(program, CLASS(1), 3, 1, 0);
	fake_assert_counts(program, CLASS(10), 1, 0, 0);
}

static void test_a_class_that_is_an_object_itself(void **state)
{
	fake_class(program, CLASS(3), "Class");
	fake_allocate(program, CLASS(3), CLASS(3));
	fake_allocate(program, CLASS(1), CLASS(3));
	fake_allocate(program, OBJECT(1), CLASS(1));
	fake_assert_counts(program, CLASS(3), 2, 0, 0);
	fake_free(program, CLASS(1));
	fake_assert_counts(program, CLASS(3), 2, 1, 0);
	assert_null(class_table_find(&program->tracker.classes, CLASS(1)));
	assert_int_equal(tracker_counts(&program->tracker).allocated, 3);
	assert_int_equal(tracker_counts(&program->tracker).freed, 1);
	/* It was entered while it was allocated, on itself. */
	fake_free(program, CLASS(3));
	assert_null(class_table_find(&program->tracker.classes, CLASS(3)));
	assert_int_equal(tracker_counts(&program->tracker).allocated, 3);
	assert_int_equal(tracker_counts(&program->tracker).freed, 2);
}

static uint32_t class_records(void)
{
	return table_count(&program->tracker.classes.records);
}

static void test_a_dead_class_lives_on_until_its_objects_are_freed(void **state)
{
	uint32_t records = class_records();

	fake_class(program, CLASS(5), NULL);
	fake_allocate(program, OBJECT(1), CLASS(5));
	fake_allocate(program, OBJECT(2), CLASS(5));
	fake_major_gc(program);
	fake_free(program, CLASS(5));
	fake_free(program, OBJECT(1));
	/* The address is another class's now. */
	fake_class(program, CLASS(5), "Hash");
	fake_allocate(program, OBJECT(3), CLASS(5));
	fake_assert_counts(program, CLASS(5), 1, 0, 0);
	assert_int_equal(class_records(), records + 2);
	assert_int_equal(tracker_counts(&program->tracker).allocated, 3);
	assert_int_equal(tracker_counts(&program->tracker).freed, 1);
	fake_free(program, OBJECT(2));
	/* The next new class finds that nothing is left of it. */
	fake_allocate(program, OBJECT(4), CLASS(1));
	assert_int_equal(class_records(), records + 2);
	assert_int_equal(tracker_counts(&program->tracker).allocated, 4);
	assert_int_equal(tracker_counts(&program->tracker).freed, 2);
	struct counts gone = tracker_class_counts(&program->tracker, program->tracker.dead_class_totals);
	assert_int_equal(gone.allocated, 2);
	assert_int_equal(gone.freed, 2);
	assert_int_equal(gone.retained, 2);
	fake_major_gc(program);
	assert_int_equal(tracker_class_counts(&program->tracker, program->tracker.dead_class_totals).retained, 0);
}

static void test_records_of_dead_classes_are_used_again_under_new_ids(void **state)
{
	uint64_t last_id = 0;
	uint32_t most = 0;

	for (uint32_t round = 0; round < 20000; round++) {
		fake_class(program, CLASS(round % 7), NULL);
		fake_allocate(program, OBJECT(round % 100), CLASS(round % 7));
		struct class_record *class = class_table_find(&program->tracker.classes, CLASS(round % 7));
		assert_true(class->id > last_id);
		last_id = class->id;
		fake_free(program, OBJECT(round % 100));
		fake_free(program, CLASS(round % 7));
		most = class_records() > most ? class_records() : most;
	}
	assert_in_range(most, 3, 8);
	assert_int_equal(tracker_counts(&program->tracker).allocated, 20000);
	assert_int_equal(tracker_counts(&program->tracker).freed, 20000);
	assert_int_equal(table_count(&program->tracker.tree.nodes), class_records());
}

/* Dead classes with live objects must not keep the others from being recycled. */
static void test_living_objects_of_dead_classes_hold_nobody_up(void **state)
{
	uint32_t records = class_records();

	for (uint32_t number = 0; number < 100; number++) {
		fake_class(program, CLASS(100 + number), NULL);
		fake_allocate(program, OBJECT(number), CLASS(100 + number));
		fake_free(program, CLASS(100 + number));
	}
	for (uint32_t round = 0; round < 1000; round++) {
		fake_class(program, CLASS(7), NULL);
		fake_allocate(program, OBJECT(1000), CLASS(7));
		fake_free(program, OBJECT(1000));
		fake_free(program, CLASS(7));
	}
	assert_in_range(class_records(), records + 100, records + 150);
	assert_int_equal(tracker_counts(&program->tracker).allocated, 1100);
	assert_int_equal(tracker_counts(&program->tracker).freed, 1000);
}

static void test_readers_keep_records_from_being_recycled(void **state)
{
	uint32_t records = class_records();

	tracker_begin_reading(&program->tracker);
	for (uint32_t number = 0; number < 20; number++) {
		fake_class(program, CLASS(5), NULL);
		fake_allocate(program, OBJECT(1), CLASS(5));
		fake_free(program, OBJECT(1));
		fake_free(program, CLASS(5));
	}
	assert_int_equal(class_records(), records + 20);
	tracker_end_reading(&program->tracker);
	for (uint32_t number = 0; number < 10; number++)
		fake_allocate(program, OBJECT(number), CLASS(10 + number));
	assert_int_equal(class_records(), records + 10);
}

/* A record that is used again has no node of the class before. */
static void test_objects_from_before_the_start_in_a_recycled_record(void **state)
{
	fake_class(program, CLASS(5), "First");
	tracker_enter_existing(&program->tracker, OBJECT(1), CLASS(5));
	uint32_t number = tracker_class_for(&program->tracker, CLASS(5))->number;
	fake_free(program, OBJECT(1));
	fake_free(program, CLASS(5));
	fake_class(program, CLASS(6), "Second");
	tracker_enter_existing(&program->tracker, OBJECT(2), CLASS(6));
	assert_int_equal(tracker_class_for(&program->tracker, CLASS(6))->number, number);
	fake_assert_counts(program, CLASS(6), 1, 0, 0);
	fake_assert_shows(program, "(unloaded classes) 1/1\nSecond 1/0\n (before the start) 1/0\n");
}

static void test_an_observed_class_is_not_recycled(void **state)
{
	struct class_record *class = tracker_class_for(&program->tracker, CLASS(1));
	uint64_t id = class->id;

	class->observed = 1;
	fake_free(program, CLASS(1));
	tracker_class_for(&program->tracker, CLASS(2));
	assert_int_equal(class->id, id);
	class->observed = 0;
	fake_allocate(program, OBJECT(1), CLASS(3));
	assert_int_not_equal(class->id, id);
}

/* Hidden objects count under keys that are no addresses. */
static void test_a_class_that_stands_for_none(void **state)
{
	fake_class(program, CLASS_KEY_PSEUDO_LIMIT - 1, "(internal)");
	fake_allocate(program, OBJECT(1), CLASS_KEY_PSEUDO_LIMIT - 1);
	fake_allocate(program, OBJECT(2), CLASS_KEY_PSEUDO_LIMIT - 1);
	struct class_record *class = tracker_class_for(&program->tracker, CLASS_KEY_PSEUDO_LIMIT - 1);
	assert_int_equal(class->address, 0);
	assert_int_equal(fake_free(program, CLASS_KEY_PSEUDO_LIMIT - 1), 0);
	fake_assert_counts(program, CLASS_KEY_PSEUDO_LIMIT - 1, 2, 0, 0);
	fake_assert_shows(program, "(internal) 2/0\n");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_objects_of_a_singleton_class_count_for_its_class),
	    TEST(test_a_class_that_is_an_object_itself),
	    TEST(test_a_dead_class_lives_on_until_its_objects_are_freed),
	    TEST(test_records_of_dead_classes_are_used_again_under_new_ids),
	    TEST(test_living_objects_of_dead_classes_hold_nobody_up),
	    TEST(test_readers_keep_records_from_being_recycled),
	    TEST(test_objects_from_before_the_start_in_a_recycled_record),
	    TEST(test_an_observed_class_is_not_recycled),
	    TEST(test_a_class_that_stands_for_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
