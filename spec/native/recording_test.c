#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_program.h"
#include "fake_snapshot.h"
#include "transport/delta.h"
#include "transport/recording.h"
#include "transport/recording_format.h"

#define FRAMES 250

static char path[64];

static int in_a_file(void **state)
{
	strcpy(path, "/tmp/recording-test-XXXXXX");
	close(mkstemp(path));
	return 0;
}

static int without_the_file(void **state)
{
	return unlink(path);
}

/* A program that goes on: more objects, more classes, some call paths. Number 0 is the first. */
static struct snapshot_header *moment(uint32_t number)
{
	struct snapshot_header head = {.pid = 4711,
	                               .sequence = number + 1,
	                               .started_ns = 1000,
	                               .monotonic_ns = 1000000000u + number * UINT64_C(1000000000),
	                               .flags = SNAPSHOT_RUNNING};
	uint32_t count = 20 + number / 10;
	struct fake_class *classes = calloc(count, sizeof *classes);
	struct fake_node nodes[2] = {
	    {.id = 1, .parent = SNAPSHOT_NONE, .allocated = number, .path = "shop.rb", .label = "write", .line = 41},
	    {.id = 2, .parent = 0, .allocated = number, .path = "shop.rb", .label = "call", .line = 77}};

	for (uint32_t i = 0; i < count; i++)
		classes[i] = (struct fake_class){
		    .id = i + 1, .name = "Shop::Session", .allocated = number * (i % 3) + 5, .freed = i % 5};
	struct snapshot_header *snapshot =
	    fake_snapshot_with_paths(&head, number > 5 ? "a reason" : NULL, classes, count, nodes, number > 3 ? 2 : 0);
	free(classes);
	return snapshot;
}

static struct recorder *record(uint32_t from, uint32_t until)
{
	char problem[TRANSPORT_PROBLEM_MAX] = "";
	struct recorder *recorder = recorder_open(path, true, problem);

	assert_string_equal(problem, "");
	for (uint32_t number = from; number < until; number++) {
		struct snapshot_header *snapshot = moment(number);

		assert_true(recorder_add(recorder, snapshot, problem));
		free(snapshot);
	}
	return recorder;
}

static void record_all(void)
{
	char problem[TRANSPORT_PROBLEM_MAX];
	struct recorder *recorder = record(0, FRAMES);

	assert_true(recorder_end(recorder, "ended with status 0", problem));
	recorder_close(recorder);
}

static struct recording *open_recording(void)
{
	char problem[TRANSPORT_PROBLEM_MAX] = "";
	struct recording *recording = recording_open(path, problem);

	assert_string_equal(problem, "");
	return recording;
}

static void expect_moment(struct recording *recording, uint32_t number)
{
	struct snapshot_header *played = recording_snapshot(recording, number), *right = moment(number);

	assert_non_null(played);
	assert_int_equal(played->size, right->size);
	assert_memory_equal(played, right, right->size);
	free(played);
	free(right);
}

static void expect_problem(const char *part)
{
	char problem[TRANSPORT_PROBLEM_MAX] = "";

	assert_null(recording_open(path, problem));
	if (!strstr(problem, part))
		fail_msg("\"%s\" is not in \"%s\"", part, problem);
}

static off_t size_of_file(void)
{
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	return status.st_size;
}

/* --- */

static void test_every_moment_in_any_order(void **state)
{
	record_all();
	struct recording *recording = open_recording();

	assert_int_equal(recording_count(recording), FRAMES);
	for (uint32_t number = 0; number < FRAMES; number++) {
		expect_moment(recording, number);
		assert_int_equal(recording_time(recording, number), number * UINT64_C(1000000000));
	}
	for (uint32_t step = 0; step < FRAMES; step++)
		expect_moment(recording, step * 89 % FRAMES);
	assert_string_equal(recording_how(recording), "ended with status 0");
	assert_null(recording_damage(recording));
	recording_close(recording);
}

