#include "mapped_heap.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

struct fake_allocator mapped_allocator;
struct memory mapped_memory;
struct heap_map mapped_heap;
int mapped_status;

void mapped_heap_begin(heap_map_slot_size function)
{
	fake_allocator_init(&mapped_allocator, &mapped_memory);
	assert_int_equal(heap_map_init(&mapped_heap, &mapped_memory, function), STATUS_OK);
}

void mapped_heap_end(void)
{
	heap_map_deinit(&mapped_heap);
	assert_int_equal(memory_used(&mapped_memory), 0);
}

void mapped_heap_set(uintptr_t address, uint32_t value)
{
	struct heap_place place = heap_map_make(&mapped_heap, address, &mapped_status);

	assert_non_null(place.page);
	assert_int_equal(mapped_status, STATUS_OK);
	heap_map_set(place, value);
}

uint32_t *mapped_heap_find(uintptr_t address)
{
	struct heap_place place = heap_map_find(&mapped_heap, address);
	struct heap_place cached = heap_map_find_cached(&mapped_heap, address);

	assert_ptr_equal(cached.page, place.page);
	assert_ptr_equal(cached.entry, place.entry);
	if (place.page) {
		assert_true(place.page->used > 0);
		assert_true(heap_page_address(place.page, (uint32_t)(place.entry - place.page->entries)) == address);
		assert_ptr_equal(mapped_heap.pages[place.page->number], place.page);
	}
	return place.entry;
}

uint32_t mapped_heap_value(uintptr_t address)
{
	const uint32_t *entry = mapped_heap_find(address);

	return entry ? *entry : 0;
}

void mapped_heap_clear(uintptr_t address)
{
	struct heap_place place = heap_map_find(&mapped_heap, address);

	assert_non_null(place.page);
	heap_map_clear(&mapped_heap, place);
}
