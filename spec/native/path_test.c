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

enum { STORE = 1, CHECKOUT, SERVER, NEW, MAP, IGNORED };

static struct fake_program *program;

static void start_with(struct tracker_options options)
{
	program = fake_start(options);
	fake_class(program, CLASS(1), "Hash");
	fake_class(program, CLASS(2), "String");
	fake_code(program, CODE(STORE), CODE_SOURCE, "shop.rb", "write");
	fake_code(program, CODE(CHECKOUT), CODE_SOURCE, "shop.rb", "call");
	fake_code(program, CODE(SERVER), CODE_SOURCE, "server.rb", "run");
	fake_code(program, CODE(NEW), CODE_NATIVE, NULL, "new");
	fake_code(program, CODE(MAP), CODE_NATIVE, "<internal:array>", "map");
	fake_code(program, CODE(IGNORED), CODE_IGNORED, NULL, NULL);
}

static int set_up(void **state)
{
	start_with((struct tracker_options){.depth = 3});
	return 0;
}

static int tear_down(void **state)
{
	fake_stop(program);
	return 0;
}

static uintptr_t next_address = OBJECT(0);

/* An object of Hash. Returns its node. */
static uint32_t born(const struct stack *stack)
{
	next_address += FAKE_STRIDE;
	return fake_born_at(program, next_address, CLASS(1), stack);
}

static void died(uintptr_t address)
{
	tracker_died(&program->tracker, address);
}

static void test_callers_stand_below_the_allocating_line(void **state)
{
	uint32_t node = born(FAKE_STACK(CODE(STORE), 41, CODE(CHECKOUT), 77, CODE(SERVER), 95, CODE(SERVER), 1));
	assert_int_equal(born(FAKE_STACK(CODE(STORE), 41, CODE(CHECKOUT), 77, CODE(SERVER), 95)), node);
	born(FAKE_STACK(CODE(STORE), 41, CODE(CHECKOUT), 78));
	born(FAKE_STACK(CODE(STORE), 41));
	born(FAKE_STACK(CODE(STORE), 42));
	fake_assert_shows(program, "Hash 5/0\n"
	                           " shop.rb:41 write 1/0\n"
	                           "  shop.rb:77 call 0/0\n"
	                           "   server.rb:95 run 2/0\n"
	                           "  shop.rb:78 call 1/0\n"
	                           " shop.rb:42 write 1/0\n");
}

static void test_the_depth_of_a_class(void **state)
{
	struct class_record *class = tracker_class_for(&program->tracker, CLASS(1));

	tracker_set_depth(&program->tracker, class, 1);
	born(FAKE_STACK(CODE(STORE), 41, CODE(CHECKOUT), 77));
	tracker_set_depth(&program->tracker, class, 0);
	born(FAKE_STACK(CODE(STORE), 41, CODE(CHECKOUT), 77));
	fake_assert_shows(program, "Hash 2/0\n shop.rb:41 write 1/0\n");
	tracker_set_depth(&program->tracker, class, 2);
	born(FAKE_STACK(CODE(STORE), 41, CODE(CHECKOUT), 77));
	fake_assert_shows(program, "Hash 3/0\n shop.rb:41 write 1/0\n  shop.rb:77 call 1/0\n");
}

static void test_native_code_is_part_of_the_line_that_calls_it(void **state)
{
	uint32_t node = born(FAKE_STACK(CODE(STORE), 41, CODE(CHECKOUT), 77));

	assert_int_equal(born(FAKE_STACK(CODE(NEW), 0, CODE(MAP), 5, CODE(STORE), 41, CODE(CHECKOUT), 77)), node);
	assert_int_equal(born(FAKE_STACK(CODE(STORE), 41, CODE(NEW), 0, CODE(CHECKOUT), 77)), node);
	assert_int_equal(born(FAKE_STACK(CODE(MAP), 6, CODE(STORE), 41, CODE(MAP), 7, CODE(CHECKOUT), 77)), node);
	assert_int_equal(born(FAKE_STACK(CODE(STORE), 41, CODE(CHECKOUT), 77, CODE(MAP), 5, CODE(NEW), 0)), node);
	fake_assert_shows(program, "Hash 5/0\n shop.rb:41 write 0/0\n  shop.rb:77 call 5/0\n");
}

