/*
 * Tables of a shop in the fifth second of its life: a leak, a cache that is full, churn, and internal objects.
 */
#ifndef MEMORY_TRACKER_BATCH_SHOP_H
#define MEMORY_TRACKER_BATCH_SHOP_H

#include <stdbool.h>
#include <stdint.h>

#include "fake_snapshot.h"
#include "source/batch.h"

#define SECOND UINT64_C(1000000000)

struct batch_shop {
	struct snapshot_header head;
	struct history *history;
	struct buffer out;
	struct batch_options options;
};

void batch_shop_open(struct batch_shop *shop);
void batch_shop_close(struct batch_shop *shop);
/* One second later, after a major GC. */
void batch_shop_next(struct batch_shop *shop, const struct fake_class *classes, uint32_t count, const char *reason);
void batch_shop_five_seconds(struct batch_shop *shop);
bool batch_shop_print(struct batch_shop *shop);
void batch_shop_assert_table(struct batch_shop *shop, const char *expected);
/* The table without its first line. */
void batch_shop_assert_rows(struct batch_shop *shop, const char *expected);

#endif
