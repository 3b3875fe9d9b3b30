#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_program.h"
#include "model/snapshot.h"
#include "model/snapshot_builder.h"

/* A snapshot with every kind of record in it. The caller frees it. */
static struct snapshot_header *sample(void)
{
	struct fake_program *program = fake_start((struct tracker_options){.depth = 3});

	fake_class(program, CLASS(1), "Hash");
	fake_class(program, CLASS(2), "String");
	fake_class(program, CLASS(3), NULL);
	fake_code(program, CODE(1), CODE_SOURCE, "shop.rb", "write");
	fake_code(program, CODE(2), CODE_SOURCE, "shop.rb", "call");
	fake_allocate_at(program, OBJECT(1), CLASS(1), FAKE_STACK(CODE(1), 41, CODE(2), 77));
	fake_allocate_at(program, OBJECT(2), CLASS(1), FAKE_STACK(CODE(1), 42, CODE(2), 77));
	fake_allocate_at(program, OBJECT(3), CLASS(2), FAKE_STACK(CODE(2), 7));
	fake_allocate(program, OBJECT(4), CLASS(3));
	tracker_enter_existing(&program->tracker, OBJECT(5), CLASS(2));
	fake_major_gc(program);
	tracker_freed(&program->tracker, OBJECT(2));
	struct snapshot_metadata metadata = {
	    .header = {.pid = 4711, .depth = 3, .flags = SNAPSHOT_RUNNING, .sequence = 3, .rss_bytes = 99},
	    .reason = {"12 frees were not reported", 26},
	    .command = {"ruby shop.rb", 12},
	    .runtime = {"ruby 3.4.1", 10},
	};
	struct snapshot_header *header = tracker_snapshot(&program->tracker, &metadata);
	assert_non_null(header);
	fake_stop(program);
	return header;
}

static const struct snapshot_class *class_named(const struct snapshot_header *header, const char *name)
{
	for (uint32_t index = 0; index < header->class_count; index++) {
		const struct snapshot_class *class = &snapshot_classes(header)[index];

		if (strcmp(snapshot_string(header, class->name, NULL), name) == 0)
			return class;
	}
	fail_msg("no class %s", name);
	return NULL;
}

static void test_what_a_snapshot_says(void **state)
{
	char text[1024];
	char name[64];
	uint32_t length;
	struct snapshot_header *header = sample();

	assert_null(snapshot_check(header, header->size));
	assert_null(fake_contradiction(header));
	fake_describe(header, text, sizeof(text));
	snprintf(name, sizeof(name), "#<Class:0x%016llx>", (unsigned long long)CLASS(3));
	char expected[1024];
	snprintf(
	    expected, sizeof(expected),
	    "Hash 2/1\n shop.rb:41 write 0/0\n  shop.rb:77 call 1/0\n shop.rb:42 write 0/0\n  shop.rb:77 call 1/1\n"
	    "String 2/0\n shop.rb:7 call 1/0\n (before the start) 1/0\n%s 1/0\n",
	    name);
	assert_string_equal(text, expected);
	assert_int_equal(header->counts.allocated, 5);
	assert_int_equal(header->counts.freed, 1);
	assert_int_equal(header->counts.retained, 5);
	assert_int_equal(header->majors_seen, 1);
	assert_int_equal(header->flags, SNAPSHOT_RUNNING);
	assert_int_equal(header->pid, 4711);
	assert_int_equal(header->sequence, 3);
	assert_int_equal(header->rss_bytes, 99);
	assert_true(header->tracker_bytes > 0);
	assert_string_equal(snapshot_string(header, header->reason, &length), "12 frees were not reported");
	assert_int_equal(length, 26);
	assert_string_equal(snapshot_string(header, header->command, NULL), "ruby shop.rb");
	assert_string_equal(snapshot_string(header, header->runtime, NULL), "ruby 3.4.1");
	assert_string_equal(snapshot_string(header, 0, &length), "");
	assert_int_equal(length, 0);
	assert_int_equal(class_named(header, "Hash")->flags, 0);
	assert_int_equal(class_named(header, name)->flags, SNAPSHOT_CLASS_ANONYMOUS);
	free(header);
}

static void test_an_empty_tracker(void **state)
{
	struct fake_program *program = fake_start((struct tracker_options){0});
	struct snapshot_header *header = fake_take_snapshot(program);

	assert_int_equal(header->class_count, 0);
	assert_int_equal(header->node_count, 0);
	assert_int_equal(header->reason, 0);
	free(header);
	fake_stop(program);
}