static void test_native_code_does_not_count_in_the_depth(void **state)
{
	uint32_t node = born(FAKE_STACK(CODE(STORE), 41, CODE(CHECKOUT), 77, CODE(SERVER), 95, CODE(SERVER), 1));

	assert_int_equal(born(FAKE_STACK(CODE(NEW), 0, CODE(STORE), 41, CODE(MAP), 5, CODE(MAP), 5, CODE(CHECKOUT), 77,
	                                 CODE(NEW), 0, CODE(SERVER), 95, CODE(SERVER), 2)),
	                 node);
	fake_assert_shows(program, "Hash 2/0\n shop.rb:41 write 0/0\n  shop.rb:77 call 0/0\n   server.rb:95 run 2/0\n");
}

/* Known code without frames is no part of what paths are known by, or more of it would hide where they differ. */
static void test_paths_differ_below_much_native_code(void **state)
{
	uint32_t nodes[2];

	for (int round = 0; round < 2; round++) {
		for (uint32_t line = 41; line <= 42; line++) {
			uint32_t node =
			    born(FAKE_STACK(CODE(MAP), 5, CODE(MAP), 6, CODE(MAP), 7, CODE(MAP), 8, CODE(STORE), line));
			assert_true(round == 0 || node == nodes[line - 41]);
			nodes[line - 41] = node;
		}
	}
	fake_assert_shows(program, "Hash 4/0\n shop.rb:41 write 2/0\n shop.rb:42 write 2/0\n");
}

static void test_more_frames_are_wanted_of_a_stack_that_is_cut_off(void **state)
{
	struct class_record *class = tracker_class_for(&program->tracker, CLASS(1));
	struct stack stack = *FAKE_STACK(CODE(STORE), 41, CODE(MAP), 5, CODE(CHECKOUT), 77);

	stack.cut = true;
	assert_int_equal(tracker_path(&program->tracker, class, &stack), 0);
	assert_int_equal(tracker_find_path(&program->tracker, class, &stack), 0);
	tracker_set_depth(&program->tracker, class, 2);
	uint32_t node = tracker_path(&program->tracker, class, &stack);
	assert_int_not_equal(node, 0);
	stack.cut = false;
	assert_int_equal(tracker_path(&program->tracker, class, &stack), node);
}

static void test_it_is_known_which_code_with_lines_has_no_frames(void **state)
{
	struct code_table *codes = &program->tracker.codes;

	assert_false(code_table_folds(codes, CODE(MAP)));
	born(FAKE_STACK(CODE(NEW), 0, CODE(MAP), 5, CODE(STORE), 41));
	assert_true(code_table_folds(codes, CODE(MAP)));
	assert_false(code_table_folds(codes, CODE(NEW)));
	assert_false(code_table_folds(codes, CODE(STORE)));
	assert_true(code_table_move(codes, CODE(MAP), CODE(40)));
	assert_false(code_table_folds(codes, CODE(MAP)));
	assert_true(code_table_folds(codes, CODE(40)));
	assert_true(code_table_move(codes, CODE(40), CODE(MAP)));
	/* The program's own code comes to its address. */
	died(CODE(MAP));
	assert_false(code_table_folds(codes, CODE(MAP)));
	fake_code(program, CODE(MAP), CODE_SOURCE, "eval.rb", "own");
	born(FAKE_STACK(CODE(NEW), 0, CODE(MAP), 5, CODE(STORE), 41));
	fake_assert_shows(program, "Hash 2/0\n shop.rb:41 write 1/0\n eval.rb:5 own 0/0\n  shop.rb:41 write 1/0\n");
}

