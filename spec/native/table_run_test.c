/*
 * Tables of numbers that come from somewhere else: how many, how often, with GCs between them, until the numbers end,
 * their reader goes or they are cancelled. The clock is moved on by what waits.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "failing_malloc.h"
#include "moved_clock.h"
#include "scripted_program.h"
#include "scripted_source.h"
#include "served_program.h"
#include "source/remote_source.h"
#include "source/table_run.h"
#include "table_reader.h"
#include "test_folder.h"

#define SECOND UINT64_C(1000000000)

/* Milliseconds that each wait of the run takes by the clock. */
enum { STEP = 50 };

static struct {
	struct table_reader reader;
	struct scripted_source from;
	struct table_run run;
	uint64_t asked_at[SCRIPTED_NEWS_MAX];
	unsigned answers; /* how often it answers being asked, before it ends */
} test;

static int set_up(void **state)
{
	(void)state;
	memset(&test, 0, sizeof test);
	table_reader_open(&test.reader);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	table_run_deinit(&test.run);
	scripted_source_end(&test.from);
	table_reader_close(&test.reader);
	return 0;
}

/* What the run polls when it waits. */
static int wait_a_step(void *context)
{
	(void)context;
	moved_clock_add(STEP);
	return -1;
}

static void answer(struct scripted_source *from)
{
	test.asked_at[from->asked - 1] = clock_now();
	if (from->asked <= test.answers)
		scripted_source_add(from, SOURCE_SNAPSHOT, from->asked, "");
	else
		scripted_source_add(from, SOURCE_ENDED, 0, "ended with status 0");
}

static void begin(struct table_options options, unsigned answers)
{
	struct snapshot_source source = scripted_source(&test.from);

	source.fd = wait_a_step;
	test.answers = answers;
	test.from.on_ask = answer;
	options.batch.command = "shop";
	assert_true(table_run_init(&test.run, &source, test.reader.write_end, &options));
}

/* So many tables were printed, the last of so many objects. */
static void expect_tables(size_t count, unsigned live)
{
	char part[64];

	assert_int_equal(table_reader_count(&test.reader), count);
	snprintf(part, sizeof part, "pid 4001  shop  live %u ", live);
	assert_int_equal(strncmp(table_reader_last(&test.reader), part, strlen(part)), 0);
}

static void test_one_at_each_interval(void **state)
{
	begin((struct table_options){.interval_ns = SECOND, .tables = 3}, 10);
	table_run(&test.run);
	/* The first numbers are what the rates of the first table are computed from. */
	expect_tables(3, 4);
	assert_true(test.run.over);
	assert_string_equal(test.run.how, "");
	assert_int_equal(test.from.asked, 4);
	for (int i = 1; i < 4; i++) {
		uint64_t passed = test.asked_at[i] - test.asked_at[0];

		assert_in_range(passed, i * SECOND - SECOND / 10, i * SECOND + SECOND / 2);
	}
}

static void test_until_the_numbers_end(void **state)
{
	begin((struct table_options){.interval_ns = SECOND, .tables = UINT64_MAX}, 5);
	table_run(&test.run);
	expect_tables(4, 5);
	assert_string_equal(test.run.how, "ended with status 0");
	assert_true(test.run.over);
}

/* As soon as there are numbers, as of a recording. */
static void test_without_an_interval(void **state)
{
	begin((struct table_options){.tables = UINT64_MAX}, 5);
	uint64_t before = clock_now();
	table_run(&test.run);
	expect_tables(4, 5);
	assert_true(clock_now() - before < SECOND);
}

static void test_the_last_numbers_have_a_table(void **state)
{
	begin((struct table_options){.interval_ns = SECOND, .tables = UINT64_MAX}, 1);
	test.from.on_ask = NULL;
	scripted_source_add(&test.from, SOURCE_SNAPSHOT, 7, "");
	scripted_source_add(&test.from, SOURCE_SAID, 0, "nothing that is printed");
	scripted_source_add(&test.from, SOURCE_ENDED, 9, "");
	table_run(&test.run);
	assert_int_equal(table_reader_count(&test.reader), 1);
	assert_non_null(strstr(test.reader.text, "pid 4001  shop  ended after "));
	assert_non_null(strstr(test.reader.text, "  live 9  "));
	assert_string_equal(test.run.how, "ended");
}

