/*
 * Random keys, clicks, resizes, snapshots and output, for thousands of steps: nothing may crash, and every screen must
 * be one. SEED and STEPS choose another run; a failure names its seed. With RANDOM_SECONDS one run follows the other
 * for so long, each with the next seed.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "random_numbers.h"
#include "random_viewer.h"
#include "test_folder.h"

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

/* Keys may write files, so that is done where nobody minds. */
static int enter(void **state)
{
	test_folder_enter();
	return 0;
}

static int leave(void **state)
{
	test_folder_leave();
	return 0;
}

static void test_random_steps(void **state)
{
	uint64_t seed = number_from("SEED", 1), steps = number_from("STEPS", 4000);
	time_t end = time(NULL) + (time_t)number_from("RANDOM_SECONDS", 0);

	for (uint64_t i = 0; i < 3 || time(NULL) < end; i++) {
		/* At once, lest a crash leaves it unsaid. */
		print_message("SEED=%llu\n", (unsigned long long)(seed + i));
		fflush(stdout);
		go_through(seed + i, steps, (seed + i) % 2 ? TEXT_UTF8 : TEXT_ASCII);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_random_steps, enter, leave)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
