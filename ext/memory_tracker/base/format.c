#include "base/format.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define NANOSECONDS UINT64_C(1000000000)

size_t format_exact(char out[FORMAT_SIZE], uint64_t value)
{
	char reversed[FORMAT_SIZE];
	size_t length = 0;
	unsigned digits = 0;

	do {
		if (digits && digits % 3 == 0)
			reversed[length++] = ',';
		reversed[length++] = (char)('0' + value % 10);
		value /= 10;
		digits++;
	} while (value);
	for (size_t i = 0; i < length; i++)
		out[i] = reversed[length - 1 - i];
	out[length] = '\0';
	return length;
}

/*
 * Three digits and a unit. `value` is below 1000 units of the last one in `units`, which step by `base`. The
 * rounding is done on whole numbers, so that no locale has a say in the decimal point.
 */
static size_t scaled(char out[FORMAT_SIZE], double value, double base, const char *units)
{
	while (units[1] && value >= 999.5) {
		value /= base;
		units++;
	}
	unsigned decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
	unsigned scale = decimals == 2 ? 100 : decimals == 1 ? 10 : 1;
	uint64_t rounded = (uint64_t)(value * scale + 0.5);

	if (!decimals)
		return (size_t)snprintf(out, FORMAT_SIZE, "%" PRIu64 "%c", rounded, *units);
	return (size_t)snprintf(out, FORMAT_SIZE, "%" PRIu64 ".%0*" PRIu64 "%c", rounded / scale, (int)decimals,
	                        rounded % scale, *units);
}

size_t format_count(char out[FORMAT_SIZE], uint64_t value)
{
	if (value <= 9999999)
		return format_exact(out, value);
	return scaled(out, (double)value / 1e6, 1000.0, "MGTPE");
}

size_t format_thousands(char out[FORMAT_SIZE], uint64_t value)
{
	if (value < 10000)
		return (size_t)snprintf(out, FORMAT_SIZE, "%" PRIu64, value);
	return (size_t)snprintf(out, FORMAT_SIZE, "%" PRIu64 "k", value / 1000 + (value % 1000 >= 500));
}

/* A rate is a guest of the caller's arithmetic: infinities and what lies beyond all units stay inside the box. */
static double tamed(double per_second)
{
	if (isnan(per_second) || per_second < 0)
		return 0;
	return per_second > 999e18 ? 999e18 : per_second;
}

static size_t tenths(char out[FORMAT_SIZE], double value)
{
	uint64_t rounded = (uint64_t)(value * 10 + 0.5);
	size_t length = format_exact(out, rounded / 10);

	out[length++] = '.';
	out[length++] = (char)('0' + rounded % 10);
	out[length] = '\0';
	return length;
}

static size_t large_rate(char out[FORMAT_SIZE], double value)
{
	const char *unit = "kMGTPE";

	for (value /= 1000; unit[1] && value >= 999.5; unit++)
		value /= 1000;
	size_t length = value < 99.95 ? tenths(out, value) : format_exact(out, (uint64_t)(value + 0.5));
	out[length++] = *unit;
	out[length] = '\0';
	return length;
}

static size_t zero(char out[FORMAT_SIZE])
{
	memcpy(out, "0", 2);
	return 1;
}

size_t format_rate(char out[FORMAT_SIZE], double per_second)
{
	double value = tamed(per_second);

	if (value < 0.05)
		return zero(out);
	return value < 999.95 ? tenths(out, value) : large_rate(out, value);
}

size_t format_growth(char out[FORMAT_SIZE], double per_second)
{
	bool falls = per_second < 0;
	double value = tamed(falls ? -per_second : per_second);

	if (value < 0.05)
		return zero(out);
	out[0] = falls ? '-' : '+';

	char digits[FORMAT_SIZE];
	size_t length = value < 9999.95 ? tenths(digits, value) : large_rate(digits, value);
	memcpy(out + 1, digits, length + 1);
	return length + 1;
}

size_t format_change(char out[FORMAT_SIZE], int64_t change)
{
	if (!change)
		return zero(out);
	out[0] = change < 0 ? '-' : '+';

	char digits[FORMAT_SIZE];
	size_t length = format_count(digits, change < 0 ? -(uint64_t)change : (uint64_t)change);
	memcpy(out + 1, digits, length + 1);
	return length + 1;
}

size_t format_bytes(char out[FORMAT_SIZE], uint64_t bytes)
{
	if (bytes < 1000)
		return (size_t)snprintf(out, FORMAT_SIZE, "%" PRIu64 "B", bytes);
	return scaled(out, (double)bytes / 1024, 1024.0, "kMGTPE");
}

size_t format_duration(char out[FORMAT_SIZE], uint64_t nanoseconds)
{
	uint64_t seconds = nanoseconds / NANOSECONDS;

	if (seconds < 60)
		return (size_t)snprintf(out, FORMAT_SIZE, "%" PRIu64 " s", seconds);
	if (seconds < 3600)
		return (size_t)snprintf(out, FORMAT_SIZE, "%" PRIu64 ":%02u", seconds / 60, (unsigned)(seconds % 60));
	return (size_t)snprintf(out, FORMAT_SIZE, "%" PRIu64 ":%02u:%02u", seconds / 3600,
	                        (unsigned)(seconds / 60 % 60), (unsigned)(seconds % 60));
}

/* Days since 1970-01-01 as a date of the Gregorian calendar, counted in years that begin in March. */
static void civil_date(int64_t days, int64_t *year, unsigned *month, unsigned *day)
{
	int64_t shifted = days + 719468;
	int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	unsigned of_era = (unsigned)(shifted - era * 146097);
	unsigned year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	unsigned of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	unsigned march_month = (5 * of_year + 2) / 153;

	*day = of_year - (153 * march_month + 2) / 5 + 1;
	*month = march_month < 10 ? march_month + 3 : march_month - 9;
	*year = (int64_t)year_of_era + era * 400 + (*month <= 2);
}

size_t format_time(char out[FORMAT_SIZE], uint64_t wall_ns, int32_t utc_offset)
{
	int64_t seconds = (int64_t)(wall_ns / NANOSECONDS) + utc_offset;
	int64_t days = (seconds >= 0 ? seconds : seconds - 86399) / 86400;
	unsigned of_day = (unsigned)(seconds - days * 86400);
	int64_t year;
	unsigned month, day;

	civil_date(days, &year, &month, &day);
	return (size_t)snprintf(out, FORMAT_SIZE, "%04" PRId64 "-%02u-%02u %02u:%02u:%02u", year, month, day,
	                        of_day / 3600, of_day / 60 % 60, of_day % 60);
}

size_t format_clock(char out[FORMAT_SIZE], uint64_t wall_ns, int32_t utc_offset)
{
	char text[FORMAT_SIZE];
	size_t length = format_time(text, wall_ns, utc_offset);
	const char *clock = strchr(text, ' ') + 1;

	length -= (size_t)(clock - text);
	memcpy(out, clock, length + 1);
	return length;
}