static void test_native_code_without_a_caller(void **state)
{
	/* It is the allocating method alone, and lines in the language's core are none of the program's. */
	born(FAKE_STACK(CODE(MAP), 5));
	born(FAKE_STACK(CODE(MAP), 6));
	born(FAKE_STACK(CODE(NEW), 0));
	born(FAKE_STACK(CODE(NEW), 0, CODE(MAP), 5));
	fake_assert_shows(program, "Hash 4/0\n <internal:array>:0 map 2/0\n new 2/0\n");
}

static void test_what_is_no_code_is_left_out(void **state)
{
	born(FAKE_STACK(CODE(IGNORED), 1, CODE(STORE), 41, CODE(IGNORED), 1));
	born(FAKE_STACK(CODE(IGNORED), 1));
	/* Nobody describes this one. */
	born(FAKE_STACK(CODE(500), 1, CODE(STORE), 42));
	/* A main program that closes the stack once more. */
	born(FAKE_STACK(CODE(STORE), 43, CODE(SERVER), 0));
	fake_assert_shows(program, "Hash 4/0\n shop.rb:41 write 1/0\n shop.rb:42 write 1/0\n shop.rb:43 write 1/0\n");
}

static void test_the_deepest_path_there_can_be(void **state)
{
	static uint64_t pairs[2 * PATH_DEPTH_LIMIT];

	for (uint32_t index = 0; index < PATH_DEPTH_LIMIT; index++) {
		pairs[2 * index] = CODE(index % 2 ? STORE : CHECKOUT);
		pairs[2 * index + 1] = index + 1;
	}
	tracker_set_depth(&program->tracker, tracker_class_for(&program->tracker, CLASS(1)), PATH_DEPTH_LIMIT);
	uint32_t node = born(fake_stack(pairs, PATH_DEPTH_LIMIT));
	struct snapshot_header *header = fake_take_snapshot(program);
	assert_int_equal(header->node_count, PATH_DEPTH_LIMIT);
	assert_int_equal(header->allocated, 1);
	free(header);
	uint32_t depth = 0;
	for (; node_at(&program->tracker.tree, node)->parent; node = node_at(&program->tracker.tree, node)->parent)
		depth++;
	assert_int_equal(depth, PATH_DEPTH_LIMIT);
}

static void test_whole_names_and_aliases(void **state)
{
	/* The same line of the same file, as two loads of it make it. */
	fake_code(program, CODE(20), CODE_SOURCE, "shop.rb", "write");
	fake_code(program, CODE(21), CODE_SOURCE, "shop.rb", "write");
	born(FAKE_STACK(CODE(20), 41, CODE(CHECKOUT), 77));
	uint32_t second = born(FAKE_STACK(CODE(21), 41, CODE(CHECKOUT), 77));
	died(next_address);
	fake_assert_shows(program, "Hash 2/1\n"
	                           " shop.rb:41 write 0/0\n"
	                           "  shop.rb:77 call 1/0\n"
	                           " shop.rb:41 write 0/0\n"
	                           "  shop.rb:77 call 1/1\n");
	fake_name_code(program, CODE(20), "Store#write");
	fake_name_code(program, CODE(21), "Store#write");
	fake_assert_shows(program, "Hash 2/1\n shop.rb:41 Store#write 0/0\n  shop.rb:77 call 2/1\n");
	/* From now on both come to the same node. */
	uint32_t merged = born(FAKE_STACK(CODE(21), 41, CODE(CHECKOUT), 77));
	assert_int_not_equal(merged, second);
	fake_assert_shows(program, "Hash 3/1\n shop.rb:41 Store#write 0/0\n  shop.rb:77 call 3/1\n");
	/* Two methods that only share a line are two. */
	fake_code(program, CODE(22), CODE_SOURCE, "shop.rb", "write");
	born(FAKE_STACK(CODE(22), 41, CODE(CHECKOUT), 77));
	fake_name_code(program, CODE(22), "Log#write");
	fake_assert_shows(program, "Hash 4/1\n"
	                           " shop.rb:41 Store#write 0/0\n"
	                           "  shop.rb:77 call 3/1\n"
	                           " shop.rb:41 Log#write 0/0\n"
	                           "  shop.rb:77 call 1/0\n");
}

