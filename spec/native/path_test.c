/* From stacks to nodes, and what snapshots say of them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_program.h"
#include "model/tracker.h"
#include "path_program.h"

static void test_callers_stand_below_the_allocating_line(void **state)
{
	uint32_t node =
	    path_allocate(FAKE_STACK(CODE(STORE), 41, CODE(CHECKOUT), 77, CODE(SERVER), 95, CODE(SERVER), 1));
	assert_int_equal(path_allocate(FAKE_STACK(CODE(STORE), 41, CODE(CHECKOUT), 77, CODE(SERVER), 95)), node);
	path_allocate(FAKE_STACK(CODE(STORE), 41, CODE(CHECKOUT), 78));
	path_allocate(FAKE_STACK(CODE(STORE), 41));
	path_allocate(FAKE_STACK(CODE(STORE), 42));
	fake_assert_shows(path_program, "Hash 5/0\n"
	                                " shop.rb:41 write 1/0\n"
	                                "  shop.rb:77 call 0/0\n"
	                                "   server.rb:95 run 2/0\n"
	                                "  shop.rb:78 call 1/0\n"
	                                " shop.rb:42 write 1/0\n");
}

static void test_the_depth_of_a_class(void **state)
{
	struct class_record *class = tracker_class_for(&path_program->tracker, CLASS(1));

	tracker_set_depth(&path_program->tracker, class, 1);
	path_allocate(FAKE_STACK(CODE(STORE), 41, CODE(CHECKOUT), 77));
	tracker_set_depth(&path_program->tracker, class, 0);
	path_allocate(FAKE_STACK(CODE(STORE), 41, CODE(CHECKOUT), 77));
	fake_assert_shows(path_program, "Hash 2/0\n shop.rb:41 write 1/0\n");
	tracker_set_depth(&path_program->tracker, class, 2);
	path_allocate(FAKE_STACK(CODE(STORE), 41, CODE(CHECKOUT), 77));
	fake_assert_shows(path_program, "Hash 3/0\n shop.rb:41 write 1/0\n  shop.rb:77 call 1/0\n");
}

static void test_native_code_is_part_of_the_line_that_calls_it(void **state)
{
	uint32_t node = path_allocate(FAKE_STACK(CODE(STORE), 41, CODE(CHECKOUT), 77));

	assert_int_equal(path_allocate(FAKE_STACK(CODE(NEW), 0, CODE(MAP), 5, CODE(STORE), 41, CODE(CHECKOUT), 77)),
	                 node);
	assert_int_equal(path_allocate(FAKE_STACK(CODE(STORE), 41, CODE(NEW), 0, CODE(CHECKOUT), 77)), node);
	assert_int_equal(path_allocate(FAKE_STACK(CODE(MAP), 6, CODE(STORE), 41, CODE(MAP), 7, CODE(CHECKOUT), 77)),
	                 node);
	assert_int_equal(path_allocate(FAKE_STACK(CODE(STORE), 41, CODE(CHECKOUT), 77, CODE(MAP), 5, CODE(NEW), 0)),
	                 node);
	fake_assert_shows(path_program, "Hash 5/0\n shop.rb:41 write 0/0\n  shop.rb:77 call 5/0\n");
}

static void test_native_code_does_not_count_in_the_depth(void **state)
{
	uint32_t node =
	    path_allocate(FAKE_STACK(CODE(STORE), 41, CODE(CHECKOUT), 77, CODE(SERVER), 95, CODE(SERVER), 1));

	assert_int_equal(path_allocate(FAKE_STACK(CODE(NEW), 0, CODE(STORE), 41, CODE(MAP), 5, CODE(MAP), 5,
	                                          CODE(CHECKOUT), 77, CODE(NEW), 0, CODE(SERVER), 95, CODE(SERVER), 2)),
	                 node);
	fake_assert_shows(path_program,
	                  "Hash 2/0\n shop.rb:41 write 0/0\n  shop.rb:77 call 0/0\n   server.rb:95 run 2/0\n");
}

/* Known code without frames is no part of what paths are known by, or more of it would hide where they differ. */
static void test_paths_differ_below_much_native_code(void **state)
{
	uint32_t nodes[2];

	for (int round = 0; round < 2; round++) {
		for (uint32_t line = 41; line <= 42; line++) {
			uint32_t node = path_allocate(
			    FAKE_STACK(CODE(MAP), 5, CODE(MAP), 6, CODE(MAP), 7, CODE(MAP), 8, CODE(STORE), line));
			assert_true(round == 0 || node == nodes[line - 41]);
			nodes[line - 41] = node;
		}
	}
	fake_assert_shows(path_program, "Hash 4/0\n shop.rb:41 write 2/0\n shop.rb:42 write 2/0\n");
}

