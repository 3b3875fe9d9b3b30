#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "fake_program.h"
#include "model/heap_map.h"
#include "mapped_heap.h"

/* The slot size of every page. */
static size_t slot_size;

static size_t given_slot_size(uintptr_t address)
{
	(void)address;
	return slot_size;
}

static void set_up(void)
{
	slot_size = FAKE_STRIDE;
	mapped_heap_begin(given_slot_size);
}

static void test_the_index_is_the_quotient(void **state)
{
	for (uint32_t size = 8; size <= HEAP_MAP_PAGE_SIZE; size += size < 2048 ? 8 : 2048) {
		uint32_t multiplier = UINT32_MAX / size + 1;

		for (uint32_t offset = 0; offset < HEAP_MAP_PAGE_SIZE; offset++) {
			if (heap_page_index(multiplier, offset) != offset / size)
				fail_msg("%u / %u is not %u", offset, size, heap_page_index(multiplier, offset));
		}
	}
}

static void test_every_slot_of_a_page_has_an_entry_of_its_own(void **state)
{
	const uint32_t sizes[] = {32, 40, 64, 80, 96, 128, 160, 256, 320, 512, 640, 768, 1024};
	const uintptr_t page = 7 * PAGE;

	for (size_t index = 0; index < sizeof(sizes) / sizeof(*sizes); index++) {
		for (uint32_t first = 0; first < sizes[index]; first += 8) {
			uint32_t number = 0;

			set_up();
			slot_size = sizes[index];
			for (uint32_t offset = first; offset + slot_size <= PAGE; offset += (uint32_t)slot_size)
				mapped_heap_set(page + offset, ++number);
			assert_int_equal(mapped_heap.page_count, 1);
			assert_int_equal(mapped_heap.pages[0]->used, number);
			for (uint32_t offset = first; number > 0; offset += (uint32_t)slot_size, number--)
				assert_int_equal(mapped_heap_value(page + offset), (offset - first) / slot_size + 1);
			mapped_heap_end();
		}
	}
}

/* What is no object's address leads to some entry of the page, never beyond. */
static void test_every_offset_has_an_entry(void **state)
{
	for (slot_size = 8; slot_size <= 2048; slot_size += 8) {
		size_t size = slot_size;

		set_up();
		slot_size = size;
		mapped_heap_set(PAGE + 8, 1);
		for (uintptr_t offset = 0; offset < PAGE; offset++) {
			struct heap_place place = heap_map_find(&mapped_heap, PAGE + offset);

			assert_true(place.entry < place.page->entries + place.page->count);
		}
		mapped_heap_end();
		slot_size = size;
	}
}

static void test_addresses_of_all_processors_are_known(void **state)
{
	/* 64-bit ARM has 48 bits, for the program's break and for mmap; with five levels of page tables there are 57. */
	const uintptr_t addresses[] = {
	    40,
	    UINT64_C(0x00007ffff7d2a028),
	    UINT64_C(0x0000aaaaf1e45000),
	    UINT64_C(0x0000fffff7ff0028),
	    UINT64_C(0x0000ffffffffffd8),
	    UINT64_C(0x00ffffffffff0028),
	    UINT64_C(0x01ffffffffffffd0),
	};
	const size_t count = sizeof(addresses) / sizeof(*addresses);

	set_up();
	for (size_t index = 0; index < count; index++)
		mapped_heap_set(addresses[index], (uint32_t)index + 1);
	for (size_t index = 0; index < count; index++) {
		assert_int_equal(mapped_heap_value(addresses[index]), index + 1);
		/* What has the same bits below is nowhere. */
		assert_null(mapped_heap_find(addresses[index] ^ (UINT64_C(1) << 45)));
	}
	mapped_heap_end();
}

static void test_addresses_beyond_all_heaps_are_refused(void **state)
{
	const uintptr_t wrong[] = {UINT64_C(1) << HEAP_MAP_ADDRESS_BITS, HEAP_MAP_NONE - 8, UINTPTR_MAX - 7,
	                           UINT64_C(0xffff800000000000)};

	set_up();
	mapped_heap_set(OBJECT(1), 1);
	size_t used = memory_used(&mapped_memory);
	for (size_t index = 0; index < sizeof(wrong) / sizeof(*wrong); index++) {
		assert_null(mapped_heap_find(wrong[index]));
		assert_null(heap_map_make(&mapped_heap, wrong[index], &mapped_status).page);
		assert_int_equal(mapped_status, STATUS_ADDRESS);
	}
	assert_int_equal(memory_used(&mapped_memory), used);
	mapped_heap_end();
}

