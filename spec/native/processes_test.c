/*
 * All processes of a launched program as one source: which there are, which is shown, and what is told of them. The
 * processes are scripts of the test, in its own thread, and the clock is moved on instead of being waited for.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "failing_malloc.h"
#include "moved_clock.h"
#include "scripted_program.h"
#include "served_program.h"
#include "source/processes.h"
#include "test_folder.h"

/* Milliseconds, as they are in processes.c. */
enum { SEARCH = 200, LEFT_ALONE = 500, TELL = 500, RETRY = 5000, LISTED = 256 };

#define NO_MESSAGE "the program cannot be understood: it sent bytes that are no message"
#define HAS_ENDED "this process has ended, or has become another program"

/* What was told since told_nothing. */
struct told {
	unsigned snapshots, collected, not_collected, said;
	uint64_t allocated; /* in the latest snapshot */
	uint64_t gc_ns;
	char sentence[SOURCE_SENTENCE_MAX];
};

static struct {
	char directory[64];
	struct processes *processes;
	struct snapshot_source source;
	struct told told;
	struct process_summary list[LISTED];
	size_t count; /* of the list */
	unsigned open;
} watch;

static int start(void **state)
{
	(void)state;
	memset(&watch, 0, sizeof watch);
	watch.open = open_descriptors();
	test_folder_enter();
	assert_non_null(getcwd(watch.directory, sizeof watch.directory));
	watch.processes = processes_new(watch.directory);
	assert_non_null(watch.processes);
	watch.source = processes_source(watch.processes);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	processes_free(watch.processes);
	test_folder_leave();
	assert_int_equal(open_descriptors(), watch.open);
	return 0;
}

static void told_nothing(void)
{
	watch.told = (struct told){0};
}

static void take(enum source_event event, const struct source_update *news)
{
	struct told *told = &watch.told;

	told->snapshots += news->snapshot != NULL;
	told->allocated = news->snapshot ? news->snapshot->counts.allocated : told->allocated;
	told->collected += event == SOURCE_GC;
	told->gc_ns = event == SOURCE_GC ? news->gc_ns : told->gc_ns;
	told->not_collected += event == SOURCE_GC_FAILED;
	told->said += event == SOURCE_SAID;
	if (event == SOURCE_SAID || event == SOURCE_GC_FAILED)
		snprintf(told->sentence, sizeof told->sentence, "%s", news->sentence);
	assert_int_not_equal(event, SOURCE_ENDED);
	if (event != SOURCE_PROCESSES)
		return;
	watch.count = news->count;
	memcpy(watch.list, news->processes, news->count * sizeof *news->processes);
}

/* Takes all that has come. */
static void look(void)
{
	struct source_update news = {0};
	enum source_event event;
	unsigned taken = 0;

	while ((event = watch.source.next(watch.source.context, &news)) != SOURCE_NOTHING) {
		take(event, &news);
		assert_true(++taken < 10000);
		free(news.snapshot);
		news = (struct source_update){0};
	}
}

/* So many milliseconds later, for new sockets at least SEARCH. */
static void look_later(uint64_t milliseconds)
{
	moved_clock_add(milliseconds + 1);
	look();
}

static const struct process_summary *listed(const struct scripted_program *program)
{
	for (size_t i = 0; i < watch.count; i++) {
		if (watch.list[i].pid == (uint32_t)program->pid)
			return &watch.list[i];
	}
	return NULL;
}

static bool is_shown(const struct scripted_program *program)
{
	size_t shown = 0;

	for (size_t i = 0; i < watch.count; i++)
		shown += watch.list[i].shown;
	assert_true(shown <= 1);
	return listed(program) && listed(program)->shown;
}

static void ask(void)
{
	watch.source.ask(watch.source.context);
}

static void gc(void)
{
	watch.source.gc(watch.source.context);
}

static void walk(int steps)
{
	watch.source.walk(watch.source.context, steps);
	look();
}

