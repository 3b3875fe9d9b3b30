#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "base/clock.h"
#include "terminal/guard.h"

#define DEADLINE (20000 * CLOCK_MILLISECOND)
#define RESET "reset"

/* A terminal, and a process with a guard for it, which is told to do things by single letters. */
struct stage {
	int terminal; /* the screen and the keyboard */
	int tty;
	struct termios modes;
	char path[32];
	int printed; /* what is printed goes here */
	int reader;
	struct descriptor printer; /* the terminal and the reader, as the guard is given them */
	struct descriptor source;
};

static void open_stage(struct stage *stage)
{
	stage->terminal = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(stage->terminal >= 0 && grantpt(stage->terminal) == 0 && unlockpt(stage->terminal) == 0);
	stage->tty = open(ptsname(stage->terminal), O_RDWR | O_NOCTTY);
	assert_true(stage->tty >= 0);
	assert_int_equal(fcntl(stage->terminal, F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(tcgetattr(stage->tty, &stage->modes), 0);
	strcpy(stage->path, "/tmp/guard-test-XXXXXX");
	stage->printed = mkostemp(stage->path, O_APPEND);
	stage->reader = open(stage->path, O_RDONLY);
	assert_true(stage->printed >= 0 && stage->reader >= 0);
	unlink(stage->path);
	assert_int_equal(flock(stage->printed, LOCK_EX), 0);
}

/* Guards end when no process has the file open for writing; where they are children of this process, it waits for that. */
static void close_stage(struct stage *stage)
{
	close(stage->printed);
	close(stage->reader);
	close(stage->tty);
	while (waitpid(-1, NULL, 0) > 0)
		;
	close(stage->terminal);
}

static struct guard start(struct stage *stage)
{
	struct guard guard;

	stage->printer = descriptor_of(stage->tty);
	stage->source = descriptor_of(stage->reader);
	const struct guard_job job = {.tty = &stage->printer, .printed = &stage->source};
	assert_int_equal(guard_start(&guard, &job, 0), 0);
	return guard;
}

static void wait_for_text(struct stage *stage, const char *text)
{
	uint64_t deadline = clock_now() + DEADLINE;
	char seen[4096] = "";
	size_t length = 0;

	while (!strstr(seen, text)) {
		struct pollfd pollfd = {.fd = stage->terminal, .events = POLLIN};

		if (clock_now() > deadline)
			fail_msg("waited in vain for \"%s\"; there is \"%s\"", text, seen);
		poll(&pollfd, 1, 10);
		ssize_t got = read(stage->terminal, seen + length, sizeof seen - 1 - length);
		length += got > 0 ? (size_t)got : 0;
		seen[length] = 0;
	}
}

static void wait_for_modes(struct stage *stage)
{
	uint64_t deadline = clock_now() + DEADLINE;
	struct termios modes;

	do {
		assert_true(clock_now() < deadline);
		poll(NULL, 0, 10);
		assert_int_equal(tcgetattr(stage->tty, &modes), 0);
	} while (modes.c_lflag != stage->modes.c_lflag || modes.c_iflag != stage->modes.c_iflag);
}

static off_t watch(struct guard *guard, struct stage *stage, off_t offset)
{
	struct termios raw = stage->modes;
	off_t printed = guard_watch(guard, RESET, strlen(RESET), &stage->modes, offset);

	cfmakeraw(&raw);
	assert_int_equal(tcsetattr(stage->tty, TCSANOW, &raw), 0);
	return printed;
}

/* As when the process ends. */
static void expect_terminal_back(struct guard *guard, struct stage *stage)
{
	guard_leave(guard);
	wait_for_text(stage, RESET);
	wait_for_modes(stage);
}

static void test_it_prints_and_makes_the_terminal_usable_again(void **state)
{
	struct stage stage;

	open_stage(&stage);
	struct guard guard = start(&stage);
	assert_int_equal(write(stage.printed, "words", 5), 5);
	wait_for_text(&stage, "words");
	assert_int_equal(watch(&guard, &stage, 0), 5);
	assert_int_equal(guard_look(&guard), 0);
	expect_terminal_back(&guard, &stage);
	close_stage(&stage);
}

static void test_it_leaves_a_terminal_alone_that_was_given_back(void **state)
{
	struct stage stage;

	open_stage(&stage);
	struct guard guard = start(&stage);
	watch(&guard, &stage, 0);
	guard_relax(&guard, 0);
	guard_leave(&guard);
	assert_int_equal(write(stage.printed, "behind it", 9), 9);
	wait_for_text(&stage, "behind it");
	struct termios modes;
	assert_int_equal(tcgetattr(stage.tty, &modes), 0);
	assert_int_equal(modes.c_lflag & ICANON, 0);
	close_stage(&stage);
}

#ifdef __linux__

/* The guard, which is a child of this process here, because orphans are. */
static pid_t guard_process(void)
{
	char path[64], text[256] = "", *end;

	snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
	int file = open(path, O_RDONLY);
	if (file < 0)
		skip();
	assert_true(read(file, text, sizeof text - 1) > 0);
	close(file);
	long pid = strtol(text, &end, 10);
	assert_true(pid > 0);
	/* There is one only. */
	assert_int_equal(strspn(end, " \n"), strlen(end));
	return (pid_t)pid;
}

static void end_process(pid_t pid, int number)
{
	assert_int_equal(kill(pid, number), 0);
	if (number == SIGKILL)
		assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void test_one_that_was_killed_is_replaced(void **state)
{
	struct stage stage;

	open_stage(&stage);
	struct guard guard = start(&stage);
	watch(&guard, &stage, 0);
	end_process(guard_process(), SIGKILL);
	assert_int_equal(guard_look(&guard), 0);
	assert_true(guard_process() > 0);
	expect_terminal_back(&guard, &stage);
	close_stage(&stage);
}

static void test_one_that_was_killed_is_replaced_by_the_next_order(void **state)
{
	struct stage stage;

	open_stage(&stage);
	struct guard guard = start(&stage);
	end_process(guard_process(), SIGKILL);
	watch(&guard, &stage, 0);
	end_process(guard_process(), SIGKILL);
	guard_relax(&guard, 0);
	watch(&guard, &stage, 0);
	expect_terminal_back(&guard, &stage);
	close_stage(&stage);
}

static void test_signals_do_not_end_it(void **state)
{
	static const int numbers[] = {SIGHUP, SIGTERM, SIGINT, SIGSEGV, SIGUSR1};
	struct stage stage;

	open_stage(&stage);
	struct guard guard = start(&stage);
	pid_t pid = guard_process();
	watch(&guard, &stage, 0);
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		end_process(pid, numbers[i]);
	watch(&guard, &stage, 0);
	assert_int_equal(guard_process(), pid);
	expect_terminal_back(&guard, &stage);
	close_stage(&stage);
}

/* It ends when it goes on, and leaves the terminal to the one that has come after it. */
static void test_one_that_is_stopped_is_replaced(void **state)
{
	struct stage stage;

	open_stage(&stage);
	struct guard guard = start(&stage);
	pid_t stopped = guard_process();
	watch(&guard, &stage, 0);
	end_process(stopped, SIGSTOP);
	uint64_t before = clock_now();
	watch(&guard, &stage, 0);
	assert_true(clock_now() - before < DEADLINE);
	assert_int_equal(kill(stopped, SIGCONT), 0);
	assert_int_equal(waitpid(stopped, NULL, 0), stopped);
	struct termios modes;
	assert_int_equal(tcgetattr(stage.tty, &modes), 0);
	assert_int_equal(modes.c_lflag & ICANON, 0);
	expect_terminal_back(&guard, &stage);
	close_stage(&stage);
}

#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_it_prints_and_makes_the_terminal_usable_again),
	    cmocka_unit_test(test_it_leaves_a_terminal_alone_that_was_given_back),
#ifdef __linux__
	    cmocka_unit_test(test_one_that_was_killed_is_replaced),
	    cmocka_unit_test(test_one_that_was_killed_is_replaced_by_the_next_order),
	    cmocka_unit_test(test_signals_do_not_end_it),
	    cmocka_unit_test(test_one_that_is_stopped_is_replaced),
#endif
	};

#ifdef __linux__
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
#endif
	return cmocka_run_group_tests(tests, NULL, NULL);
}