static void test_slot_sizes_that_cannot_be_are_refused(void **state)
{
	const size_t wrong[] = {0, 4, HEAP_MAP_PAGE_SIZE + 8, SIZE_MAX};

	set_up();
	for (size_t index = 0; index < sizeof(wrong) / sizeof(*wrong); index++) {
		slot_size = wrong[index];
		assert_null(heap_map_make(&mapped_heap, OBJECT(1), &mapped_status).page);
		assert_int_equal(mapped_status, STATUS_ADDRESS);
	}
	mapped_heap_end();
}

static void test_entries_are_found_where_they_were_put(void **state)
{
	const uint32_t count = 5000;

	set_up();
	assert_null(mapped_heap_find(OBJECT(0)));
	for (uint32_t number = 0; number < count; number++)
		mapped_heap_set(OBJECT(number), number + 1);
	for (uint32_t number = 0; number < count; number++)
		assert_int_equal(*mapped_heap_find(OBJECT(number)), number + 1);
	/* Near something else, but never entered. */
	assert_int_equal(*mapped_heap_find(OBJECT(count)), 0);
	assert_null(mapped_heap_find(OBJECT(count) + 2 * PAGE));
	mapped_heap_end();
}

/* --- pages that come back --- */

static void test_a_page_that_was_empty_may_have_another_slot_size(void **state)
{
	set_up();
	slot_size = 160;
	mapped_heap_set(4 * PAGE + 160, 1);
	mapped_heap_set(4 * PAGE + 480, 2);
	mapped_heap_clear(4 * PAGE + 160);
	assert_int_equal(mapped_heap_value(4 * PAGE + 480), 2);
	mapped_heap_clear(4 * PAGE + 480);
	assert_null(mapped_heap_find(4 * PAGE + 160));
	assert_null(mapped_heap_find(4 * PAGE + 480));
	slot_size = 40;
	for (uint32_t number = 1; number < 100; number++)
		mapped_heap_set(4 * PAGE + 24 + 40 * number, number);
	for (uint32_t number = 1; number < 100; number++)
		assert_int_equal(mapped_heap_value(4 * PAGE + 24 + 40 * number), number);
	assert_int_equal(mapped_heap.page_count, 1);
	mapped_heap_end();
}

static void test_what_does_not_fit_a_page_with_entries_is_refused(void **state)
{
	set_up();
	mapped_heap_set(4 * PAGE + 40, 1);
	struct heap_page *page = mapped_heap.pages[0];
	assert_true(heap_map_fits(&mapped_heap, page, 4 * PAGE + 80));
	assert_false(heap_map_fits(&mapped_heap, page, 4 * PAGE + 88));
	assert_null(heap_map_make(&mapped_heap, 4 * PAGE + 88, &mapped_status).page);
	assert_int_equal(mapped_status, STATUS_ADDRESS);
	slot_size = 80;
	assert_false(heap_map_fits(&mapped_heap, page, 4 * PAGE + 80));
	assert_null(heap_map_make(&mapped_heap, 4 * PAGE + 80, &mapped_status).page);
	assert_int_equal(mapped_heap_value(4 * PAGE + 40), 1);
	mapped_heap_end();
}

/* --- all of them --- */

struct visits {
	uintptr_t addresses[16];
	uint32_t values[16];
	int count;
	uintptr_t move_to; /* where the first one visited is moved */
	bool empty;        /* whether all are emptied */
};

static void visit(void *context, uintptr_t address, struct heap_place place)
{
	struct visits *visits = context;

	assert_ptr_equal(mapped_heap_find(address), place.entry);
	assert_in_range(visits->count, 0, 15);
	visits->addresses[visits->count] = address;
	visits->values[visits->count++] = *place.entry;
	if (visits->move_to)
		mapped_heap_set(visits->move_to, *place.entry);
	if (visits->move_to || visits->empty)
		heap_map_clear(&mapped_heap, place);
	visits->move_to = 0;
}

static void visit_all(struct visits *visits)
{
	struct heap_map_callback callback = {visits, visit};

	heap_map_each(&mapped_heap, &callback);
}

static void test_each_goes_by_address(void **state)
{
	struct visits visits = {.count = 0};
	const uintptr_t order[] = {FAKE_STRIDE,  OBJECT(0), OBJECT(1),
	                           OBJECT(5000), CODE(0),   UINT64_C(0x0000fffff7ff0028)};

	set_up();
	mapped_heap_set(UINT64_C(0x0000fffff7ff0028), 6);
	mapped_heap_set(CODE(0), 5);
	mapped_heap_set(OBJECT(1), 3);
	mapped_heap_set(OBJECT(5000), 4);
	mapped_heap_set(OBJECT(0), 2);
	mapped_heap_set(FAKE_STRIDE, 1);
	visit_all(&visits);
	assert_int_equal(visits.count, 6);
	for (int index = 0; index < 6; index++) {
		assert_int_equal(visits.addresses[index], order[index]);
		assert_int_equal(visits.values[index], index + 1);
	}
	mapped_heap_end();
}

