/* One scenario, with an allocator that fails at the nth call, for every n until the scenario needs no more. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "fake_program.h"
#include "model/relocation.h"

enum { CLASSES = 140, CODES = 40, OBJECTS = 300, EXISTING = 20 };

/* What the program knows itself. */
static struct object {
	uintptr_t address;
	uint32_t node; /* 0: it could not be recorded */
	bool alive;
} objects[OBJECTS];

static uint64_t recorded;
static uint64_t refused;

static void object_allocated(struct fake_program *program, uint32_t number, uintptr_t key)
{
	struct object *object = &objects[number];
	uint32_t code = number % CODES, caller = (number / CODES) % CODES;

	/* Far apart, so that the map needs many chunks. */
	object->address = OBJECT(number * 700);
	object->alive = true;
	object->node =
	    fake_allocate_at(program, object->address, key, FAKE_STACK(CODE(code), 1 + number % 9, CODE(caller), 7));
	recorded += object->node != 0;
	refused += object->node == 0;
}

static void object_freed(struct fake_program *program, uint32_t number)
{
	assert_int_equal(tracker_freed(&program->tracker, objects[number].address), objects[number].node);
	objects[number].alive = false;
}

static void assert_consistent(struct fake_program *program)
{
	struct tracker *tracker = &program->tracker;
	struct counts counts = tracker_counts(tracker);
	uint64_t live = 0;

	for (uint32_t number = 0; number < OBJECTS; number++)
		live += objects[number].alive && objects[number].node;
	assert_int_equal(counts.allocated, recorded);
	assert_int_equal(LIVE(counts), live);
	assert_int_equal(tracker->dropped, refused);
	struct snapshot_header *header = fake_take_snapshot(program);
	assert_int_equal(header->counts.allocated, counts.allocated);
	assert_int_equal(header->counts.freed, counts.freed);
	assert_int_equal(header->counts.retained, counts.retained);
	assert_int_equal(header->dropped, refused);
	free(header);
}

static void allocations(struct fake_program *program)
{
	for (uint32_t number = 0; number < OBJECTS - EXISTING; number++)
		object_allocated(program, number, CLASS(number % CLASSES));
	for (uint32_t number = OBJECTS - EXISTING; number < OBJECTS; number++) {
		struct object *object = &objects[number];

		object->address = OBJECT(number * 700);
		object->alive = true;
		bool entered = tracker_enter_existing(&program->tracker, object->address, CLASS(number % 3));
		uint32_t *entry = heap_map_find(&program->tracker.map, object->address).entry;
		object->node = entered ? *entry & HEAP_MAP_NODE : 0;
		recorded += entered;
		refused += !entered;
	}
}

static void names(struct fake_program *program)
{
	static const char *const labels[] = {"Store#write", "Store#read", "Log#write"};

	for (uint32_t number = 0; number < CODES; number++) {
		if (code_table_find(&program->tracker.codes, CODE(number)))
			fake_name_code(program, CODE(number), labels[number % 3]);
	}
	struct class_record *class = class_table_find(&program->tracker.classes, CLASS(1));
	if (class)
		tracker_name_class(&program->tracker, class, (struct text){"Renamed", 7});
}

/* Every 20th object moves far away, and class 2 with it. */
static uintptr_t moved(uintptr_t address)
{
	uint64_t number = (address - OBJECT(0)) / FAKE_STRIDE / 700;

	if (address == CLASS(2))
		return CLASS(500000);
	if (address >= OBJECT(0) && number < OBJECTS && number % 20 == 0)
		return address + FAKE_STRIDE * UINT64_C(100000000);
	return address;
}

static void compaction(struct fake_program *program)
{
	struct relocation relocation = {NULL, moved};

	relocation_follow(&program->tracker, &relocation);
	for (uint32_t number = 0; number < OBJECTS; number++) {
		struct object *object = &objects[number];

		if (!object->alive || moved(object->address) == object->address)
			continue;
		object->address = moved(object->address);
		uint32_t *entry = heap_map_find(&program->tracker.map, object->address).entry;
		/* Without memory for the new place it was given up. */
		if (object->node && (!entry || !*entry)) {
			object->node = 0;
			refused++;
		}
	}
	/* A class that could not be followed is given up, too. */
	if (program->tracker.dropped > refused && !class_table_find(&program->tracker.classes, CLASS(500000)))
		refused++;
	fake_class(program, CLASS(500000), "Moved");
}

static void frees(struct fake_program *program)
{
	for (uint32_t number = 0; number < OBJECTS; number += 2)
		object_freed(program, number);
	for (uint32_t number = 0; number < CODES; number += 3)
		tracker_freed(&program->tracker, CODE(number));
	for (uint32_t number = 10; number < CLASSES; number += 2)
		tracker_freed(&program->tracker, CLASS(number));
	for (uint32_t number = 0; number < OBJECTS; number += 2)
		object_allocated(program, number, number % 4 ? CLASS(10 + number % 50) : CLASS(1000 + number));
}

/* Returns whether the allocator never came to fail. */
static bool scenario(uint64_t fail_at, bool fail_on)
{
	struct fake_program *program = fake_try_start((struct tracker_options){.depth = 2}, fail_at, fail_on);

	if (!program)
		return false;
	memset(objects, 0, sizeof(objects));
	recorded = refused = 0;
	for (uint32_t number = 0; number < CLASSES; number++)
		fake_class(program, CLASS(number), number % 2 ? "Named" : NULL);
	fake_singleton(program, CLASS(4), CLASS(1));
	for (uint32_t number = 0; number < CODES; number++)
		fake_code(program, CODE(number), number % 7 ? CODE_SOURCE : CODE_NATIVE, "shop.rb", "write");
	allocations(program);
	assert_consistent(program);
	fake_major_gc(program);
	names(program);
	compaction(program);
	assert_consistent(program);
	frees(program);
	fake_major_gc(program);
	assert_consistent(program);
	bool untouched = program->allocator.calls < fail_at;
	if (untouched) {
		assert_int_equal(program->tracker.dropped, 0);
		assert_int_equal(program->tracker.classes_dropped, 0);
		assert_int_equal(program->tracker.paths_dropped, 0);
	}
	fake_stop(program);
	return untouched;
}

static void fail_at_every_call(bool fail_on)
{
	uint64_t fail_at = 1;

	while (!scenario(fail_at, fail_on))
		fail_at++;
	print_message("%llu allocations\n", (unsigned long long)fail_at - 1);
	assert_in_range(fail_at, 150, 5000);
}

static void test_one_allocation_fails(void **state)
{
	fail_at_every_call(false);
}

static void test_all_allocations_fail_from_some_point_on(void **state)
{
	fail_at_every_call(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_one_allocation_fails),
	    cmocka_unit_test(test_all_allocations_fail_from_some_point_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
