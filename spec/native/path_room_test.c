/* What becomes of call paths where there is no room for more. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "fake_program.h"
#include "model/tracker.h"
#include "path_program.h"

static void test_leaves_without_objects_make_room(void **state)
{
	struct tracker_options options = {.depth = 3, .limits = {.nodes = 64}};
	uint64_t kept = 0;

	path_start(options);
	for (uint32_t line = 1; line <= 200; line++) {
		path_allocate(FAKE_STACK(CODE(STORE), line, CODE(CHECKOUT), 77));
		if (line % 20 == 0)
			kept++;
		else
			fake_free(path_program, path_address);
		/* Otherwise leaves are only looked for from time to time. */
		path_program->tracker.next_eviction = 0;
	}
	assert_int_equal(path_program->tracker.paths_dropped, 0);
	struct counts counts = fake_counts(path_program, CLASS(1));
	assert_int_equal(counts.allocated, 200);
	assert_int_equal(LIVE(counts), kept);
	struct snapshot_header *header = fake_take_snapshot(path_program);
	assert_int_equal(header->counts.allocated, 200);
	assert_int_equal(header->counts.allocated - header->counts.freed, kept);
	assert_in_range(header->node_count, 20, 64);
	free(header);
	fake_stop(path_program);
}

/* However many nodes there are, one event looks at a bounded number of them, and in time at each. */
static void test_one_event_evicts_a_bounded_number(void **state)
{
	enum { NODES = 100000, DEAD_PATHS = 90000, CODES = 1000, FIRST_CODE = IGNORED + 1 };
	uint64_t attempts = 0, most = 0;

	path_start((struct tracker_options){.depth = 3, .limits = {.nodes = NODES}});
	struct tracker *tracker = &path_program->tracker;
	/* As few lines in each as a method has: those without a name are a list, which a line leaves when it is freed. */
	for (uint32_t code = 0; code < CODES; code++)
		fake_code(path_program, CODE(FIRST_CODE + code), CODE_SOURCE, "shop.rb", "write");
	for (uint32_t line = 1; line <= DEAD_PATHS; line++) {
		path_allocate(FAKE_STACK(CODE(FIRST_CODE + line % CODES), line));
		fake_free(path_program, path_address);
	}
	for (uint32_t line = DEAD_PATHS + 1; line <= 3 * DEAD_PATHS; line++) {
		uint32_t before = table_count(&tracker->tree.nodes);

		path_allocate(FAKE_STACK(CODE(FIRST_CODE + line % CODES), line));
		uint32_t after = table_count(&tracker->tree.nodes);
		attempts += after < before;
		most = before > after && before - after > most ? before - after : most;
		fake_free(path_program, path_address);
	}
	assert_int_equal(tracker->paths_dropped, 0);
	assert_true(attempts > 50);
	assert_in_range(most, 1, 1024);
	fake_stop(path_program);
}

static void test_callers_that_become_leaves_go_with_them(void **state)
{
	path_start((struct tracker_options){.depth = 3, .limits = {.nodes = 64}});
	for (uint32_t line = 1; line <= 19; line++) {
		path_allocate(FAKE_STACK(CODE(STORE), line, CODE(CHECKOUT), line, CODE(SERVER), line));
		fake_free(path_program, path_address);
	}
	path_allocate(FAKE_STACK(CODE(STORE), 99, CODE(CHECKOUT), 99, CODE(SERVER), 99));
	assert_int_equal(path_program->tracker.paths_dropped, 0);
	/* Three nodes for the path, and the roots. */
	assert_in_range(table_count(&path_program->tracker.tree.nodes), 4, 8);
	fake_stop(path_program);
}

/* The line of the allocating frame of a node that callers may stand below. */
static uint32_t allocating_line(uint32_t number)
{
	const struct call_tree *tree = &path_program->tracker.tree;

	while (node_at(tree, node_at(tree, number)->parent)->parent)
		number = node_at(tree, number)->parent;
	return frame_at(&path_program->tracker.codes, node_at(tree, number)->frame)->line;
}

/* Records of nodes that made room stand for other paths then. */
static void test_a_path_that_made_room_is_not_mistaken_later(void **state)
{
	path_start((struct tracker_options){.depth = 3, .limits = {.nodes = 20}});
	for (uint32_t round = 0; round < 10; round++) {
		for (uint32_t line = 1; line <= 40; line++) {
			uint32_t node = path_allocate(FAKE_STACK(CODE(STORE), line, CODE(CHECKOUT), 77));

			assert_int_equal(allocating_line(node), line);
			fake_free(path_program, path_address);
			path_program->tracker.next_eviction = 0;
		}
	}
	fake_stop(path_program);
}

