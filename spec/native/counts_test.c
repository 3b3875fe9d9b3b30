#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "model/counts.h"
#include "model/snapshot.h"

static void assert_counts(struct counts counts, uint64_t allocated, uint64_t freed, uint64_t retained, uint64_t bytes)
{
	assert_int_equal(counts.allocated, allocated);
	assert_int_equal(counts.freed, freed);
	assert_int_equal(counts.retained, retained);
	assert_int_equal(counts.allocated_bytes, bytes);
}

static void test_arithmetic(void **state)
{
	struct counts sum = {10, 4, 5, 400};

	assert_int_equal(counts_live(sum), 6);
	counts_add(&sum, (struct counts){1, 1, 0, 640});
	assert_counts(sum, 11, 5, 5, 1040);
	assert_counts(counts_times(sum, 3), 33, 15, 15, 3120);
	assert_counts(counts_times(sum, 1), 11, 5, 5, 1040);
}

static void test_what_has_been_added_since(void **state)
{
	struct counts before = {10, 4, 5, 400};

	assert_counts(counts_since(before, (struct counts){12, 7, 9, 500}), 2, 3, 4, 100);
	/* Retained goes down where a GC frees old objects, and all do where counting began anew. */
	assert_counts(counts_since(before, (struct counts){12, 7, 2, 500}), 2, 3, 0, 100);
	assert_counts(counts_since(before, (struct counts){1, 0, 0, 40}), 0, 0, 0, 0);
	assert_counts(counts_since(before, before), 0, 0, 0, 0);
}

/* What is written into a snapshot by other versions of the library lies at these bytes. */
static void test_the_bytes_of_a_record(void **state)
{
	const uint64_t words[] = {7, 100, 60, 30, 4000, 0, 0};
	struct snapshot_class class;
	struct snapshot_node node;

	assert_int_equal(sizeof class, sizeof words);
	assert_int_equal(sizeof node, sizeof words);
	memcpy(&class, words, sizeof class);
	memcpy(&node, words, sizeof node);
	assert_counts(class.counts, 100, 60, 30, 4000);
	assert_counts(node.counts, 100, 60, 30, 4000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_arithmetic),
	    cmocka_unit_test(test_what_has_been_added_since),
	    cmocka_unit_test(test_the_bytes_of_a_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
