#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake_program.h"
#include "model/record_queue.h"
#include "model/status.h"

struct record {
	uint64_t before;
	struct record_links links;
	uint64_t after;
};

enum { RECORDS = 10 };

static struct memory memory;
static struct table table;
static struct record_queue queue;

static int set_up(void **state)
{
	int status;

	memory_init(&memory);
	assert_int_equal(table_init(&table, &memory, sizeof(struct record), 100), STATUS_OK);
	for (uint32_t number = 1; number <= RECORDS; number++) {
		struct record *record = table_at(&table, table_take(&table, &status));
		record->before = record->after = number;
	}
	record_queue_init(&queue, &table, offsetof(struct record, links));
	return 0;
}

static int tear_down(void **state)
{
	for (uint32_t number = 1; number <= RECORDS; number++) {
		const struct record *record = table_at(&table, number);
		assert_int_equal(record->before, number);
		assert_int_equal(record->after, number);
	}
	table_deinit(&table);
	return 0;
}

/* By both ways through it: the numbers, ended by a 0. */
static void assert_holds(const uint32_t *numbers)
{
	uint32_t count = 0, previous = 0;

	for (uint32_t number = queue.first; number; count++) {
		const struct record *record = table_at(&table, number);

		assert_int_equal(number, numbers[count]);
		assert_int_equal(record->links.previous, previous);
		previous = number;
		number = record->links.next;
	}
	assert_int_equal(numbers[count], 0);
	assert_int_equal(queue.last, previous);
	assert_int_equal(queue.count, count);
}

#define ASSERT_HOLDS(...) assert_holds((const uint32_t[]){__VA_ARGS__})

static void test_first_in_first_out(void **state)
{
	ASSERT_HOLDS(0);
	record_queue_add(&queue, 3);
	ASSERT_HOLDS(3, 0);
	record_queue_add(&queue, 7);
	record_queue_add(&queue, 1);
	ASSERT_HOLDS(3, 7, 1, 0);
	record_queue_remove(&queue, 3);
	record_queue_add(&queue, 3);
	ASSERT_HOLDS(7, 1, 3, 0);
}

static void test_any_place_is_left(void **state)
{
	for (uint32_t number = 1; number <= 5; number++)
		record_queue_add(&queue, number);
	record_queue_remove(&queue, 3);
	ASSERT_HOLDS(1, 2, 4, 5, 0);
	record_queue_remove(&queue, 5);
	ASSERT_HOLDS(1, 2, 4, 0);
	record_queue_remove(&queue, 1);
	ASSERT_HOLDS(2, 4, 0);
	record_queue_remove(&queue, 2);
	record_queue_remove(&queue, 4);
	ASSERT_HOLDS(0);
	record_queue_add(&queue, 4);
	ASSERT_HOLDS(4, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_first_in_first_out, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_any_place_is_left, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