static void test_other_stays_where_it_is(void **state)
{
	path_start((struct tracker_options){.depth = 3, .limits = {.frames = 2}});
	path_allocate(FAKE_STACK(CODE(STORE), 1, CODE(CHECKOUT), 2, CODE(SERVER), 3));
	fake_free(path_program, path_address);
	path_allocate(FAKE_STACK(CODE(STORE), 1));
	/* No frame is left, and "(other)" itself does not make room for one. */
	uint32_t node = path_allocate(FAKE_STACK(CODE(STORE), 2));
	assert_int_equal(node, class_table_find(&path_program->tracker.classes, CLASS(1))->other);
	fake_assert_shows(path_program, "Hash 3/1\n (other) 2/1\n shop.rb:1 write 1/0\n");
	fake_stop(path_program);
}

static void test_what_finds_no_room_is_other(void **state)
{
	path_start((struct tracker_options){.depth = 3, .limits = {.nodes = 8}});
	path_allocate(FAKE_STACK(CODE(STORE), 1));
	for (uint32_t line = 2; line <= 50; line++)
		path_allocate(FAKE_STACK(CODE(STORE), line));
	assert_true(path_program->tracker.paths_dropped >= 44);
	assert_int_equal(fake_counts(path_program, CLASS(1)).allocated, 50);
	/* "(other)" has no room either: the class counts them itself. */
	fake_assert_shows(path_program, "Hash 50/0\n shop.rb:1 write 1/0\n shop.rb:2 write 1/0\n shop.rb:3 write 1/0\n"
	                                " shop.rb:4 write 1/0\n shop.rb:5 write 1/0\n");
	fake_stop(path_program);

	path_start((struct tracker_options){.depth = 3, .limits = {.frames = 3}});
	for (uint32_t line = 1; line <= 50; line++)
		path_allocate(FAKE_STACK(CODE(STORE), line));
	/* The frame of "(other)" is one of the three. */
	fake_assert_shows(path_program, "Hash 50/0\n shop.rb:1 write 1/0\n shop.rb:2 write 1/0\n (other) 48/0\n");
	fake_stop(path_program);

	path_start((struct tracker_options){.depth = 3, .limits = {.frames = 2}});
	/* Code beyond the limit leaves room for the frame of "(other)". */
	path_allocate(FAKE_STACK(CODE(STORE), 1, CODE(CHECKOUT), 2, CODE(SERVER), 3));
	path_allocate(FAKE_STACK(CODE(STORE), 1, CODE(CHECKOUT), 2, CODE(SERVER), 4));
	fake_assert_shows(path_program, "Hash 2/0\n (other) 2/0\n");
	assert_int_equal(path_program->tracker.paths_dropped, 2);
	fake_stop(path_program);
}

static void test_readers_and_observers_keep_leaves(void **state)
{
	path_start((struct tracker_options){.depth = 3, .limits = {.nodes = 8}});
	for (uint32_t line = 1; line <= 5; line++) {
		path_allocate(FAKE_STACK(CODE(STORE), line));
		fake_free(path_program, path_address);
	}
	uint32_t nodes = table_count(&path_program->tracker.tree.nodes);
	tracker_begin_reading(&path_program->tracker);
	path_allocate(FAKE_STACK(CODE(STORE), 10));
	tracker_end_reading(&path_program->tracker);
	assert_int_equal(table_count(&path_program->tracker.tree.nodes), nodes);
	path_program->tracker.observed = 1;
	path_allocate(FAKE_STACK(CODE(STORE), 11));
	assert_int_equal(path_program->tracker.paths_dropped, 2);
	path_program->tracker.observed = 0;
	path_allocate(FAKE_STACK(CODE(STORE), 12));
	assert_int_equal(path_program->tracker.paths_dropped, 2);
	/* After an attempt there is a pause. */
	for (uint32_t line = 20; line < 30; line++)
		path_allocate(FAKE_STACK(CODE(STORE), line));
	assert_true(path_program->tracker.paths_dropped > 2);
	assert_true(path_program->tracker.next_eviction > 0);
	fake_stop(path_program);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_leaves_without_objects_make_room),
	    cmocka_unit_test(test_one_event_evicts_a_bounded_number),
	    cmocka_unit_test(test_callers_that_become_leaves_go_with_them),
	    cmocka_unit_test(test_a_path_that_made_room_is_not_mistaken_later),
	    cmocka_unit_test(test_other_stays_where_it_is),
	    cmocka_unit_test(test_what_finds_no_room_is_other),
	    cmocka_unit_test(test_readers_and_observers_keep_leaves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
