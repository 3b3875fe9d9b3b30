#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "fake_program.h"
#include "model/status.h"
#include "model/strings.h"

/* Two texts with the same hash. */
#define TWIN_A "8yn0iYCKYHlIj4-BwPqk"
#define TWIN_B "GReLUrM4wMqfg9yzV3KQ"

static struct fake_allocator allocator;
static struct memory memory;
static struct strings strings;

static void set_up(size_t limit)
{
	fake_allocator_init(&allocator, &memory);
	assert_int_equal(strings_init(&strings, &memory, limit), STATUS_OK);
}

static void tear_down(void)
{
	strings_deinit(&strings);
	assert_int_equal(memory_used(&memory), 0);
}

static struct string *intern(const char *text)
{
	return strings_intern(&strings, text, strlen(text));
}

static void test_one_copy_per_text(void **state)
{
	set_up(1000);
	struct string *first = intern("Session");
	assert_ptr_equal(intern("Session"), first);
	assert_ptr_not_equal(intern("session"), first);
	assert_ptr_not_equal(intern("Sessio"), first);
	assert_string_equal(first->bytes, "Session");
	assert_int_equal(first->length, 7);
	assert_int_equal(first->references, 2);
	assert_int_equal(strings.bytes, 3 * (sizeof(struct string) + 1) + 7 + 7 + 6);
	tear_down();
}

static void test_what_nothing_refers_to_goes_at_the_sweep(void **state)
{
	set_up(1000);
	size_t used = memory_used(&memory);
	struct string *string = intern("Session");
	assert_ptr_equal(strings_retain(string), string);
	strings_release(&strings, string);
	assert_ptr_equal(intern("Session"), string);
	strings_release(&strings, string);
	assert_true(memory_used(&memory) > used);
	strings_release(&strings, string);
	assert_int_equal(strings.map.count, 0);
	/* A reader may have found it before: until the sweep it stays as it was, and counts. */
	assert_string_equal(string->bytes, "Session");
	assert_true(memory_used(&memory) > used);
	strings_sweep(&strings);
	assert_int_equal(memory_used(&memory), used);
	assert_int_equal(strings.bytes, 0);
	strings_release(&strings, NULL);
	tear_down();
}

static void test_any_bytes(void **state)
{
	set_up(1000);
	struct string *with_zero = strings_intern(&strings, "a\0b", 3);
	struct string *empty = strings_intern(&strings, "", 0);
	assert_int_equal(with_zero->length, 3);
	assert_memory_equal(with_zero->bytes, "a\0b", 4);
	assert_ptr_not_equal(with_zero, intern("a"));
	assert_int_equal(empty->length, 0);
	assert_string_equal(empty->bytes, "");
	assert_ptr_equal(intern(""), empty);
	tear_down();
}

static void test_long_texts_are_cut(void **state)
{
	static char text[STRING_LENGTH_LIMIT + 10];

	memset(text, 'x', sizeof(text));
	set_up(10000);
	struct string *cut = strings_intern(&strings, text, sizeof(text));
	assert_int_equal(cut->length, STRING_LENGTH_LIMIT);
	assert_int_equal(cut->bytes[STRING_LENGTH_LIMIT], 0);
	assert_ptr_equal(strings_intern(&strings, text, STRING_LENGTH_LIMIT), cut);
	tear_down();
}

static void test_the_limit(void **state)
{
	/* Of two strings with ten characters together. */
	set_up(2 * (sizeof(struct string) + 1) + 10);
	struct string *first = intern("123456");
	assert_non_null(first);
	assert_null(intern("12345"));
	assert_non_null(intern("1234"));
	assert_ptr_equal(intern("123456"), first);
	assert_null(intern("x"));
	strings_release(&strings, first);
	strings_release(&strings, first);
	strings_sweep(&strings);
	assert_non_null(intern("x"));
	tear_down();
}

/* Removes both texts, in one order or the other, while the hash is still known for the one that stays. */
static void check_twins(int removed_first)
{
	set_up(1000);
	struct string *twins[] = {intern(TWIN_A), intern(TWIN_B)};
	assert_int_equal(twins[0]->hash, twins[1]->hash);
	assert_ptr_not_equal(twins[0], twins[1]);
	assert_int_equal(strings.map.count, 1);
	assert_ptr_equal(intern(TWIN_A), twins[0]);
	assert_ptr_equal(intern(TWIN_B), twins[1]);
	for (int nogvl_call = 0; nogvl_call < 2; nogvl_call++) {
		int index = nogvl_call ? !removed_first : removed_first;

		assert_string_equal(twins[index]->bytes, index ? TWIN_B : TWIN_A);
		strings_release(&strings, twins[index]);
		strings_release(&strings, twins[index]);
		if (nogvl_call == 0)
			assert_ptr_equal(intern(index ? TWIN_A : TWIN_B), twins[!index]);
		if (nogvl_call == 0)
			strings_release(&strings, twins[!index]);
	}
	assert_int_equal(strings.map.count, 0);
	tear_down();
}

static void test_two_texts_with_one_hash(void **state)
{
	check_twins(0);
	check_twins(1);
	/* Both are freed with the table. */
	set_up(1000);
	assert_non_null(intern(TWIN_A));
	assert_non_null(intern(TWIN_B));
	tear_down();
}

static void test_many(void **state)
{
	char text[32];

	set_up(1 << 20);
	for (int round = 0; round < 2; round++) {
		for (int number = 0; number < 5000; number++) {
			snprintf(text, sizeof(text), "Class%d", number);
			assert_int_equal(intern(text)->references, round + 1);
		}
	}
	for (int number = 0; number < 5000; number++) {
		snprintf(text, sizeof(text), "Class%d", number);
		struct string *string = intern(text);
		for (int times = 0; times < 3; times++)
			strings_release(&strings, string);
	}
	strings_sweep(&strings);
	assert_int_equal(strings.bytes, 0);
	assert_int_equal(strings.map.count, 0);
	tear_down();
}

static void test_no_memory(void **state)
{
	fake_allocator_init(&allocator, &memory);
	allocator.fail_at = 1;
	assert_int_equal(strings_init(&strings, &memory, 100), STATUS_NO_MEMORY);
	tear_down();

	char text[32];
	int number = 0;
	set_up(1 << 20);
	allocator.fail_at = 3;
	/* The first text has no room; later one comes for which the map cannot grow. */
	assert_non_null(intern("first"));
	assert_null(intern("second"));
	assert_non_null(intern("second"));
	size_t bytes = 0, used = 0;
	do {
		snprintf(text, sizeof(text), "Class%d", number++);
		bytes = strings.bytes;
		used = memory_used(&memory);
		/* Each text is one call; a growth of the map is a second one. */
		allocator.fail_at = allocator.calls + 2;
	} while (intern(text) && number < 1000);
	assert_in_range(number, 100, 300);
	assert_int_equal(strings.bytes, bytes);
	assert_int_equal(memory_used(&memory), used);
	allocator.fail_at = 0;
	assert_non_null(intern(text));
	tear_down();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_one_copy_per_text),
	    cmocka_unit_test(test_what_nothing_refers_to_goes_at_the_sweep),
	    cmocka_unit_test(test_any_bytes),
	    cmocka_unit_test(test_long_texts_are_cut),
	    cmocka_unit_test(test_the_limit),
	    cmocka_unit_test(test_two_texts_with_one_hash),
	    cmocka_unit_test(test_many),
	    cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