static void test_more_frames_are_wanted_of_a_stack_that_is_cut_off(void **state)
{
	struct class_record *class = tracker_class_for(&path_program->tracker, CLASS(1));
	struct stack stack = *FAKE_STACK(CODE(STORE), 41, CODE(MAP), 5, CODE(CHECKOUT), 77);

	stack.cut = true;
	assert_int_equal(tracker_path(&path_program->tracker, class, &stack), 0);
	assert_int_equal(tracker_find_path(&path_program->tracker, class, &stack), 0);
	tracker_set_depth(&path_program->tracker, class, 2);
	uint32_t node = tracker_path(&path_program->tracker, class, &stack);
	assert_int_not_equal(node, 0);
	stack.cut = false;
	assert_int_equal(tracker_path(&path_program->tracker, class, &stack), node);
}

static void test_it_is_known_which_code_with_lines_has_no_frames(void **state)
{
	struct code_table *codes = &path_program->tracker.codes;

	assert_false(code_table_folds(codes, CODE(MAP)));
	path_allocate(FAKE_STACK(CODE(NEW), 0, CODE(MAP), 5, CODE(STORE), 41));
	assert_true(code_table_folds(codes, CODE(MAP)));
	assert_false(code_table_folds(codes, CODE(NEW)));
	assert_false(code_table_folds(codes, CODE(STORE)));
	assert_true(code_table_move(codes, CODE(MAP), CODE(40)));
	assert_false(code_table_folds(codes, CODE(MAP)));
	assert_true(code_table_folds(codes, CODE(40)));
	assert_true(code_table_move(codes, CODE(40), CODE(MAP)));
	/* The program's own code comes to its address. */
	fake_free(path_program, CODE(MAP));
	assert_false(code_table_folds(codes, CODE(MAP)));
	fake_code(path_program, CODE(MAP), CODE_SOURCE, "eval.rb", "own");
	path_allocate(FAKE_STACK(CODE(NEW), 0, CODE(MAP), 5, CODE(STORE), 41));
	fake_assert_shows(path_program,
	                  "Hash 2/0\n shop.rb:41 write 1/0\n eval.rb:5 own 0/0\n  shop.rb:41 write 1/0\n");
}

static void test_native_code_without_a_caller(void **state)
{
	/* It is the allocating method alone, and lines in the language's core are none of the program's. */
	path_allocate(FAKE_STACK(CODE(MAP), 5));
	path_allocate(FAKE_STACK(CODE(MAP), 6));
	path_allocate(FAKE_STACK(CODE(NEW), 0));
	path_allocate(FAKE_STACK(CODE(NEW), 0, CODE(MAP), 5));
	fake_assert_shows(path_program, "Hash 4/0\n <internal:array>:0 map 2/0\n new 2/0\n");
}

static void test_what_is_no_code_is_left_out(void **state)
{
	path_allocate(FAKE_STACK(CODE(IGNORED), 1, CODE(STORE), 41, CODE(IGNORED), 1));
	path_allocate(FAKE_STACK(CODE(IGNORED), 1));
	/* Nobody describes this one. */
	path_allocate(FAKE_STACK(CODE(500), 1, CODE(STORE), 42));
	/* A main program that closes the stack once more. */
	path_allocate(FAKE_STACK(CODE(STORE), 43, CODE(SERVER), 0));
	fake_assert_shows(path_program,
	                  "Hash 4/0\n shop.rb:41 write 1/0\n shop.rb:42 write 1/0\n shop.rb:43 write 1/0\n");
}

