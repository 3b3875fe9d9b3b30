#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "fake_program.h"
#include "model/heap_map.h"
#include "random_numbers.h"

#define PAGE ((uintptr_t)HEAP_MAP_PAGE_SIZE)

static struct fake_allocator allocator;
static struct memory memory;
static struct heap_map map;
static int status;

/* The slot size of every page, unless it is one of those of the random heap below. */
static size_t slot_size;

static size_t given_slot_size(uintptr_t address)
{
	(void)address;
	return slot_size;
}

static void set_up_with(heap_map_slot_size function)
{
	slot_size = FAKE_STRIDE;
	fake_allocator_init(&allocator, &memory);
	assert_int_equal(heap_map_init(&map, &memory, function), STATUS_OK);
}

static void set_up(void)
{
	set_up_with(given_slot_size);
}

static void tear_down(void)
{
	heap_map_deinit(&map);
	assert_int_equal(memory_used(&memory), 0);
}

static void set(uintptr_t address, uint32_t value)
{
	struct heap_place place = heap_map_make(&map, address, &status);

	assert_non_null(place.page);
	assert_int_equal(status, STATUS_OK);
	heap_map_set(place, value);
}

/* What was found is cached, and leads back. NULL for nowhere. */
static uint32_t *find(uintptr_t address)
{
	struct heap_place place = heap_map_find(&map, address);
	struct heap_place cached = heap_map_find_cached(&map, address);

	assert_ptr_equal(cached.page, place.page);
	assert_ptr_equal(cached.entry, place.entry);
	if (place.page) {
		assert_true(place.page->used > 0);
		assert_true(heap_page_address(place.page, (uint32_t)(place.entry - place.page->entries)) == address);
		assert_ptr_equal(map.pages[place.page->number], place.page);
	}
	return place.entry;
}

static uint32_t value_at(uintptr_t address)
{
	const uint32_t *entry = find(address);

	return entry ? *entry : 0;
}

static void clear(uintptr_t address)
{
	struct heap_place place = heap_map_find(&map, address);

	assert_non_null(place.page);
	heap_map_clear(&map, place);
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
				set(page + offset, ++number);
			assert_int_equal(map.page_count, 1);
			assert_int_equal(map.pages[0]->used, number);
			for (uint32_t offset = first; number > 0; offset += (uint32_t)slot_size, number--)
				assert_int_equal(value_at(page + offset), (offset - first) / slot_size + 1);
			tear_down();
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
		set(PAGE + 8, 1);
		for (uintptr_t offset = 0; offset < PAGE; offset++) {
			struct heap_place place = heap_map_find(&map, PAGE + offset);

			assert_true(place.entry < place.page->entries + place.page->count);
		}
		tear_down();
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
		set(addresses[index], (uint32_t)index + 1);
	for (size_t index = 0; index < count; index++) {
		assert_int_equal(value_at(addresses[index]), index + 1);
		/* What has the same bits below is nowhere. */
		assert_null(find(addresses[index] ^ (UINT64_C(1) << 45)));
	}
	tear_down();
}

static void test_addresses_beyond_all_heaps_are_refused(void **state)
{
	const uintptr_t wrong[] = {UINT64_C(1) << HEAP_MAP_ADDRESS_BITS, HEAP_MAP_NONE - 8, UINTPTR_MAX - 7,
	                           UINT64_C(0xffff800000000000)};

	set_up();
	set(OBJECT(1), 1);
	size_t used = memory_used(&memory);
	for (size_t index = 0; index < sizeof(wrong) / sizeof(*wrong); index++) {
		assert_null(find(wrong[index]));
		assert_null(heap_map_make(&map, wrong[index], &status).page);
		assert_int_equal(status, STATUS_ADDRESS);
	}
	assert_int_equal(memory_used(&memory), used);
	tear_down();
}

static void test_slot_sizes_that_cannot_be_are_refused(void **state)
{
	const size_t wrong[] = {0, 4, HEAP_MAP_PAGE_SIZE + 8, SIZE_MAX};

	set_up();
	for (size_t index = 0; index < sizeof(wrong) / sizeof(*wrong); index++) {
		slot_size = wrong[index];
		assert_null(heap_map_make(&map, OBJECT(1), &status).page);
		assert_int_equal(status, STATUS_ADDRESS);
	}
	tear_down();
}

static void test_entries_are_found_where_they_were_put(void **state)
{
	const uint32_t count = 5000;

	set_up();
	assert_null(find(OBJECT(0)));
	for (uint32_t number = 0; number < count; number++)
		set(OBJECT(number), number + 1);
	for (uint32_t number = 0; number < count; number++)
		assert_int_equal(*find(OBJECT(number)), number + 1);
	/* Near something else, but never entered. */
	assert_int_equal(*find(OBJECT(count)), 0);
	assert_null(find(OBJECT(count) + 2 * PAGE));
	tear_down();
}

/* --- pages that come back --- */