/* Beyond the number of tables that are wanted. */
static void test_one_at_the_end(void **state)
{
	begin((struct table_options){.interval_ns = SECOND, .tables = 2}, 2);
	table_run(&test.run);
	/* There are no numbers that no table has. */
	expect_tables(1, 2);
}

static void test_numbers_that_never_come(void **state)
{
	begin((struct table_options){.interval_ns = SECOND, .tables = UINT64_MAX}, 0);
	table_run(&test.run);
	assert_string_equal(table_reader_text(&test.reader), "");
	assert_string_equal(test.run.how, "ended with status 0");
}

/* --- GCs --- */

static void collect(struct scripted_source *from)
{
	scripted_source_add(from, SOURCE_SNAPSHOT, 90, "");
	scripted_source_add(from, SOURCE_GC, 50, "");
}

static void test_gcs_between_tables(void **state)
{
	begin((struct table_options){.interval_ns = SECOND, .tables = 6, .gc_ns = 2 * SECOND}, 20);
	test.from.on_gc = collect;
	table_run(&test.run);
	assert_int_equal(table_reader_count(&test.reader), 6);
	assert_in_range(test.from.collected, 2, 3);
	assert_false(test.run.collecting);
}

static void refuse(struct scripted_source *from)
{
	scripted_source_add(from, SOURCE_GC_FAILED, 0, "not now");
}

/* A table does not wait for long. */
static void test_gcs_that_are_refused_or_never_end(void **state)
{
	begin((struct table_options){.interval_ns = SECOND, .tables = 4, .gc_ns = SECOND}, 20);
	test.from.on_gc = refuse;
	uint64_t before = clock_now();
	table_run(&test.run);
	expect_tables(4, 5);
	assert_true(clock_now() - before < 5 * SECOND);
	test.from.on_gc = NULL;
	test.run.options.tables = 8;
	before = clock_now();
	table_run(&test.run);
	assert_true(clock_now() - before < 8 * SECOND);
	assert_int_equal(table_reader_count(&test.reader), 8);
	assert_true(test.run.collecting);
}

/* --- the reader --- */

static void test_a_reader_that_has_gone(void **state)
{
	begin((struct table_options){.interval_ns = SECOND, .tables = UINT64_MAX}, UINT32_MAX);
	table_reader_leave(&test.reader);
	table_run(&test.run);
	assert_true(test.run.over);
	assert_int_equal(test.run.printed, 1);
	assert_int_equal(test.run.tables.error, 0);
	assert_string_equal(test.run.how, "");
}

/* --- cancelled --- */

static void *run(void *data)
{
	table_run(data);
	return NULL;
}

static void wait_for_asked(unsigned asked)
{
	wait_for_count(&test.from.asked, asked);
}

/* By another thread, while numbers are waited for; it goes on from there. */
static void test_cancelled_while_it_waits(void **state)
{
	pthread_t thread;

	begin((struct table_options){.interval_ns = SECOND, .tables = 3}, 2);
	test.from.on_ask = NULL;
	assert_int_equal(pthread_create(&thread, NULL, run, &test.run), 0);
	wait_for_asked(1);
	tables_cancel(&test.run.tables);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_false(test.run.over);
	assert_string_equal(table_reader_text(&test.reader), "");
	test.run.tables.cancelled = false;
	test.answers = 20;
	test.from.on_ask = answer;
	table_run(&test.run);
	assert_true(test.run.over);
	assert_int_equal(table_reader_count(&test.reader), 3);
}

