/*
 * Marks, and what has changed since: for classes, for call paths, and where it cannot be known.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "fake_snapshot.h"
#include "analysis/marks.h"
#include "analysis/since_mark.h"

#define SECOND UINT64_C(1000000000)
#define FILE_NAME "/srv/shop.rb"
#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A capture with one major GC behind it, at some second. */
static struct snapshot_header at_second(uint64_t second)
{
	return (struct snapshot_header){.sequence = second,
	                                .started_ns = 100 * SECOND,
	                                .monotonic_ns = (100 + second) * SECOND,
	                                .pid = 1,
	                                .majors_seen = second,
	                                .major_at_ns = (100 + second) * SECOND};
}

static struct snapshot_header *with_class(uint64_t second, uint64_t retained)
{
	const struct snapshot_header head = at_second(second);
	const struct fake_class class = {1, "Hash", 2 * retained, 0, retained, 0};

	return fake_snapshot(&head, NULL, &class, 1);
}

static enum marks_result mark(struct marks *marks, uint64_t second)
{
	struct snapshot_header *snapshot = with_class(second, second);
	enum marks_result result = marks_set(marks, snapshot);

	free(snapshot);
	return result;
}

static uint64_t chosen_second(const struct marks *marks)
{
	return marks_chosen(marks)->sequence;
}

static void test_marks_are_kept_in_the_order_of_their_times(void **state)
{
	struct marks marks = {0};

	assert_null(marks_chosen(&marks));
	assert_int_equal(mark(&marks, 5), MARKS_SET);
	assert_int_equal(mark(&marks, 9), MARKS_SET);
	/* Of a screen that was paused at second 7. */
	assert_int_equal(mark(&marks, 7), MARKS_SET);
	assert_int_equal(chosen_second(&marks), 7);
	assert_int_equal(mark(&marks, 9), MARKS_KNOWN);
	assert_int_equal(chosen_second(&marks), 9);
	marks_choose_other(&marks);
	assert_int_equal(chosen_second(&marks), 7);
	marks_choose_other(&marks);
	assert_int_equal(chosen_second(&marks), 5);
	marks_clear_chosen(&marks);
	assert_int_equal(marks.count, 2);
	assert_int_equal(chosen_second(&marks), 9);
	marks_choose_other(&marks);
	marks_choose_other(&marks);
	assert_int_equal(chosen_second(&marks), 9);
	marks_deinit(&marks);
	marks_clear_chosen(&marks);
	marks_choose_other(&marks);
	assert_null(marks_chosen(&marks));
}

static void test_there_are_only_so_many_marks(void **state)
{
	struct marks marks = {0};

	for (unsigned i = 1; i <= MARKS_MAX; i++)
		assert_int_equal(mark(&marks, i), MARKS_SET);
	assert_int_equal(mark(&marks, 100), MARKS_FULL);
	assert_int_equal(chosen_second(&marks), MARKS_MAX);
	marks_clear_chosen(&marks);
	assert_int_equal(mark(&marks, 100), MARKS_SET);
	marks_deinit(&marks);
}

static void test_marks_of_another_start_do_not_belong(void **state)
{
	struct marks marks = {0};
	struct snapshot_header later = at_second(9);

	assert_true(marks_belong(&marks, &later));
	mark(&marks, 5);
	assert_true(marks_belong(&marks, &later));
	later.started_ns += 1;
	assert_false(marks_belong(&marks, &later));
	later = at_second(4);
	assert_false(marks_belong(&marks, &later));
	later = at_second(9);
	later.pid = 2;
	assert_false(marks_belong(&marks, &later));
	marks_deinit(&marks);
}

/* A comparison of two snapshots. */
struct comparison {
	struct snapshot_header *then, *now; /* owned */
	struct since_mark since;
	struct call_paths paths; /* of now */
	struct key_set unfolded;
};

