#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_snapshot.h"
#include "model/snapshot_sum.h"

/* The sum, which must be a snapshot that a reader takes. */
static struct snapshot_header *sum_of(const struct snapshot_header *const *parts, size_t count, uint32_t *places)
{
	struct snapshot_header *sum = snapshot_sum(parts, count, "the sum", 7, places);

	assert_non_null(sum);
	assert_null(snapshot_check(sum, sum->size));
	return sum;
}

static const struct snapshot_class *find_class(const struct snapshot_header *sum, const char *name)
{
	const struct snapshot_class *found = NULL;

	for (uint32_t i = 0; i < sum->class_count; i++) {
		const struct snapshot_class *class = &snapshot_classes(sum)[i];

		if (strcmp(snapshot_string(sum, class->name, NULL), name) != 0)
			continue;
		assert_null(found);
		found = class;
	}
	assert_non_null(found);
	return found;
}

static void assert_counts(const struct snapshot_class *class, uint64_t allocated, uint64_t freed, uint64_t retained)
{
	assert_int_equal(class->counts.allocated, allocated);
	assert_int_equal(class->counts.freed, freed);
	assert_int_equal(class->counts.retained, retained);
}

static void test_classes_of_the_same_name_add_up(void **state)
{
	const struct fake_class one[] = {{1, "String", 100, 40, 50, 0}, {2, "Hash", 7, 0, 7, 0}};
	const struct fake_class two[] = {{9, "Set", 1, 0, 0, 0}, {8, "String", 10, 5, 2, 0}};
	struct snapshot_header head = {.pid = 11, .counts.allocated = 1};
	struct snapshot_header *parts[] = {fake_snapshot(&head, NULL, one, 2), fake_snapshot(&head, NULL, two, 2)};
	uint32_t places[4];
	parts[0]->counts.allocated_bytes =
	    ((struct snapshot_class *)snapshot_classes(parts[0]))[0].counts.allocated_bytes = 4000;
	parts[1]->counts.allocated_bytes =
	    ((struct snapshot_class *)snapshot_classes(parts[1]))[1].counts.allocated_bytes = 640;
	struct snapshot_header *sum = sum_of((const struct snapshot_header *const *)parts, 2, places);

	assert_int_equal(sum->class_count, 3);
	assert_int_equal(find_class(sum, "String")->counts.allocated_bytes, 4640);
	assert_int_equal(sum->counts.allocated_bytes, 4640);
	assert_counts(find_class(sum, "String"), 110, 45, 52);
	assert_counts(find_class(sum, "Hash"), 7, 0, 7);
	assert_counts(find_class(sum, "Set"), 1, 0, 0);
	assert_int_equal(sum->counts.allocated, 118);
	assert_int_equal(sum->counts.freed, 45);
	assert_int_equal(sum->counts.retained, 59);
	assert_int_equal(sum->sequence, 7);
	assert_string_equal(snapshot_string(sum, sum->command, NULL), "the sum");
	for (uint32_t i = 0; i < 4; i++) {
		const char *name = snapshot_string(sum, snapshot_classes(sum)[places[i]].name, NULL);

		assert_string_equal(name, i < 2 ? one[i].name : two[i - 2].name);
	}
	free(sum);
	free(parts[0]);
	free(parts[1]);
}

static void test_ids_are_the_same_in_every_sum(void **state)
{
	const struct fake_class one[] = {{1, "String", 1, 0, 0, 0}, {2, "Hash", 2, 0, 0, 0}};
	const struct fake_class two[] = {{5, "Hash", 3, 0, 0, 0}, {6, "Array", 4, 0, 0, 0}, {7, "String", 5, 0, 0, 0}};
	const struct fake_node nodes[] = {{1, 0, SNAPSHOT_NONE, 2, 0, 0, "a.rb", "a", 1, 0}};
	struct snapshot_header head = {0};
	struct snapshot_header *parts[] = {fake_snapshot_with_paths(&head, NULL, one, 2, nodes, 1),
	                                   fake_snapshot(&head, NULL, two, 3)};
	const struct snapshot_header *inverted[] = {parts[1], parts[0]};
	struct snapshot_header *sum = sum_of((const struct snapshot_header *const *)parts, 2, NULL);
	struct snapshot_header *other = sum_of(inverted, 2, NULL);

	assert_int_equal(find_class(sum, "String")->id, find_class(other, "String")->id);
	assert_int_equal(find_class(sum, "Hash")->id, find_class(other, "Hash")->id);
	assert_int_not_equal(find_class(sum, "String")->id, find_class(sum, "Hash")->id);
	assert_int_equal(snapshot_nodes(sum)[0].id, snapshot_nodes(other)[0].id);
	free(sum);
	free(other);
	free(parts[0]);
	free(parts[1]);
}

