/*
 * The numbers of another process: what its messages become, up to its end or the loss of the connection.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "failing_malloc.h"
#include "moved_clock.h"
#include "scripted_program.h"
#include "served_program.h"
#include "source/remote_source.h"
#include "test_folder.h"

/* Milliseconds until a snapshot that was refused is asked for again. */
enum { ASK_AGAIN = 500 };

static struct {
	struct scripted_program program;
	struct client *client;
	struct remote_source remote;
	struct snapshot_source source;
	struct source_update news; /* the latest */
	unsigned open;
} look;

static int set_up(void **state)
{
	char directory[64];

	(void)state;
	look.open = open_descriptors();
	test_folder_enter();
	assert_non_null(getcwd(directory, sizeof directory));
	scripted_listen(&look.program, directory, 4001);
	look.client = scripted_client(&look.program);
	look.source = remote_source_init(&look.remote, look.client);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(look.news.snapshot);
	look.news = (struct source_update){0};
	remote_source_deinit(&look.remote);
	client_close(look.client);
	scripted_end(&look.program);
	test_folder_leave();
	assert_int_equal(open_descriptors(), look.open);
	return 0;
}

static void ask(void)
{
	look.source.ask(look.source.context);
}

static void gc(void)
{
	look.source.gc(look.source.context);
}

static enum source_event next(void)
{
	free(look.news.snapshot);
	look.news = (struct source_update){0};
	return look.source.next(look.source.context, &look.news);
}

/* The next news is a snapshot with so many objects. */
static void expect_snapshot_of(enum source_event event, uint64_t allocated)
{
	assert_int_equal(next(), event);
	assert_non_null(look.news.snapshot);
	assert_int_equal(look.news.snapshot->counts.allocated, allocated);
}

/* It has ended, and that is all. */
static void expect_end(const char *how)
{
	assert_int_equal(next(), SOURCE_ENDED);
	assert_string_equal(look.news.sentence, how);
	for (int i = 0; i < 3; i++) {
		ask();
		gc();
		struct source_update none = {0};
		assert_int_equal(look.source.next(look.source.context, &none), SOURCE_NOTHING);
		assert_null(none.snapshot);
	}
}

static void test_what_is_asked_for_comes(void **state)
{
	assert_int_equal(look.source.fd(look.source.context), client_fd(look.client));
	assert_null(look.source.walk);
	assert_null(look.source.steer);
	assert_null(look.source.left);
	assert_int_equal(next(), SOURCE_NOTHING);
	for (uint64_t i = 1; i <= 3; i++) {
		ask();
		assert_int_equal(scripted_count(&look.program, MESSAGE_SNAPSHOT), 1);
		assert_int_equal(next(), SOURCE_NOTHING);
		scripted_send_snapshot(&look.program, i, 0);
		expect_snapshot_of(SOURCE_SNAPSHOT, i);
		assert_int_equal(next(), SOURCE_NOTHING);
	}
}

static void test_a_gc(void **state)
{
	for (uint64_t i = 1; i <= 2; i++) {
		gc();
		assert_int_equal(scripted_take(&look.program), MESSAGE_SNAPSHOT);
		assert_int_equal(scripted_take(&look.program), MESSAGE_GC);
		scripted_send_snapshot(&look.program, 100, 0);
		scripted_send_done(&look.program, MESSAGE_GC, 40 + i);
		expect_snapshot_of(SOURCE_SNAPSHOT, 100);
		/* It is not told before there are numbers from after it. */
		assert_int_equal(next(), SOURCE_NOTHING);
		assert_int_equal(scripted_count(&look.program, MESSAGE_SNAPSHOT), 1);
		scripted_send_snapshot(&look.program, 60, 0);
		expect_snapshot_of(SOURCE_GC, 60);
		assert_int_equal(look.news.gc_ns, 40 + i);
		scripted_send_snapshot(&look.program, 61, 0);
		expect_snapshot_of(SOURCE_SNAPSHOT, 61);
	}
}

static void test_a_gc_that_is_refused(void **state)
{
	gc();
	scripted_send_refused(&look.program, MESSAGE_GC, "not now");
	assert_int_equal(next(), SOURCE_GC_FAILED);
	assert_string_equal(look.news.sentence, "not now");
	/* Another refusal is of nothing that is waited for. */
	scripted_send_refused(&look.program, MESSAGE_GC, "not now either");
	assert_int_equal(next(), SOURCE_SAID);
	assert_string_equal(look.news.sentence, "not now either");
	scripted_send_snapshot(&look.program, 5, 0);
	expect_snapshot_of(SOURCE_SNAPSHOT, 5);
}