static void test_a_bound_is_said_when_objects_were_allocated_while_marking(void **state)
{
	struct fake_program *program = fake_start((struct tracker_options){0});

	tracker_mark_ended(&program->tracker, 5);
	tracker_sweep_ended(&program->tracker, true, 77);
	struct snapshot_header *header = fake_take_snapshot(program);
	assert_int_equal(header->flags, SNAPSHOT_RETAINED_BOUND);
	assert_int_equal(header->major_allocated, 5);
	assert_int_equal(header->major_at_ns, 77);
	free(header);
	fake_major_gc(program);
	header = fake_take_snapshot(program);
	assert_int_equal(header->flags, 0);
	free(header);
	fake_stop(program);
}

/* Objects of classes that could not be recorded are in the sums, wherever they come from. */
static void test_classes_that_were_not_recorded(void **state)
{
	struct fake_program *program = fake_start((struct tracker_options){.depth = 2, .limits = {.classes = 3}});

	fake_class(program, CLASS(1), "Hash");
	fake_class(program, CLASS(2), "String");
	fake_code(program, CODE(1), CODE_SOURCE, "shop.rb", "write");
	fake_allocate_at(program, OBJECT(1), CLASS(1), FAKE_STACK(CODE(1), 41));
	tracker_enter_existing(&program->tracker, OBJECT(2), CLASS(2));
	struct snapshot_header *header = fake_take_snapshot(program);
	assert_int_equal(header->counts.allocated, 2);
	assert_int_equal(class_named(header, "(classes not recorded)")->counts.allocated, 1);
	assert_int_equal(class_named(header, "(classes not recorded)")->flags, SNAPSHOT_CLASS_INTERNAL);
	free(header);
	fake_allocate_at(program, OBJECT(3), CLASS(2), FAKE_STACK(CODE(1), 41));
	header = fake_take_snapshot(program);
	assert_int_equal(header->counts.allocated, 3);
	assert_int_equal(program->tracker.classes_dropped, 2);
	free(header);
	fake_stop(program);
}

static void test_totals_of_unloaded_classes(void **state)
{
	struct fake_program *program = fake_start((struct tracker_options){0});

	for (uint32_t round = 0; round < 3; round++) {
		fake_class(program, CLASS(1), "Temporary");
		fake_allocate(program, OBJECT(1), CLASS(1));
		tracker_freed(&program->tracker, OBJECT(1));
		tracker_freed(&program->tracker, CLASS(1));
	}
	struct snapshot_header *header = fake_take_snapshot(program);
	const struct snapshot_class *gone = class_named(header, "(unloaded classes)");
	assert_int_equal(gone->counts.allocated, 2);
	assert_int_equal(gone->counts.freed, 2);
	assert_int_equal(gone->flags, SNAPSHOT_CLASS_INTERNAL | SNAPSHOT_CLASS_UNLOADED);
	assert_int_equal(class_named(header, "Temporary")->flags, SNAPSHOT_CLASS_UNLOADED);
	free(header);
	fake_stop(program);
}

static void test_many_records(void **state)
{
	enum { CLASSES = 3000 };
	static char names[CLASSES][300];
	struct fake_program *program = fake_start((struct tracker_options){.depth = 1});

	fake_code(program, CODE(1), CODE_SOURCE, "shop.rb", "write");
	for (uint32_t number = 0; number < CLASSES; number++) {
		snprintf(names[number], sizeof(names[number]), "Class%u%0*u", number, (int)(number % 250) + 1, 0);
		fake_class(program, CLASS(number), names[number]);
		fake_allocate_at(program, OBJECT(number), CLASS(number), FAKE_STACK(CODE(1), number + 1));
	}
	struct snapshot_header *header = fake_take_snapshot(program);
	assert_int_equal(header->class_count, CLASSES);
	assert_int_equal(header->node_count, CLASSES);
	assert_int_equal(header->frame_count, CLASSES);
	for (uint32_t number = 0; number < CLASSES; number += 7)
		assert_int_equal(class_named(header, names[number])->counts.allocated, 1);
	free(header);
	fake_stop(program);
}

/* What is accepted must be readable to its end; a sanitizer watches. */
static bool accepted(const void *bytes, size_t size)
{
	if (snapshot_check(bytes, size))
		return false;
	fake_contradiction(bytes);
	return true;
}

static void test_every_shorter_one_is_refused(void **state)
{
	struct snapshot_header *header = sample();

	for (size_t size = 0; size < header->size; size++) {
		/* Its own block, so that reading beyond the end is noticed. */
		char *cut = malloc(size + (size == 0));

		memcpy(cut, header, size);
		assert_non_null(snapshot_check(cut, size));
		if (size >= sizeof(*header)) {
			((struct snapshot_header *)cut)->size = size;
			accepted(cut, size);
		}
		free(cut);
	}
	free(header);
}

