#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "fake_program.h"
#include "model/class_table.h"
#include "model/status.h"

static struct fake_allocator allocator;
static struct memory memory;
static struct strings strings;
static struct class_table table;
static struct node root;

static void set_up(uint32_t limit)
{
	fake_allocator_init(&allocator, &memory);
	assert_int_equal(strings_init(&strings, &memory, 1000), STATUS_OK);
	assert_int_equal(class_table_init(&table, &memory, &strings, limit), STATUS_OK);
}

static void tear_down(void)
{
	class_table_deinit(&table);
	strings_deinit(&strings);
	assert_int_equal(memory_used(&memory), 0);
}

static struct class_record *add(uintptr_t address, const char *name)
{
	struct class_description description = {.real = address, .name = {name, name ? (uint32_t)strlen(name) : 0}};
	int status;
	struct class_record *record = class_table_take(&table, 1, &root, &status);

	assert_non_null(record);
	class_table_describe(&table, record, &description);
	assert_int_equal(class_table_add_key(&table, address, record), STATUS_OK);
	record->address = address;
	class_table_publish(record);
	return record;
}

static void test_a_record_is_found_by_its_keys(void **state)
{
	set_up(10);
	struct class_record *string = add(CLASS(1), "String");
	struct class_record *array = add(CLASS(2), "Array");
	assert_int_equal(class_table_add_key(&table, CLASS(3), string), STATUS_OK);
	assert_ptr_equal(class_table_find(&table, CLASS(1)), string);
	assert_ptr_equal(class_table_find(&table, CLASS(2)), array);
	assert_ptr_equal(class_table_find(&table, CLASS(3)), string);
	assert_null(class_table_find(&table, CLASS(4)));
	assert_string_equal(string->name->bytes, "String");
	assert_int_equal(string->flags, 0);
	assert_ptr_equal(string->root, &root);
	assert_int_equal(string->path_interval, 1);
	tear_down();
}

static void test_readers_see_a_record_once_it_is_published(void **state)
{
	int status;

	set_up(10);
	struct class_record *record = class_table_take(&table, 1, &root, &status);
	assert_null(class_published(&table, record->number));
	class_table_publish(record);
	assert_ptr_equal(class_published(&table, record->number), record);
	class_table_recycle(&table, record);
	assert_null(class_published(&table, record->number));
	tear_down();
}

static void test_names_come_late_or_never(void **state)
{
	set_up(10);
	struct class_record *record = add(CLASS(1), NULL);
	assert_null(record->name);
	assert_int_equal(record->flags, SNAPSHOT_CLASS_ANONYMOUS);
	assert_int_equal(record->anonymous, CLASS(1));
	class_table_rename(&table, record, (struct text){"Session", 7});
	assert_string_equal(record->name->bytes, "Session");
	assert_int_equal(record->flags, 0);
	class_table_rename(&table, record, (struct text){"Shop::Session", 13});
	assert_string_equal(record->name->bytes, "Shop::Session");
	assert_int_equal(strings.map.count, 1);
	allocator.fail_at = allocator.calls + 1;
	class_table_rename(&table, record, (struct text){"Other", 5});
	assert_string_equal(record->name->bytes, "Shop::Session");
	allocator.fail_at = allocator.calls + 1;
	struct class_record *nameless = add(CLASS(2), "Nameless");
	assert_null(nameless->name);
	assert_int_equal(nameless->flags, SNAPSHOT_CLASS_ANONYMOUS);
	class_table_recycle(&table, record);
	assert_int_equal(strings.map.count, 0);
	tear_down();
}

