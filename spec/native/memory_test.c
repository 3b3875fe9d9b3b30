#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake_program.h"
#include "model/memory.h"

static void test_bytes_are_zero_and_counted(void **state)
{
	struct memory memory;

	memory_init(&memory);
	unsigned char *first = memory_allocate(&memory, 100);
	unsigned char *second = memory_allocate(&memory, 28);
	assert_non_null(first);
	assert_non_null(second);
	for (int index = 0; index < 100; index++)
		assert_int_equal(first[index], 0);
	assert_int_equal(memory_used(&memory), 128);
	memory_release(&memory, first, 100);
	assert_int_equal(memory_used(&memory), 28);
	memory_release(&memory, second, 28);
	assert_int_equal(memory_used(&memory), 0);
}

static void test_nothing_is_given_back_for_nothing(void **state)
{
	struct memory memory;

	memory_init(&memory);
	memory_release(&memory, NULL, 100);
	assert_int_equal(memory_used(&memory), 0);
}

static void test_what_was_refused_is_not_counted(void **state)
{
	struct fake_allocator allocator;
	struct memory memory;

	fake_allocator_init(&allocator, &memory);
	allocator.fail_at = 2;
	void *first = memory_allocate(&memory, 8);
	assert_non_null(first);
	assert_null(memory_allocate(&memory, 16));
	assert_int_equal(memory_used(&memory), 8);
	memory_release(&memory, first, 8);
	assert_int_equal(memory_used(&memory), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_bytes_are_zero_and_counted),
	    cmocka_unit_test(test_nothing_is_given_back_for_nothing),
	    cmocka_unit_test(test_what_was_refused_is_not_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