static void compare(struct comparison *comparison, struct snapshot_header *then, struct snapshot_header *now,
                    bool inverted)
{
	*comparison = (struct comparison){.then = then, .now = now};
	for (uint32_t i = 0; i < now->class_count; i++)
		assert_true(key_set_add(&comparison->unfolded, snapshot_classes(now)[i].id));
	assert_true(since_mark_choose(&comparison->since, then));
	assert_true(since_mark_update(&comparison->since, now, &comparison->unfolded, inverted));
	assert_true(inverted ? call_paths_build_inverted(&comparison->paths, now, &comparison->unfolded)
	                     : call_paths_build(&comparison->paths, now));
}

static void end(struct comparison *comparison)
{
	since_mark_deinit(&comparison->since);
	call_paths_deinit(&comparison->paths);
	key_set_deinit(&comparison->unfolded);
	free(comparison->then);
	free(comparison->now);
}

static struct since_mark_change of_class(struct comparison *comparison, uint32_t index)
{
	return since_mark_class(&comparison->since, &snapshot_classes(comparison->now)[index]);
}

static struct since_mark_change of_path(struct comparison *comparison, uint32_t index)
{
	return since_mark_path(&comparison->since, &comparison->paths, &comparison->paths.paths[index]);
}

static void test_without_a_mark_nothing_is_known(void **state)
{
	struct comparison comparison;

	compare(&comparison, NULL, with_class(1, 10), false);
	assert_false(of_class(&comparison, 0).live_known);
	assert_false(of_class(&comparison, 0).retained_known);
	assert_false(since_mark_totals(&comparison.since, comparison.now).retained_known);
	end(&comparison);
}

static void test_the_change_of_a_class(void **state)
{
	struct comparison comparison;

	compare(&comparison, with_class(10, 100), with_class(30, 80), false);
	struct since_mark_change change = of_class(&comparison, 0);
	assert_true(change.live_known && change.retained_known && change.growth_known && !change.bound);
	assert_int_equal(change.live, -40);
	assert_int_equal(change.retained, -20);
	assert_true(change.growth < -0.99 && change.growth > -1.01);
	assert_int_equal(since_mark_totals(&comparison.since, comparison.now).retained, -20);
	end(&comparison);
}

static void test_a_class_that_is_new_had_none(void **state)
{
	const struct snapshot_header head = at_second(3);
	const struct fake_class classes[] = {{1, "Hash", 10, 0, 10, 0}, {7, "New", 9, 4, 5, 0}};
	struct comparison comparison;

	compare(&comparison, with_class(1, 10), fake_snapshot(&head, NULL, classes, COUNT(classes)), false);
	assert_int_equal(of_class(&comparison, 1).retained, 5);
	assert_int_equal(of_class(&comparison, 1).live, 5);
	end(&comparison);
}

static void test_what_no_major_gc_has_told_is_not_known(void **state)
{
	struct snapshot_header *then = with_class(10, 0);
	struct comparison comparison;

	then->majors_seen = then->major_at_ns = 0;
	compare(&comparison, then, with_class(30, 80), false);
	assert_true(of_class(&comparison, 0).live_known);
	assert_false(of_class(&comparison, 0).retained_known);
	assert_false(of_class(&comparison, 0).growth_known);
	end(&comparison);
}

static void test_without_a_major_gc_in_between_there_is_no_growth(void **state)
{
	struct snapshot_header *now = with_class(30, 80);
	struct comparison comparison;

	now->major_at_ns = (100 + 10) * SECOND;
	compare(&comparison, with_class(10, 80), now, false);
	assert_true(of_class(&comparison, 0).retained_known);
	assert_false(of_class(&comparison, 0).growth_known);
	end(&comparison);
}

static void test_an_upper_bound_at_either_end_shows(void **state)
{
	for (unsigned end_of_two = 0; end_of_two < 2; end_of_two++) {
		struct snapshot_header *then = with_class(10, 100), *now = with_class(30, 80);
		struct comparison comparison;

		(end_of_two ? now : then)->flags |= SNAPSHOT_RETAINED_BOUND;
		compare(&comparison, then, now, false);
		assert_true(of_class(&comparison, 0).bound);
		end(&comparison);
	}
}