static void test_only_the_class_itself_dies_with_its_key(void **state)
{
	set_up(10);
	struct class_record *record = add(CLASS(1), "String");
	class_table_add_key(&table, CLASS(2), record);
	assert_true(class_table_retire_key(&table, CLASS(2)));
	assert_null(class_table_find(&table, CLASS(2)));
	assert_null(class_table_next_dead(&table));
	assert_int_equal(record->address, CLASS(1));
	assert_false(class_table_retire_key(&table, CLASS(2)));

	class_table_add_key(&table, CLASS(3), record);
	assert_true(class_table_retire_key(&table, CLASS(1)));
	assert_int_equal(record->address, 0);
	assert_int_equal(record->flags, SNAPSHOT_CLASS_UNLOADED);
	/* A singleton class that dies after it does not queue it again. */
	assert_true(class_table_retire_key(&table, CLASS(3)));
	assert_ptr_equal(class_table_next_dead(&table), record);
	assert_null(class_table_next_dead(&table));
	tear_down();
}

static void test_the_dead_wait_in_order(void **state)
{
	struct class_record *records[4];

	set_up(10);
	for (int index = 0; index < 4; index++)
		records[index] = add(CLASS(index), "String");
	for (int index = 0; index < 4; index++)
		assert_true(class_table_retire_key(&table, CLASS(index)));
	assert_ptr_equal(class_table_next_dead(&table), records[0]);
	assert_ptr_equal(class_table_next_dead(&table), records[1]);
	class_table_queue_dead(&table, records[0]);
	assert_ptr_equal(class_table_next_dead(&table), records[2]);
	assert_ptr_equal(class_table_next_dead(&table), records[3]);
	assert_ptr_equal(class_table_next_dead(&table), records[0]);
	assert_null(class_table_next_dead(&table));
	class_table_queue_dead(&table, records[3]);
	assert_ptr_equal(class_table_next_dead(&table), records[3]);
	assert_null(class_table_next_dead(&table));
	tear_down();
}

static void test_moving(void **state)
{
	set_up(10);
	struct class_record *record = add(CLASS(1), "String");
	class_table_add_key(&table, CLASS(2), record);
	assert_true(class_table_move_key(&table, CLASS(1), CLASS(5)));
	assert_true(class_table_move_key(&table, CLASS(2), CLASS(6)));
	assert_false(class_table_move_key(&table, CLASS(7), CLASS(8)));
	assert_null(class_table_find(&table, CLASS(1)));
	assert_null(class_table_find(&table, CLASS(8)));
	assert_ptr_equal(class_table_find(&table, CLASS(5)), record);
	assert_ptr_equal(class_table_find(&table, CLASS(6)), record);
	assert_int_equal(record->address, CLASS(5));
	assert_true(class_table_retire_key(&table, CLASS(5)));
	assert_ptr_equal(class_table_next_dead(&table), record);
	tear_down();
}

static void test_ids_are_never_given_again(void **state)
{
	uint64_t last = 0;

	set_up(10);
	for (int round = 0; round < 100; round++) {
		struct class_record *record = add(CLASS(1), "String");

		assert_true(record->id > last);
		last = record->id;
		assert_true(class_table_retire_key(&table, CLASS(1)));
		assert_ptr_equal(class_table_next_dead(&table), record);
		class_table_recycle(&table, record);
	}
	assert_int_equal(table_count(&table.records), 0);
	assert_int_equal(table_end(&table.records), 2);
	assert_int_equal(strings.map.count, 0);
	tear_down();
}

static void test_the_limit(void **state)
{
	int status;

	set_up(2);
	add(CLASS(1), "String");
	add(CLASS(2), "Array");
	assert_null(class_table_take(&table, 1, &root, &status));
	assert_int_equal(status, STATUS_LIMIT);
	tear_down();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_record_is_found_by_its_keys),
	    cmocka_unit_test(test_readers_see_a_record_once_it_is_published),
	    cmocka_unit_test(test_names_come_late_or_never),
	    cmocka_unit_test(test_only_the_class_itself_dies_with_its_key),
	    cmocka_unit_test(test_the_dead_wait_in_order),
	    cmocka_unit_test(test_moving),
	    cmocka_unit_test(test_ids_are_never_given_again),
	    cmocka_unit_test(test_the_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