static const char *label_of(uint32_t node)
{
	const struct code_table *codes = &program->tracker.codes;
	uint32_t frame = frame_canonical(codes, node_at(&program->tracker.tree, node)->frame);

	return frame_at(codes, frame)->label->bytes;
}

/* The same address, another method, thousands of times: each object must count where it was born. */
static void test_addresses_of_code_are_used_again(void **state)
{
	enum { ROUNDS = 3000 };
	static char labels[ROUNDS][16];

	for (uint32_t round = 0; round < ROUNDS; round++) {
		snprintf(labels[round], sizeof(labels[round]), "m%u", round);
		fake_code(program, CODE(30), CODE_SOURCE, "eval.rb", labels[round]);
		uint32_t node = born(FAKE_STACK(CODE(30), 1, CODE(CHECKOUT), 77));
		assert_int_equal(born(FAKE_STACK(CODE(30), 1, CODE(CHECKOUT), 77)), node);
		uint32_t allocating = node_at(&program->tracker.tree, node)->parent;
		assert_string_equal(label_of(allocating), labels[round]);
		if (round % 3 == 0)
			fake_name_code(program, CODE(30), labels[round]);
		died(CODE(30));
	}
	/* Reloaded code has a node apart, which readers see in the place of the one it had. */
	fake_code(program, CODE(30), CODE_SOURCE, "eval.rb", labels[0]);
	uint32_t first = born(FAKE_STACK(CODE(30), 1));
	fake_name_code(program, CODE(30), labels[0]);
	assert_int_equal(born(FAKE_STACK(CODE(30), 1)), first);
	struct snapshot_header *header = fake_take_snapshot(program);
	assert_int_equal(header->node_count, 2 * ROUNDS);
	free(header);
}

static void test_only_new_code_makes_dead_codes_addresses_doubtful(void **state)
{
	struct call_tree *tree = &program->tracker.tree;

	fake_code(program, CODE(30), CODE_SOURCE, "eval.rb", "first");
	born(FAKE_STACK(CODE(30), 1));
	uint64_t seed = tree->by_address.seed;
	died(CODE(30));
	fake_born(program, CODE(30), CLASS(1));
	died(CODE(30));
	fake_code(program, CODE(31), CODE_SOURCE, "eval.rb", "elsewhere");
	assert_true(tree->by_address.seed == seed);
	assert_int_equal(tree->departed.count, 1);
	fake_code(program, CODE(30), CODE_SOURCE, "eval.rb", "second");
	assert_true(tree->by_address.seed != seed);
	assert_int_equal(tree->departed.count, 0);
	born(FAKE_STACK(CODE(30), 1));
	fake_assert_shows(program, "Hash 3/1\n eval.rb:1 first 1/0\n eval.rb:1 second 1/0\n");
}

static void test_the_addresses_of_much_dead_code_are_bounded(void **state)
{
	struct call_tree *tree = &program->tracker.tree;

	for (uint32_t number = 100; number < 3100; number++) {
		fake_code(program, CODE(number), CODE_SOURCE, "eval.rb", "old");
		born(FAKE_STACK(CODE(number), 1));
	}
	for (uint32_t number = 100; number < 3100; number++)
		died(CODE(number));
	assert_in_range(tree->departed.count, 1, 1024);
	for (uint32_t number = 100; number < 3100; number++) {
		fake_code(program, CODE(number), CODE_SOURCE, "eval.rb", "new");
		assert_string_equal(label_of(born(FAKE_STACK(CODE(number), 1))), "new");
	}
}

