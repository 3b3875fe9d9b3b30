/*
 * The builder of snapshots uses libc's memory, since it runs in any thread. Here it is compiled once more, with
 * functions in libc's place that fail at the nth call, or let the program go on in the middle of a snapshot.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_program.h"
#include "model/memory.h"

static uint64_t calls;
static uint64_t fail_at;
static void (*meanwhile)(void);

static bool fails(void)
{
	void (*go_on)(void) = meanwhile;

	meanwhile = NULL;
	if (go_on)
		go_on();
	return ++calls == fail_at;
}

static void *failing_calloc(size_t count, size_t size)
{
	return fails() ? NULL : calloc(count, size);
}

static void *failing_realloc(void *pointer, size_t size)
{
	return fails() ? NULL : realloc(pointer, size);
}

static void *failing_allocate(void *context, size_t size)
{
	(void)context;
	return failing_calloc(1, size);
}

static void failing_memory_init(struct memory *memory)
{
	memory_init(memory);
	memory->allocate = failing_allocate;
}

#define calloc failing_calloc
#define realloc failing_realloc
#define memory_init failing_memory_init
#define tracker_snapshot failing_snapshot
#include "model/snapshot_builder.c"

enum { CLASSES = 200, CODES = 200 };

/* More of everything than the first blocks hold, and an alias, so that nodes are merged. */
static struct fake_program *large_program(void)
{
	static char names[CLASSES][64];
	struct fake_program *program = fake_start((struct tracker_options){.depth = 2});

	for (uint32_t number = 0; number < CLASSES; number++) {
		snprintf(names[number], sizeof(names[number]), "Shop::Class%u", number);
		fake_class(program, CLASS(number), number % 5 ? names[number] : NULL);
		fake_code(program, CODE(number), CODE_SOURCE, "shop.rb", number < 2 ? "twin" : names[number]);
		fake_allocate_at(program, OBJECT(number), CLASS(number), FAKE_STACK(CODE(number), 7, CODE(0), 8));
		fake_allocate_at(program, OBJECT(CLASSES + number), CLASS(number), FAKE_STACK(CODE(number % 2), 7));
	}
	fake_name_code(program, CODE(0), "Store#write");
	fake_name_code(program, CODE(1), "Store#write");
	return program;
}

static void test_a_snapshot_is_whole_or_there_is_none(void **state)
{
	static char text[1 << 16];
	char longest[10000];
	struct fake_program *program = large_program();
	struct snapshot_metadata metadata = {.reason = {longest, sizeof(longest)}};
	struct snapshot_header *header, *expected = fake_take_snapshot(program);

	memset(longest, 'x', sizeof(longest));
	for (fail_at = 1;; fail_at++) {
		calls = 0;
		header = failing_snapshot(&program->tracker, &metadata);
		if (header)
			break;
		assert_true(calls >= fail_at);
		/* No reader is inside afterwards. */
		assert_true(tracker_pause_readers(&program->tracker));
		tracker_resume_readers(&program->tracker);
	}
	assert_int_equal(calls, fail_at - 1);
	assert_in_range(fail_at, 10, 100);
	assert_null(snapshot_check(header, header->size));
	assert_null(fake_contradiction(header));
	assert_int_equal(header->counts.allocated, expected->counts.allocated);
	assert_int_equal(header->node_count, expected->node_count);
	fake_describe(header, text, sizeof(text));
	assert_non_null(strstr(text, "Shop::Class199 2/0\n"));
	free(header);
	free(expected);
	fake_stop(program);
}

static struct fake_program *program;

/* A path whose first node uses a number again and whose frame is new; below it there is a frame of before. */
static void new_path(void)
{
	fake_allocate_at(program, OBJECT(1), CLASS(1), FAKE_STACK(CODE(0), 99, CODE(1), 77));
}

static void test_a_path_that_comes_during_a_snapshot_is_whole_or_left_out(void **state)
{
	char text[1000];
	struct snapshot_metadata metadata = {.header = {0}};

	program = fake_start((struct tracker_options){.depth = 2});
	fake_class(program, CLASS(1), "Hash");
	fake_class(program, CLASS(2), "Temporary");
	fake_code(program, CODE(0), CODE_SOURCE, "shop.rb", "write");
	fake_code(program, CODE(1), CODE_SOURCE, "shop.rb", "call");
	fake_allocate_at(program, OBJECT(2), CLASS(2), FAKE_STACK(CODE(0), 42, CODE(1), 77));
	fake_allocate_at(program, OBJECT(3), CLASS(1), FAKE_STACK(CODE(0), 42, CODE(1), 77));
	tracker_freed(&program->tracker, OBJECT(2));
	tracker_freed(&program->tracker, CLASS(2));
	tracker_class_for(&program->tracker, CLASS(3));
	meanwhile = new_path;
	fail_at = 0;
	struct snapshot_header *header = failing_snapshot(&program->tracker, &metadata);
	assert_null(meanwhile);
	assert_null(snapshot_check(header, header->size));
	fake_describe(header, text, sizeof(text));
	assert_string_equal(text, "(unloaded classes) 1/1\nHash 1/0\n shop.rb:42 write 0/0\n  shop.rb:77 call 1/0\n");
	free(header);
	fake_assert_shows(program, "(unloaded classes) 1/1\nHash 2/0\n"
	                           " shop.rb:99 write 0/0\n  shop.rb:77 call 1/0\n"
	                           " shop.rb:42 write 0/0\n  shop.rb:77 call 1/0\n");
	fake_stop(program);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_snapshot_is_whole_or_there_is_none),
	    cmocka_unit_test(test_a_path_that_comes_during_a_snapshot_is_whole_or_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
