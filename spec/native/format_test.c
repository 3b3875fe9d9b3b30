#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/format.h"

#define SECOND UINT64_C(1000000000)

static void assert_text(const char *text, size_t length, const char *expected)
{
	assert_string_equal(text, expected);
	assert_int_equal(length, strlen(expected));
}

#define CHECK(expected, function, ...)                                                                                 \
	do {                                                                                                           \
		char out[FORMAT_SIZE];                                                                                 \
		size_t length = function(out, __VA_ARGS__);                                                            \
		assert_text(out, length, expected);                                                                    \
	} while (0)

static void test_counts_have_commas_and_then_a_unit(void **state)
{
	CHECK("0", format_count, 0);
	CHECK("999", format_count, 999);
	CHECK("1,000", format_count, 1000);
	CHECK("81,204", format_count, 81204);
	CHECK("9,999,999", format_count, 9999999);
	CHECK("10.0M", format_count, 10000000);
	CHECK("12.3M", format_count, 12345678);
	CHECK("100M", format_count, 99960000);
	CHECK("999M", format_count, 999400000);
	CHECK("1.00G", format_count, 999600000);
	CHECK("1.24G", format_count, 1240000000);
	CHECK("18.4E", format_count, UINT64_MAX);
}

static void test_exact_counts_keep_every_digit(void **state)
{
	CHECK("12,345,678", format_exact, 12345678);
	CHECK("18,446,744,073,709,551,615", format_exact, UINT64_MAX);
}

static void test_thousands(void **state)
{
	CHECK("0", format_thousands, 0);
	CHECK("9999", format_thousands, 9999);
	CHECK("10k", format_thousands, 10000);
	CHECK("1310k", format_thousands, 1309500);
	CHECK("18446744073709552k", format_thousands, UINT64_MAX);
}

static void test_rates(void **state)
{
	CHECK("0", format_rate, 0.0);
	CHECK("0", format_rate, 0.04);
	CHECK("0.1", format_rate, 0.05);
	CHECK("3.1", format_rate, 3.14);
	CHECK("502.0", format_rate, 502.0);
	CHECK("999.9", format_rate, 999.94);
	CHECK("1.0k", format_rate, 999.96);
	CHECK("12.1k", format_rate, 12100.0);
	CHECK("98.0k", format_rate, 98000.0);
	CHECK("184k", format_rate, 184000.0);
	CHECK("1.0M", format_rate, 999700.0);
	CHECK("1.2M", format_rate, 1200000.0);
}

static void test_rates_that_are_no_rates(void **state)
{
	CHECK("0", format_rate, -5.0);
	CHECK("0", format_rate, (double)NAN);
	CHECK("999E", format_rate, (double)INFINITY);
	CHECK("999E", format_rate, 1e300);
	CHECK("-999E", format_growth, -(double)INFINITY);
	CHECK("0", format_growth, (double)NAN);
}

static void test_growth_has_a_sign(void **state)
{
	CHECK("+502.0", format_growth, 502.0);
	CHECK("-3.1", format_growth, -3.1);
	CHECK("0", format_growth, 0.0);
	CHECK("0", format_growth, -0.049);
	CHECK("-0.1", format_growth, -0.051);
	CHECK("+1,000.1", format_growth, 1000.1);
	CHECK("+12.1k", format_growth, 12100.0);
	CHECK("-1.2M", format_growth, -1.2e6);
}

static void test_bytes(void **state)
{
	CHECK("0B", format_bytes, 0);
	CHECK("999B", format_bytes, 999);
	CHECK("0.98k", format_bytes, 1000);
	CHECK("4.00k", format_bytes, 4096);
	CHECK("14.2M", format_bytes, 14889779);
	CHECK("212M", format_bytes, UINT64_C(212) << 20);
	CHECK("1.00G", format_bytes, UINT64_C(1) << 30);
	CHECK("16.0E", format_bytes, UINT64_MAX);
}

static void test_durations(void **state)
{
	CHECK("0 s", format_duration, 0);
	CHECK("4 s", format_duration, 4 * SECOND + SECOND / 2);
	CHECK("59 s", format_duration, 60 * SECOND - 1);
	CHECK("1:00", format_duration, 60 * SECOND);
	CHECK("1:02", format_duration, 62 * SECOND);
	CHECK("3:12:07", format_duration, (3 * 3600 + 12 * 60 + 7) * SECOND);
	CHECK("5124095:34:33", format_duration, UINT64_MAX);
}

static void test_times_of_day(void **state)
{
	CHECK("1970-01-01 00:00:00", format_time, 0, 0);
	CHECK("1969-12-31 23:00:00", format_time, 0, -3600);
	CHECK("2026-11-22 10:41:07", format_time, UINT64_C(1795344067) * SECOND, 0);
	CHECK("2026-11-22 16:11:07", format_time, UINT64_C(1795344067) * SECOND, 5 * 3600 + 1800);
	CHECK("2024-02-29 23:59:59", format_time, UINT64_C(1709251199) * SECOND, 0);
	CHECK("2554-07-21 23:34:33", format_time, UINT64_MAX, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_counts_have_commas_and_then_a_unit),
	    cmocka_unit_test(test_exact_counts_keep_every_digit),
	    cmocka_unit_test(test_thousands),
	    cmocka_unit_test(test_rates),
	    cmocka_unit_test(test_rates_that_are_no_rates),
	    cmocka_unit_test(test_growth_has_a_sign),
	    cmocka_unit_test(test_bytes),
	    cmocka_unit_test(test_durations),
	    cmocka_unit_test(test_times_of_day),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
