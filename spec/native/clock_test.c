#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>

#include "base/clock.h"

static uint64_t read_as(clockid_t clock)
{
	struct timespec time;

	assert_int_equal(clock_gettime(clock, &time), 0);
	return (uint64_t)time.tv_sec * CLOCK_SECOND + (uint64_t)time.tv_nsec;
}

static void test_the_clocks_are_the_systems(void **state)
{
	uint64_t before = read_as(CLOCK_MONOTONIC), now = clock_now();

	assert_in_range(now, before, read_as(CLOCK_MONOTONIC));
	before = read_as(CLOCK_REALTIME);
	now = clock_wall();
	/* The wall clock may be set meanwhile, but hardly by a day. */
	assert_in_range(now, before - 86400 * CLOCK_SECOND, before + 86400 * CLOCK_SECOND);
}

/* An hour ago by the wall was an hour ago: the two readings are not of one instant, so within a second. */
static void test_moments_of_another_clock(void **state)
{
	uint64_t hour = 3600 * CLOCK_SECOND, since = clock_moment_of(CLOCK_REALTIME, clock_wall() - hour);
	uint64_t now = clock_now();

	if (now > hour)
		assert_in_range(now - since, hour - CLOCK_SECOND, hour + CLOCK_SECOND);
	/* Before the clock began, and not yet. */
	assert_int_equal(clock_moment_of(CLOCK_REALTIME, 0), 0);
	now = clock_now();
	assert_in_range(clock_moment_of(CLOCK_REALTIME, UINT64_MAX), now, now + CLOCK_SECOND);
}

static void test_what_the_systems_calls_take(void **state)
{
	struct timespec time = clock_timespec(3 * CLOCK_SECOND + 7);

	assert_int_equal(time.tv_sec, 3);
	assert_int_equal(time.tv_nsec, 7);
	time = clock_timespec(CLOCK_SECOND - 1);
	assert_int_equal(time.tv_sec, 0);
	assert_int_equal(time.tv_nsec, 999999999);
}

/* poll that is not told to wait long enough spins until the deadline has come. */
static void test_the_time_that_poll_waits(void **state)
{
	assert_int_equal(clock_poll_timeout(5, 5), 0);
	assert_int_equal(clock_poll_timeout(4, 5), 0);
	assert_int_equal(clock_poll_timeout(6, 5), 1);
	assert_int_equal(clock_poll_timeout(CLOCK_MILLISECOND, 0), 1);
	assert_int_equal(clock_poll_timeout(CLOCK_MILLISECOND + 1, 0), 2);
	assert_int_equal(clock_poll_timeout(200 * CLOCK_MILLISECOND, 0), 200);
	assert_int_equal(clock_poll_timeout(UINT64_MAX, 0), INT_MAX);
	assert_int_equal(clock_poll_timeout(INT_MAX * CLOCK_MILLISECOND, 0), INT_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_clocks_are_the_systems),
	    cmocka_unit_test(test_moments_of_another_clock),
	    cmocka_unit_test(test_what_the_systems_calls_take),
	    cmocka_unit_test(test_the_time_that_poll_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
