#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "fake_program.h"
#include "model/key_map.h"
#include "model/status.h"

#define KEYS 400
#define STEPS 300000
#define SEED UINT64_C(20260811)

static struct fake_allocator allocator;
static struct memory memory;
static struct key_map map;

static void set_up(void)
{
	fake_allocator_init(&allocator, &memory);
	assert_int_equal(key_map_init(&map, &memory), STATUS_OK);
}

static void tear_down(void)
{
	key_map_deinit(&map);
	assert_int_equal(memory_used(&memory), 0);
}

static uint64_t next_random(uint64_t *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 7;
	*random ^= *random << 17;
	return *random;
}

/* The map against an array: the value of keys[n] is in values[n], 0 when it was removed. */
static void compare_after_random_steps(const uint64_t *keys, uint32_t key_count, uint32_t crowd)
{
	static uint64_t values[KEYS];
	uint64_t random = SEED;
	uint32_t count = 0;

	print_message("seed %llu\n", (unsigned long long)random);
	memset(values, 0, sizeof(values));
	set_up();
	for (uint32_t step = 0; step < STEPS; step++) {
		uint32_t index = (uint32_t)(next_random(&random) >> 20) % key_count;

		/* Mostly full, so that runs of slots are long. */
		if (count < crowd || next_random(&random) % 8 == 0) {
			count += values[index] == 0;
			values[index] = step + 1;
			assert_int_equal(key_map_put(&map, keys[index], step + 1), STATUS_OK);
		} else {
			count -= values[index] != 0;
			assert_int_equal(key_map_remove(&map, keys[index]), values[index]);
			values[index] = 0;
		}
		assert_int_equal(map.count, count);
		index = step % key_count;
		assert_int_equal(key_map_get(&map, keys[index]), values[index]);
		if (step % 997)
			continue;
		for (index = 0; index < key_count; index++)
			assert_int_equal(key_map_get(&map, keys[index]), values[index]);
	}
	tear_down();
}

static void test_addresses(void **state)
{
	uint64_t keys[KEYS];

	for (uint32_t index = 0; index < KEYS; index++)
		keys[index] = OBJECT(index);
	compare_after_random_steps(keys, KEYS, 300);
}

static void test_any_keys(void **state)
{
	uint64_t keys[KEYS];
	uint64_t random = 99;

	for (uint32_t index = 0; index < KEYS; index++)
		keys[index] = next_random(&random);
	compare_after_random_steps(keys, KEYS, 300);
}

/* Keys whose places are the last slots and the first ones, so that runs reach over the end. */
static void test_runs_over_the_end(void **state)
{
	uint64_t keys[100];
	uint32_t count = 0;

	set_up();
	for (uint64_t key = 1; count < 100; key++) {
		uint32_t home = key_map_home(&map, key);

		if (home > map.mask - 4 || home < 2)
			keys[count++] = key;
	}
	tear_down();
	compare_after_random_steps(keys, count, 90);
}

static void test_growth_keeps_everything(void **state)
{
	set_up();
	for (uint64_t key = 1; key <= 100000; key++)
		assert_int_equal(key_map_put(&map, key * 40, key), STATUS_OK);
	assert_int_equal(map.count, 100000);
	for (uint64_t key = 1; key <= 100000; key++)
		assert_int_equal(key_map_get(&map, key * 40), key);
	for (uint64_t key = 1; key <= 100000; key++)
		assert_int_equal(key_map_remove(&map, key * 40), key);
	assert_int_equal(map.count, 0);
	tear_down();
}

static void test_a_key_that_is_not_there(void **state)
{
	set_up();
	assert_int_equal(key_map_get(&map, 1), 0);
	assert_int_equal(key_map_remove(&map, 1), 0);
	assert_int_equal(key_map_put(&map, 1, 5), STATUS_OK);
	assert_int_equal(key_map_remove(&map, 2), 0);
	assert_int_equal(key_map_get(&map, 1), 5);
	tear_down();
}

static void test_without_memory_the_map_stays_as_it_was(void **state)
{
	uint64_t key = 1;

	set_up();
	allocator.fail_at = allocator.calls + 1;
	allocator.fail_on = true;
	while (key_map_put(&map, key, key + 1) == STATUS_OK)
		key++;
	assert_in_range(key, 100, 256);
	assert_int_equal(map.count, key - 1);
	assert_int_equal(key_map_get(&map, key), 0);
	for (uint64_t other = 1; other < key; other++)
		assert_int_equal(key_map_get(&map, other), other + 1);
	/* Replacing, and adding where something was removed, need none. */
	assert_int_equal(key_map_put(&map, 1, 77), STATUS_OK);
	assert_int_equal(key_map_remove(&map, 2), 3);
	assert_int_equal(key_map_put(&map, key, 78), STATUS_OK);
	assert_int_equal(key_map_get(&map, 1), 77);
	assert_int_equal(key_map_get(&map, key), 78);
	tear_down();
}

static void test_what_was_reserved_can_be_put(void **state)
{
	uint64_t key = 1;

	set_up();
	for (; key <= 10000; key++) {
		allocator.fail_at = 0;
		assert_int_equal(key_map_reserve(&map), STATUS_OK);
		allocator.fail_at = allocator.calls + 1;
		assert_int_equal(key_map_put(&map, key, key), STATUS_OK);
	}
	while (key_map_reserve(&map) == STATUS_OK)
		assert_int_equal(key_map_put(&map, ++key, 1), STATUS_OK);
	assert_int_equal(key_map_put(&map, 1, 2), STATUS_OK);
	tear_down();
}

static void test_no_memory_at_the_start(void **state)
{
	fake_allocator_init(&allocator, &memory);
	allocator.fail_at = 1;
	assert_int_equal(key_map_init(&map, &memory), STATUS_NO_MEMORY);
	assert_null(map.slots);
	assert_int_equal(memory_used(&memory), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_addresses),
	    cmocka_unit_test(test_any_keys),
	    cmocka_unit_test(test_runs_over_the_end),
	    cmocka_unit_test(test_growth_keeps_everything),
	    cmocka_unit_test(test_a_key_that_is_not_there),
	    cmocka_unit_test(test_without_memory_the_map_stays_as_it_was),
	    cmocka_unit_test(test_what_was_reserved_can_be_put),
	    cmocka_unit_test(test_no_memory_at_the_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
