#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdint.h>

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

static void test_a_limit(void **state)
{
	struct memory memory;

	memory_init(&memory);
	memory.limit = 100;
	void *first = memory_allocate(&memory, 60);
	assert_non_null(first);
	assert_false(memory_was_refused(&memory));
	assert_null(memory_allocate(&memory, 41));
	assert_null(memory_allocate(&memory, SIZE_MAX));
	assert_true(memory_was_refused(&memory));
	assert_int_equal(memory_used(&memory), 60);
	void *second = memory_allocate(&memory, 40);
	assert_non_null(second);
	memory_release(&memory, first, 60);
	memory_release(&memory, second, 40);
	assert_int_equal(memory_used(&memory), 0);
}

static void *take(struct memory *memory, size_t size)
{
	void *pointer = memory_allocate(memory, size);

	assert_non_null(pointer);
	return pointer;
}

static void test_what_is_reserved_for_a_share(void **state)
{
	struct memory memory, map, records;

	memory_init(&memory);
	memory.limit = 100;
	memory_init_share(&map, &memory, 30);
	memory_init_share(&records, &memory, 20);
	void *rest = take(&memory, 45);
	assert_null(memory_allocate(&memory, 6));
	/* A share has what is reserved for it, and what is free. */
	assert_null(memory_allocate(&map, 36));
	void *beyond = take(&map, 35);
	assert_null(memory_allocate(&map, 1));
	assert_null(memory_allocate(&memory, 1));
	assert_true(memory_was_refused(&map));
	assert_false(memory_was_refused(&records));
	void *reserved = take(&records, 20);
	assert_int_equal(memory_used(&memory), 100);
	/* What it gives back is reserved again, as far as it was. */
	memory_release(&map, beyond, 35);
	assert_null(memory_allocate(&memory, 6));
	void *free_again = take(&memory, 5);
	memory_release(&memory, free_again, 5);
	memory_release(&memory, rest, 45);
	memory_release(&records, reserved, 20);
	assert_int_equal(memory_used(&memory), 0);
	assert_null(memory_allocate(&memory, 51));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_bytes_are_zero_and_counted),
	    cmocka_unit_test(test_nothing_is_given_back_for_nothing),
	    cmocka_unit_test(test_what_was_refused_is_not_counted),
	    cmocka_unit_test(test_a_limit),
	    cmocka_unit_test(test_what_is_reserved_for_a_share),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
