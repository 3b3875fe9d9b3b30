/*
 * Tables written to a pipe: to one that is read, one that is full, and one whose reader has gone.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "failing_malloc.h"
#include "fake_snapshot.h"
#include "table_reader.h"

static struct table_reader reader;

static int set_up(void **state)
{
	(void)state;
	table_reader_open(&reader);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	table_reader_close(&reader);
	return 0;
}

static void begin(struct tables *tables, struct batch_options batch)
{
	assert_true(tables_init(tables, reader.write_end, &batch));
}

/* The nth snapshot, of so many classes. */
static struct snapshot_header *snapshot(uint64_t number, uint32_t classes)
{
	struct snapshot_header head = {
	    .pid = 4001, .sequence = number, .monotonic_ns = number * UINT64_C(1000000000), .flags = SNAPSHOT_EXACT};
	struct fake_class *all = calloc(classes, sizeof *all);

	for (uint32_t i = 0; i < classes; i++)
		all[i] = (struct fake_class){.id = i + 1, .name = "Shop::Session", .allocated = number};
	struct snapshot_header *taken = fake_snapshot(&head, NULL, all, classes);
	free(all);
	return taken;
}

static void test_each_snapshot_once(void **state)
{
	struct tables tables;

	begin(&tables, (struct batch_options){.command = "shop"});
	/* Without numbers there is no table. */
	tables_print(&tables);
	assert_string_equal(table_reader_text(&reader), "");
	assert_false(tables_take(&tables, NULL));
	assert_true(tables_take(&tables, snapshot(1, 1)));
	tables_print(&tables);
	assert_int_equal(table_reader_count(&reader), 1);
	assert_non_null(strstr(reader.text, "pid 4001  shop  live 1 "));
	assert_true(tables_take(&tables, snapshot(2, 1)));
	tables_print(&tables);
	assert_int_equal(table_reader_count(&reader), 2);
	assert_non_null(strstr(reader.text, "pid 4001  shop  live 2 "));
	assert_int_equal(tables.error, 0);
	tables_deinit(&tables);
}

/* As the snapshot has it, unless it is given. */
static void test_what_the_program_is_called(void **state)
{
	struct tables tables;
	struct snapshot_header *named = snapshot(1, 1);
	snapshot_string_ref command;

	named = fake_snapshot_with_text(named, "ruby shop.rb", &command);
	named->command = command;
	begin(&tables, (struct batch_options){0});
	assert_true(tables_take(&tables, named));
	tables_print(&tables);
	assert_non_null(strstr(table_reader_text(&reader), "pid 4001  ruby shop.rb  live 1 "));
	tables.batch.command = "shop";
	tables_print(&tables);
	assert_non_null(strstr(table_reader_text(&reader), "pid 4001  shop  live 1 "));
	tables_deinit(&tables);
}

static void test_a_reader_that_has_gone(void **state)
{
	struct tables tables;

	begin(&tables, (struct batch_options){0});
	assert_true(tables_take(&tables, snapshot(1, 1)));
	table_reader_leave(&reader);
	tables_print(&tables);
	assert_true(tables.output.broken);
	/* That is no error of anything. */
	assert_int_equal(tables.error, 0);
	tables_print(&tables);
	tables_deinit(&tables);
}

static void test_a_disk_that_is_full(void **state)
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct tables tables;

	if (full < 0)
		skip();
	assert_true(tables_init(&tables, full, &(struct batch_options){0}));
	assert_true(tables_take(&tables, snapshot(1, 1)));
	tables_print(&tables);
	assert_true(tables.output.broken);
	assert_int_equal(tables.error, ENOSPC);
	tables_deinit(&tables);
	close(full);
}

static void *print(void *tables)
{
	tables_print(tables);
	return NULL;
}

/* More than the pipe takes. Cancelled it returns, and nothing is lost or written twice. */
static void test_a_reader_that_waits(void **state)
{
	struct tables tables;
	pthread_t thread;

	begin(&tables, (struct batch_options){.command = "shop"});
	table_reader_fill(&reader);
	assert_true(tables_take(&tables, snapshot(1, 3000)));
	assert_int_equal(pthread_create(&thread, NULL, print, &tables), 0);
	tables_cancel(&tables);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_true(table_output_pending(&tables.output));
	assert_false(tables.output.broken);
	/* It goes on when it is not cancelled any more. */
	tables.cancelled = false;
	assert_int_equal(pthread_create(&thread, NULL, print, &tables), 0);
	while (table_reader_count(&reader) < 2 || !strstr(table_reader_last(&reader), "\n\n"))
		table_reader_wait(&reader);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_false(table_output_pending(&tables.output));
	assert_int_equal(table_reader_count(&reader), 2);
	const char *first = strstr(reader.text, "pid 4001"), *second = table_reader_last(&reader);
	size_t length = strlen(second);
	assert_true(strlen(first) > length);
	/* The one is the other again: from the pid on, as the time may have changed. */
	assert_int_equal(strncmp(first, second, length - 1), 0);
	tables_deinit(&tables);
}

static void test_without_memory(void **state)
{
	struct tables tables;

	if (!failing_malloc_works())
		skip();
	for (uint64_t call = 1;; call++) {
		failing_malloc_at(call, true);
		failing_malloc_arm(true);
		bool made = tables_init(&tables, reader.write_end, &(struct batch_options){0});
		failing_malloc_arm(false);
		if (made)
			break;
		assert_true(call < 100);
	}
	/* Whatever fails, what is printed are whole tables of what there is. */
	for (uint64_t call = 1; call <= 60; call++) {
		struct snapshot_header *taken = snapshot(call, 3);
		char expected[64];

		failing_malloc_at(call, false);
		failing_malloc_arm(true);
		tables_take(&tables, taken);
		tables_print(&tables);
		failing_malloc_arm(false);
		size_t whole = table_reader_count(&reader), ends = 0;
		for (const char *at = reader.text; (at = strstr(at, "\n\n")); at++)
			ends++;
		assert_int_equal(ends, whole);
		failing_malloc_at(0, false);
		tables_take(&tables, snapshot(call, 3));
		tables_print(&tables);
		assert_int_equal(table_reader_count(&reader), whole + 1);
		snprintf(expected, sizeof expected, "  live %llu ", (unsigned long long)call * 3);
		assert_non_null(strstr(table_reader_last(&reader), expected));
	}
	tables_deinit(&tables);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_each_snapshot_once),  TEST(test_what_the_program_is_called), TEST(test_a_reader_that_has_gone),
	    TEST(test_a_disk_that_is_full), TEST(test_a_reader_that_waits),        TEST(test_without_memory),
	};

	signal(SIGPIPE, SIG_IGN);
	/* One that never returns fails, too. */
	alarm(120);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
