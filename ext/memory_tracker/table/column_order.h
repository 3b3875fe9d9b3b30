/*
 * How lines are ordered by what stands in a column: struct column's `compare`. ANY THREAD.
 */
#ifndef MEMORY_TRACKER_TABLE_COLUMN_ORDER_H
#define MEMORY_TRACKER_TABLE_COLUMN_ORDER_H

int column_order_retained(const void *left, const void *right);
int column_order_growth(const void *left, const void *right);

/* By growth over 10 seconds, and over a minute. */
int column_order_short(const void *left, const void *right);
int column_order_long(const void *left, const void *right);

/* By the change of what is retained since the mark; the growth since then has the same order. */
int column_order_change(const void *left, const void *right);

int column_order_live(const void *left, const void *right);
int column_order_allocated_rate(const void *left, const void *right);
int column_order_name(const void *left, const void *right);

#endif
