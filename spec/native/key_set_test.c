#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/key_set.h"

#define KEYS 2000

static void test_an_empty_set_has_nothing(void **state)
{
	struct key_set set = {0};

	assert_false(key_set_has(&set, 1));
	assert_false(key_set_has(&set, 0));
	key_set_remove(&set, 1);
	key_set_clear(&set);
	assert_true(key_set_add(&set, 0));
	assert_false(key_set_has(&set, 0));
	assert_int_equal(set.count, 0);
	key_set_deinit(&set);
}

/* Against an array of flags, with keys that crowd together. */
static void test_random_adding_and_removing(void **state)
{
	struct key_set set = {0};
	bool there[KEYS] = {false};
	uint64_t random = 1;
	size_t count = 0;

	for (unsigned step = 0; step < 40000; step++) {
		random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
		size_t key = (size_t)(random >> 33) % KEYS;
		bool add = random >> 62;

		if (add)
			assert_true(key_set_add(&set, (key + 1) << 32));
		else
			key_set_remove(&set, (key + 1) << 32);
		count += (size_t)add - there[key];
		there[key] = add;
		assert_int_equal(set.count, count);
	}
	for (size_t key = 0; key < KEYS; key++)
		assert_int_equal(key_set_has(&set, (key + 1) << 32), there[key]);
	key_set_clear(&set);
	for (size_t key = 0; key < KEYS; key++)
		assert_false(key_set_has(&set, (key + 1) << 32));
	key_set_deinit(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_an_empty_set_has_nothing),
	    cmocka_unit_test(test_random_adding_and_removing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
