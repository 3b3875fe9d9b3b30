/* Memory is refused at the nth call, for every n until none is refused: to a viewer, to a snapshot, to a table. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "failing_malloc.h"
#include "fake_program.h"
#include "model/snapshot_builder.h"
#include "random_numbers.h"
#include "random_viewer.h"
#include "test_folder.h"
#include "source/batch.h"

#define STEPS 40

/* Returns whether memory never came to be refused. */
static bool go_through(uint64_t seed, uint64_t fail_at, bool fail_on)
{
	uint64_t numbers = seed * 2 + 1;
	struct random_viewer *run = calloc(1, sizeof *run);

	run->draw = random_number;
	run->source = &numbers;
	run->scarce = true;
	failing_malloc_at(fail_at, fail_on);
	if (random_viewer_open(run, TEXT_UTF8)) {
		for (unsigned i = 0; i < STEPS; i++) {
			random_viewer_step(run);
			random_viewer_check(run);
		}
		random_viewer_close(run);
	}
	free(run);
	return failing_malloc_calls() < fail_at;
}

/* A snapshot of a small program, the history and call paths that it is fed to, and the table of them. */
static bool print_a_table(struct fake_program *program, uint64_t fail_at, struct buffer *out)
{
	static const struct key_set none;
	const struct snapshot_metadata metadata = {.runtime = {"ruby", 4}};
	struct history *history;
	struct path_watch watch;

	failing_malloc_at(fail_at, false);
	failing_malloc_arm(true);
	struct snapshot_header *snapshot = tracker_snapshot(&program->tracker, &metadata);
	history = history_new(0);
	bool watches = path_watch_init(&watch);
	const struct batch_options options = {.command = "ruby shop.rb", .paths = watches ? &watch : NULL};
	if (snapshot && watches)
		path_watch_feed(&watch, snapshot, &none, NULL);
	bool printed = history && snapshot && history_update(history, snapshot);
	if (!history)
		free(snapshot);
	const struct metrics metrics = printed ? metrics_of(history) : (struct metrics){0};
	printed = printed && batch_print(out, &metrics, &options);
	failing_malloc_arm(false);
	if (watches)
		path_watch_deinit(&watch);
	history_free(history);
	return printed;
}

static struct fake_program *small_program(void)
{
	struct fake_program *program = fake_start((struct tracker_options){.depth = 2});

	for (uint32_t number = 0; number < 200; number++) {
		fake_class(program, CLASS(number % 50), number % 3 ? "Shop::Order" : NULL);
		fake_code(program, CODE(number % 20), CODE_SOURCE, "shop.rb", "write");
		fake_allocate_at(program, OBJECT(number), CLASS(number % 50),
		                 FAKE_STACK(CODE(number % 20), number, CODE(0), 7));
	}
	fake_major_gc(program);
	return program;
}

static void test_a_table_is_printed_or_not(void **state)
{
	struct fake_program *program = small_program();
	struct buffer whole = {0};
	uint64_t refused = 1;

	if (!failing_malloc_works())
		skip();
	assert_true(print_a_table(program, 0, &whole));
	uint64_t calls = failing_malloc_calls();
	for (; refused <= calls; refused++) {
		struct buffer out = {0};
		bool printed = print_a_table(program, refused, &out);

		/* Without call paths there is still a table; without anything else there is none. */
		assert_true(printed ? out.length && out.length <= whole.length : !out.length);
		buffer_deinit(&out);
	}
	print_message("%llu calls refused\n", (unsigned long long)calls);
	assert_true(calls > 20);
	buffer_deinit(&whole);
	fake_stop(program);
}

static void refuse_every_call(bool fail_on)
{
	uint64_t calls = 0;

	if (!failing_malloc_works())
		skip();
	for (uint64_t seed = 1; seed <= 8; seed++) {
		uint64_t fail_at = 1;

		while (!go_through(seed, fail_at, fail_on))
			fail_at++;
		calls += fail_at - 1;
	}
	print_message("%llu calls refused\n", (unsigned long long)calls);
	assert_true(calls > 100);
}

static void test_one_call_is_refused(void **state)
{
	refuse_every_call(false);
}

static void test_all_calls_are_refused_from_some_point_on(void **state)
{
	refuse_every_call(true);
}

/* Keys may write files, so that is done where nobody minds. */
static int enter(void **state)
{
	test_folder_enter();
	return 0;
}

static int leave(void **state)
{
	test_folder_leave();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_table_is_printed_or_not),
	    cmocka_unit_test_setup_teardown(test_one_call_is_refused, enter, leave),
	    cmocka_unit_test_setup_teardown(test_all_calls_are_refused_from_some_point_on, enter, leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