static void test_compact(void **state)
{
	struct snapshot_header *snapshot = moment(FRAMES);

	record_all();
	/* All classes but the third of them that stands still have one or two bytes that change. */
	assert_true((uint64_t)size_of_file() < snapshot->size * FRAMES / 8);
	free(snapshot);
}

static void test_a_program_that_was_killed(void **state)
{
	recorder_close(record(0, 3));
	struct recording *recording = open_recording();

	assert_int_equal(recording_count(recording), 3);
	assert_null(recording_how(recording));
	assert_null(recording_damage(recording));
	recording_close(recording);
}

static void test_another_program_in_between(void **state)
{
	char problem[TRANSPORT_PROBLEM_MAX];
	struct recorder *recorder = record(0, 3);
	struct snapshot_header *other = fake_snapshot(&(struct snapshot_header){.pid = 1}, NULL, NULL, 0);

	assert_true(recorder_add(recorder, other, problem));
	recorder_close(recorder);
	struct recording *recording = open_recording();
	struct snapshot_header *played = recording_snapshot(recording, 3);
	assert_memory_equal(played, other, other->size);
	/* Its clock stood at 0. */
	assert_int_equal(recording_time(recording, 3), recording_time(recording, 2));
	expect_moment(recording, 2);
	free(played);
	free(other);
	recording_close(recording);
}

/* Cut anywhere, it plays up to there. */
static void test_every_shorter_one(void **state)
{
	recorder_close(record(0, 8));
	off_t size = size_of_file();
	size_t before = 8;

	for (off_t cut = size - 1; cut >= 0; cut--) {
		char problem[TRANSPORT_PROBLEM_MAX];

		assert_int_equal(truncate(path, cut), 0);
		struct recording *recording = recording_open(path, problem);
		if (!recording) {
			before = 0;
			continue;
		}
		size_t count = recording_count(recording);
		assert_true(count == before || count + 1 == before);
		expect_moment(recording, (uint32_t)count - 1);
		before = count;
		recording_close(recording);
	}
	assert_int_equal(before, 0);
}

static void test_where_it_is_damaged(void **state)
{
	char sentence[128];

	recorder_close(record(0, 2));
	off_t good = size_of_file();
	recorder_close(record(0, 20));
	int fd = open(path, O_WRONLY);
	assert_int_equal(pwrite(fd, "x", 1, good + 60), 1);
	close(fd);
	struct recording *recording = open_recording();
	snprintf(sentence, sizeof(sentence), "the recording is damaged at byte %lld of %lld; it is shown up to there",
	         (long long)good, (long long)size_of_file());
	assert_string_equal(recording_damage(recording), sentence);
	assert_int_equal(recording_count(recording), 2);
	expect_moment(recording, 1);
	recording_close(recording);
}

static void test_every_changed_byte(void **state)
{
	recorder_close(record(0, 4));
	off_t size = size_of_file();
	int fd = open(path, O_RDWR);

	for (off_t place = 0; place < size; place++) {
		char problem[TRANSPORT_PROBLEM_MAX];
		unsigned char right, wrong;

		assert_int_equal(pread(fd, &right, 1, place), 1);
		wrong = right ^ 0x10;
		assert_int_equal(pwrite(fd, &wrong, 1, place), 1);
		struct recording *recording = recording_open(path, problem);
		if (recording) {
			assert_in_range(recording_count(recording), 1, 3);
			assert_non_null(recording_damage(recording));
			expect_moment(recording, 0);
			recording_close(recording);
		}
		assert_int_equal(pwrite(fd, &right, 1, place), 1);
	}
	close(fd);
}