static void test_the_deepest_path_there_can_be(void **state)
{
	static uint64_t pairs[2 * PATH_DEPTH_LIMIT];

	for (uint32_t index = 0; index < PATH_DEPTH_LIMIT; index++) {
		pairs[2 * index] = CODE(index % 2 ? STORE : CHECKOUT);
		pairs[2 * index + 1] = index + 1;
	}
	tracker_set_depth(&path_program->tracker, tracker_class_for(&path_program->tracker, CLASS(1)),
	                  PATH_DEPTH_LIMIT);
	uint32_t node = path_allocate(fake_stack(pairs, PATH_DEPTH_LIMIT));
	struct snapshot_header *header = fake_take_snapshot(path_program);
	assert_int_equal(header->node_count, PATH_DEPTH_LIMIT);
	assert_int_equal(header->counts.allocated, 1);
	free(header);
	uint32_t depth = 0;
	for (; node_at(&path_program->tracker.tree, node)->parent;
	     node = node_at(&path_program->tracker.tree, node)->parent)
		depth++;
	assert_int_equal(depth, PATH_DEPTH_LIMIT);
}

static void test_whole_names_and_aliases(void **state)
{
	/* The same line of the same file, as two loads of it make it. */
	fake_code(path_program, CODE(20), CODE_SOURCE, "shop.rb", "write");
	fake_code(path_program, CODE(21), CODE_SOURCE, "shop.rb", "write");
	path_allocate(FAKE_STACK(CODE(20), 41, CODE(CHECKOUT), 77));
	uint32_t second = path_allocate(FAKE_STACK(CODE(21), 41, CODE(CHECKOUT), 77));
	fake_free(path_program, path_address);
	fake_assert_shows(path_program, "Hash 2/1\n"
	                                " shop.rb:41 write 0/0\n"
	                                "  shop.rb:77 call 1/0\n"
	                                " shop.rb:41 write 0/0\n"
	                                "  shop.rb:77 call 1/1\n");
	fake_name_code(path_program, CODE(20), "Store#write");
	fake_name_code(path_program, CODE(21), "Store#write");
	fake_assert_shows(path_program, "Hash 2/1\n shop.rb:41 Store#write 0/0\n  shop.rb:77 call 2/1\n");
	/* From now on both come to the same node. */
	uint32_t merged = path_allocate(FAKE_STACK(CODE(21), 41, CODE(CHECKOUT), 77));
	assert_int_not_equal(merged, second);
	fake_assert_shows(path_program, "Hash 3/1\n shop.rb:41 Store#write 0/0\n  shop.rb:77 call 3/1\n");
	/* Two methods that only share a line are two. */
	fake_code(path_program, CODE(22), CODE_SOURCE, "shop.rb", "write");
	path_allocate(FAKE_STACK(CODE(22), 41, CODE(CHECKOUT), 77));
	fake_name_code(path_program, CODE(22), "Log#write");
	fake_assert_shows(path_program, "Hash 4/1\n"
	                                " shop.rb:41 Store#write 0/0\n"
	                                "  shop.rb:77 call 3/1\n"
	                                " shop.rb:41 Log#write 0/0\n"
	                                "  shop.rb:77 call 1/0\n");
}

static const char *label_of(uint32_t node)
{
	const struct code_table *codes = &path_program->tracker.codes;
	uint32_t frame = frame_resolved(codes, node_at(&path_program->tracker.tree, node)->frame);

	return frame_at(codes, frame)->label->bytes;
}