static void test_a_page_that_was_empty_may_have_another_slot_size(void **state)
{
	set_up();
	slot_size = 160;
	set(4 * PAGE + 160, 1);
	set(4 * PAGE + 480, 2);
	clear(4 * PAGE + 160);
	assert_int_equal(value_at(4 * PAGE + 480), 2);
	clear(4 * PAGE + 480);
	assert_null(find(4 * PAGE + 160));
	assert_null(find(4 * PAGE + 480));
	slot_size = 40;
	for (uint32_t number = 1; number < 100; number++)
		set(4 * PAGE + 24 + 40 * number, number);
	for (uint32_t number = 1; number < 100; number++)
		assert_int_equal(value_at(4 * PAGE + 24 + 40 * number), number);
	assert_int_equal(map.page_count, 1);
	tear_down();
}

static void test_what_does_not_fit_a_page_with_entries_is_refused(void **state)
{
	set_up();
	set(4 * PAGE + 40, 1);
	struct heap_page *page = map.pages[0];
	assert_true(heap_map_fits(&map, page, 4 * PAGE + 80));
	assert_false(heap_map_fits(&map, page, 4 * PAGE + 88));
	assert_null(heap_map_make(&map, 4 * PAGE + 88, &status).page);
	assert_int_equal(status, STATUS_ADDRESS);
	slot_size = 80;
	assert_false(heap_map_fits(&map, page, 4 * PAGE + 80));
	assert_null(heap_map_make(&map, 4 * PAGE + 80, &status).page);
	assert_int_equal(value_at(4 * PAGE + 40), 1);
	tear_down();
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

	assert_ptr_equal(find(address), place.entry);
	assert_in_range(visits->count, 0, 15);
	visits->addresses[visits->count] = address;
	visits->values[visits->count++] = *place.entry;
	if (visits->move_to)
		set(visits->move_to, *place.entry);
	if (visits->move_to || visits->empty)
		heap_map_clear(&map, place);
	visits->move_to = 0;
}

static void visit_all(struct visits *visits)
{
	struct heap_map_visitor visitor = {visits, visit};

	heap_map_each(&map, &visitor);
}

static void test_each_goes_by_address(void **state)
{
	struct visits visits = {.count = 0};
	const uintptr_t order[] = {FAKE_STRIDE,  OBJECT(0), OBJECT(1),
	                           OBJECT(5000), CODE(0),   UINT64_C(0x0000fffff7ff0028)};

	set_up();
	set(UINT64_C(0x0000fffff7ff0028), 6);
	set(CODE(0), 5);
	set(OBJECT(1), 3);
	set(OBJECT(5000), 4);
	set(OBJECT(0), 2);
	set(FAKE_STRIDE, 1);
	visit_all(&visits);
	assert_int_equal(visits.count, 6);
	for (int index = 0; index < 6; index++) {
		assert_int_equal(visits.addresses[index], order[index]);
		assert_int_equal(visits.values[index], index + 1);
	}
	tear_down();
}

static void test_empty_pages_are_given_back(void **state)
{
	struct visits visits = {.empty = true};

	set_up();
	set(OBJECT(0), 1);
	size_t used = memory_used(&memory);
	set(OBJECT(0) + 5 * PAGE, 2);
	heap_map_make(&map, OBJECT(0) + 10 * PAGE, &status);
	assert_int_equal(map.page_count, 3);
	visit_all(&visits);
	assert_int_equal(visits.count, 2);
	assert_int_equal(map.page_count, 0);
	assert_true(memory_used(&memory) < used);
	assert_null(find(OBJECT(0)));
	set(OBJECT(0), 3);
	assert_int_equal(*find(OBJECT(0)), 3);
	tear_down();
}

/* What is put into a page that was already passed stays. */
static void test_moving_backwards_keeps_the_page(void **state)
{
	struct visits visits = {.move_to = OBJECT(0)};

	set_up();
	heap_map_make(&map, OBJECT(0), &status);
	set(OBJECT(0) + 5 * PAGE, 9);
	visit_all(&visits);
	assert_int_equal(visits.count, 1);
	assert_int_equal(*find(OBJECT(0)), 9);
	assert_null(find(OBJECT(0) + 5 * PAGE));
	tear_down();
}

static void test_no_memory_is_told_and_passes(void **state)
{
	fake_allocator_init(&allocator, &memory);
	allocator.fail_at = 1;
	assert_int_equal(heap_map_init(&map, &memory, given_slot_size), STATUS_NO_MEMORY);
	tear_down();
	/* Three tables, the list of pages, the page. */
	for (uint64_t call = 1; call <= 5; call++) {
		set_up();
		allocator.fail_at = allocator.calls + call;
		assert_null(heap_map_make(&map, OBJECT(1), &status).page);
		assert_int_equal(status, STATUS_NO_MEMORY);
		assert_null(find(OBJECT(1)));
		set(OBJECT(1), 1);
		assert_int_equal(*find(OBJECT(1)), 1);
		assert_int_equal(map.page_count, 1);
		tear_down();
	}
}

