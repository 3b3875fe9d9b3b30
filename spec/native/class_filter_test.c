/* Call paths of classes that are chosen by name. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "fake_program.h"

static struct fake_program *program;

static const struct text names[] = {{"Shop::Session", 13}, {"Shop::Sesion", 12}};

static int set_up(void **state)
{
	program = fake_start((struct tracker_options){.depth = 2, .class_filter = names, .class_filter_count = 2});
	fake_class(program, CLASS(1), "Shop::Session");
	fake_class(program, CLASS(2), "Shop");
	fake_class(program, CLASS(3), NULL);
	return 0;
}

static int tear_down(void **state)
{
	fake_stop(program);
	return 0;
}

static uint32_t depth_of(uintptr_t key)
{
	fake_allocate(program, OBJECT(key % 1000), key);
	return class_table_find(&program->tracker.classes, key)->depth;
}

static void assert_awaited(const char *expected)
{
	struct snapshot_header *header = fake_take_snapshot(program);

	assert_string_equal(snapshot_string(header, header->unmatched, NULL), expected);
	assert_int_equal(header->class_filter_count, 2);
	free(header);
}

static void test_only_they_have_call_paths(void **state)
{
	assert_int_equal(depth_of(CLASS(1)), 2);
	assert_int_equal(depth_of(CLASS(2)), 0);
	assert_int_equal(depth_of(CLASS(3)), 0);
}

static void test_what_has_not_come_is_awaited(void **state)
{
	assert_awaited("Shop::Session, Shop::Sesion");
	depth_of(CLASS(2));
	depth_of(CLASS(1));
	assert_awaited("Shop::Sesion");
}

static void test_a_class_may_get_the_name_later(void **state)
{
	depth_of(CLASS(3));
	struct class_record *class = class_table_find(&program->tracker.classes, CLASS(3));
	tracker_name_class(&program->tracker, class, names[1]);
	assert_int_equal(class->depth, 2);
	assert_awaited("Shop::Session");
}

static void test_a_depth_that_was_asked_for_is_kept(void **state)
{
	struct class_record *class = tracker_class_for(&program->tracker, CLASS(3));

	tracker_set_depth(&program->tracker, class, 1);
	tracker_name_class(&program->tracker, class, names[0]);
	assert_int_equal(class->depth, 1);
	tracker_set_depth(&program->tracker, class, UINT32_MAX);
	assert_int_equal(class->depth, 2);
	class = tracker_class_for(&program->tracker, CLASS(2));
	tracker_set_depth(&program->tracker, class, 1);
	tracker_set_depth(&program->tracker, class, UINT32_MAX);
	assert_int_equal(class->depth, 0);
}

static void test_without_a_choice_all_are_chosen(void **state)
{
	struct fake_program *other = fake_start((struct tracker_options){.depth = 2});

	fake_class(other, CLASS(3), NULL);
	assert_int_equal(tracker_class_for(&other->tracker, CLASS(3))->depth, 2);
	fake_stop(other);
}

static void test_names_without_room_are_left_out(void **state)
{
	char text[16];

	assert_int_equal(class_filter_awaited(&program->tracker.choice, text, sizeof text), 13);
	assert_string_equal(text, "Shop::Session");
	assert_int_equal(class_filter_awaited(&program->tracker.choice, text, 13), 12);
	assert_string_equal(text, "Shop::Sesion");
	assert_int_equal(class_filter_awaited(&program->tracker.choice, text, 1), 0);
	assert_string_equal(text, "");
}

static void test_without_memory_there_is_no_tracker(void **state)
{
	const struct tracker_options options = {.depth = 2, .class_filter = names, .class_filter_count = 2};
	uint64_t failures = 0;

	for (;;) {
		struct fake_program *other = fake_try_start(options, failures + 1, false);

		if (other) {
			fake_stop(other);
			break;
		}
		failures++;
	}
	assert_true(failures > 3);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_only_they_have_call_paths),          TEST(test_what_has_not_come_is_awaited),
	    TEST(test_a_class_may_get_the_name_later),     TEST(test_a_depth_that_was_asked_for_is_kept),
	    TEST(test_without_a_choice_all_are_chosen),    TEST(test_names_without_room_are_left_out),
	    TEST(test_without_memory_there_is_no_tracker),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
