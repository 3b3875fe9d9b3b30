#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "fake_program.h"
#include "model/call_tree.h"
#include "model/status.h"

static struct fake_allocator allocator;
static struct memory memory;
static struct strings strings;
static struct code_table codes;
static struct call_tree tree;

static void set_up(uint32_t node_limit)
{
	fake_allocator_init(&allocator, &memory);
	assert_int_equal(strings_init(&strings, &memory, 100000), STATUS_OK);
	assert_int_equal(code_table_init(&codes, &memory, &strings, 100000), STATUS_OK);
	assert_int_equal(call_tree_init(&tree, &memory, &codes, &(struct call_tree_limits){.nodes = node_limit}),
	                 STATUS_OK);
}

static void tear_down(void)
{
	call_tree_deinit(&tree);
	code_table_deinit(&codes);
	strings_deinit(&strings);
	assert_int_equal(memory_used(&memory), 0);
}

static uint32_t frame(uint32_t number)
{
	char label[32];

	snprintf(label, sizeof(label), "frame %u", number);
	return code_table_pseudo_frame(&codes, label, 0);
}

static uint32_t child(uint32_t parent, uint32_t number)
{
	uint32_t of = frame(number);
	uint32_t node = call_tree_child(&tree, parent, of, 0);

	frame_release_unused(&codes, of);
	return node;
}

static void test_a_child_is_made_once(void **state)
{
	set_up(100);
	uint32_t root = call_tree_add_root(&tree, 0);
	node_at(&tree, root)->class_number = 7;
	uint32_t first = child(root, 1);
	uint32_t below = child(first, 1);
	assert_int_equal(child(root, 1), first);
	assert_int_equal(child(first, 1), below);
	assert_int_not_equal(first, below);
	assert_int_not_equal(child(root, 2), first);
	assert_int_equal(node_at(&tree, below)->parent, first);
	assert_int_equal(node_at(&tree, below)->class_number, 7);
	assert_int_equal(table_count(&tree.nodes), 4);
	assert_int_equal(table_count(&codes.frames), 2);
	assert_ptr_equal(node_published(&tree, below), node_at(&tree, below));
	assert_null(node_published(&tree, root));
	tear_down();
}

static void test_walking_meets_parents_first_and_all_once(void **state)
{
	int seen[64] = {0};
	uint32_t count = 0;

	set_up(100);
	uint32_t root = call_tree_add_root(&tree, 0);
	call_tree_add_root(&tree, 0);
	for (uint32_t first = 0; first < 3; first++) {
		uint32_t node = child(root, first);

		for (uint32_t second = 0; second < first; second++)
			child(child(node, second), second + 1);
	}
	for (uint32_t number = root; number; number = call_tree_next(&tree, root, number)) {
		assert_int_equal(seen[number], 0);
		assert_true(number == root || seen[node_at(&tree, number)->parent]);
		seen[number] = 1;
		count++;
	}
	assert_int_equal(count, 1 + 3 + 6);
	/* From a node in the middle, only what is below it. */
	uint32_t middle = child(root, 2);
	count = 0;
	for (uint32_t number = middle; number; number = call_tree_next(&tree, middle, number))
		count++;
	assert_int_equal(count, 5);
	tear_down();
}

static void test_removing_gives_everything_back(void **state)
{
	set_up(1000);
	uint32_t other = call_tree_add_root(&tree, 0);
	uint32_t kept = child(other, 1);
	uint32_t root = call_tree_add_root(&tree, 0);
	uint32_t node = root;

	for (uint32_t depth = 0; depth < PATH_DEPTH_LIMIT; depth++) {
		child(node, 500 + depth);
		child(node, 700);
		node = child(node, depth);
	}
	assert_int_equal(table_count(&tree.nodes), 2 + 1 + 3 * PATH_DEPTH_LIMIT);
	call_tree_remove_root(&tree, root);
	assert_int_equal(table_count(&tree.nodes), 2);
	assert_int_equal(table_count(&codes.frames), 1);
	assert_int_equal(tree.children.count, 1);
	assert_int_equal(child(other, 1), kept);
	call_tree_remove_root(&tree, other);
	assert_int_equal(table_count(&codes.frames), 0);
	assert_int_equal(strings.map.count, 0);
	tear_down();
}

/* Leaves to the left and right of others, and the last one there is. */
static void test_siblings_hold_together(void **state)
{
	enum { MANY = 300 };
	uint32_t nodes[MANY];

	set_up(1000);
	uint32_t root = call_tree_add_root(&tree, 0);
	for (uint32_t index = 0; index < MANY; index++)
		nodes[index] = child(root, index);
	for (uint32_t removed = 0; removed < MANY; removed++) {
		uint32_t met = 0;

		/* 7 and 300 have no common factor, so each has its turn. */
		call_tree_remove_leaf(&tree, nodes[removed * 7 % MANY]);
		for (uint32_t number = root; number; number = call_tree_next(&tree, root, number))
			met++;
		assert_int_equal(met, MANY - removed);
	}
	assert_int_equal(node_at(&tree, root)->first_child, 0);
	tear_down();
}

static void test_leaves_in_any_order(void **state)
{
	uint32_t nodes[3];

	for (int removed = 0; removed < 3; removed++) {
		set_up(100);
		uint32_t root = call_tree_add_root(&tree, 0);
		for (uint32_t index = 0; index < 3; index++)
			nodes[index] = child(root, index);
		uint32_t generation = node_at(&tree, nodes[removed])->generation;
		call_tree_remove_leaf(&tree, nodes[removed]);
		assert_null(node_published(&tree, nodes[removed]));
		for (int index = 0; index < 3; index++) {
			if (index != removed)
				assert_int_equal(child(root, (uint32_t)index), nodes[index]);
		}
		/* The record is used again under another identity. */
		assert_int_equal(child(root, 50), nodes[removed]);
		assert_true(node_at(&tree, nodes[removed])->generation > generation);
		tear_down();
	}
}

static void test_limits_and_no_memory(void **state)
{
	set_up(3);
	uint32_t root = call_tree_add_root(&tree, 0);
	child(root, 1);
	child(root, 2);
	assert_int_equal(child(root, 3), 0);
	assert_int_equal(call_tree_add_root(&tree, 0), 0);
	assert_int_equal(table_count(&codes.frames), 2);
	tear_down();

	set_up(100000);
	uint32_t frames[2] = {frame(1), frame(2)};
	uint32_t node = call_tree_add_root(&tree, 0), depth = 1, next;
	allocator.fail_at = allocator.calls + 1;
	allocator.fail_on = true;
	while ((next = call_tree_child(&tree, node, frames[depth % 2], 0))) {
		node = next;
		depth++;
	}
	assert_in_range(depth, 100, 300);
	assert_int_equal(table_count(&tree.nodes), depth);
	assert_int_equal(node_at(&tree, node)->first_child, 0);
	tear_down();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_child_is_made_once),
	    cmocka_unit_test(test_walking_meets_parents_first_and_all_once),
	    cmocka_unit_test(test_removing_gives_everything_back),
	    cmocka_unit_test(test_leaves_in_any_order),
	    cmocka_unit_test(test_siblings_hold_together),
	    cmocka_unit_test(test_limits_and_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