/* One that is found, says hello and gives its numbers. */
static void come(struct scripted_program *program, pid_t pid, uint64_t allocated)
{
	scripted_listen(program, watch.directory, pid);
	look_later(SEARCH);
	scripted_greet(program);
	look();
	assert_true(scripted_count(program, MESSAGE_SNAPSHOT) > 0);
	scripted_send_snapshot(program, allocated, 0);
	look();
}

static void assert_said(const char *sentence)
{
	assert_int_equal(watch.told.said, 1);
	assert_string_equal(watch.told.sentence, sentence);
	told_nothing();
}

/* --- one --- */

static void test_one_is_shown_when_it_has_said_hello(void **state)
{
	struct scripted_program program;

	scripted_listen(&program, watch.directory, 4001);
	look_later(SEARCH);
	assert_int_equal(watch.count, 1);
	assert_false(is_shown(&program));
	assert_int_equal(watch.source.fd(watch.source.context), -1);
	scripted_greet(&program);
	look();
	assert_true(is_shown(&program));
	assert_false(listed(&program)->known);
	assert_true(watch.source.fd(watch.source.context) >= 0);
	/* It is asked at once. */
	assert_int_equal(scripted_count(&program, MESSAGE_SNAPSHOT), 1);
	scripted_send_snapshot(&program, 7, 0);
	look();
	assert_int_equal(watch.told.snapshots, 1);
	assert_int_equal(watch.told.allocated, 7);
	look_later(TELL);
	assert_int_equal(listed(&program)->live, 7);
	assert_false(listed(&program)->retained_known);
	ask();
	assert_int_equal(scripted_count(&program, MESSAGE_SNAPSHOT), 1);
	/* What is connected to is not connected to again. */
	assert_false(scripted_accept(&program));
	scripted_end(&program);
}

static void test_growth_is_that_between_major_gcs(void **state)
{
	struct scripted_program program;

	come(&program, 4001, 1);
	scripted_send_retained(&program, 100, 1, 10);
	look_later(TELL);
	assert_true(listed(&program)->retained_known);
	assert_false(listed(&program)->growth_known);
	for (uint64_t major = 2; major <= 20; major++) {
		scripted_send_retained(&program, 100 * major, major, 10 * major);
		scripted_send_retained(&program, 100 * major, major, 10 * major);
	}
	look_later(TELL);
	assert_true(listed(&program)->growth_known);
	assert_true(listed(&program)->growth > 9.99 && listed(&program)->growth < 10.01);
	assert_int_equal(listed(&program)->retained, 2000);
	/* Its counting has begun anew. */
	scripted_send_retained(&program, 5, 1, 300);
	look_later(TELL);
	assert_false(listed(&program)->growth_known);
	scripted_end(&program);
}

/* --- some that do not answer --- */

static double seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC_RAW, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Connects until no more connections can wait to be accepted. Returns how many there are. */
static int fill_queue(const struct scripted_program *program, int fds[256])
{
	int count = 0;

	while (count < 256 && (fds[count] = socket_connect(program->path)) >= 0)
		count++;
	assert_in_range(count, 1, 255);
	return count;
}

static void test_those_that_do_not_answer_delay_nothing(void **state)
{
	struct scripted_program silent, full, program;
	int fds[256];

	scripted_listen(&silent, watch.directory, 4001);
	scripted_listen(&full, watch.directory, 4002);
	int count = fill_queue(&full, fds);
	double before = seconds();
	come(&program, 4003, 7);
	for (int i = 0; i < 20; i++) {
		ask();
		scripted_send_snapshot(&program, 8, 0);
		look_later(SEARCH);
	}
	assert_true(seconds() - before < 0.5);
	assert_true(is_shown(&program));
	assert_int_equal(watch.told.snapshots, 21);
	assert_int_equal(watch.count, 3);
	assert_false(listed(&silent)->known);
	assert_false(listed(&full)->known);
	/* The one is still waited for, and the other is connected to again. */
	scripted_greet(&silent);
	while (count > 0) {
		close(fds[--count]);
		assert_true(scripted_accept(&full));
	}
	assert_false(scripted_accept(&full));
	look_later(RETRY);
	assert_int_equal(scripted_count(&silent, MESSAGE_SNAPSHOT), 1);
	scripted_greet(&full);
	look();
	assert_int_equal(scripted_count(&full, MESSAGE_SNAPSHOT), 1);
	assert_true(is_shown(&program));
	scripted_end(&silent);
	scripted_end(&full);
	scripted_end(&program);
}