static void test_a_class_that_is_recycled_leaves_nothing(void **state)
{
	const struct tracker *tracker = &program->tracker;

	born(FAKE_STACK(CODE(STORE), 41));
	uint32_t nodes = table_count(&tracker->tree.nodes), frames = table_count(&tracker->codes.frames);
	size_t strings = tracker->strings.bytes;
	for (uint32_t round = 0; round < 100; round++) {
		fake_class(program, CLASS(9), "Temporary");
		for (uint32_t number = 0; number < 5; number++)
			fake_born_at(program, OBJECT(9000 + number), CLASS(9),
			             FAKE_STACK(CODE(STORE), 500 + number, CODE(SERVER), 600 + round));
		for (uint32_t number = 0; number < 5; number++)
			died(OBJECT(9000 + number));
		died(CLASS(9));
	}
	fake_class(program, CLASS(9), NULL);
	tracker_class_for(&program->tracker, CLASS(9));
	assert_int_equal(table_count(&tracker->codes.frames), frames);
	assert_int_equal(table_count(&tracker->tree.nodes), nodes + 1);
	/* The code of the server was met. */
	assert_int_equal(tracker->strings.bytes,
	                 strings + 2 * (sizeof(struct string) + 1) + strlen("server.rb") + strlen("run"));
	fake_assert_shows(program, "(unloaded classes) 500/500\nHash 1/0\n shop.rb:41 write 1/0\n");
}

static void test_leaves_without_objects_make_room(void **state)
{
	struct tracker_options options = {.depth = 3, .limits = {.nodes = 64}};
	uint64_t kept = 0;

	start_with(options);
	for (uint32_t line = 1; line <= 200; line++) {
		born(FAKE_STACK(CODE(STORE), line, CODE(CHECKOUT), 77));
		if (line % 20 == 0)
			kept++;
		else
			died(next_address);
		/* Otherwise leaves are only looked for from time to time. */
		program->tracker.next_eviction = 0;
	}
	assert_int_equal(program->tracker.paths_dropped, 0);
	struct node_counts counts = fake_counts(program, CLASS(1));
	assert_int_equal(counts.allocated, 200);
	assert_int_equal(LIVE(counts), kept);
	struct snapshot_header *header = fake_take_snapshot(program);
	assert_int_equal(header->allocated, 200);
	assert_int_equal(header->allocated - header->freed, kept);
	assert_in_range(header->node_count, 20, 64);
	free(header);
	fake_stop(program);
}

/* However many nodes there are, one event looks at a bounded number of them, and in time at each. */
static void test_one_event_evicts_a_bounded_number(void **state)
{
	enum { NODES = 100000, DEAD_PATHS = 90000, CODES = 1000, FIRST_CODE = IGNORED + 1 };
	uint64_t attempts = 0, most = 0;

	start_with((struct tracker_options){.depth = 3, .limits = {.nodes = NODES}});
	struct tracker *tracker = &program->tracker;
	/* As few lines in each as a method has: those without a name are a list, which a line leaves when it is freed. */
	for (uint32_t code = 0; code < CODES; code++)
		fake_code(program, CODE(FIRST_CODE + code), CODE_SOURCE, "shop.rb", "write");
	for (uint32_t line = 1; line <= DEAD_PATHS; line++) {
		born(FAKE_STACK(CODE(FIRST_CODE + line % CODES), line));
		died(next_address);
	}
	for (uint32_t line = DEAD_PATHS + 1; line <= 3 * DEAD_PATHS; line++) {
		uint32_t before = table_count(&tracker->tree.nodes);

		born(FAKE_STACK(CODE(FIRST_CODE + line % CODES), line));
		uint32_t after = table_count(&tracker->tree.nodes);
		attempts += after < before;
		most = before > after && before - after > most ? before - after : most;
		died(next_address);
	}
	assert_int_equal(tracker->paths_dropped, 0);
	assert_true(attempts > 50);
	assert_in_range(most, 1, 1024);
	fake_stop(program);
}

