#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "fake_program.h"
#include "model/light_census.h"

static struct fake_program *program;
static struct light *light;
static struct light_metadata metadata;

static int set_up(void **state)
{
	program = fake_start((struct tracker_options){.light = true, .depth = 2});
	light = program->tracker.light;
	metadata = (struct light_metadata){0};
	fake_class(program, CLASS(1), "String");
	fake_class(program, CLASS(2), "Array");
	fake_code(program, CODE(1), CODE_SOURCE, "app.rb", "one");
	fake_code(program, CODE(2), CODE_SOURCE, "app.rb", "two");
	return 0;
}

static int tear_down(void **state)
{
	fake_stop(program);
	return 0;
}

/* The end of a window, and a walk that meets so many objects of both classes, after so many allocations. */
static void walk(uint64_t strings, uint64_t arrays, uint64_t allocations)
{
	light_forget(&program->tracker, true);
	light_begin(light);
	/* They stand in turns, as far as there are any. */
	for (uint64_t number = 0; number < strings || number < arrays; number++) {
		if (number < strings)
			light_count(light, CLASS(1), 1);
		if (number < arrays)
			light_count(light, CLASS(2), 1);
	}
	for (uint32_t number = 1; number < 3; number++)
		light_count(light, CLASS(number), 0);
	metadata.allocated += allocations;
	metadata.monotonic_ns++;
	assert_int_equal(light_settle(&program->tracker, &metadata), STATUS_OK);
}

/* An allocation in a window, be it picked or not. */
static bool allocate(uintptr_t key, uintptr_t code)
{
	if (light_is_full(light) || !light_picks(light))
		return false;
	struct class_record *class = tracker_class(&program->tracker, key);
	uint32_t number = tracker_path(&program->tracker, class, FAKE_STACK(code, 7));
	light_sample(light, node_handle(&program->tracker.tree, number));
	return true;
}

static void allocate_often(uintptr_t key, uintptr_t code, unsigned times)
{
	while (times > 0)
		times -= allocate(key, code);
}

static struct counts counts_of(uintptr_t key)
{
	struct class_record *class = light_class(&program->tracker, key);

	return class ? tracker_class_counts(&program->tracker, class) : (struct counts){0};
}

static void assert_counts(uintptr_t key, uint64_t allocated, uint64_t freed, uint64_t retained)
{
	struct counts counts = counts_of(key);

	assert_int_equal(counts.allocated, allocated);
	assert_int_equal(counts.freed, freed);
	assert_int_equal(counts.retained, retained);
}

static void test_what_stands_is_live(void **state)
{
	walk(5, 3, 100);
	assert_counts(CLASS(1), 5, 0, 0);
	assert_counts(CLASS(2), 3, 0, 0);
	walk(4, 3, 0);
	assert_counts(CLASS(1), 5, 1, 0);
	walk(6, 0, 10);
	assert_counts(CLASS(1), 7, 1, 0);
	assert_counts(CLASS(2), 3, 3, 0);
}

static void test_allocations_are_shared_out_to_the_last(void **state)
{
	walk(10, 10, 0);
	light_open(light, LIGHT_SAMPLES);
	allocate_often(CLASS(1), CODE(1), 20);
	allocate_often(CLASS(1), CODE(2), 10);
	allocate_often(CLASS(2), CODE(1), 10);
	walk(10, 10, 1003);
	struct counts strings = counts_of(CLASS(1)), arrays = counts_of(CLASS(2));
	assert_int_equal(strings.allocated + arrays.allocated, 20 + 1003);
	assert_in_range(strings.allocated, 10 + 750, 10 + 754);
	assert_int_equal(LIVE(strings), 10);
	assert_int_equal(light->sampled, 40);
	assert_int_equal(light->sampled_of, 1003);
	fake_assert_shows(program, "Array 261/251\n app.rb:7 one 251/251\n"
	                           "String 762/752\n app.rb:7 one 501/501\n app.rb:7 two 251/251\n");
}

static void test_what_grew_was_allocated(void **state)
{
	walk(10, 0, 0);
	light_open(light, LIGHT_SAMPLES);
	allocate_often(CLASS(2), CODE(1), 10);
	walk(60, 0, 100);
	assert_counts(CLASS(1), 60, 0, 0);
	assert_counts(CLASS(2), 100, 100, 0);
}

static void test_sums_are_what_was_counted(void **state)
{
	struct counts sums;

	walk(10, 10, 7);
	walk(4, 10, 50);
	sums = tracker_counts(&program->tracker);
	assert_int_equal(sums.allocated, 70);
	assert_int_equal(sums.freed, 56);
	/* What counts for no class, and stands, is not among them. */
	light_begin(light);
	light_count(light, CLASS(1), 20);
	light->internals = 30;
	metadata.allocated += 40;
	assert_int_equal(light_settle(&program->tracker, &metadata), STATUS_OK);
	sums = tracker_counts(&program->tracker);
	assert_int_equal(sums.allocated, 80);
	assert_int_equal(sums.freed, 60);
}

static void test_retained_is_what_the_first_walk_after_a_major_gc_met(void **state)
{
	metadata.majors = 3;
	walk(10, 10, 0);
	assert_counts(CLASS(1), 10, 0, 0);
	assert_int_equal(program->tracker.majors_seen, 0);
	metadata.majors = 1;
	metadata.allocated_since = 17;
	walk(8, 10, 0);
	metadata.majors = 0;
	walk(9, 10, 0);
	assert_counts(CLASS(1), 11, 2, 8);
	assert_int_equal(program->tracker.majors_seen, 1);
	assert_int_equal(program->tracker.major_at_ns, 2);
	assert_int_equal(program->tracker.major_allocated, 17);
}