static void test_classes_that_only_look_alike_stay_apart(void **state)
{
	const struct fake_class one[] = {{1, "#<Class:0x01>", 1, 0, 0, SNAPSHOT_CLASS_ANONYMOUS},
	                                 {2, "T_DATA", 2, 0, 0, SNAPSHOT_CLASS_INTERNAL},
	                                 {3, "Gone", 3, 0, 0, SNAPSHOT_CLASS_UNLOADED}};
	const struct fake_class two[] = {{1, "#<Class:0x01>", 10, 0, 0, SNAPSHOT_CLASS_ANONYMOUS},
	                                 {2, "T_DATA", 20, 0, 0, 0},
	                                 {3, "Gone", 30, 0, 0, 0}};
	struct snapshot_header head = {0};
	struct snapshot_header *parts[] = {fake_snapshot(&head, NULL, one, 3), fake_snapshot(&head, NULL, two, 3)};

	parts[0] = fake_snapshot_with_origin(parts[0], 0, "a.rb", 3);
	parts[1] = fake_snapshot_with_origin(parts[1], 0, "a.rb", 4);
	struct snapshot_header *sum = sum_of((const struct snapshot_header *const *)parts, 2, NULL);
	assert_int_equal(sum->class_count, 5);
	/* What is unloaded in one process is there in the other. */
	assert_int_equal(find_class(sum, "Gone")->flags, 0);
	assert_counts(find_class(sum, "Gone"), 33, 0, 0);
	free(sum);
	free(parts[0]);
	free(parts[1]);
}

static void test_call_paths_of_the_same_frames_add_up(void **state)
{
	const struct fake_class classes[] = {{1, "Hash", 10, 0, 0, 0}, {2, "Set", 5, 0, 0, 0}};
	const struct fake_class inverted[] = {{4, "Set", 5, 0, 0, 0}, {3, "Hash", 10, 0, 0, 0}};
	const struct fake_node one[] = {{1, 0, SNAPSHOT_NONE, 1, 0, 1, "a.rb", "write", 41, 0},
	                                {2, 0, 0, 2, 1, 1, "b.rb", "call", 7, 0},
	                                {3, 1, SNAPSHOT_NONE, 5, 0, 0, "a.rb", "write", 41, 0}};
	const struct fake_node two[] = {{9, 1, SNAPSHOT_NONE, 10, 0, 10, "a.rb", "write", 41, 0},
	                                {8, 1, 0, 20, 10, 10, "b.rb", "call", 7, 0},
	                                {7, 1, 0, 40, 0, 0, "b.rb", "call", 8, 0}};
	struct snapshot_header head = {0};
	struct snapshot_header *parts[] = {fake_snapshot_with_paths(&head, NULL, classes, 2, one, 3),
	                                   fake_snapshot_with_paths(&head, NULL, inverted, 2, two, 3)};
	struct snapshot_header *sum = sum_of((const struct snapshot_header *const *)parts, 2, NULL);
	const struct snapshot_node *nodes = snapshot_nodes(sum);

	assert_int_equal(sum->node_count, 4);
	assert_int_equal(sum->frame_count, 3);
	assert_int_equal(nodes[0].counts.allocated, 11);
	assert_int_equal(nodes[1].counts.allocated, 22);
	assert_int_equal(nodes[1].counts.freed, 11);
	assert_int_equal(nodes[1].parent, 0);
	assert_int_equal(nodes[2].counts.allocated, 5);
	assert_int_equal(nodes[3].counts.allocated, 40);
	assert_string_equal(snapshot_string(sum, snapshot_classes(sum)[nodes[3].class_index].name, NULL), "Hash");
	free(sum);
	free(parts[0]);
	free(parts[1]);
}

static void test_the_header(void **state)
{
	struct snapshot_header one = {.pid = 1,
	                              .flags = SNAPSHOT_EXACT | SNAPSHOT_EXISTING | SNAPSHOT_RUNNING,
	                              .wall_ns = 5,
	                              .monotonic_ns = 50,
	                              .started_ns = 20,
	                              .process_ns = 0,
	                              .gc_minor = 3,
	                              .gc_major = 2,
	                              .heap_live_slots = 10,
	                              .heap_total_slots = 20,
	                              .rss_bytes = 100,
	                              .majors_seen = 1,
	                              .tracker_bytes = 8,
	                              .depth = 3,
	                              .path_interval = 1};
	struct snapshot_header two = one;
	two.pid = 2;
	two.flags = SNAPSHOT_EXACT | SNAPSHOT_RETAINED_BOUND | SNAPSHOT_ENDED;
	two.wall_ns = 7;
	two.started_ns = 10;
	two.process_ns = 9;
	struct snapshot_header *parts[] = {fake_snapshot(&one, NULL, NULL, 0), fake_snapshot(&two, NULL, NULL, 0)};
	struct snapshot_header *sum = sum_of((const struct snapshot_header *const *)parts, 2, NULL);

	assert_int_equal(sum->pid, 1);
	assert_int_equal(sum->flags, SNAPSHOT_EXACT | SNAPSHOT_RUNNING | SNAPSHOT_RETAINED_BOUND);
	assert_int_equal(sum->wall_ns, 7);
	assert_int_equal(sum->monotonic_ns, 50);
	assert_int_equal(sum->started_ns, 10);
	assert_int_equal(sum->process_ns, 9);
	assert_int_equal(sum->gc_minor, 6);
	assert_int_equal(sum->gc_major, 4);
	assert_int_equal(sum->heap_live_slots, 20);
	assert_int_equal(sum->heap_total_slots, 40);
	assert_int_equal(sum->rss_bytes, 200);
	assert_int_equal(sum->majors_seen, 2);
	assert_int_equal(sum->tracker_bytes, 16);
	assert_int_equal(sum->reason, 0);
	free(sum);
	/* Of a sum of what is not known nothing is known. */
	parts[1]->rss_bytes = 0;
	sum = sum_of((const struct snapshot_header *const *)parts, 2, NULL);
	assert_int_equal(sum->rss_bytes, 0);
	free(sum);
	free(parts[0]);
	free(parts[1]);
}