static void test_callers_that_become_leaves_go_with_them(void **state)
{
	start_with((struct tracker_options){.depth = 3, .limits = {.nodes = 64}});
	for (uint32_t line = 1; line <= 19; line++) {
		born(FAKE_STACK(CODE(STORE), line, CODE(CHECKOUT), line, CODE(SERVER), line));
		died(next_address);
	}
	born(FAKE_STACK(CODE(STORE), 99, CODE(CHECKOUT), 99, CODE(SERVER), 99));
	assert_int_equal(program->tracker.paths_dropped, 0);
	/* Three nodes for the path, and the roots. */
	assert_in_range(table_count(&program->tracker.tree.nodes), 4, 8);
	fake_stop(program);
}

/* The line of the allocating frame of a node that callers may stand below. */
static uint32_t allocating_line(uint32_t number)
{
	const struct call_tree *tree = &program->tracker.tree;

	while (node_at(tree, node_at(tree, number)->parent)->parent)
		number = node_at(tree, number)->parent;
	return frame_at(&program->tracker.codes, node_at(tree, number)->frame)->line;
}

/* Records of nodes that made room stand for other paths then. */
static void test_a_path_that_made_room_is_not_mistaken_later(void **state)
{
	start_with((struct tracker_options){.depth = 3, .limits = {.nodes = 20}});
	for (uint32_t round = 0; round < 10; round++) {
		for (uint32_t line = 1; line <= 40; line++) {
			uint32_t node = born(FAKE_STACK(CODE(STORE), line, CODE(CHECKOUT), 77));

			assert_int_equal(allocating_line(node), line);
			died(next_address);
			program->tracker.next_eviction = 0;
		}
	}
	fake_stop(program);
}

static void test_a_class_in_the_record_of_another_has_its_own_paths(void **state)
{
	for (uint32_t round = 0; round < 10; round++) {
		fake_class(program, CLASS(9), "Temporary");
		uint32_t node = fake_born_at(program, OBJECT(1), CLASS(9), FAKE_STACK(CODE(STORE), 41));
		struct class_record *class = class_table_find(&program->tracker.classes, CLASS(9));
		assert_int_equal(node_at(&program->tracker.tree, node)->class_number, class->number);
		assert_int_equal(node_at(&program->tracker.tree, node)->parent, class->root_number);
		died(OBJECT(1));
		died(CLASS(9));
	}
}

static void test_other_stays_where_it_is(void **state)
{
	start_with((struct tracker_options){.depth = 3, .limits = {.frames = 2}});
	born(FAKE_STACK(CODE(STORE), 1, CODE(CHECKOUT), 2, CODE(SERVER), 3));
	died(next_address);
	born(FAKE_STACK(CODE(STORE), 1));
	/* No frame is left, and "(other)" itself does not make room for one. */
	uint32_t node = born(FAKE_STACK(CODE(STORE), 2));
	assert_int_equal(node, class_table_find(&program->tracker.classes, CLASS(1))->other);
	fake_assert_shows(program, "Hash 3/1\n (other) 2/1\n shop.rb:1 write 1/0\n");
	fake_stop(program);
}