/* Hash, made on line 1 (id 11) for callers on lines 2 and 3 (ids 12 and 13). */
static struct snapshot_header *with_paths(uint64_t second, struct fake_node nodes[3])
{
	const struct snapshot_header head = at_second(second);
	const struct fake_class class = {1, "Hash", 1000, 0, 1000, 0};

	return fake_snapshot_with_paths(&head, NULL, &class, 1, nodes, 3);
}

static const struct fake_node tree[3] = {
    {11, 0, SNAPSHOT_NONE, 10, 0, 10, FILE_NAME, "Shop::Store#write", 1, 0},
    {12, 0, 0, 20, 5, 15, FILE_NAME, "Shop::Checkout#call", 2, 0},
    {13, 0, 0, 7, 0, 7, FILE_NAME, "Shop::Login#call", 3, 0},
};

static void copy_tree(struct fake_node nodes[3])
{
	for (unsigned i = 0; i < 3; i++)
		nodes[i] = tree[i];
}

static void test_the_change_of_call_paths(void **state)
{
	struct fake_node then[3], now[3];
	struct comparison comparison;

	copy_tree(then);
	copy_tree(now);
	now[1].allocated += 100;
	now[1].retained += 90;
	compare(&comparison, with_paths(1, then), with_paths(5, now), false);
	assert_int_equal(of_path(&comparison, 0).retained, 90);
	assert_int_equal(of_path(&comparison, 0).live, 100);
	assert_int_equal(of_path(&comparison, 1).retained, 90);
	assert_true(of_path(&comparison, 2).retained_known);
	assert_int_equal(of_path(&comparison, 2).retained, 0);
	end(&comparison);
}

static void test_a_new_call_path_had_none(void **state)
{
	struct fake_node then[3], now[3];
	struct comparison comparison;

	copy_tree(then);
	copy_tree(now);
	then[2] = (struct fake_node){14, 0, 0, 3, 3, 0, FILE_NAME, "Shop::Login#call", 3, 0};
	compare(&comparison, with_paths(1, then), with_paths(5, now), false);
	/* The one that is gone had no objects any more: nothing can be missing. */
	assert_true(of_path(&comparison, 2).retained_known);
	assert_int_equal(of_path(&comparison, 2).retained, 7);
	end(&comparison);
}

static void test_a_path_that_was_given_up_and_came_again_is_not_known(void **state)
{
	struct fake_node then[3], now[3];
	struct comparison comparison;

	copy_tree(then);
	copy_tree(now);
	then[2].id = 14;
	compare(&comparison, with_paths(1, then), with_paths(5, now), false);
	assert_false(of_path(&comparison, 2).retained_known);
	assert_false(of_path(&comparison, 2).live_known);
	assert_true(of_path(&comparison, 1).retained_known);
	assert_true(of_path(&comparison, 0).retained_known);
	assert_int_equal(of_path(&comparison, 0).retained, 0);
	end(&comparison);
}

static void test_a_path_that_got_its_whole_name_and_another_id_is_not_known(void **state)
{
	struct fake_node then[3], now[3];
	struct comparison comparison;

	copy_tree(then);
	copy_tree(now);
	then[1].id = 14;
	then[1].label = "call";
	compare(&comparison, with_paths(1, then), with_paths(5, now), false);
	assert_false(of_path(&comparison, 1).retained_known);
	assert_true(of_path(&comparison, 2).retained_known);
	end(&comparison);
}