/* The same address, another method, thousands of times: each object must count where it was allocated. */
static void test_addresses_of_code_are_used_again(void **state)
{
	enum { ROUNDS = 3000 };
	static char labels[ROUNDS][16];

	for (uint32_t round = 0; round < ROUNDS; round++) {
		snprintf(labels[round], sizeof(labels[round]), "m%u", round);
		fake_code(path_program, CODE(30), CODE_SOURCE, "eval.rb", labels[round]);
		uint32_t node = path_allocate(FAKE_STACK(CODE(30), 1, CODE(CHECKOUT), 77));
		assert_int_equal(path_allocate(FAKE_STACK(CODE(30), 1, CODE(CHECKOUT), 77)), node);
		uint32_t allocating = node_at(&path_program->tracker.tree, node)->parent;
		assert_string_equal(label_of(allocating), labels[round]);
		if (round % 3 == 0)
			fake_name_code(path_program, CODE(30), labels[round]);
		fake_free(path_program, CODE(30));
	}
	/* Reloaded code has a node apart, which readers see in the place of the one it had. */
	fake_code(path_program, CODE(30), CODE_SOURCE, "eval.rb", labels[0]);
	uint32_t first = path_allocate(FAKE_STACK(CODE(30), 1));
	fake_name_code(path_program, CODE(30), labels[0]);
	assert_int_equal(path_allocate(FAKE_STACK(CODE(30), 1)), first);
	struct snapshot_header *header = fake_take_snapshot(path_program);
	assert_int_equal(header->node_count, 2 * ROUNDS);
	free(header);
}

static void test_only_new_code_makes_dead_codes_addresses_doubtful(void **state)
{
	struct call_tree *tree = &path_program->tracker.tree;

	fake_code(path_program, CODE(30), CODE_SOURCE, "eval.rb", "first");
	path_allocate(FAKE_STACK(CODE(30), 1));
	uint64_t seed = tree->by_address.seed;
	fake_free(path_program, CODE(30));
	fake_allocate(path_program, CODE(30), CLASS(1));
	fake_free(path_program, CODE(30));
	fake_code(path_program, CODE(31), CODE_SOURCE, "eval.rb", "elsewhere");
	assert_true(tree->by_address.seed == seed);
	assert_int_equal(tree->dead_code.count, 1);
	fake_code(path_program, CODE(30), CODE_SOURCE, "eval.rb", "second");
	assert_true(tree->by_address.seed != seed);
	assert_int_equal(tree->dead_code.count, 0);
	path_allocate(FAKE_STACK(CODE(30), 1));
	fake_assert_shows(path_program, "Hash 3/1\n eval.rb:1 first 1/0\n eval.rb:1 second 1/0\n");
}

static void test_the_addresses_of_much_dead_code_are_bounded(void **state)
{
	struct call_tree *tree = &path_program->tracker.tree;

	for (uint32_t number = 100; number < 3100; number++) {
		fake_code(path_program, CODE(number), CODE_SOURCE, "eval.rb", "old");
		path_allocate(FAKE_STACK(CODE(number), 1));
	}
	for (uint32_t number = 100; number < 3100; number++)
		fake_free(path_program, CODE(number));
	assert_in_range(tree->dead_code.count, 1, 1024);
	for (uint32_t number = 100; number < 3100; number++) {
		fake_code(path_program, CODE(number), CODE_SOURCE, "eval.rb", "new");
		assert_string_equal(label_of(path_allocate(FAKE_STACK(CODE(number), 1))), "new");
	}
}

static void test_a_class_that_is_recycled_leaves_nothing(void **state)
{
	const struct tracker *tracker = &path_program->tracker;

	path_allocate(FAKE_STACK(CODE(STORE), 41));
	uint32_t nodes = table_count(&tracker->tree.nodes), frames = table_count(&tracker->codes.frames);
	size_t strings = tracker->strings.bytes;
	for (uint32_t round = 0; round < 100; round++) {
		fake_class(path_program, CLASS(9), "Temporary");
		for (uint32_t number = 0; number < 5; number++)
			fake_allocate_at(path_program, OBJECT(9000 + number), CLASS(9),
			                 FAKE_STACK(CODE(STORE), 500 + number, CODE(SERVER), 600 + round));
		for (uint32_t number = 0; number < 5; number++)
			fake_free(path_program, OBJECT(9000 + number));
		fake_free(path_program, CLASS(9));
	}
	fake_class(path_program, CLASS(9), NULL);
	tracker_class_for(&path_program->tracker, CLASS(9));
	assert_int_equal(table_count(&tracker->codes.frames), frames);
	assert_int_equal(table_count(&tracker->tree.nodes), nodes + 1);
	/* The code of the server was met. */
	assert_int_equal(tracker->strings.bytes,
	                 strings + 2 * (sizeof(struct string) + 1) + strlen("server.rb") + strlen("run"));
	fake_assert_shows(path_program, "(unloaded classes) 500/500\nHash 1/0\n shop.rb:41 write 1/0\n");
}