static void test_one_that_is_not_exact_is_named(void **state)
{
	struct snapshot_header exact = {.pid = 1, .flags = SNAPSHOT_EXACT}, light = {.pid = 2}, inexact = {.pid = 3};
	struct snapshot_header *parts[] = {fake_snapshot(&exact, NULL, NULL, 0),
	                                   fake_snapshot(&light, "two frees were missed", NULL, 0),
	                                   fake_snapshot(&inexact, "another", NULL, 0)};
	struct snapshot_header *sum = sum_of((const struct snapshot_header *const *)parts, 2, NULL);

	assert_int_equal(sum->flags & SNAPSHOT_EXACT, 0);
	assert_string_equal(snapshot_string(sum, sum->reason, NULL), "process 2: two frees were missed");
	free(sum);
	sum = sum_of((const struct snapshot_header *const *)parts, 3, NULL);
	assert_string_equal(snapshot_string(sum, sum->reason, NULL), "process 2: two frees were missed; and 1 more");
	free(sum);
	for (size_t i = 0; i < 3; i++)
		free(parts[i]);
}

static void test_names_are_awaited_that_no_process_has_seen(void **state)
{
	struct snapshot_header head = {.class_filter_count = 3};
	struct snapshot_header *parts[2];
	snapshot_string_ref unmatched;

	for (size_t i = 0; i < 2; i++) {
		struct snapshot_header *part = fake_snapshot(&head, NULL, NULL, 0);

		parts[i] = fake_snapshot_with_text(part, i ? "Nope, Cart, Cat" : "Car, Cat, Nope", &unmatched);
		parts[i]->unmatched = unmatched;
	}
	struct snapshot_header *sum = sum_of((const struct snapshot_header *const *)parts, 2, NULL);
	assert_string_equal(snapshot_string(sum, sum->unmatched, NULL), "Cat, Nope");
	free(sum);
	free(parts[0]);
	free(parts[1]);
}

/* Many parts with many classes, checked against sums made the long way. */
static void test_many(void **state)
{
	enum { PARTS = 50, CLASSES = 400 };
	static char names[CLASSES][16];
	static struct fake_class classes[CLASSES];
	uint64_t expected[CLASSES] = {0};
	struct snapshot_header head = {0}, *parts[PARTS];

	for (unsigned part = 0; part < PARTS; part++) {
		for (unsigned i = 0; i < CLASSES; i++) {
			unsigned number = (i * 7 + part * 13) % CLASSES;

			snprintf(names[i], sizeof names[i], "C%u", number);
			classes[i] = (struct fake_class){i + 1, names[i], part * 1000 + i, 0, i, 0};
			expected[number] += part * 1000 + i;
		}
		parts[part] = fake_snapshot(&head, NULL, classes, CLASSES);
	}
	struct snapshot_header *sum = sum_of((const struct snapshot_header *const *)parts, PARTS, NULL);
	assert_int_equal(sum->class_count, CLASSES);
	for (unsigned i = 0; i < CLASSES; i++) {
		const struct snapshot_class *class = &snapshot_classes(sum)[i];

		assert_int_equal(class->counts.allocated, expected[atoi(snapshot_string(sum, class->name, NULL) + 1)]);
	}
	free(sum);
	for (unsigned part = 0; part < PARTS; part++)
		free(parts[part]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_classes_of_the_same_name_add_up),
	    cmocka_unit_test(test_ids_are_the_same_in_every_sum),
	    cmocka_unit_test(test_classes_that_only_look_alike_stay_apart),
	    cmocka_unit_test(test_call_paths_of_the_same_frames_add_up),
	    cmocka_unit_test(test_the_header),
	    cmocka_unit_test(test_one_that_is_not_exact_is_named),
	    cmocka_unit_test(test_names_are_awaited_that_no_process_has_seen),
	    cmocka_unit_test(test_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
