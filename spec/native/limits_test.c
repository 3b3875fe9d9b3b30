/* A tracker at its memory limit: what is still counted, and that it never takes more. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "fake_program.h"
#include "model/limits.h"
#include "model/snapshot_builder.h"
#include "model/tracker.h"

enum { LIMIT = 8 << 20 };

/* Of code and classes there are more than a fake program has. */
#define CLASS_KEY(number) (CLASS(0) + (uintptr_t)(number)*FAKE_STRIDE)
#define FAR_OBJECT(number) (OBJECT(0) + ((uintptr_t)1 << 32) + (uintptr_t)(number)*FAKE_STRIDE)

static struct memory memory;
static struct tracker tracker;
static size_t most_used;
static uint64_t objects;

static void *allocate(void *context, size_t size)
{
	/* The block that is asked for is there in a moment. */
	if (memory_used(&memory) + size > most_used)
		most_used = memory_used(&memory) + size;
	return calloc(1, size);
}

static void release(void *context, void *pointer)
{
	free(pointer);
}

static void describe_class(void *context, uintptr_t key, struct class_description *description)
{
	*description = (struct class_description){.real = key};
}

/* A label of its own for each code, 100 bytes long. */
static void describe_code(void *context, uintptr_t address, struct code_description *description)
{
	static char label[101];

	memset(label, 'x', sizeof(label) - 1);
	memcpy(label, &address, sizeof(address));
	*description = (struct code_description){CODE_SOURCE, {"shop.rb", 7}, {label, sizeof(label) - 1}};
}

static size_t slot_size(uintptr_t address)
{
	return FAKE_STRIDE;
}

static void start(void)
{
	const struct names names = {NULL, describe_class, describe_code, NULL};
	struct tracker_options options = {.slot_size = slot_size, .depth = 3};

	assert_int_equal(tracker_init(&tracker, &memory, &names, &options), STATUS_OK);
}

static int set_up(void **state)
{
	memory_init(&memory);
	memory.allocate = allocate;
	memory.release = release;
	memory.limit = LIMIT;
	most_used = 0;
	objects = 0;
	start();
	return 0;
}

static int tear_down(void **state)
{
	assert_in_range(most_used, LIMIT / 8, memory.limit);
	tracker_deinit(&tracker);
	assert_int_equal(memory_used(&memory), 0);
	return 0;
}

static bool enter(uintptr_t key, const struct stack *stack)
{
	uintptr_t address = FAR_OBJECT(objects);
	struct heap_place place = tracker_clear_address(&tracker, address);
	struct class_record *class = tracker_class(&tracker, key);
	uint32_t node = stack ? tracker_path(&tracker, class, stack) : class->root_number;

	if (!tracker_enter(&tracker, address, place, node, node_at(&tracker.tree, node)))
		return false;
	objects++;
	return true;
}

static bool enter_at(uintptr_t key, uint32_t code, int line)
{
	uintptr_t addresses[] = {CODE(0) + (uintptr_t)code * FAKE_STRIDE, CODE(0)};
	int lines[] = {line, 1};
	struct stack stack = {.addresses = addresses, .lines = lines, .depth = 2};

	return enter(key, &stack);
}

static struct snapshot_header *take_snapshot(void)
{
	struct snapshot_metadata metadata = {.command = {"ruby shop.rb", 12}};
	struct snapshot_header *header = tracker_snapshot(&tracker, &metadata);

	assert_non_null(header);
	assert_null(snapshot_check(header, header->size));
	assert_null(fake_contradiction(header));
	assert_int_equal(header->counts.allocated, objects);
	return header;
}

/* How many objects the nodes with this label have counted. */
static uint64_t allocated_at(const struct snapshot_header *header, const char *label)
{
	uint64_t sum = 0;

	for (uint32_t index = 0; index < header->node_count; index++) {
		const struct snapshot_node *node = &snapshot_nodes(header)[index];

		if (!strcmp(snapshot_string(header, snapshot_frames(header)[node->frame].label, NULL), label))
			sum += node->counts.allocated;
	}
	return sum;
}

static uint64_t allocated_of_class(const struct snapshot_header *header, const char *name)
{
	for (uint32_t index = 0; index < header->class_count; index++) {
		if (!strcmp(snapshot_string(header, snapshot_classes(header)[index].name, NULL), name))
			return snapshot_classes(header)[index].counts.allocated;
	}
	return 0;
}