static void test_a_window_takes_no_more_than_it_may(void **state)
{
	light_open(light, 100);
	for (int times = 0; times < 10000; times++)
		allocate(CLASS(1), CODE(1));
	assert_true(light_is_full(light));
	assert_int_equal(light->sample_count, 100);
	walk(0, 0, 0);
	/* What one window has left the next one may take. */
	light_open(light, 60);
	allocate_often(CLASS(1), CODE(1), 20);
	walk(0, 0, 0);
	light_open(light, 5);
	assert_int_equal(light->sample_limit, 45);
}

static void test_about_every_fourth_allocation_is_picked(void **state)
{
	int picked = 0;

	light_open(light, LIGHT_SAMPLES);
	for (int times = 0; times < 9000; times++)
		picked += allocate(CLASS(1), CODE(1));
	assert_in_range(picked, 1800, 2200);
}

static void test_no_address_outlives_a_window(void **state)
{
	walk(1, 1, 0);
	light_open(light, LIGHT_SAMPLES);
	allocate_often(CLASS(1), CODE(1), 10);
	light_forget(&program->tracker, true);
	assert_null(class_table_find(&program->tracker.classes, CLASS(1)));
	assert_null(code_table_find(&program->tracker.codes, CODE(1)));
	assert_true(light_knows(light, CLASS(1)));
	assert_false(light_knows(light, CODE(1)));
	/* The class has moved, and another has come to its place. */
	uint64_t id = light_class(&program->tracker, CLASS(1))->id;
	program->classes[CLASS(3) / FAKE_STRIDE % FAKE_LIMIT] = program->classes[CLASS(1) / FAKE_STRIDE % FAKE_LIMIT];
	program->classes[CLASS(3) / FAKE_STRIDE % FAKE_LIMIT].key = CLASS(3);
	program->classes[CLASS(3) / FAKE_STRIDE % FAKE_LIMIT].real = CLASS(3);
	fake_class(program, CLASS(1), "Hash");
	light_begin(light);
	light_count(light, CLASS(3), 4);
	light_count(light, CLASS(1), 2);
	assert_int_equal(light_settle(&program->tracker, &metadata), STATUS_OK);
	assert_int_equal(light_class(&program->tracker, CLASS(3))->id, id);
	assert_int_equal(LIVE(counts_of(CLASS(3))), 4);
	assert_int_equal(LIVE(counts_of(CLASS(1))), 2);
}

static void test_classes_first_met_in_a_window_are_found_again(void **state)
{
	light_open(light, LIGHT_SAMPLES);
	allocate_often(CLASS(2), CODE(1), 10);
	light_forget(&program->tracker, true);
	struct class_record *class = light_class(&program->tracker, CLASS(2));
	assert_non_null(class);
	walk(0, 3, 10);
	assert_ptr_equal(light_class(&program->tracker, CLASS(2)), class);
	assert_int_equal(LIVE(counts_of(CLASS(2))), 3);
}

static void test_records_of_dead_classes_go(void **state)
{
	walk(5, 3, 0);
	light_forget(&program->tracker, false);
	light_begin(light);
	light_count(light, CLASS(2), 3);
	assert_int_equal(light_settle(&program->tracker, &metadata), STATUS_OK);
	assert_null(light_class(&program->tracker, CLASS(1)));
	assert_int_equal(LIVE(counts_of(CLASS(2))), 3);
	fake_assert_shows(program, "(unloaded classes) 5/5\nArray 3/0\n");
	/* A class without objects is not a dead one. */
	walk(0, 0, 0);
	assert_non_null(light_class(&program->tracker, CLASS(2)));
}

static void test_without_memory_a_walk_changes_nothing(void **state)
{
	walk(5, 3, 0);
	light_begin(light);
	program->allocator.fail_at = program->allocator.calls + 1;
	program->allocator.fail_on = true;
	for (uint32_t number = 1; number < 2000; number++)
		light_count(light, CLASS(number), 1);
	assert_int_equal(light_settle(&program->tracker, &metadata), STATUS_NO_MEMORY);
	program->allocator.fail_at = 0;
	program->allocator.fail_on = false;
	assert_counts(CLASS(1), 5, 0, 0);
	walk(6, 3, 0);
	assert_counts(CLASS(1), 6, 0, 0);
}

static void test_without_memory_there_is_no_light_tracker(void **state)
{
	for (uint64_t call = 1; call < 40; call++) {
		struct fake_program *other = fake_try_start((struct tracker_options){.light = true}, call, false);

		if (other)
			fake_stop(other);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_what_stands_is_live, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_allocations_are_shared_out_to_the_last, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_what_grew_was_allocated, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_sums_are_what_was_counted, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_retained_is_what_the_first_walk_after_a_major_gc_met, set_up,
	                                    tear_down),
	    cmocka_unit_test_setup_teardown(test_a_window_takes_no_more_than_it_may, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_about_every_fourth_allocation_is_picked, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_no_address_outlives_a_window, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_classes_first_met_in_a_window_are_found_again, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_records_of_dead_classes_go, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_without_memory_a_walk_changes_nothing, set_up, tear_down),
	    cmocka_unit_test(test_without_memory_there_is_no_light_tracker),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
