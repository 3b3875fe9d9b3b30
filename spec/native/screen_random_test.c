/*
 * Random keys, resizes, snapshots and output, for thousands of steps: nothing may crash, and every screen must be
 * one. SEED and STEPS choose another run; a failure names its seed.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "random_numbers.h"
#include "random_viewer.h"

static uint64_t number_from(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 10) : otherwise;
}

static void go_through(uint64_t seed, uint64_t steps, enum text_charset charset)
{
	uint64_t numbers = seed * 2 + 1;
	struct random_viewer *run = calloc(1, sizeof *run);

	run->draw = random_number;
	run->source = &numbers;
	assert_true(random_viewer_open(run, charset));
	for (uint64_t i = 0; i < steps; i++) {
		random_viewer_step(run);
		random_viewer_check(run);
		if (i == steps * 9 / 10)
			random_viewer_end(run);
	}
	random_viewer_close(run);
	free(run);
}

static void test_random_steps(void **state)
{
	uint64_t seed = number_from("SEED", 1), steps = number_from("STEPS", 4000);

	for (uint64_t i = 0; i < 3; i++) {
		print_message("SEED=%llu\n", (unsigned long long)(seed + i));
		go_through(seed + i, steps, i % 2 ? TEXT_ASCII : TEXT_UTF8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_steps)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