static void test_every_changed_byte(void **state)
{
	struct snapshot_header *header = sample();
	size_t size = header->size;
	unsigned char *bytes = (unsigned char *)header;
	uint32_t refused = 0;

	for (size_t index = 0; index < size; index++) {
		unsigned char right = bytes[index];

		for (uint32_t change = 1; change < 256; change++) {
			bytes[index] = (unsigned char)(right + change);
			refused += !accepted(bytes, size);
		}
		bytes[index] = right;
	}
	assert_true(refused > 1000);
	assert_true(accepted(bytes, size));
	free(header);
}

static void test_every_word_with_a_value_that_may_hurt(void **state)
{
	const uint32_t values[] = {0, 1, 2, 3, 4, 7, 8, 40, 0x7fffffff, 0x80000000, 0xfffffff8, 0xfffffffc, UINT32_MAX};
	struct snapshot_header *header = sample();
	size_t words = header->size / sizeof(uint32_t);
	uint32_t *word = (uint32_t *)header;
	uint64_t random = 20260813;

	print_message("seed %llu\n", (unsigned long long)random);
	for (uint32_t step = 0; step < 100000; step++) {
		uint32_t places[3], rights[3];

		for (int change = 0; change < 3; change++) {
			random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
			places[change] = (uint32_t)(random >> 33) % words;
			rights[change] = word[places[change]];
			word[places[change]] = values[(random >> 20) % (sizeof(values) / sizeof(*values))];
		}
		accepted(header, words * sizeof(uint32_t));
		for (int change = 2; change >= 0; change--)
			word[places[change]] = rights[change];
	}
	assert_true(accepted(header, header->size));
	free(header);
}

static void test_reasons(void **state)
{
	struct snapshot_header *header = sample();
	char *shifted = malloc(header->size + 8);

	memcpy(shifted + 4, header, header->size);
	assert_string_equal(snapshot_check(shifted + 4, header->size), "it is shorter than a header");
	free(shifted);
#define REFUSED(field, value, reason)                                                                                  \
	do {                                                                                                           \
		__typeof__(field) right = field;                                                                       \
		field = value;                                                                                         \
		assert_string_equal(snapshot_check(header, header->size), reason);                                     \
		field = right;                                                                                         \
	} while (0)
	struct snapshot_class *class = (struct snapshot_class *)snapshot_classes(header);
	struct snapshot_node *nodes = (struct snapshot_node *)snapshot_nodes(header);
	struct snapshot_frame *frame = (struct snapshot_frame *)snapshot_frames(header);
	uint32_t last = header->node_count - 1;
	REFUSED(header->magic, 0x4e53544d, "it is no snapshot, or one of a machine of another byte order");
	REFUSED(header->version, 99, "it is a snapshot of another version");
	REFUSED(header->counts.freed, header->counts.allocated + 1, "it has more freed than allocated");
	REFUSED(header->class_count, UINT32_MAX, "the classes lie outside");
	REFUSED(header->nodes_offset, header->size + 8, "the nodes lie outside");
	REFUSED(header->frames_offset, 8, "the frames lie outside");
	REFUSED(header->strings_size, UINT64_MAX, "the strings lie outside");
	REFUSED(header->command, 3, "the header has a text that lies outside");
	REFUSED(header->reason, 4, "the header has a text that lies outside");
	REFUSED(header->runtime, UINT32_MAX - 3, "the header has a text that lies outside");
	REFUSED(class->name, 0x10000, "a class has a name that lies outside");
	REFUSED(class->origin, 5, "a class has a name that lies outside");
	REFUSED(header->unmatched, header->strings_size, "the header has a text that lies outside");
	REFUSED(class->counts.freed, UINT64_MAX, "a class has more freed than allocated");
	REFUSED(frame->label, 0x10000, "a frame has a name that lies outside");
	REFUSED(nodes[0].frame, header->frame_count, "a node names a class or frame that is not there");
	REFUSED(nodes[0].class_index, SNAPSHOT_NONE, "a node names a class or frame that is not there");
	REFUSED(nodes[0].parent, 0, "a node stands before its parent");
	REFUSED(nodes[last].parent, 0, "a node has a parent of another class");
	REFUSED(nodes[0].counts.freed, UINT64_MAX, "a node has more freed than allocated");
	assert_null(snapshot_check(header, header->size));
	assert_string_equal(snapshot_check(header, header->size - 1), "it is not whole");
	free(header);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_a_snapshot_says),
	    cmocka_unit_test(test_an_empty_tracker),
	    cmocka_unit_test(test_a_bound_is_said_when_objects_were_allocated_while_marking),
	    cmocka_unit_test(test_classes_that_were_not_recorded),
	    cmocka_unit_test(test_totals_of_unloaded_classes),
	    cmocka_unit_test(test_many_records),
	    cmocka_unit_test(test_every_shorter_one_is_refused),
	    cmocka_unit_test(test_every_changed_byte),
	    cmocka_unit_test(test_every_word_with_a_value_that_may_hurt),
	    cmocka_unit_test(test_reasons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