static void test_what_is_no_recording(void **state)
{
	char problem[TRANSPORT_PROBLEM_MAX] = "";

	expect_problem("it is no recording");
	int fd = open(path, O_WRONLY);
	assert_int_equal(write(fd, "#!/bin/sh\necho important\n", 25), 25);
	close(fd);
	expect_problem("it is no recording");
	assert_null(recorder_open(path, true, problem));
	assert_non_null(strstr(problem, "is there already and is no recording, so it is left as it is"));
	assert_int_equal(size_of_file(), 25);
	assert_null(recorder_open("/dev/null", true, problem));
	assert_non_null(strstr(problem, "is no ordinary file"));
	assert_null(recorder_open("/no/such/folder/file", true, problem));
	assert_non_null(strstr(problem, "cannot be written: No such file or directory"));
	assert_null(recording_open("/no/such/file", problem));
	assert_non_null(strstr(problem, "cannot be shown: No such file or directory"));
}

static void test_other_heads(void **state)
{
	struct recording_head head = {.version = RECORDING_VERSION + 1, .order = RECORDING_ORDER};
	int fd = open(path, O_WRONLY);

	memcpy(head.magic, RECORDING_MAGIC, 8);
	assert_int_equal(pwrite(fd, &head, sizeof(head), 0), sizeof(head));
	expect_problem("it was made by another version of memory-tracker");
	head.order = 0x04030201;
	assert_int_equal(pwrite(fd, &head, sizeof(head), 0), sizeof(head));
	expect_problem("it was made on a machine of another byte order");
	head = (struct recording_head){.version = RECORDING_VERSION, .order = RECORDING_ORDER};
	memcpy(head.magic, RECORDING_MAGIC, 8);
	assert_int_equal(pwrite(fd, &head, sizeof(head), 0), sizeof(head));
	expect_problem("there is nothing in it");
	close(fd);
}

/* Files whose names begin with that of the recording. */
static size_t files_there(void)
{
	char pattern[sizeof path + 1];
	glob_t found = {0};

	snprintf(pattern, sizeof pattern, "%s*", path);
	glob(pattern, 0, NULL, &found);
	size_t count = found.gl_pathc;
	globfree(&found);
	return count;
}

static void test_what_is_there_is_not_overwritten(void **state)
{
	char problem[TRANSPORT_PROBLEM_MAX] = "";

	assert_null(recorder_open(path, false, problem));
	assert_non_null(strstr(problem, "exists already, and is not to be overwritten"));
	recorder_close(record(0, 3));
	off_t size = size_of_file();
	assert_null(recorder_open(path, false, problem));
	assert_int_equal(size_of_file(), size);
	assert_int_equal(files_there(), 1);
	/* What a symbolic link leads to is not made, and not overwritten. */
	unlink(path);
	assert_int_equal(symlink("/no/such/folder/file", path), 0);
	assert_null(recorder_open(path, false, problem));
	assert_non_null(strstr(problem, "exists already"));
}

static void test_a_recording_stays_until_there_is_another(void **state)
{
	char problem[TRANSPORT_PROBLEM_MAX] = "";
	struct stat status;

	recorder_close(record(0, 3));
	assert_int_equal(chmod(path, 0640), 0);
	off_t size = size_of_file();
	struct recorder *recorder = record(0, 0);
	assert_int_equal(size_of_file(), size);
	assert_true(recorder_end(recorder, "ended with status 0", problem));
	recorder_close(recorder);
	assert_int_equal(size_of_file(), size);
	assert_int_equal(files_there(), 1);
	recorder_close(record(7, 8));
	struct recording *recording = open_recording();
	assert_int_equal(recording_count(recording), 1);
	recording_close(recording);
	assert_int_equal(files_there(), 1);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0640);
}

static void test_a_new_file_that_stays_empty_is_removed(void **state)
{
	char problem[TRANSPORT_PROBLEM_MAX] = "";

	unlink(path);
	struct recorder *recorder = recorder_open(path, false, problem);
	assert_int_equal(size_of_file(), sizeof(struct recording_head));
	/* A child of a fork leaves it to its parent. */
	if (fork() == 0) {
		recorder_close(recorder);
		_exit(0);
	}
	wait(NULL);
	assert_int_equal(files_there(), 1);
	assert_true(recorder_end(recorder, "ended with status 0", problem));
	recorder_close(recorder);
	assert_int_equal(files_there(), 0);
	/* Another file that has come in its place is not. */
	recorder = recorder_open(path, false, problem);
	unlink(path);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	recorder_close(recorder);
	assert_int_equal(files_there(), 1);
}

