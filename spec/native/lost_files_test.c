/*
 * Files that stay open in a program, which closes them and opens its own at the same numbers: nothing of ours gets into
 * those, and nothing of theirs is taken for ours.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake_snapshot.h"
#include "taken_numbers.h"
#include "terminal/redirect.h"
#include "terminal/output_log.h"
#include "test_folder.h"
#include "transport/recording.h"
#include "screen/outbox.h"

static const char text[] = "the program's own\n";

static int enter(void **state)
{
	struct taken_numbers *numbers = calloc(1, sizeof *numbers);

	test_folder_enter();
	taken_numbers_note(numbers);
	*state = numbers;
	return 0;
}

static int leave(void **state)
{
	test_folder_leave();
	free(*state);
	return 0;
}

/* The program's own file has all these numbers. */
static void take(struct taken_numbers *numbers, unsigned least)
{
	test_folder_write("own", text);
	taken_numbers_take(numbers, open("own", O_RDWR), least);
}

/* It is as it was, and open. */
static void expect_untouched(struct taken_numbers *numbers)
{
	char *content = test_folder_read("own");

	assert_string_equal(content, text);
	free(content);
	assert_int_equal(lseek(numbers->taken[0], 0, SEEK_CUR), 0);
	taken_numbers_release(numbers);
}

static struct snapshot_header *a_snapshot(void)
{
	struct snapshot_header head = {.sequence = 1, .flags = SNAPSHOT_RUNNING};
	struct fake_class class = {.id = 1, .name = "Shop::Session", .allocated = 5};

	return fake_snapshot(&head, NULL, &class, 1);
}

static void test_a_recording_that_is_written(void **state)
{
	char problem[TRANSPORT_PROBLEM_MAX] = "";
	struct recorder *recorder = recorder_open("recording", false, problem);
	struct snapshot_header *snapshot = a_snapshot();

	assert_true(recorder_add(recorder, snapshot, problem));
	take(*state, 1);
	assert_false(recorder_add(recorder, snapshot, problem));
	assert_string_equal(problem, "the recording in recording ends here: the program has closed it");
	assert_true(recorder_end(recorder, "ended with status 0", problem));
	recorder_close(recorder);
	expect_untouched(*state);
	/* What was written before is there. */
	struct recording *recording = recording_open("recording", problem);
	assert_non_null(recording);
	assert_int_equal(recording_count(recording), 1);
	recording_close(recording);
	free(snapshot);
}

static void test_a_recording_that_is_read(void **state)
{
	char problem[TRANSPORT_PROBLEM_MAX] = "";
	struct recorder *recorder = recorder_open("recording", false, problem);
	struct snapshot_header *snapshot = a_snapshot();

	for (int i = 0; i < 2; i++)
		assert_true(recorder_add(recorder, snapshot, problem));
	recorder_close(recorder);
	free(snapshot);
	struct recording *recording = recording_open("recording", problem);
	take(*state, 1);
	assert_null(recording_snapshot(recording, 1));
	recording_close(recording);
	expect_untouched(*state);
}

static void test_a_transcript(void **state)
{
	struct output_log output_log;
	struct descriptor terminal = descriptor_of(STDERR_FILENO);
	char bytes[64];

	assert_int_equal(output_log_init(&output_log, NULL), 0);
	assert_true(output_log_append(&output_log, "printed", 7));
	take(*state, 2);
	assert_false(output_log_append(&output_log, "printed", 7));
	assert_int_equal(output_log_tail(&output_log, bytes, sizeof bytes), 0);
	assert_int_equal(output_log_last(&output_log, bytes, sizeof bytes), 0);
	output_log_check(&output_log);
	output_log_print(&output_log, &terminal);
	output_log_deinit(&output_log);
	expect_untouched(*state);
}

static void test_a_transcript_with_a_name(void **state)
{
	struct output_log output_log;

	assert_int_equal(output_log_init(&output_log, "output"), 0);
	assert_true(output_log_append(&output_log, "printed", 7));
	take(*state, 2);
	/* It is cut to its length then. */
	output_log_deinit(&output_log);
	expect_untouched(*state);
}

static void test_what_curses_writes_into(void **state)
{
	struct outbox outbox;

	assert_true(outbox_init(&outbox));
	assert_int_equal(write(outbox.file.fd, "screen", 6), 6);
	take(*state, 1);
	assert_false(outbox_collect(&outbox));
	assert_false(outbox_waits(&outbox));
	outbox_deinit(&outbox);
	expect_untouched(*state);
}

/* Descriptors 0 to 2 without a terminal are led nowhere, so it is told here what they were. */
static void test_standard_streams(void **state)
{
	struct taken_numbers *numbers = *state;
	struct output_log output_log;
	struct redirect redirect;
	int stdout_before = dup(STDOUT_FILENO), elsewhere = open("own", O_RDWR | O_CREAT, 0600);

	taken_numbers_own(numbers, stdout_before);
	assert_int_equal(write(elsewhere, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(output_log_init(&output_log, NULL), 0);
	redirect_init(&redirect, &output_log);
	redirect.saved[1] = descriptor_adopt(dup(stdout_before));
	assert_false(redirect_lost(&redirect));
	/* The program has opened its own at the number. */
	dup2(elsewhere, STDOUT_FILENO);
	redirect_off(&redirect, &DESCRIPTOR_NONE, false);
	struct descriptor own = descriptor_of(elsewhere);
	bool kept = descriptor_leads(&own, STDOUT_FILENO);
	/* And where it has not, it gets back what it had. */
	redirect.saved[1] = descriptor_adopt(dup(stdout_before));
	dup2(output_log.file.fd, STDOUT_FILENO);
	redirect_off(&redirect, &DESCRIPTOR_NONE, false);
	struct descriptor before = descriptor_of(stdout_before);
	bool back = descriptor_leads(&before, STDOUT_FILENO);
	dup2(stdout_before, STDOUT_FILENO);
	assert_true(kept);
	assert_true(back);
	redirect_deinit(&redirect);
	output_log_deinit(&output_log);
	close(elsewhere);
	close(stdout_before);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_a_recording_that_is_written), TEST(test_a_recording_that_is_read), TEST(test_a_transcript),
	    TEST(test_a_transcript_with_a_name),    TEST(test_what_curses_writes_into),  TEST(test_standard_streams),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
