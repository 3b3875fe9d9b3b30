/*
 * Numbers that are recorded as they pass: what passes is what was told, and the file has the same.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "failing_malloc.h"
#include "scripted_source.h"
#include "source/recorded_source.h"
#include "test_folder.h"

static struct {
	struct scripted_source from;
	struct recorder *recorder;
	struct recorded_source recorded;
	struct snapshot_source source;
	char sentence[SOURCE_SENTENCE_MAX]; /* the latest */
	uint64_t allocated;                 /* in its snapshot; 0: it has none */
	uint32_t flags;                     /* of that */
} through;

static int set_up(void **state)
{
	char problem[TRANSPORT_PROBLEM_MAX] = "";

	(void)state;
	memset(&through, 0, sizeof through);
	test_folder_enter();
	through.recorder = recorder_open("file", false, problem);
	assert_string_equal(problem, "");
	struct snapshot_source from = scripted_source(&through.from);
	through.source = recorded_source_init(&through.recorded, &from, through.recorder);
	return 0;
}

static void close_recorder(void)
{
	if (through.recorder)
		recorder_close(through.recorder);
	through.recorder = NULL;
}

static int tear_down(void **state)
{
	(void)state;
	scripted_source_end(&through.from);
	close_recorder();
	test_folder_leave();
	return 0;
}

static void add(enum source_event event, uint64_t allocated, const char *sentence)
{
	scripted_source_add(&through.from, event, allocated, sentence);
}

static enum source_event next(void)
{
	struct source_update news = {0};
	enum source_event event = through.source.next(through.source.context, &news);

	strcpy(through.sentence, news.sentence);
	through.allocated = news.snapshot ? news.snapshot->counts.allocated : 0;
	through.flags = news.snapshot ? news.snapshot->flags : 0;
	free(news.snapshot);
	return event;
}

static void expect(enum source_event event, uint64_t allocated, const char *sentence)
{
	assert_int_equal(next(), event);
	assert_int_equal(through.allocated, allocated);
	assert_string_equal(through.sentence, sentence);
}

/* The next is a sentence of why the recording ends. */
static void expect_problem(void)
{
	assert_int_equal(next(), SOURCE_SAID);
	assert_string_equal(through.sentence, "the recording in file ends here: there is not enough memory");
}

/* What is in the file now, which begins with `first` objects. */
static void expect_recording(const uint64_t *allocated, size_t count, const char *how)
{
	close_recorder();
	struct recording *recording = scripted_recording_open("file");

	assert_int_equal(recording_count(recording), count);
	for (size_t i = 0; i < count; i++) {
		struct snapshot_header *snapshot = recording_snapshot(recording, i);

		assert_non_null(snapshot);
		assert_int_equal(snapshot->counts.allocated, allocated[i]);
		free(snapshot);
	}
	if (how)
		assert_string_equal(recording_how(recording), how);
	else
		assert_null(recording_how(recording));
	assert_null(recording_damage(recording));
	recording_close(recording);
}

/* Without memory at each of its calls. */
static enum source_event next_without_memory(void)
{
	failing_malloc_at(1, true);
	failing_malloc_arm(true);
	enum source_event event = next();
	failing_malloc_arm(false);
	return event;
}

static void test_all_that_passes_is_recorded(void **state)
{
	add(SOURCE_SNAPSHOT, 7, "");
	add(SOURCE_PROCESSES, 0, "");
	add(SOURCE_SAID, 0, "a sentence");
	add(SOURCE_GC, 5, "");
	add(SOURCE_GC_FAILED, 0, "not now");
	add(SOURCE_ENDED, 9, "ended with status 0");
	expect(SOURCE_SNAPSHOT, 7, "");
	expect(SOURCE_PROCESSES, 0, "");
	expect(SOURCE_SAID, 0, "a sentence");
	expect(SOURCE_GC, 5, "");
	expect(SOURCE_GC_FAILED, 0, "not now");
	expect(SOURCE_ENDED, 9, "ended with status 0");
	assert_true(through.flags & SNAPSHOT_ENDED);
	expect(SOURCE_NOTHING, 0, "");
	expect_recording((uint64_t[]){7, 5, 9}, 3, "ended with status 0");
}

static void test_what_is_asked_is_asked_of_the_source(void **state)
{
	char sentence[SOURCE_SENTENCE_MAX];

	through.source.ask(through.source.context);
	through.source.gc(through.source.context);
	through.source.gc(through.source.context);
	through.source.walk(through.source.context, -1);
	assert_int_equal(through.from.asked, 1);
	assert_int_equal(through.from.collected, 2);
	assert_int_equal(through.from.walked, -1);
	assert_int_equal(through.source.fd(through.source.context), -1);
	assert_true(through.source.left(through.source.context, sentence));
	assert_string_equal(sentence, "one is left");
	assert_null(through.source.steer);
	/* What the source cannot do this one cannot either. */
	struct snapshot_source from = scripted_source(&through.from);
	from.walk = NULL;
	from.left = NULL;
	through.source = recorded_source_init(&through.recorded, &from, through.recorder);
	assert_null(through.source.walk);
	assert_null(through.source.left);
}

static void test_a_program_that_tells_no_end(void **state)
{
	add(SOURCE_SNAPSHOT, 7, "");
	expect(SOURCE_SNAPSHOT, 7, "");
	expect_recording((uint64_t[]){7}, 1, NULL);
}

/* The numbers pass all the same, and why no more are recorded is said once. */
static void test_a_recording_that_breaks_off(void **state)
{
	if (!failing_malloc_works())
		skip();
	add(SOURCE_SNAPSHOT, 7, "");
	add(SOURCE_SNAPSHOT, 8, "");
	add(SOURCE_SNAPSHOT, 9, "");
	add(SOURCE_ENDED, 10, "ended with status 0");
	expect(SOURCE_SNAPSHOT, 7, "");
	assert_int_equal(next_without_memory(), SOURCE_SNAPSHOT);
	assert_int_equal(through.allocated, 8);
	expect_problem();
	expect(SOURCE_SNAPSHOT, 9, "");
	expect(SOURCE_ENDED, 10, "ended with status 0");
	expect(SOURCE_NOTHING, 0, "");
	expect_recording((uint64_t[]){7}, 1, NULL);
}

/* It is told before the end, as nothing is told behind that. */
static void test_one_that_breaks_off_at_the_end(void **state)
{
	if (!failing_malloc_works())
		skip();
	add(SOURCE_SNAPSHOT, 7, "");
	add(SOURCE_ENDED, 8, "ended with status 3");
	expect(SOURCE_SNAPSHOT, 7, "");
	assert_int_equal(next_without_memory(), SOURCE_SNAPSHOT);
	assert_int_equal(through.allocated, 8);
	assert_true(through.flags & SNAPSHOT_ENDED);
	expect_problem();
	expect(SOURCE_ENDED, 0, "ended with status 3");
	expect(SOURCE_NOTHING, 0, "");
	expect_recording((uint64_t[]){7}, 1, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_all_that_passes_is_recorded),    TEST(test_what_is_asked_is_asked_of_the_source),
	    TEST(test_a_program_that_tells_no_end),    TEST(test_a_recording_that_breaks_off),
	    TEST(test_one_that_breaks_off_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