static void test_a_full_disk(void **state)
{
	char problem[TRANSPORT_PROBLEM_MAX] = "";
	struct recorder *recorder = recorder_open("/dev/full", true, problem);

	/* Not an ordinary file; a real one that is too large for this process will do. */
	assert_null(recorder);
	recorder = record(0, 2);
	off_t good = size_of_file();
	struct snapshot_header *snapshot = moment(3);
	/* Room for half a frame. */
	if (fork() == 0) {
		struct sigaction ignore = {.sa_handler = SIG_IGN};
		struct rlimit limit = {.rlim_cur = (rlim_t)good + 20, .rlim_max = (rlim_t)good + 20};

		sigaction(SIGXFSZ, &ignore, NULL);
		setrlimit(RLIMIT_FSIZE, &limit);
		bool added = recorder_add(recorder, snapshot, problem);
		bool again = recorder_add(recorder, snapshot, problem);
		bool told = !added && again && strstr(problem, "ends here: File too large");

		free(snapshot);
		recorder_close(recorder);
		_exit(told ? 0 : 1);
	}
	int status;
	wait(&status);
	assert_int_equal(status, 0);
	assert_int_equal(size_of_file(), good);
	free(snapshot);
	recorder_close(recorder);
}

static void test_the_checksum_is_that_of_zlib(void **state)
{
	assert_int_equal(recording_checksum(0, "123456789", 9), 0xcbf43926);
	assert_int_equal(recording_checksum(recording_checksum(0, "1234", 4), "56789", 5), 0xcbf43926);
}

static void test_random_changes(void **state)
{
	struct snapshot_header *before = moment(7), *after = moment(50);
	struct delta_bytes packed = {0};
	uint64_t random = 20261122;

	print_message("seed %llu\n", (unsigned long long)random);
	assert_true(delta_pack(&packed, before, after));
	for (int round = 0; round < 50000; round++) {
		random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
		size_t place = (random >> 33) % packed.used;
		unsigned char right = packed.bytes[place];

		packed.bytes[place] = (unsigned char)(random >> 20);
		struct snapshot_header *made = delta_unpack(packed.bytes, packed.used, before, after->size);
		if (made && !snapshot_check(made, after->size))
			fake_contradiction(made);
		free(made);
		packed.bytes[place] = right;
	}
	struct snapshot_header *made = delta_unpack(packed.bytes, packed.used, before, after->size);
	assert_memory_equal(made, after, after->size);
	assert_null(delta_unpack(packed.bytes, packed.used, before, after->size + 8));
	assert_null(delta_unpack(packed.bytes, packed.used - 1, before, after->size));
	assert_null(delta_unpack(packed.bytes, packed.used, before, UINT64_C(1) << 40));
	free(made);
	free(packed.bytes);
	free(before);
	free(after);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, in_a_file, without_the_file)
	const struct CMUnitTest tests[] = {
	    TEST(test_every_moment_in_any_order),
	    TEST(test_compact),
	    TEST(test_a_program_that_was_killed),
	    TEST(test_another_program_in_between),
	    TEST(test_every_shorter_one),
	    TEST(test_where_it_is_damaged),
	    TEST(test_every_changed_byte),
	    TEST(test_what_is_no_recording),
	    TEST(test_other_heads),
	    TEST(test_what_is_there_is_not_overwritten),
	    TEST(test_a_recording_stays_until_there_is_another),
	    TEST(test_a_new_file_that_stays_empty_is_removed),
	    TEST(test_a_full_disk),
	    cmocka_unit_test(test_the_checksum_is_that_of_zlib),
	    cmocka_unit_test(test_random_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
