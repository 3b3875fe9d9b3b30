#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "fake_program.h"
#include "model/path_cache.h"

#define MANY UINT32_MAX

static struct fake_allocator allocator;
static struct memory memory;
static struct path_cache cache;

static void set_up(void)
{
	fake_allocator_init(&allocator, &memory);
	path_cache_init(&cache, &memory, 20260815, 65536);
}

static void tear_down(void)
{
	path_cache_deinit(&cache);
	assert_int_equal(memory_used(&memory), 0);
}

static uint64_t fingerprint_of(uint32_t class_number, uint64_t first, int line, uint64_t second, int second_line)
{
	const uint64_t codes[] = {first, second};
	const int lines[] = {line, second_line};

	return path_cache_fingerprint(&cache, class_number, codes, lines, 2);
}

static int compare(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

static void test_fingerprints_tell_stacks_apart(void **state)
{
	static uint64_t seen[4 * 16 * 16 * 16 * 4];
	uint32_t count = 0;

	set_up();
	for (uint32_t class = 1; class <= 4; class ++)
		for (uint64_t first = 0; first < 16; first++)
			for (int line = 0; line < 16; line++)
				for (uint64_t second = 0; second < 16; second++)
					for (int last = 1; last <= 4; last++)
						seen[count++] =
						    fingerprint_of(class, CODE(first), line, CODE(second), last);
	qsort(seen, count, sizeof(*seen), compare);
	assert_int_not_equal(seen[0], 0);
	for (uint32_t index = 1; index < count; index++)
		assert_true(seen[index] != seen[index - 1]);
	tear_down();
}

static void test_parts_tell_what_and_where_they_are(void **state)
{
	static uint64_t seen[2 * 20 * 20 * 20];
	uint32_t count = 0;

	set_up();
	for (uint32_t index = 126; index < PATH_DEPTH_LIMIT; index++)
		for (uintptr_t code = 0; code < 20; code++)
			for (uintptr_t place = 0; place < 20; place++)
				for (uintptr_t owner = 0; owner < 20; owner++)
					seen[count++] =
					    path_cache_end(path_cache_begin(&cache, 1) +
					                   path_cache_part(path_cache_keys(&cache) + PATH_KEYS * index,
					                                   CODE(code), place * 8, CODE(owner)));
	qsort(seen, count, sizeof(*seen), compare);
	assert_int_not_equal(seen[0], 0);
	for (uint32_t index = 1; index < count; index++)
		assert_true(seen[index] != seen[index - 1]);
	tear_down();
}

static void test_forgetting_changes_every_fingerprint(void **state)
{
	uint64_t seen[100];

	set_up();
	for (uint32_t round = 0; round < 100; round++) {
		seen[round] = fingerprint_of(1, CODE(1), 2, CODE(3), 4);
		assert_int_equal(path_cache_recall(&cache, seen[round]), 0);
		path_cache_remember(&cache, seen[round], 5 + round, MANY);
		assert_true(fingerprint_of(1, CODE(1), 2, CODE(3), 4) == seen[round]);
		assert_int_equal(path_cache_recall(&cache, seen[round]), 5 + round);
		path_cache_forget(&cache);
	}
	qsort(seen, 100, sizeof(*seen), compare);
	for (uint32_t round = 1; round < 100; round++)
		assert_true(seen[round] != seen[round - 1]);
	tear_down();
}

static void test_the_cache_grows_with_the_paths(void **state)
{
	uint32_t known = 0, remembered = 0;

	set_up();
	for (uint32_t number = 1; number <= 20000; number++) {
		uint64_t fingerprint = fingerprint_of(1, CODE(number % 5000), 1, CODE(1), 1);
		uint32_t node = path_cache_recall(&cache, fingerprint);

		assert_true(node == 0 || node == number % 5000 + 1);
		if (node)
			continue;
		path_cache_remember(&cache, fingerprint, number % 5000 + 1, 5000);
		remembered++;
		assert_int_equal(path_cache_recall(&cache, fingerprint), number % 5000 + 1);
	}
	for (uint32_t number = 0; number < 5000; number++)
		known += path_cache_recall(&cache, fingerprint_of(1, CODE(number), 1, CODE(1), 1)) == number + 1;
	assert_in_range(cache.slot_count, 10000, 50000);
	/* Nor by growing is anything lost that was not pushed out. */
	assert_in_range(remembered, 5000, 5500);
	/* Hardly one is pushed out. */
	assert_in_range(known, 4500, 5000);
	tear_down();
}

static void test_the_cache_does_not_outgrow_the_nodes(void **state)
{
	set_up();
	for (uint64_t number = 1; number <= 100000; number++)
		path_cache_remember(&cache, fingerprint_of(1, number, 1, 1, 1), 7, 1000);
	assert_in_range(cache.slot_count, 1024, 16000);
	assert_int_equal(path_cache_recall(&cache, fingerprint_of(1, 100000, 1, 1, 1)), 7);
	tear_down();
}

static void test_the_cache_keeps_its_limit(void **state)
{
	set_up();
	for (uint64_t number = 1; number <= 200000; number++)
		path_cache_remember(&cache, fingerprint_of(1, number, 1, 1, 1), 7, MANY);
	assert_int_equal(cache.slot_count, 65536);
	assert_int_equal(path_cache_recall(&cache, fingerprint_of(1, 200000, 1, 1, 1)), 7);
	tear_down();
}

static void test_a_full_set_gives_up_one(void **state)
{
	uint32_t known = 0;

	set_up();
	/* All with the same lower bits, so that they share a set. */
	for (uint64_t number = 1; number <= 6; number++)
		path_cache_remember(&cache, number << 32, (uint32_t)number, MANY);
	for (uint64_t number = 1; number <= 6; number++) {
		uint32_t node = path_cache_recall(&cache, number << 32);

		assert_true(node == 0 || node == number);
		known += node != 0;
	}
	assert_int_equal(known, PATH_SET);
	assert_int_equal(path_cache_recall(&cache, UINT64_C(6) << 32), 6);
	tear_down();
}

static void test_without_memory_nothing_is_remembered(void **state)
{
	set_up();
	allocator.fail_at = 1;
	path_cache_remember(&cache, 9, 2, MANY);
	assert_int_equal(path_cache_recall(&cache, 9), 0);
	path_cache_remember(&cache, 9, 2, MANY);
	assert_int_equal(path_cache_recall(&cache, 9), 2);
	/* It stays as large as it is, and goes on. */
	allocator.fail_at = allocator.calls + 1;
	allocator.fail_on = true;
	for (uint64_t number = 1; number <= 10000; number++) {
		uint64_t fingerprint = fingerprint_of(1, number, 1, 1, 1);

		path_cache_remember(&cache, fingerprint, (uint32_t)number, MANY);
		assert_int_equal(path_cache_recall(&cache, fingerprint), number);
	}
	tear_down();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_fingerprints_tell_stacks_apart),
	    cmocka_unit_test(test_parts_tell_what_and_where_they_are),
	    cmocka_unit_test(test_forgetting_changes_every_fingerprint),
	    cmocka_unit_test(test_the_cache_grows_with_the_paths),
	    cmocka_unit_test(test_the_cache_does_not_outgrow_the_nodes),
	    cmocka_unit_test(test_the_cache_keeps_its_limit),
	    cmocka_unit_test(test_a_full_set_gives_up_one),
	    cmocka_unit_test(test_without_memory_nothing_is_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