static void test_what_finds_no_room_is_other(void **state)
{
	start_with((struct tracker_options){.depth = 3, .limits = {.nodes = 8}});
	born(FAKE_STACK(CODE(STORE), 1));
	for (uint32_t line = 2; line <= 50; line++)
		born(FAKE_STACK(CODE(STORE), line));
	assert_true(program->tracker.paths_dropped >= 44);
	assert_int_equal(fake_counts(program, CLASS(1)).allocated, 50);
	/* "(other)" has no room either: the class counts them itself. */
	fake_assert_shows(program, "Hash 50/0\n shop.rb:1 write 1/0\n shop.rb:2 write 1/0\n shop.rb:3 write 1/0\n"
	                           " shop.rb:4 write 1/0\n shop.rb:5 write 1/0\n");
	fake_stop(program);

	start_with((struct tracker_options){.depth = 3, .limits = {.frames = 3}});
	for (uint32_t line = 1; line <= 50; line++)
		born(FAKE_STACK(CODE(STORE), line));
	/* The frame of "(other)" is one of the three. */
	fake_assert_shows(program, "Hash 50/0\n shop.rb:1 write 1/0\n shop.rb:2 write 1/0\n (other) 48/0\n");
	fake_stop(program);

	start_with((struct tracker_options){.depth = 3, .limits = {.frames = 2}});
	/* Code beyond the limit leaves room for the frame of "(other)". */
	born(FAKE_STACK(CODE(STORE), 1, CODE(CHECKOUT), 2, CODE(SERVER), 3));
	born(FAKE_STACK(CODE(STORE), 1, CODE(CHECKOUT), 2, CODE(SERVER), 4));
	fake_assert_shows(program, "Hash 2/0\n (other) 2/0\n");
	assert_int_equal(program->tracker.paths_dropped, 2);
	fake_stop(program);
}

static void test_readers_and_observers_keep_leaves(void **state)
{
	start_with((struct tracker_options){.depth = 3, .limits = {.nodes = 8}});
	for (uint32_t line = 1; line <= 5; line++) {
		born(FAKE_STACK(CODE(STORE), line));
		died(next_address);
	}
	uint32_t nodes = table_count(&program->tracker.tree.nodes);
	tracker_begin_reading(&program->tracker);
	born(FAKE_STACK(CODE(STORE), 10));
	tracker_end_reading(&program->tracker);
	assert_int_equal(table_count(&program->tracker.tree.nodes), nodes);
	program->tracker.observed = 1;
	born(FAKE_STACK(CODE(STORE), 11));
	assert_int_equal(program->tracker.paths_dropped, 2);
	program->tracker.observed = 0;
	born(FAKE_STACK(CODE(STORE), 12));
	assert_int_equal(program->tracker.paths_dropped, 2);
	/* After an attempt there is a pause. */
	for (uint32_t line = 20; line < 30; line++)
		born(FAKE_STACK(CODE(STORE), line));
	assert_true(program->tracker.paths_dropped > 2);
	assert_true(program->tracker.next_eviction > 0);
	fake_stop(program);
}

/* A fingerprint such as the VM's frames give: of something that is no code that frames are called after. */
static uint64_t fingerprint_with(uintptr_t watched)
{
	const struct path_cache *cache = &program->tracker.tree.by_address;

	return path_cache_end(path_cache_begin(cache, 1) +
	                      path_cache_part(path_cache_keys(cache), watched, 8, CODE(STORE)));
}

static void test_paths_are_forgotten_with_what_they_were_known_by(void **state)
{
	struct tracker *tracker = &program->tracker;
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
	died(CODE(50));
	assert_int_equal(tracker_known_path(tracker, fingerprint_with(CODE(50))), node);
	fake_code(program, CODE(50), CODE_SOURCE, "eval.rb", "another");
	assert_int_equal(tracker_known_path(tracker, fingerprint_with(CODE(50))), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

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
	    cmocka_unit_test(test_leaves_without_objects_make_room),
	    cmocka_unit_test(test_one_event_evicts_a_bounded_number),
	    cmocka_unit_test(test_callers_that_become_leaves_go_with_them),
	    cmocka_unit_test(test_a_path_that_made_room_is_not_mistaken_later),
	    TEST(test_a_class_in_the_record_of_another_has_its_own_paths),
	    cmocka_unit_test(test_other_stays_where_it_is),
	    cmocka_unit_test(test_what_finds_no_room_is_other),
	    cmocka_unit_test(test_readers_and_observers_keep_leaves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
