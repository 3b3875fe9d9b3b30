#include "batch_shop.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

void batch_shop_open(struct batch_shop *shop)
{
	*shop = (struct batch_shop){
	    .history = history_new(0),
	    .head = {.started_ns = 100 * SECOND,
	             .monotonic_ns = 100 * SECOND,
	             .wall_ns = UINT64_C(1795344067) * SECOND,
	             .pid = 4711,
	             .flags = SNAPSHOT_RUNNING | SNAPSHOT_EXACT,
	             .gc_minor = 412,
	             .gc_major = 38,
	             .heap_live_slots = 1310000,
	             .heap_total_slots = 1620000,
	             .rss_bytes = UINT64_C(212) << 20},
	};
}

void batch_shop_close(struct batch_shop *shop)
{
	history_free(shop->history);
	buffer_deinit(&shop->out);
}

void batch_shop_next(struct batch_shop *shop, const struct fake_class *classes, uint32_t count, const char *reason)
{
	shop->head.sequence++;
	shop->head.gcs_seen++;
	shop->head.majors_seen++;
	shop->head.monotonic_ns += SECOND;
	shop->head.major_at_ns = shop->head.monotonic_ns;
	struct snapshot_header *snapshot = fake_snapshot(&shop->head, reason, classes, count);
	assert_null(snapshot_check(snapshot, snapshot->size));
	assert_true(history_update(shop->history, snapshot));
}

void batch_shop_five_seconds(struct batch_shop *shop)
{
	for (unsigned second = 1; second <= 5; second++) {
		const struct fake_class classes[] = {
		    {1, "String", 98000 * second, 98000 * second - 40771, 40771, 0},
		    {2, "Shop::Session", 502 * second + 9, 0, 502 * second, 0},
		    {3, "Shop::Product", 11600 * second + 12516, 11600 * second, 4000, 0},
		    {4, "(internal T_DATA)", 900 * second, 0, 900 * second, SNAPSHOT_CLASS_INTERNAL},
		    {5, "Shop::Basket", 1000, 50 * second, 1000 - 50 * second, 0},
		};
		batch_shop_next(shop, classes, 5, NULL);
	}
}

bool batch_shop_print(struct batch_shop *shop)
{
	const struct metrics metrics = metrics_of(shop->history);

	return batch_print(&shop->out, &metrics, &shop->options);
}

void batch_shop_assert_table(struct batch_shop *shop, const char *expected)
{
	buffer_clear(&shop->out);
	assert_true(batch_shop_print(shop));
	buffer_add(&shop->out, "", 1);
	assert_string_equal(shop->out.text, expected);
}

void batch_shop_assert_rows(struct batch_shop *shop, const char *expected)
{
	buffer_clear(&shop->out);
	assert_true(batch_shop_print(shop));
	buffer_add(&shop->out, "", 1);
	assert_string_equal(strchr(shop->out.text, '\n') + 1, expected);
}