static void test_a_class_in_the_record_of_another_has_its_own_paths(void **state)
{
	for (uint32_t round = 0; round < 10; round++) {
		fake_class(path_program, CLASS(9), "Temporary");
		uint32_t node = fake_allocate_at(path_program, OBJECT(1), CLASS(9), FAKE_STACK(CODE(STORE), 41));
		struct class_record *class = class_table_find(&path_program->tracker.classes, CLASS(9));
		assert_int_equal(node_at(&path_program->tracker.tree, node)->class_number, class->number);
		assert_int_equal(node_at(&path_program->tracker.tree, node)->parent, class->root_number);
		fake_free(path_program, OBJECT(1));
		fake_free(path_program, CLASS(9));
	}
}

/* A fingerprint such as the VM's frames give: of something that is no code that frames are called after. */
static uint64_t fingerprint_with(uintptr_t watched)
{
	const struct path_cache *cache = &path_program->tracker.tree.by_address;

	return path_cache_end(path_cache_begin(cache, 1) +
	                      path_cache_part(path_cache_keys(cache), watched, 8, CODE(STORE)));
}

static void test_paths_are_forgotten_with_what_they_were_known_by(void **state)
{
	struct tracker *tracker = &path_program->tracker;
	struct class_record *class = tracker_class_for(tracker, CLASS(1));
	uint64_t fingerprint = fingerprint_with(CODE(50));

	assert_int_equal(tracker_known_path(tracker, fingerprint), 0);
	assert_true(tracker_watch(tracker, CODE(50)));
	uint32_t node = tracker_find_path(tracker, class, FAKE_STACK(CODE(STORE), 41));
	tracker_remember_path(tracker, class, fingerprint, node);
	assert_int_equal(tracker_known_path(tracker, fingerprint), node);
	assert_true(tracker_path_holds(tracker, class, FAKE_STACK(CODE(STORE), 41), node));
	assert_false(tracker_path_holds(tracker, class, FAKE_STACK(CODE(STORE), 42), node));
	assert_false(tracker_path_holds(tracker, class, FAKE_STACK(CODE(STORE), 41, CODE(SERVER), 1), node));
	fake_free(path_program, CODE(50));
	assert_int_equal(tracker_known_path(tracker, fingerprint_with(CODE(50))), node);
	fake_code(path_program, CODE(50), CODE_SOURCE, "eval.rb", "another");
	assert_int_equal(tracker_known_path(tracker, fingerprint_with(CODE(50))), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, path_set_up, path_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_callers_stand_below_the_allocating_line),
	    TEST(test_the_depth_of_a_class),
	    TEST(test_native_code_is_part_of_the_line_that_calls_it),
	    TEST(test_native_code_does_not_count_in_the_depth),
	    TEST(test_paths_differ_below_much_native_code),
	    TEST(test_more_frames_are_wanted_of_a_stack_that_is_cut_off),
	    TEST(test_it_is_known_which_code_with_lines_has_no_frames),
	    TEST(test_native_code_without_a_caller),
	    TEST(test_what_is_no_code_is_left_out),
	    TEST(test_the_deepest_path_there_can_be),
	    TEST(test_whole_names_and_aliases),
	    TEST(test_addresses_of_code_are_used_again),
	    TEST(test_only_new_code_makes_dead_codes_addresses_doubtful),
	    TEST(test_the_addresses_of_much_dead_code_are_bounded),
	    TEST(test_paths_are_forgotten_with_what_they_were_known_by),
	    TEST(test_a_class_that_is_recycled_leaves_nothing),
	    TEST(test_a_class_in_the_record_of_another_has_its_own_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
