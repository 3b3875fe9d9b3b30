#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "fake_program.h"
#include "model/child_index.h"
#include "model/node.h"
#include "model/status.h"
#include "random_numbers.h"

#define PARENTS 20
#define FRAMES 20
#define STEPS 300000

static struct fake_allocator allocator;
static struct memory memory;
static struct table nodes;
static struct child_index children;

static void set_up(void)
{
	fake_allocator_init(&allocator, &memory);
	assert_int_equal(table_init(&nodes, &memory, sizeof(struct node), 200000), STATUS_OK);
	assert_int_equal(child_index_init(&children, &memory, &nodes), STATUS_OK);
}

static void tear_down(void)
{
	child_index_deinit(&children);
	table_deinit(&nodes);
	assert_int_equal(memory_used(&memory), 0);
}

static struct node *node(uint32_t number)
{
	return table_at(&nodes, number);
}

static uint32_t add(uint32_t parent, uint32_t frame)
{
	int status;

	assert_int_equal(child_index_reserve(&children), STATUS_OK);
	uint32_t number = table_take(&nodes, &status);
	assert_int_not_equal(number, 0);
	node(number)->parent = parent;
	node(number)->frame = frame;
	child_index_add(&children, number);
	return number;
}

static void take_away(uint32_t number)
{
	child_index_remove(&children, number);
	table_give(&nodes, number);
}

/* Against an array, mostly full, so that runs of slots are long. */
static void test_random_steps(void **state)
{
	static uint32_t numbers[PARENTS][FRAMES];
	uint64_t random = 20261122;
	uint32_t count = 0;

	set_up();
	for (uint32_t step = 0; step < STEPS; step++) {
		uint32_t parent = (uint32_t)(random_number(&random) >> 20) % PARENTS;
		uint32_t frame = (uint32_t)(random_number(&random) >> 20) % FRAMES;
		uint32_t *number = &numbers[parent][frame];

		assert_int_equal(child_index_get(&children, parent + 1, frame + 1), *number);
		if (*number && (count > PARENTS * FRAMES / 2 || random_number(&random) % 8 == 0)) {
			take_away(*number);
			*number = 0;
			count--;
		} else if (!*number) {
			*number = add(parent + 1, frame + 1);
			count++;
		}
		assert_int_equal(children.count, count);
		assert_int_equal(child_index_get(&children, parent + 1, frame + 1), *number);
	}
	tear_down();
}

static void test_growth_keeps_everything(void **state)
{
	set_up();
	uint32_t first = add(1, 1);
	for (uint32_t frame = 2; frame <= 100000; frame++)
		assert_int_equal(add(frame % 7 + 1, frame), first + frame - 1);
	/* Nodes that have no parent are not in it. */
	int status;
	assert_int_not_equal(table_take(&nodes, &status), 0);
	for (uint32_t frame = 2; frame <= 100000; frame++)
		assert_int_equal(child_index_get(&children, frame % 7 + 1, frame), first + frame - 1);
	assert_int_equal(child_index_get(&children, 1, 2), 0);
	for (uint32_t number = first; number < first + 100000; number++)
		take_away(number);
	assert_int_equal(children.count, 0);
	tear_down();
}

static void test_a_node_takes_another_frame(void **state)
{
	set_up();
	uint32_t number = add(3, 4);
	child_index_remove(&children, number);
	node(number)->frame = 5;
	child_index_add(&children, number);
	assert_int_equal(child_index_get(&children, 3, 4), 0);
	assert_int_equal(child_index_get(&children, 3, 5), number);
	tear_down();
}

static void test_without_memory_it_stays_as_it_was(void **state)
{
	uint32_t frame = 0, numbers[256];

	set_up();
	/* So that only the index needs some. */
	numbers[frame++] = add(1, 1);
	allocator.fail_at = allocator.calls + 1;
	allocator.fail_on = true;
	for (; child_index_reserve(&children) == STATUS_OK; frame++)
		numbers[frame] = add(1, frame + 1);
	assert_in_range(frame, 100, 255);
	for (uint32_t known = 0; known < frame; known++)
		assert_int_equal(child_index_get(&children, 1, known + 1), numbers[known]);
	/* There is room again where something was removed. */
	take_away(numbers[7]);
	numbers[7] = add(1, 8);
	assert_int_equal(child_index_get(&children, 1, 8), numbers[7]);
	tear_down();
}

static void test_no_memory_at_the_start(void **state)
{
	fake_allocator_init(&allocator, &memory);
	allocator.fail_at = 1;
	assert_int_equal(child_index_init(&children, &memory, &nodes), STATUS_NO_MEMORY);
	assert_null(children.slots);
	assert_int_equal(memory_used(&memory), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_random_steps),
	    cmocka_unit_test(test_growth_keeps_everything),
	    cmocka_unit_test(test_a_node_takes_another_frame),
	    cmocka_unit_test(test_without_memory_it_stays_as_it_was),
	    cmocka_unit_test(test_no_memory_at_the_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