static void test_one_that_ends_before_its_hello(void **state)
{
	struct scripted_program program, killed;

	scripted_listen(&program, watch.directory, 4001);
	scripted_listen(&killed, watch.directory, 4002);
	look_later(SEARCH);
	assert_int_equal(watch.count, 2);
	assert_true(scripted_accept(&program));
	scripted_hang_up(&program);
	scripted_kill(&killed);
	look();
	assert_int_equal(watch.count, 0);
	/* The one listens still; what the other has left is removed. */
	look_later(SEARCH);
	assert_int_equal(access(killed.path, F_OK), -1);
	assert_int_equal(watch.count, 1);
	scripted_greet(&program);
	look();
	assert_true(is_shown(&program));
	assert_int_equal(watch.told.said, 0);
	scripted_end(&program);
}

/* It never was connected to. */
static void test_one_whose_socket_goes_is_no_longer_listed(void **state)
{
	struct scripted_program full;
	int fds[256];

	scripted_listen(&full, watch.directory, 4001);
	int count = fill_queue(&full, fds);
	look_later(SEARCH);
	assert_int_equal(watch.count, 1);
	scripted_end(&full);
	look_later(SEARCH);
	assert_int_equal(watch.count, 0);
	while (count > 0)
		close(fds[--count]);
}

/* --- some that cannot be understood --- */

