/* A heap whose pages come back with other slots, at random. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "mapped_heap.h"
#include "random_numbers.h"

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
	struct heap_map_callback callback = {&expected, check_visit};
	uint32_t pages = 0;

	heap_map_each(&mapped_heap, &callback);
	assert_int_equal(expected.count, live);
	for (uint32_t index = 0; index < HEAP_PAGES; index++)
		pages += heap[index].live > 0;
	assert_int_equal(mapped_heap.page_count, pages);
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
			assert_int_equal(mapped_heap_value(address), page->values[index]);
			mapped_heap_clear(address);
			page->values[index] = 0;
			page->live--;
		} else if (!free_all) {
			assert_int_equal(mapped_heap_value(address), 0);
			page->values[index] = 1 + (uint32_t)(random_number(random) % HEAP_MAP_NODE);
			mapped_heap_set(address, page->values[index]);
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
	mapped_heap_begin(random_slot_size);
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
	mapped_heap_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_pages_that_come_back_with_other_slots)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
