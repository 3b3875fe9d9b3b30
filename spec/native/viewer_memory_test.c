/* A viewer that goes through a random run, with memory refused at the nth call, for every n until none is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "failing_malloc.h"
#include "random_numbers.h"
#include "random_viewer.h"

#define STEPS 40

/* Returns whether memory never came to be refused. */
static bool go_through(uint64_t seed, uint64_t fail_at, bool fail_on)
{
	uint64_t numbers = seed * 2 + 1;
	struct random_viewer *run = calloc(1, sizeof *run);

	run->draw = random_number;
	run->source = &numbers;
	run->scarce = true;
	failing_malloc_at(fail_at, fail_on);
	if (random_viewer_open(run, TEXT_UTF8)) {
		for (unsigned i = 0; i < STEPS; i++) {
			random_viewer_step(run);
			random_viewer_check(run);
		}
		random_viewer_close(run);
	}
	free(run);
	return failing_malloc_calls() < fail_at;
}

static void refuse_every_call(bool fail_on)
{
	uint64_t calls = 0;

	if (!failing_malloc_works())
		skip();
	for (uint64_t seed = 1; seed <= 8; seed++) {
		uint64_t fail_at = 1;

		while (!go_through(seed, fail_at, fail_on))
			fail_at++;
		calls += fail_at - 1;
	}
	print_message("%llu calls refused\n", (unsigned long long)calls);
	assert_true(calls > 100);
}

static void test_one_call_is_refused(void **state)
{
	refuse_every_call(false);
}

static void test_all_calls_are_refused_from_some_point_on(void **state)
{
	refuse_every_call(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_one_call_is_refused),
	    cmocka_unit_test(test_all_calls_are_refused_from_some_point_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