static void test_empty_pages_are_given_back(void **state)
{
	struct visits visits = {.empty = true};

	set_up();
	mapped_heap_set(OBJECT(0), 1);
	size_t used = memory_used(&mapped_memory);
	mapped_heap_set(OBJECT(0) + 5 * PAGE, 2);
	heap_map_make(&mapped_heap, OBJECT(0) + 10 * PAGE, &mapped_status);
	assert_int_equal(mapped_heap.page_count, 3);
	visit_all(&visits);
	assert_int_equal(visits.count, 2);
	assert_int_equal(mapped_heap.page_count, 0);
	assert_true(memory_used(&mapped_memory) < used);
	assert_null(mapped_heap_find(OBJECT(0)));
	mapped_heap_set(OBJECT(0), 3);
	assert_int_equal(*mapped_heap_find(OBJECT(0)), 3);
	mapped_heap_end();
}

/* What is put into a page that was already passed stays. */
static void test_moving_backwards_keeps_the_page(void **state)
{
	struct visits visits = {.move_to = OBJECT(0)};

	set_up();
	heap_map_make(&mapped_heap, OBJECT(0), &mapped_status);
	mapped_heap_set(OBJECT(0) + 5 * PAGE, 9);
	visit_all(&visits);
	assert_int_equal(visits.count, 1);
	assert_int_equal(*mapped_heap_find(OBJECT(0)), 9);
	assert_null(mapped_heap_find(OBJECT(0) + 5 * PAGE));
	mapped_heap_end();
}

static void test_no_memory_is_told_and_passes(void **state)
{
	fake_allocator_init(&mapped_allocator, &mapped_memory);
	mapped_allocator.fail_at = 1;
	assert_int_equal(heap_map_init(&mapped_heap, &mapped_memory, given_slot_size), STATUS_NO_MEMORY);
	mapped_heap_end();
	/* Three tables, the list of pages, the page. */
	for (uint64_t call = 1; call <= 5; call++) {
		set_up();
		mapped_allocator.fail_at = mapped_allocator.calls + call;
		assert_null(heap_map_make(&mapped_heap, OBJECT(1), &mapped_status).page);
		assert_int_equal(mapped_status, STATUS_NO_MEMORY);
		assert_null(mapped_heap_find(OBJECT(1)));
		mapped_heap_set(OBJECT(1), 1);
		assert_int_equal(*mapped_heap_find(OBJECT(1)), 1);
		assert_int_equal(mapped_heap.page_count, 1);
		mapped_heap_end();
	}
}

static void test_no_memory_for_a_page_with_another_slot_size(void **state)
{
	set_up();
	mapped_heap_set(OBJECT(1), 1);
	mapped_heap_clear(OBJECT(1));
	slot_size = 8;
	mapped_allocator.fail_at = mapped_allocator.calls + 1;
	assert_null(heap_map_make(&mapped_heap, OBJECT(1), &mapped_status).page);
	assert_int_equal(mapped_status, STATUS_NO_MEMORY);
	assert_int_equal(mapped_heap.page_count, 0);
	mapped_heap_set(OBJECT(1), 2);
	assert_int_equal(*mapped_heap_find(OBJECT(1)), 2);
	mapped_heap_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_index_is_the_quotient),
	    cmocka_unit_test(test_every_slot_of_a_page_has_an_entry_of_its_own),
	    cmocka_unit_test(test_every_offset_has_an_entry),
	    cmocka_unit_test(test_addresses_of_all_processors_are_known),
	    cmocka_unit_test(test_addresses_beyond_all_heaps_are_refused),
	    cmocka_unit_test(test_slot_sizes_that_cannot_be_are_refused),
	    cmocka_unit_test(test_entries_are_found_where_they_were_put),
	    cmocka_unit_test(test_a_page_that_was_empty_may_have_another_slot_size),
	    cmocka_unit_test(test_what_does_not_fit_a_page_with_entries_is_refused),
	    cmocka_unit_test(test_each_goes_by_address),
	    cmocka_unit_test(test_empty_pages_are_given_back),
	    cmocka_unit_test(test_moving_backwards_keeps_the_page),
	    cmocka_unit_test(test_no_memory_is_told_and_passes),
	    cmocka_unit_test(test_no_memory_for_a_page_with_another_slot_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
