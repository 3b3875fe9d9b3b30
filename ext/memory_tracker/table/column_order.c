#include "table/column_order.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "table/class_line.h"
#include "table/column_line.h"

static int largest_first(double left, double right)
{
	return (left < right) - (left > right);
}

static int by_id(const struct history_row *left, const struct history_row *right)
{
	return (left->id > right->id) - (left->id < right->id);
}

static int largest_count_first(uint64_t left, uint64_t right)
{
	return (left < right) - (left > right);
}

static const struct history_row *row_of(const void *line)
{
	return ((const struct column_line *)line)->row;
}

/*
 * What is equal in a column goes by what is retained, then by what is there; where only allocations are known, by
 * these. The id makes the rest stable.
 */
static int by_counts(const void *left, const void *right)
{
	const struct history_row *l = row_of(left), *r = row_of(right);
	int order = largest_count_first(l->counts.retained, r->counts.retained);

	if (!order)
		order = largest_count_first(counts_live(l->counts), counts_live(r->counts));
	if (!order && ((const struct column_line *)left)->allocated_only)
		order = largest_count_first(l->counts.allocated, r->counts.allocated);
	return order ? order : by_id(l, r);
}

int column_order_retained(const void *left, const void *right)
{
	return by_counts(left, right);
}

/* As they are shown: what differs only in decimals that nobody sees is equal. */
static int by_rates(double left, double right)
{
	return largest_first(round(left * 10), round(right * 10));
}

/* What grows steadily comes first, so that a leak stands above what went up just now and will come down again. */
int column_order_growth(const void *left, const void *right)
{
	const struct history_row *l = row_of(left), *r = row_of(right);
	int order = r->sustained - l->sustained;

	if (!order)
		order = by_rates(l->growth, r->growth);
	return order ? order : by_counts(left, right);
}

int column_order_short(const void *left, const void *right)
{
	int order = by_rates(row_of(left)->short_change.per_second, row_of(right)->short_change.per_second);

	return order ? order : by_counts(left, right);
}

int column_order_long(const void *left, const void *right)
{
	int order = by_rates(row_of(left)->long_change.per_second, row_of(right)->long_change.per_second);

	return order ? order : by_counts(left, right);
}

int column_order_change(const void *left, const void *right)
{
	const struct since_mark_change *l = &((const struct column_line *)left)->change;
	const struct since_mark_change *r = &((const struct column_line *)right)->change;
	int order = r->retained_known - l->retained_known;

	if (!order && l->retained_known)
		order = (l->retained < r->retained) - (l->retained > r->retained);
	return order ? order : by_counts(left, right);
}

int column_order_live(const void *left, const void *right)
{
	const struct history_row *l = row_of(left), *r = row_of(right);
	int order = largest_count_first(counts_live(l->counts), counts_live(r->counts));

	return order ? order : by_counts(left, right);
}

int column_order_allocated_rate(const void *left, const void *right)
{
	int order = largest_first(row_of(left)->allocated_rate, row_of(right)->allocated_rate);

	return order ? order : by_counts(left, right);
}

static int compare_bytes(const char *left, size_t left_length, const char *right, size_t right_length)
{
	int order = memcmp(left, right, left_length < right_length ? left_length : right_length);

	return order ? order : (left_length > right_length) - (left_length < right_length);
}

/* As it is shown: of the address of a class without a name the last digits come first. */
int column_order_name(const void *left, const void *right)
{
	const struct column_line *l = left, *r = right;
	const char *l_digits = class_line_digits(l), *r_digits = class_line_digits(r);
	size_t start = strlen(CLASS_LINE_START);
	int order =
	    compare_bytes(l->name, l_digits ? start : l->name_length, r->name, r_digits ? start : r->name_length);

	if (!order && l_digits && r_digits)
		order = memcmp(l_digits, r_digits, CLASS_LINE_DIGITS);
	if (!order)
		order = compare_bytes(l->name, l->name_length, r->name, r->name_length);
	return order ? order : by_id(l->row, r->row);
}