static void test_garbage_instead_of_a_hello(void **state)
{
	static const char page[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
	struct scripted_program program;

	scripted_listen(&program, watch.directory, 4001);
	look_later(SEARCH);
	assert_true(scripted_accept(&program));
	scripted_send_bytes(&program, page, sizeof page - 1);
	look();
	assert_said(NO_MESSAGE);
	assert_false(is_shown(&program));
	/* It is tried again, some time later, and that is not said again. */
	look_later(SEARCH);
	assert_false(scripted_accept(&program));
	look_later(RETRY);
	assert_true(scripted_accept(&program));
	scripted_send_bytes(&program, page, sizeof page - 1);
	look_later(RETRY);
	assert_int_equal(watch.told.said, 0);
	scripted_end(&program);
}

static void test_another_version(void **state)
{
	const struct message_hello hello = {.version = MESSAGE_VERSION + 1, .pid = 4001};
	struct scripted_program program;

	scripted_listen(&program, watch.directory, 4001);
	look_later(SEARCH);
	assert_true(scripted_accept(&program));
	assert_true(channel_send(&program.channel, MESSAGE_HELLO, &hello, sizeof hello, NULL, 0));
	look();
	assert_int_equal(watch.told.said, 1);
	assert_non_null(strstr(watch.told.sentence, "another version of memory-tracker"));
	/* There is a Ruby, so nothing else is said. */
	told_nothing();
	look_later(RETRY);
	assert_int_equal(watch.told.said, 0);
	scripted_end(&program);
}

/* It is there, so it has neither ended nor become another program. */
static void test_garbage_behind_numbers(void **state)
{
	struct scripted_program program, other;

	come(&program, 4001, 7);
	come(&other, 4002, 8);
	scripted_send_bytes(&program, "0123456789abcdefghijklmnopqrstuv", 32);
	look();
	assert_said(NO_MESSAGE);
	assert_false(listed(&program)->known);
	assert_false(listed(&program)->ended);
	look_later(LEFT_ALONE);
	assert_int_equal(watch.told.said, 0);
	assert_false(scripted_accept(&program));
	/* The same of one that is only listed is not said. */
	look_later(RETRY);
	scripted_greet(&program);
	look();
	assert_true(is_shown(&program));
	scripted_send_bytes(&other, "0123456789abcdefghijklmnopqrstuv", 32);
	look();
	assert_int_equal(watch.told.said, 0);
	assert_false(listed(&other)->known);
	scripted_end(&program);
	scripted_end(&other);
}

static void test_half_a_message(void **state)
{
	const struct message_header header = {.magic = MESSAGE_MAGIC, .kind = MESSAGE_ENDED, .size = 4};
	struct scripted_program program, other;

	come(&program, 4001, 7);
	come(&other, 4002, 8);
	scripted_send_bytes(&program, &header, sizeof header / 2);
	scripted_send_snapshot(&other, 9, 0);
	look();
	assert_int_equal(listed(&other)->live, 9);
	assert_int_equal(listed(&program)->live, 7);
	scripted_send_bytes(&program, (const char *)&header + sizeof header / 2, sizeof header / 2);
	look();
	assert_false(listed(&program)->ended);
	scripted_send_bytes(&program, "over", 4);
	look();
	assert_true(listed(&program)->ended);
	scripted_end(&program);
	scripted_end(&other);
}

/* --- many --- */

static void test_fifty_that_come_and_go(void **state)
{
	static struct scripted_program programs[50];

	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 50; i++)
			scripted_listen(&programs[i], watch.directory, 4050 - i);
		look_later(SEARCH);
		for (int i = 0; i < 50; i++)
			scripted_greet(&programs[i]);
		look();
		for (int i = 0; i < 50; i++)
			scripted_send_snapshot(&programs[i], 1000 + (uint64_t)programs[i].pid, 0);
		look();
		assert_int_equal(watch.count, 50);
		for (size_t i = 0; i < 50; i++) {
			/* Those that are found together are listed by their numbers. */
			assert_int_equal(watch.list[i].pid, 4001 + i);
			assert_int_equal(watch.list[i].live, 5001 + i);
		}
		assert_true(is_shown(&programs[49]));
		for (int i = 0; i < 50; i++) {
			if (i % 3 == 1)
				scripted_send_ended(&programs[i], "ended with status 0");
			i % 3 ? scripted_end(&programs[i]) : scripted_kill(&programs[i]);
		}
		look();
		look_later(SEARCH);
		assert_int_equal(watch.count, 1);
		assert_true(listed(&programs[49])->ended);
	}
	assert_int_equal(test_folder_count(), 0);
}

static void test_more_than_can_be_listed(void **state)
{
	static struct scripted_program programs[LISTED + 4];

	for (int i = 0; i < LISTED + 4; i++)
		scripted_listen(&programs[i], watch.directory, 4001 + i);
	look_later(SEARCH);
	look_later(SEARCH);
	assert_int_equal(watch.count, LISTED);
	for (int i = 0; i < LISTED + 4; i++) {
		if (listed(&programs[i]))
			scripted_end(&programs[i]);
	}
	look();
	assert_int_equal(watch.count, 0);
	look_later(SEARCH);
	assert_int_equal(watch.count, 4);
	for (int i = 0; i < LISTED + 4; i++)
		scripted_end(&programs[i]);
}

/* --- the one that is shown ends --- */

