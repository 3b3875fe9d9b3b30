/* Which heaps can be tracked, by the sizes of their slots as GC.stat_heap has them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/heap_layout.h"

#define STRIDE(...) heap_layout_stride((const size_t[]){__VA_ARGS__}, sizeof((size_t[]){__VA_ARGS__}) / sizeof(size_t))

static void test_the_heaps_of_supported_rubies(void **state)
{
	assert_int_equal(STRIDE(40), 40);
	assert_int_equal(STRIDE(40, 80, 160, 320, 640), 40);
}

static void test_slots_that_are_no_multiples_of_one_another(void **state)
{
	assert_int_equal(STRIDE(32, 40, 64, 80, 96, 128, 160, 256, 512, 640, 768, 1024), 0);
	assert_int_equal(STRIDE(40, 64, 80), 0);
	assert_int_equal(STRIDE(40, 80, 160, 320, 1024), 0);
}

static void test_slots_of_other_builds(void **state)
{
	/* With overhead for checks, and of 32 bits. */
	assert_int_equal(STRIDE(48, 96, 192, 384, 768), 0);
	assert_int_equal(STRIDE(20, 40, 80), 0);
}

static void test_sizes_that_are_not_known(void **state)
{
	assert_int_equal(heap_layout_stride(NULL, 0), 0);
	assert_int_equal(STRIDE(40, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_heaps_of_supported_rubies),
	    cmocka_unit_test(test_slots_that_are_no_multiples_of_one_another),
	    cmocka_unit_test(test_slots_of_other_builds),
	    cmocka_unit_test(test_sizes_that_are_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