static void test_call_paths(void **state)
{
	enum { PATHS = 100000 };

	for (uint32_t number = 0; number < PATHS; number++)
		assert_true(enter_at(CLASS_KEY(1), number % 20000, (int)(number / 20000) + 1));
	struct snapshot_header *header = take_snapshot();
	uint64_t others = tracker.paths_dropped;
	assert_in_range(others, PATHS / 2, PATHS - 1000);
	assert_int_equal(allocated_at(header, "(other)"), others);
	assert_int_equal(header->paths_dropped, others);
	assert_true(header->flags & SNAPSHOT_LIMIT_REACHED);
	assert_int_equal(header->dropped, 0);
	free(header);
	/* Neither new classes nor objects are pushed out by paths: what the map needs was kept for it. */
	for (uint32_t number = 2; number < 1000; number++)
		assert_true(enter(CLASS_KEY(number), NULL));
	assert_int_equal(tracker.classes_dropped, 0);
	size_t bytes = (limits_map(LIMIT) - memory_used(&tracker.map_memory)) * 9 / 10;
	for (uint64_t number = 0; number < bytes / sizeof(uint32_t); number++)
		assert_true(enter(CLASS_KEY(1), NULL));
	assert_int_equal(tracker.dropped, 0);
	free(take_snapshot());
}

static void test_classes(void **state)
{
	enum { CLASSES = 50000 };

	for (uint32_t number = 0; number < CLASSES; number++)
		assert_true(enter(CLASS_KEY(number), NULL));
	struct snapshot_header *header = take_snapshot();
	assert_in_range(tracker.classes_dropped, 1, CLASSES - 4000);
	assert_int_equal(header->classes_dropped, tracker.classes_dropped);
	assert_int_equal(allocated_of_class(header, "(classes not recorded)"), tracker.classes_dropped);
	assert_true(header->flags & SNAPSHOT_LIMIT_REACHED);
	assert_int_equal(header->dropped, 0);
	free(header);
}

static void test_objects(void **state)
{
	uint64_t refused = 0;

	for (uint32_t number = 0; number < 4000000; number++)
		refused += !enter(CLASS_KEY(1), NULL);
	struct snapshot_header *header = take_snapshot();
	assert_true(refused > 0);
	assert_int_equal(header->dropped, refused);
	/* Where nothing else is, the map may take nearly all. */
	assert_true(objects > limits_map(LIMIT) / sizeof(uint32_t));
	assert_true(memory_was_refused(&tracker.map_memory));
	/* Those that are recorded are counted to their end. */
	for (uint64_t number = 0; number < objects; number++)
		assert_int_not_equal(tracker_freed(&tracker, FAR_OBJECT(number)), 0);
	assert_int_equal(tracker_counts(&tracker).freed, objects);
	free(header);
}

static void test_nothing_is_said_below_the_limit(void **state)
{
	for (uint32_t number = 0; number < 1000; number++)
		assert_true(enter_at(CLASS_KEY(number % 10), number, 1));
	struct snapshot_header *header = take_snapshot();
	assert_false(header->flags & SNAPSHOT_LIMIT_REACHED);
	free(header);
}

/* As much as a server of many classes has after its start. */
static void test_the_usual_limit_holds_a_large_program(void **state)
{
	enum { CODES = 25000, CLASSES = 10 };

	memory.limit = (size_t)128 << 20;
	tracker_deinit(&tracker);
	start();
	for (uint32_t one = 1; one <= CLASSES; one++) {
		for (uint32_t number = 0; number < CODES; number++)
			assert_true(enter_at(CLASS_KEY(one), number, 1));
	}
	assert_int_equal(tracker.paths_dropped, 0);
	assert_false(memory_was_refused(&memory));
	/* Each with its caller. */
	assert_true(table_count(&tracker.tree.nodes) > 2 * CODES * CLASSES);
}

static void test_shares(void **state)
{
	struct limits limits = {.frames = 77};

	for (size_t limit = LIMIT; limit < (size_t)1 << 40; limit *= 2)
		assert_in_range(limits_map(limit) + limits_records(limit), limit / 2, limit / 4 * 3);
	limits_fill(&limits, (size_t)128 << 20);
	assert_int_equal(limits.frames, 77);
	/* Nodes leave room for classes. */
	assert_in_range(limits.paths, 750000, (limits_records((size_t)128 << 20) - (1 << 20)) / sizeof(struct node));
	assert_int_equal(limits.address_slots & (limits.address_slots - 1), 0);
	assert_int_equal(limits_map(SIZE_MAX), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_call_paths, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_classes, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_objects, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_nothing_is_said_below_the_limit, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_the_usual_limit_holds_a_large_program, set_up, tear_down),
	    cmocka_unit_test(test_shares),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