static void test_the_next_one_takes_the_place_of_one_that_has_ended(void **state)
{
	struct scripted_program first, second;

	come(&first, 4001, 7);
	told_nothing();
	scripted_send_snapshot(&first, 9, SNAPSHOT_ENDED);
	scripted_send_ended(&first, "ended with status 0");
	scripted_end(&first);
	look();
	/* Its last numbers, and then that. */
	assert_int_equal(watch.told.snapshots, 1);
	assert_int_equal(watch.told.allocated, 9);
	assert_true(is_shown(&first) && listed(&first)->ended);
	assert_int_equal(listed(&first)->live, 9);
	assert_int_equal(watch.told.said, 0);
	assert_int_equal(watch.source.fd(watch.source.context), -1);
	look_later(LEFT_ALONE);
	assert_said(HAS_ENDED);
	look_later(LEFT_ALONE);
	assert_int_equal(watch.told.said, 0);
	/* Numbers that were asked for come from the next one. */
	ask();
	come(&second, 4000, 3);
	assert_true(is_shown(&second));
	assert_int_equal(watch.count, 1);
	assert_int_equal(watch.told.allocated, 3);
	scripted_end(&second);
}

static void test_one_that_becomes_another_program(void **state)
{
	struct scripted_program program, other;

	come(&program, 4001, 7);
	scripted_end(&program);
	look();
	assert_true(listed(&program)->ended);
	told_nothing();
	come(&program, 4001, 2);
	assert_true(is_shown(&program));
	assert_false(listed(&program)->ended);
	assert_int_equal(watch.told.allocated, 2);
	/* It has not ended at all, and stays when another one is shown. */
	look_later(LEFT_ALONE);
	assert_int_equal(watch.told.said, 0);
	come(&other, 4002, 3);
	walk(1);
	assert_true(is_shown(&other));
	assert_int_equal(watch.count, 2);
	scripted_end(&other);
	scripted_end(&program);
}

/* Hello, numbers and end are there at once, and nothing of it is lost. */
static void test_one_that_has_ended_before_it_was_looked_at(void **state)
{
	struct scripted_program program;

	scripted_listen(&program, watch.directory, 4001);
	look_later(SEARCH);
	scripted_greet(&program);
	scripted_send_snapshot(&program, 9, SNAPSHOT_ENDED);
	scripted_send_ended(&program, "ended with status 0");
	scripted_end(&program);
	look();
	assert_true(is_shown(&program));
	assert_int_equal(watch.told.allocated, 9);
	look_later(LEFT_ALONE);
	assert_said(HAS_ENDED);
}

/* --- walking --- */

static void test_walking(void **state)
{
	struct scripted_program programs[3];

	walk(1);
	walk(-1);
	for (int i = 0; i < 3; i++) {
		come(&programs[i], 4001 + i, 11 + (uint64_t)i);
		if (i == 0)
			walk(1);
		assert_true(is_shown(&programs[0]));
	}
	assert_int_equal(watch.told.snapshots, 1);
	static const struct {
		int steps, shown;
	} ways[] = {{1, 1}, {1, 2}, {1, 0}, {-1, 2}, {-1, 1}, {-1, 0}};
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		struct scripted_program *program = &programs[ways[i].shown];

		scripted_count(program, MESSAGE_SNAPSHOT);
		walk(ways[i].steps);
		assert_true(is_shown(program));
		/* The person waits for its numbers, and not for those of the others. */
		assert_int_equal(scripted_count(program, MESSAGE_SNAPSHOT), 1);
		scripted_send_snapshot(program, 100 + i, 0);
		look();
		assert_int_equal(watch.told.allocated, 100 + i);
	}
	scripted_send_snapshot(&programs[1], 55, 0);
	look();
	assert_int_equal(watch.told.allocated, 105);
	for (int i = 0; i < 3; i++)
		scripted_end(&programs[i]);
}

static void test_walking_away_from_one_that_has_ended(void **state)
{
	struct scripted_program first, second;

	come(&first, 4001, 7);
	come(&second, 4002, 8);
	scripted_end(&first);
	look();
	assert_int_equal(watch.count, 2);
	walk(1);
	assert_true(is_shown(&second));
	assert_int_equal(watch.count, 1);
	/* That is no news then. */
	look_later(LEFT_ALONE);
	assert_int_equal(watch.told.said, 0);
	scripted_end(&second);
}

