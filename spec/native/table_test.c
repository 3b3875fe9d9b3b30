#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "fake_program.h"
#include "model/status.h"
#include "model/table.h"

#define RECORDS (3 * TABLE_CHUNK_RECORDS)

struct record {
	uint64_t value;
	uint64_t more[2];
};

static struct fake_allocator allocator;
static struct memory memory;
static struct table table;
static int status;

static void set_up(uint32_t limit)
{
	fake_allocator_init(&allocator, &memory);
	assert_int_equal(table_init(&table, &memory, sizeof(struct record), limit), STATUS_OK);
}

static void tear_down(void)
{
	table_deinit(&table);
	assert_int_equal(memory_used(&memory), 0);
}

static struct record *record_of(uint32_t number)
{
	return table_at(&table, number);
}

static void test_records_never_move(void **state)
{
	static struct record *places[RECORDS + 1];

	set_up(RECORDS);
	for (uint32_t number = 1; number <= RECORDS; number++) {
		assert_int_equal(table_take(&table, &status), number);
		assert_int_equal(status, STATUS_OK);
		places[number] = record_of(number);
		assert_int_equal(places[number]->value, 0);
		places[number]->value = number;
	}
	assert_int_equal(table_count(&table), RECORDS);
	assert_int_equal(table_end(&table), RECORDS + 1);
	for (uint32_t number = 1; number <= RECORDS; number++) {
		assert_ptr_equal(record_of(number), places[number]);
		assert_int_equal(places[number]->value, number);
	}
	tear_down();
}

static void test_given_back_records_come_again_zeroed(void **state)
{
	set_up(RECORDS);
	for (uint32_t number = 1; number <= 100; number++)
		record_of(table_take(&table, &status))->value = 7;
	table_give(&table, 10);
	table_give(&table, 100);
	table_give(&table, 1);
	assert_int_equal(table_count(&table), 97);
	uint32_t seen[3];
	for (int index = 0; index < 3; index++) {
		seen[index] = table_take(&table, &status);
		assert_int_equal(record_of(seen[index])->value, 0);
	}
	assert_int_equal(seen[0] + seen[1] + seen[2], 111);
	assert_int_equal(table_take(&table, &status), 101);
	assert_int_equal(table_count(&table), 101);
	tear_down();
}

static void test_the_limit_holds_until_something_is_given_back(void **state)
{
	set_up(5);
	for (uint32_t number = 1; number <= 5; number++)
		assert_int_equal(table_take(&table, &status), number);
	assert_int_equal(table_take(&table, &status), 0);
	assert_int_equal(status, STATUS_LIMIT);
	table_give(&table, 3);
	assert_int_equal(table_take(&table, &status), 3);
	assert_int_equal(table_take(&table, &status), 0);
	assert_int_equal(status, STATUS_LIMIT);
	tear_down();
}

static void test_all_records_can_be_given_back(void **state)
{
	set_up(RECORDS);
	for (int round = 0; round < 3; round++) {
		for (uint32_t count = 0; count < RECORDS; count++)
			assert_int_not_equal(table_take(&table, &status), 0);
		/* Giving back needs no memory, however much is given back. */
		allocator.fail_at = 1;
		allocator.fail_on = true;
		for (uint32_t number = 1; number <= RECORDS; number++)
			table_give(&table, number);
		assert_int_equal(table_count(&table), 0);
		allocator.fail_at = 0;
	}
	assert_int_equal(table_end(&table), RECORDS + 1);
	tear_down();
}

static void test_what_was_reserved_can_be_taken(void **state)
{
	set_up(1);
	assert_int_equal(table_reserve(&table), STATUS_OK);
	assert_int_equal(table_reserve(&table), STATUS_OK);
	assert_int_equal(table_count(&table), 0);
	allocator.fail_at = 1;
	allocator.fail_on = true;
	assert_int_equal(table_take(&table, &status), 1);
	assert_int_equal(table_reserve(&table), STATUS_LIMIT);
	table_give(&table, 1);
	assert_int_equal(table_reserve(&table), STATUS_OK);
	tear_down();
	set_up(1);
	allocator.fail_at = allocator.calls + 1;
	assert_int_equal(table_reserve(&table), STATUS_NO_MEMORY);
	tear_down();
}

static void test_no_memory_is_told_and_passes(void **state)
{
	fake_allocator_init(&allocator, &memory);
	allocator.fail_at = 1;
	assert_int_equal(table_init(&table, &memory, sizeof(struct record), 10), STATUS_NO_MEMORY);
	tear_down();
	/* A first record needs two blocks; without the first or the second of them there is none. */
	for (uint64_t call = 1; call <= 2; call++) {
		set_up(RECORDS);
		allocator.fail_at = allocator.calls + call;
		assert_int_equal(table_take(&table, &status), 0);
		assert_int_equal(status, STATUS_NO_MEMORY);
		assert_int_equal(table_count(&table), 0);
		assert_int_equal(table_take(&table, &status), 1);
		assert_int_equal(status, STATUS_OK);
		tear_down();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_records_never_move),
	    cmocka_unit_test(test_given_back_records_come_again_zeroed),
	    cmocka_unit_test(test_the_limit_holds_until_something_is_given_back),
	    cmocka_unit_test(test_all_records_can_be_given_back),
	    cmocka_unit_test(test_what_was_reserved_can_be_taken),
	    cmocka_unit_test(test_no_memory_is_told_and_passes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