static void test_no_memory_for_a_page_with_another_slot_size(void **state)
{
	set_up();
	set(OBJECT(1), 1);
	clear(OBJECT(1));
	slot_size = 8;
	allocator.fail_at = allocator.calls + 1;
	assert_null(heap_map_make(&map, OBJECT(1), &status).page);
	assert_int_equal(status, STATUS_NO_MEMORY);
	assert_int_equal(map.page_count, 0);
	set(OBJECT(1), 2);
	assert_int_equal(*find(OBJECT(1)), 2);
	tear_down();
}

/* --- a heap whose pages come back with other slots, at random --- */

enum { HEAP_PAGES = 80, SLOTS = HEAP_MAP_PAGE_SIZE / 32, STEPS = 1000000 };

static struct random_page {
	uintptr_t address;
	uint32_t size;
	uint32_t first;
	uint32_t live;
	uint32_t values[SLOTS];
} heap[HEAP_PAGES];

static size_t random_slot_size(uintptr_t address)
{
	for (uint32_t index = 0; index < HEAP_PAGES; index++) {
		if (address - heap[index].address < PAGE)
			return heap[index].size;
	}
	fail();
	return 0;
}

/* As the VM does with a page that it takes from those without objects. */
static void make_new(struct random_page *page, uint64_t random)
{
	const uint32_t sizes[] = {32, 40, 64, 80, 96, 128, 160, 256, 320, 512, 640, 768, 1024};

	page->size = sizes[random % (sizeof(sizes) / sizeof(*sizes))];
	page->first = (uint32_t)(page->size - page->address % page->size) % page->size;
	if (page->first < 8)
		page->first += page->size;
}

struct expected {
	uintptr_t last;
	uint32_t count;
};

static void check_visit(void *context, uintptr_t address, struct heap_place place)
{
	struct expected *expected = context;

	assert_true(address > expected->last);
	expected->last = address;
	expected->count++;
	for (uint32_t index = 0; index < HEAP_PAGES; index++) {
		const struct random_page *page = &heap[index];

		if (address - page->address >= PAGE)
			continue;
		uintptr_t offset = address - page->address - page->first;
		assert_int_equal(offset % page->size, 0);
		assert_int_equal(*place.entry, page->values[offset / page->size]);
		return;
	}
	fail();
}

static void check_all(uint32_t live)
{
	struct expected expected = {0, 0};
	struct heap_map_visitor visitor = {&expected, check_visit};
	uint32_t pages = 0;

	heap_map_each(&map, &visitor);
	assert_int_equal(expected.count, live);
	for (uint32_t index = 0; index < HEAP_PAGES; index++)
		pages += heap[index].live > 0;
	assert_int_equal(map.page_count, pages);
}

/* Allocates or frees what is at a random slot, or frees all that is on the page. Returns by how many more there are. */
static int32_t random_step(struct random_page *page, uint64_t *random)
{
	uint32_t slot = (uint32_t)(random_number(random) % ((PAGE - page->first) / page->size));
	bool free_all = random_number(random) % 256 == 0;
	int32_t before = (int32_t)page->live;

	for (uint32_t index = free_all ? 0 : slot; index < (free_all ? SLOTS : slot + 1); index++) {
		uintptr_t address = page->address + page->first + (uintptr_t)index * page->size;

		if (page->values[index]) {
			assert_int_equal(value_at(address), page->values[index]);
			clear(address);
			page->values[index] = 0;
			page->live--;
		} else if (!free_all) {
			assert_int_equal(value_at(address), 0);
			page->values[index] = 1 + (uint32_t)(random_number(random) % HEAP_MAP_NODE);
			set(address, page->values[index]);
			page->live++;
		}
	}
	if (!page->live)
		make_new(page, random_number(random));
	return (int32_t)page->live - before;
}

static void test_random_pages_that_come_back_with_other_slots(void **state)
{
	uint64_t random = 20261128;
	uint32_t live = 0;

	print_message("seed %llu\n", (unsigned long long)random);
	memset(heap, 0, sizeof(heap));
	set_up_with(random_slot_size);
	/* Beside each other, and some far away; many share a place in the cache. */
	for (uint32_t index = 0; index < HEAP_PAGES; index++) {
		heap[index].address = PAGE * (UINT64_C(0xaaaaaaaa) + index * (index % 3 ? 1 : 1000));
		make_new(&heap[index], random_number(&random));
	}
	for (uint32_t step = 1; step <= STEPS; step++) {
		live += (uint32_t)random_step(&heap[random_number(&random) % HEAP_PAGES], &random);
		if (step % (STEPS / 20) == 0)
			check_all(live);
	}
	tear_down();
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
	    cmocka_unit_test(test_random_pages_that_come_back_with_other_slots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