/* --- none --- */

static void test_none_has_come(void **state)
{
	look_later(SEARCH);
	assert_int_equal(watch.count, 0);
	assert_int_equal(watch.told.said, 0);
	ask();
	gc();
	look();
	assert_int_equal(watch.told.not_collected, 1);
	assert_string_equal(watch.told.sentence, "there is no process to run it in");
	told_nothing();
	look_later(RETRY);
	assert_int_equal(watch.told.said, 1);
	assert_non_null(strstr(watch.told.sentence, "no Ruby has reported yet"));
	told_nothing();
	look_later(RETRY);
	assert_int_equal(watch.told.said, 0);
}

static void test_none_is_left(void **state)
{
	struct scripted_program first, second;

	come(&first, 4001, 7);
	come(&second, 4002, 8);
	scripted_end(&first);
	scripted_end(&second);
	look();
	look_later(LEFT_ALONE);
	assert_said(HAS_ENDED);
	assert_int_equal(watch.count, 1);
	assert_true(is_shown(&first) && listed(&first)->ended);
	walk(1);
	ask();
	gc();
	look();
	assert_int_equal(watch.told.not_collected, 1);
}

static void test_closed(void **state)
{
	struct scripted_program program, other;
	char sentence[SOURCE_SENTENCE_MAX];

	come(&program, getpid(), 7);
	told_nothing();
	processes_close(watch.processes);
	scripted_listen(&other, watch.directory, 4002);
	look_later(RETRY);
	ask();
	gc();
	look();
	assert_int_equal(watch.source.fd(watch.source.context), -1);
	assert_false(watch.source.left(watch.source.context, sentence));
	assert_int_equal(watch.told.snapshots + watch.told.said + watch.told.not_collected, 0);
	assert_false(scripted_accept(&other));
	scripted_end(&program);
	scripted_end(&other);
}

/* --- GCs --- */

static void test_a_gc(void **state)
{
	struct scripted_program program;

	come(&program, 4001, 7);
	gc();
	assert_int_equal(scripted_take(&program), MESSAGE_SNAPSHOT);
	assert_int_equal(scripted_take(&program), MESSAGE_GC);
	scripted_send_snapshot(&program, 8, 0);
	scripted_send_done(&program, MESSAGE_GC, 41);
	look();
	assert_int_equal(watch.told.collected, 0);
	scripted_send_snapshot(&program, 5, 0);
	look();
	assert_int_equal(watch.told.collected, 1);
	assert_int_equal(watch.told.gc_ns, 41);
	assert_int_equal(watch.told.allocated, 5);
	gc();
	scripted_send_refused(&program, MESSAGE_GC, "not now");
	look();
	assert_int_equal(watch.told.not_collected, 1);
	assert_string_equal(watch.told.sentence, "not now");
	scripted_end(&program);
}

static void test_a_gc_whose_process_ends(void **state)
{
	struct scripted_program program;

	come(&program, 4001, 7);
	gc();
	scripted_end(&program);
	look();
	assert_int_equal(watch.told.not_collected, 1);
	assert_string_equal(watch.told.sentence, "the process has ended");
}

/* Its end is told all the same, or no other could be asked for. */
static void test_walking_away_from_a_gc(void **state)
{
	struct scripted_program first, second;

	come(&first, 4001, 7);
	come(&second, 4002, 8);
	gc();
	walk(1);
	assert_true(is_shown(&second));
	assert_int_equal(watch.told.not_collected, 1);
	assert_string_equal(watch.told.sentence, "another process is shown now");
	/* Back there, that it is over is no news of a GC. */
	walk(-1);
	scripted_send_done(&first, MESSAGE_GC, 41);
	scripted_send_snapshot(&first, 5, 0);
	look();
	assert_int_equal(watch.told.allocated, 5);
	assert_int_equal(watch.told.collected, 0);
	scripted_end(&first);
	scripted_end(&second);
}