static void test_a_snapshot_that_is_refused_is_asked_for_again(void **state)
{
	ask();
	scripted_send_refused(&look.program, MESSAGE_SNAPSHOT, "no objects are counted yet");
	assert_int_equal(next(), SOURCE_SAID);
	assert_string_equal(look.news.sentence, "no objects are counted yet");
	assert_int_equal(scripted_count(&look.program, MESSAGE_SNAPSHOT), 1);
	moved_clock_add(ASK_AGAIN / 2);
	assert_int_equal(next(), SOURCE_NOTHING);
	assert_int_equal(scripted_count(&look.program, MESSAGE_SNAPSHOT), 0);
	moved_clock_add(ASK_AGAIN);
	for (int i = 0; i < 3; i++)
		assert_int_equal(next(), SOURCE_NOTHING);
	assert_int_equal(scripted_count(&look.program, MESSAGE_SNAPSHOT), 1);
	/* Unless one has come meanwhile. */
	scripted_send_refused(&look.program, MESSAGE_SNAPSHOT, "no objects are counted yet");
	scripted_send_snapshot(&look.program, 5, 0);
	assert_int_equal(next(), SOURCE_SAID);
	expect_snapshot_of(SOURCE_SNAPSHOT, 5);
	moved_clock_add(2 * ASK_AGAIN);
	assert_int_equal(next(), SOURCE_NOTHING);
	assert_int_equal(scripted_count(&look.program, MESSAGE_SNAPSHOT), 0);
}

static void test_the_last_numbers_come_with_the_end(void **state)
{
	scripted_send_snapshot(&look.program, 7, 0);
	scripted_send_snapshot(&look.program, 8, SNAPSHOT_ENDED);
	expect_snapshot_of(SOURCE_SNAPSHOT, 7);
	assert_int_equal(next(), SOURCE_NOTHING);
	/* Of two the later one. */
	scripted_send_snapshot(&look.program, 9, SNAPSHOT_ENDED);
	assert_int_equal(next(), SOURCE_NOTHING);
	scripted_send_ended(&look.program, "ended with status 3");
	expect_end("ended with status 3");
	assert_non_null(look.news.snapshot);
	assert_int_equal(look.news.snapshot->counts.allocated, 9);
	assert_false(look.remote.broken);
}

static void test_an_end_that_says_nothing(void **state)
{
	scripted_send_ended(&look.program, "");
	expect_end("ended");
	assert_null(look.news.snapshot);
}

static void test_a_connection_that_is_lost(void **state)
{
	ask();
	gc();
	scripted_send_snapshot(&look.program, 8, SNAPSHOT_ENDED);
	scripted_kill(&look.program);
	expect_end("ended");
	assert_int_equal(look.news.snapshot->counts.allocated, 8);
	assert_false(look.remote.broken);
}

static void test_half_a_snapshot_before_the_end(void **state)
{
	const struct message_header header = {.magic = MESSAGE_MAGIC, .kind = MESSAGE_SNAPSHOT, .size = 4000};

	scripted_send_bytes(&look.program, &header, sizeof header);
	assert_int_equal(next(), SOURCE_NOTHING);
	scripted_send_bytes(&look.program, "half", 4);
	assert_int_equal(next(), SOURCE_NOTHING);
	scripted_kill(&look.program);
	expect_end("ended");
	assert_null(look.news.snapshot);
}

static void test_a_snapshot_that_is_none(void **state)
{
	assert_true(channel_send(&look.program.channel, MESSAGE_SNAPSHOT, "nonsense", 8, NULL, 0));
	assert_int_equal(next(), SOURCE_ENDED);
	assert_non_null(strstr(look.news.sentence, "the program cannot be understood: of a snapshot, "));
	assert_true(look.remote.broken);
}

static void test_all_is_refused(void **state)
{
	scripted_send_refused(&look.program, 0, "as many look into the program already as can at the same time");
	expect_end("as many look into the program already as can at the same time");
}

static void test_without_memory(void **state)
{
	if (!failing_malloc_works())
		skip();
	scripted_send_snapshot(&look.program, 8, SNAPSHOT_ENDED);
	assert_int_equal(next(), SOURCE_NOTHING);
	scripted_send_snapshot(&look.program, 9, 0);
	failing_malloc_at(1, true);
	failing_malloc_arm(true);
	enum source_event event = next();
	failing_malloc_arm(false);
	assert_int_equal(event, SOURCE_ENDED);
	assert_non_null(strstr(look.news.sentence, "there is not enough memory"));
	assert_int_equal(look.news.snapshot->counts.allocated, 8);
}

/* What was kept for the end goes with it; a sanitizer sees that. */
static void test_one_that_is_left_before_its_end(void **state)
{
	scripted_send_snapshot(&look.program, 8, SNAPSHOT_ENDED);
	assert_int_equal(next(), SOURCE_NOTHING);
	assert_non_null(look.remote.last);
	remote_source_deinit(&look.remote);
	assert_null(look.remote.last);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_what_is_asked_for_comes),
	    TEST(test_a_gc),
	    TEST(test_a_gc_that_is_refused),
	    TEST(test_a_snapshot_that_is_refused_is_asked_for_again),
	    TEST(test_the_last_numbers_come_with_the_end),
	    TEST(test_an_end_that_says_nothing),
	    TEST(test_a_connection_that_is_lost),
	    TEST(test_half_a_snapshot_before_the_end),
	    TEST(test_a_snapshot_that_is_none),
	    TEST(test_all_is_refused),
	    TEST(test_without_memory),
	    TEST(test_one_that_is_left_before_its_end),
	};

	if (!moved_clock_works())
		return 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