/* While its reader takes nothing: the table that was begun comes first, whole. */
static void test_cancelled_while_it_writes(void **state)
{
	pthread_t thread;

	begin((struct table_options){.interval_ns = SECOND, .tables = 2}, 20);
	table_reader_fill(&test.reader);
	assert_int_equal(pthread_create(&thread, NULL, run, &test.run), 0);
	wait_for_asked(2);
	tables_cancel(&test.run.tables);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_false(test.run.over);
	table_reader_text(&test.reader);
	test.run.tables.cancelled = false;
	table_run(&test.run);
	assert_true(test.run.over);
	assert_int_equal(table_reader_count(&test.reader), 2);
	assert_true(test.run.printed == 2);
}

/* The last table that is wanted was cancelled: what is left of it is all that there is to do. */
static void test_what_is_left_of_a_table(void **state)
{
	begin((struct table_options){.interval_ns = SECOND, .tables = 1}, 20);
	table_run(&test.run);
	table_reader_text(&test.reader);
	tables_cancel(&test.run.tables);
	tables_print(&test.run.tables);
	assert_int_equal(table_reader_count(&test.reader), 1);
	test.run.tables.cancelled = false;
	table_run(&test.run);
	assert_true(test.run.over);
	assert_int_equal(table_reader_count(&test.reader), 2);
}

/* --- a process --- */

/* Numbers over a connection that is lost between two tables. */
static void test_a_connection_that_is_lost(void **state)
{
	struct table_options options = {
	    .interval_ns = SECOND / 1000, .tables = UINT64_MAX, .batch = {.command = "shop"}};
	struct scripted_program program;
	struct remote_source remote;
	char directory[64];

	test_folder_enter();
	assert_non_null(getcwd(directory, sizeof directory));
	scripted_listen(&program, directory, 4001);
	struct client *client = scripted_client(&program);
	struct snapshot_source source = remote_source_init(&remote, client);
	scripted_send_snapshot(&program, 7, 0);
	scripted_send_snapshot(&program, 8, 0);
	scripted_kill(&program);
	assert_true(table_run_init(&test.run, &source, test.reader.write_end, &options));
	table_run(&test.run);
	expect_tables(1, 8);
	assert_string_equal(test.run.how, "ended");
	remote_source_deinit(&remote);
	client_close(client);
	scripted_end(&program);
	test_folder_leave();
}

static void test_without_memory(void **state)
{
	if (!failing_malloc_works())
		skip();
	struct table_options options = {.tables = 1};
	struct snapshot_source source = scripted_source(&test.from);
	failing_malloc_at(1, true);
	failing_malloc_arm(true);
	bool made = table_run_init(&test.run, &source, test.reader.write_end, &options);
	failing_malloc_arm(false);
	assert_false(made);
	/* A table for which there was no memory is left out, and the others come. */
	begin((struct table_options){.interval_ns = SECOND, .tables = 1}, 200);
	table_run(&test.run);
	for (uint64_t call = 1; call <= 10; call++) {
		size_t before = table_reader_count(&test.reader);

		test.run.options.tables++;
		test.from.count = test.from.told = 0;
		failing_malloc_at(call, false);
		tables_take(&test.run.tables, NULL);
		failing_malloc_arm(true);
		tables_print(&test.run.tables);
		failing_malloc_arm(false);
		assert_in_range(table_reader_count(&test.reader), before, before + 1);
		before = table_reader_count(&test.reader);
		table_run(&test.run);
		assert_int_equal(table_reader_count(&test.reader), before + 1);
		assert_true(test.run.over);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_one_at_each_interval),
	    TEST(test_until_the_numbers_end),
	    TEST(test_without_an_interval),
	    TEST(test_the_last_numbers_have_a_table),
	    TEST(test_one_at_the_end),
	    TEST(test_numbers_that_never_come),
	    TEST(test_gcs_between_tables),
	    TEST(test_gcs_that_are_refused_or_never_end),
	    TEST(test_a_reader_that_has_gone),
	    TEST(test_cancelled_while_it_waits),
	    TEST(test_cancelled_while_it_writes),
	    TEST(test_what_is_left_of_a_table),
	    TEST(test_a_connection_that_is_lost),
	    TEST(test_without_memory),
	};

	if (!moved_clock_works())
		return 0;
	signal(SIGPIPE, SIG_IGN);
	/* One that never returns fails, too. */
	alarm(120);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