/* --- the program has ended --- */

static void test_what_is_left(void **state)
{
	struct scripted_program ended, there;
	char sentence[SOURCE_SENTENCE_MAX] = "?", expected[SOURCE_SENTENCE_MAX];
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	siginfo_t info;
	assert_int_equal(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
	assert_false(watch.source.left(watch.source.context, sentence));
	assert_string_equal(sentence, "");
	/* Its connection is open until what it sent last is read. */
	come(&ended, child, 7);
	assert_false(watch.source.left(watch.source.context, sentence));
	test_folder_write("4711.fork", "");
	assert_true(watch.source.left(watch.source.context, sentence));
	assert_string_equal(sentence, "");
	assert_int_equal(remove("4711.fork"), 0);
	/* It counts as soon as it listens. */
	scripted_listen(&there, watch.directory, getpid());
	assert_true(watch.source.left(watch.source.context, sentence));
	snprintf(expected, sizeof expected,
	         "the program has ended; process %ld goes on (memory-tracker-top --attach %ld)", (long)getpid(),
	         (long)getpid());
	assert_string_equal(sentence, expected);
	scripted_end(&there);
	look();
	assert_false(watch.source.left(watch.source.context, sentence));
	assert_int_equal(waitpid(child, NULL, 0), child);
	scripted_end(&ended);
}

/* --- memory --- */

static void test_without_memory(void **state)
{
	struct scripted_program first, second;

	for (uint64_t call = 1; call <= 40; call++) {
		scripted_listen(&first, watch.directory, 4001);
		scripted_listen(&second, watch.directory, 4002);
		failing_malloc_at(call, false);
		failing_malloc_arm(true);
		look_later(SEARCH);
		failing_malloc_arm(false);
		look_later(RETRY);
		assert_int_equal(watch.count, 2);
		scripted_greet(&first);
		scripted_greet(&second);
		failing_malloc_arm(true);
		look();
		failing_malloc_arm(false);
		scripted_end(&first);
		scripted_end(&second);
		look_later(SEARCH);
	}
	failing_malloc_at(0, false);
	come(&first, 4003, 5);
	assert_true(is_shown(&first));
	assert_int_equal(watch.told.allocated, 5);
	failing_malloc_at(1, true);
	failing_malloc_arm(true);
	struct processes *none = processes_new(watch.directory);
	failing_malloc_arm(false);
	assert_null(none);
	scripted_end(&first);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_one_is_shown_when_it_has_said_hello),
	    TEST(test_growth_is_that_between_major_gcs),
	    TEST(test_those_that_do_not_answer_delay_nothing),
	    TEST(test_one_that_ends_before_its_hello),
	    TEST(test_one_whose_socket_goes_is_no_longer_listed),
	    TEST(test_garbage_instead_of_a_hello),
	    TEST(test_another_version),
	    TEST(test_garbage_behind_numbers),
	    TEST(test_half_a_message),
	    TEST(test_fifty_that_come_and_go),
	    TEST(test_more_than_can_be_listed),
	    TEST(test_the_next_one_takes_the_place_of_one_that_has_ended),
	    TEST(test_one_that_becomes_another_program),
	    TEST(test_one_that_has_ended_before_it_was_looked_at),
	    TEST(test_walking),
	    TEST(test_walking_away_from_one_that_has_ended),
	    TEST(test_none_has_come),
	    TEST(test_none_is_left),
	    TEST(test_closed),
	    TEST(test_a_gc),
	    TEST(test_a_gc_whose_process_ends),
	    TEST(test_walking_away_from_a_gc),
	    TEST(test_what_is_left),
	    TEST(test_without_memory),
	};

	/* Without a clock that can be moved on, and an allocator that can be made to fail, there is nothing to see. */
	if (!moved_clock_works() || !failing_malloc_works())
		return 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
