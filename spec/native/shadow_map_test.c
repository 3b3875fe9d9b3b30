#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "fake_program.h"
#include "model/shadow_map.h"

#define CHUNK_BYTES (SHADOW_CHUNK_ENTRIES * FAKE_STRIDE)

static struct fake_allocator allocator;
static struct memory memory;
static struct shadow_map map;
static int status;

static void set_up(uint32_t stride)
{
	fake_allocator_init(&allocator, &memory);
	assert_int_equal(shadow_map_init(&map, &memory, stride), STATUS_OK);
}

static void tear_down(void)
{
	shadow_map_deinit(&map);
	assert_int_equal(memory_used(&memory), 0);
}

static void set(uintptr_t address, uint32_t value)
{
	uint32_t *entry = shadow_map_make(&map, address, &status);

	assert_non_null(entry);
	assert_int_equal(status, STATUS_OK);
	*entry = value;
}

/* What was found is at hand. */
static uint32_t *find(uintptr_t address)
{
	uint32_t *entry = shadow_map_find(&map, address);

	assert_ptr_equal(shadow_map_at_hand(&map, address), entry);
	return entry;
}

static void test_the_index_is_the_quotient(void **state)
{
	const uint32_t strides[] = {8, 16, 24, 32, 40, 48, 56, 64, 80, 160, 320, 640};

	for (size_t index = 0; index < sizeof(strides) / sizeof(*strides); index++) {
		uint64_t stride = strides[index];

		set_up(strides[index]);
		for (uint64_t number = 1; number < SHADOW_INDEX_LIMIT && number * stride < UINT64_C(1) << 48;
		     number = number * 3 + 1) {
			assert_true(shadow_map_index(&map, number * stride) == number);
			assert_true(shadow_map_index(&map, number * stride - 1) == number - 1);
			assert_true(shadow_map_index(&map, (number - 1) * stride) == number - 1);
		}
		tear_down();
	}
}

static void test_addresses_beyond_all_heaps_are_refused(void **state)
{
	const uintptr_t wrong[] = {SHADOW_INDEX_LIMIT * FAKE_STRIDE, UINTPTR_MAX, UINTPTR_MAX / 40 * 40};

	set_up(FAKE_STRIDE);
	set(OBJECT(1), 1);
	size_t used = memory_used(&memory);
	for (size_t index = 0; index < sizeof(wrong) / sizeof(*wrong); index++) {
		assert_null(find(wrong[index]));
		assert_null(shadow_map_make(&map, wrong[index], &status));
		assert_int_equal(status, STATUS_ADDRESS);
	}
	assert_int_equal(memory_used(&memory), used);
	tear_down();
}

static void test_entries_are_found_where_they_were_put(void **state)
{
	const uint64_t count = 3 * SHADOW_CHUNK_ENTRIES + 5;

	set_up(FAKE_STRIDE);
	assert_null(find(OBJECT(0)));
	for (uint32_t number = 0; number < count; number++)
		set(OBJECT(number), number + 1);
	set(FAKE_STRIDE, 4000000);
	set((SHADOW_INDEX_LIMIT - 1) * FAKE_STRIDE, 5000000);
	for (uint32_t number = 0; number < count; number++)
		assert_int_equal(*find(OBJECT(number)), number + 1);
	assert_int_equal(*find(FAKE_STRIDE), 4000000);
	assert_int_equal(*find((SHADOW_INDEX_LIMIT - 1) * FAKE_STRIDE), 5000000);
	/* Near something else, but never entered. */
	assert_int_equal(*find(2 * FAKE_STRIDE), 0);
	assert_null(find(FAKE_STRIDE + CHUNK_BYTES));
	tear_down();
}

struct visits {
	uintptr_t addresses[16];
	uint32_t values[16];
	int count;
	uintptr_t move_to; /* where the first one visited is moved */
	bool empty;        /* whether all are emptied */
};

static void visit(void *context, uintptr_t address, uint32_t *entry)
{
	struct visits *visits = context;

	assert_ptr_equal(find(address), entry);
	assert_in_range(visits->count, 0, 15);
	visits->addresses[visits->count] = address;
	visits->values[visits->count++] = *entry;
	if (visits->move_to) {
		set(visits->move_to, *entry);
		visits->move_to = 0;
		*entry = 0;
	}
	if (visits->empty)
		*entry = 0;
}

static void visit_all(struct visits *visits)
{
	struct shadow_map_visitor visitor = {visits, visit};

	shadow_map_each(&map, &visitor);
}

static void test_each_goes_by_address(void **state)
{
	struct visits visits = {.count = 0};
	const uintptr_t order[] = {FAKE_STRIDE, OBJECT(0), OBJECT(1), OBJECT(5000), CODE(0)};

	set_up(FAKE_STRIDE);
	set(CODE(0), 5);
	set(OBJECT(1), 3);
	set(OBJECT(5000), 4);
	set(OBJECT(0), 2);
	set(FAKE_STRIDE, 1);
	visit_all(&visits);
	assert_int_equal(visits.count, 5);
	for (int index = 0; index < 5; index++) {
		assert_int_equal(visits.addresses[index], order[index]);
		assert_int_equal(visits.values[index], index + 1);
	}
	tear_down();
}

static void test_empty_chunks_are_given_back(void **state)
{
	struct visits visits = {.empty = true};

	set_up(FAKE_STRIDE);
	set(OBJECT(0), 1);
	size_t used = memory_used(&memory);
	set(OBJECT(0) + CHUNK_BYTES, 2);
	set(OBJECT(0) + 2 * CHUNK_BYTES, 0);
	visit_all(&visits);
	assert_int_equal(visits.count, 2);
	assert_true(memory_used(&memory) < used);
	assert_null(find(OBJECT(0)));
	set(OBJECT(0), 3);
	assert_int_equal(*find(OBJECT(0)), 3);
	tear_down();
}

/* What is put into a chunk that was already passed stays. */
static void test_moving_backwards_keeps_the_chunk(void **state)
{
	struct visits visits = {.move_to = OBJECT(0)};

	set_up(FAKE_STRIDE);
	set(OBJECT(0), 0);
	set(OBJECT(0) + CHUNK_BYTES, 9);
	visit_all(&visits);
	assert_int_equal(visits.count, 1);
	assert_int_equal(*find(OBJECT(0)), 9);
	assert_null(find(OBJECT(0) + CHUNK_BYTES));
	tear_down();
}

static void test_no_memory_is_told_and_passes(void **state)
{
	fake_allocator_init(&allocator, &memory);
	allocator.fail_at = 1;
	assert_int_equal(shadow_map_init(&map, &memory, FAKE_STRIDE), STATUS_NO_MEMORY);
	tear_down();
	for (uint64_t call = 1; call <= 2; call++) {
		set_up(FAKE_STRIDE);
		allocator.fail_at = allocator.calls + call;
		assert_null(shadow_map_make(&map, OBJECT(1), &status));
		assert_int_equal(status, STATUS_NO_MEMORY);
		assert_null(find(OBJECT(1)));
		set(OBJECT(1), 1);
		assert_int_equal(*find(OBJECT(1)), 1);
		tear_down();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_index_is_the_quotient),
	    cmocka_unit_test(test_addresses_beyond_all_heaps_are_refused),
	    cmocka_unit_test(test_entries_are_found_where_they_were_put),
	    cmocka_unit_test(test_each_goes_by_address),
	    cmocka_unit_test(test_empty_chunks_are_given_back),
	    cmocka_unit_test(test_moving_backwards_keeps_the_chunk),
	    cmocka_unit_test(test_no_memory_is_told_and_passes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