static void test_too_many_paths_that_are_gone(void **state)
{
	enum { GONE = SINCE_MARK_GONE_MAX + 1 };
	const struct snapshot_header head = at_second(1);
	const struct fake_class class = {1, "Hash", 1000, 0, 1000, 0};
	struct fake_node *then = calloc(GONE, sizeof *then), now[3];
	struct comparison comparison;

	for (uint32_t i = 0; i < GONE; i++)
		then[i] = (struct fake_node){100 + i, 0, SNAPSHOT_NONE, 1, 0, 1, "/other.rb", "other", i + 1, 0};
	copy_tree(now);
	compare(&comparison, fake_snapshot_with_paths(&head, NULL, &class, 1, then, GONE), with_paths(5, now), false);
	assert_false(of_path(&comparison, 0).retained_known);
	end(&comparison);
	compare(&comparison, fake_snapshot_with_paths(&head, NULL, &class, 1, then, GONE - 1), with_paths(5, now),
	        false);
	assert_true(of_path(&comparison, 0).retained_known);
	assert_int_equal(of_path(&comparison, 0).retained, 32);
	end(&comparison);
	free(then);
}

static const struct call_path *turned_path(struct comparison *comparison, uint32_t line)
{
	for (size_t i = 0; i < comparison->paths.count; i++) {
		const struct call_path *path = &comparison->paths.paths[i];
		if (path->parent == CALL_PATHS_NONE && snapshot_frames(comparison->now)[path->frame].line == line)
			return path;
	}
	fail_msg("there is no path that begins on line %u", line);
	return NULL;
}

static void test_turned_paths_are_known_by_what_they_consist_of(void **state)
{
	struct fake_node then[3], now[3];
	struct comparison comparison;

	copy_tree(then);
	copy_tree(now);
	then[1].id = 14;
	now[1].allocated += 100;
	now[1].retained += 90;
	/* Nobody called from there at the mark; and of the other line the name was not whole yet. */
	then[2].label = "call";
	now[0].line = 8;
	then[0].line = 8;
	compare(&comparison, with_paths(1, then), with_paths(5, now), true);
	struct since_mark_change change =
	    since_mark_path(&comparison.since, &comparison.paths, turned_path(&comparison, 2));
	assert_true(change.retained_known);
	assert_int_equal(change.retained, 90);
	change = since_mark_path(&comparison.since, &comparison.paths, turned_path(&comparison, 3));
	assert_false(change.retained_known);
	end(&comparison);
}

static void test_a_new_turned_path_had_none(void **state)
{
	struct fake_node then[3], now[3];
	struct comparison comparison;

	copy_tree(then);
	copy_tree(now);
	then[2].line = 30;
	compare(&comparison, with_paths(1, then), with_paths(5, now), true);
	struct since_mark_change change =
	    since_mark_path(&comparison.since, &comparison.paths, turned_path(&comparison, 3));
	assert_true(change.retained_known);
	assert_int_equal(change.retained, 7);
	end(&comparison);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_marks_are_kept_in_the_order_of_their_times),
	    cmocka_unit_test(test_there_are_only_so_many_marks),
	    cmocka_unit_test(test_marks_of_another_start_do_not_belong),
	    cmocka_unit_test(test_without_a_mark_nothing_is_known),
	    cmocka_unit_test(test_the_change_of_a_class),
	    cmocka_unit_test(test_a_class_that_is_new_had_none),
	    cmocka_unit_test(test_what_no_major_gc_has_told_is_not_known),
	    cmocka_unit_test(test_without_a_major_gc_in_between_there_is_no_growth),
	    cmocka_unit_test(test_an_upper_bound_at_either_end_shows),
	    cmocka_unit_test(test_the_change_of_call_paths),
	    cmocka_unit_test(test_a_new_call_path_had_none),
	    cmocka_unit_test(test_a_path_that_was_given_up_and_came_again_is_not_known),
	    cmocka_unit_test(test_a_path_that_got_its_whole_name_and_another_id_is_not_known),
	    cmocka_unit_test(test_too_many_paths_that_are_gone),
	    cmocka_unit_test(test_turned_paths_are_known_by_what_they_consist_of),
	    cmocka_unit_test(test_a_new_turned_path_had_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
