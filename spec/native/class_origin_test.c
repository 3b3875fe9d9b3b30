/* Where classes without a name come from. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_program.h"

static struct fake_program *program;

static int set_up(void **state)
{
	program = fake_start((struct tracker_options){.depth = 2});
	fake_class(program, CLASS(1), "Class");
	fake_class(program, CLASS(2), NULL);
	fake_code(program, CODE(1), CODE_NATIVE, NULL, "new");
	fake_code(program, CODE(2), CODE_SOURCE, "shop.rb", "make_class");
	fake_code(program, CODE(3), CODE_SOURCE, "boot.rb", "<main>");
	return 0;
}

static int tear_down(void **state)
{
	fake_stop(program);
	return 0;
}

/* A class is made in shop.rb, line 112. */
static void make_class(uintptr_t address)
{
	fake_allocate_at(program, address, CLASS(1), FAKE_STACK(CODE(1), 0, CODE(2), 112, CODE(3), 3));
}

/* "FILE:LINE" or "SUPERCLASS" of the class without a name; "named" when there is none. */
static const char *origin(void)
{
	static char text[200];
	struct snapshot_header *header = fake_take_snapshot(program);

	strcpy(text, "named");
	for (uint32_t index = 0; index < header->class_count; index++) {
		const struct snapshot_class *class = &snapshot_classes(header)[index];

		if (!(class->flags & SNAPSHOT_CLASS_ANONYMOUS)) {
			assert_int_equal(class->origin, 0);
			continue;
		}
		strcpy(text, snapshot_string(header, class->origin, NULL));
		if (class->origin_line)
			sprintf(text + strlen(text), ":%u", class->origin_line);
	}
	free(header);
	return text;
}

static void test_the_line_that_made_the_class(void **state)
{
	make_class(CLASS(2));
	fake_allocate(program, OBJECT(1), CLASS(2));
	assert_string_equal(origin(), "shop.rb:112");
}

static void test_the_line_says_more_than_the_superclass(void **state)
{
	fake_derived_class(program, CLASS(2), "Shop::Product");
	make_class(CLASS(2));
	fake_allocate(program, OBJECT(1), CLASS(2));
	assert_string_equal(origin(), "shop.rb:112");
}

static void test_a_class_from_before_the_start(void **state)
{
	fake_derived_class(program, CLASS(2), "Shop::Product");
	tracker_enter_existing(&program->tracker, CLASS(2), CLASS(1));
	fake_allocate(program, OBJECT(1), CLASS(2));
	assert_string_equal(origin(), "Shop::Product");
}

static void test_nothing_is_known(void **state)
{
	fake_allocate(program, OBJECT(1), CLASS(2));
	assert_string_equal(origin(), "");
}

static void test_a_name_is_better(void **state)
{
	make_class(CLASS(2));
	fake_allocate(program, OBJECT(1), CLASS(2));
	struct class_record *class = class_table_find(&program->tracker.classes, CLASS(2));
	tracker_name_class(&program->tracker, class, (struct text){"Shop::Late", 10});
	assert_string_equal(origin(), "named");
}

static void test_it_stays_when_the_class_is_dead_and_goes_with_its_objects(void **state)
{
	make_class(CLASS(2));
	fake_allocate(program, OBJECT(1), CLASS(2));
	tracker_freed(&program->tracker, CLASS(2));
	assert_string_equal(origin(), "shop.rb:112");
	tracker_freed(&program->tracker, OBJECT(1));
	fake_class(program, CLASS(3), "Next");
	fake_allocate(program, OBJECT(2), CLASS(3));
	assert_string_equal(origin(), "named");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_the_line_that_made_the_class),
	    TEST(test_the_line_says_more_than_the_superclass),
	    TEST(test_a_class_from_before_the_start),
	    TEST(test_nothing_is_known),
	    TEST(test_a_name_is_better),
	    TEST(test_it_stays_when_the_class_is_dead_and_goes_with_its_objects),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
