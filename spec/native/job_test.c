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
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "program/console.h"
#include "program/job.h"

#define DEADLINE (20000 * CLOCK_MILLISECOND)

/* A program on a pty, before a terminal that is another pty. */
struct stage {
	int terminal; /* what a person would see and type at */
	int tty;      /* what the launcher has */
	struct job job;
	struct console console;
	struct output_log output_log;
};

static int open_terminal(int *tty)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);

	assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	*tty = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_true(*tty >= 0);
	struct winsize size = {.ws_row = 33, .ws_col = 77};
	assert_int_equal(ioctl(*tty, TIOCSWINSZ, &size), 0);
	return master;
}

static void start_with(struct stage *stage, const char *script, const bool inherited[3])
{
	char *const arguments[] = {"sh", "-c", (char *)script, NULL};
	char *const environment[] = {"PATH=/usr/bin:/bin", "MARK=from here", NULL};
	struct monitor_command command = {.arguments = arguments, .environment = environment};

	memset(stage, 0, sizeof *stage);
	stage->terminal = open_terminal(&stage->tty);
	job_init(&stage->job);
	assert_int_equal(output_log_init(&stage->output_log, NULL), 0);
	memcpy(command.inherited, inherited, sizeof command.inherited);
	assert_int_equal(job_start(&stage->job, &command, stage->tty), 0);
	console_init(&stage->console, &stage->job);
}

static void start(struct stage *stage, const char *script)
{
	start_with(stage, script, (const bool[3]){false});
}

static void finish(struct stage *stage)
{
	job_close(&stage->job, -1);
	output_log_deinit(&stage->output_log);
	close(stage->tty);
	close(stage->terminal);
}

/* All that is in the transcript. */
static const char *printed(const struct stage *stage)
{
	static char text[8192];

	output_log_last(&stage->output_log, text, sizeof text);
	return text;
}

static void wait_for_text(struct stage *stage, const char *text, int tty)
{
	uint64_t deadline = clock_now() + DEADLINE;

	while (!strstr(printed(stage), text)) {
		struct pollfd pollfd = {.fd = stage->job.master, .events = POLLIN};

		if (clock_now() > deadline)
			fail_msg("waited in vain for \"%s\"; there is \"%s\"", text, printed(stage));
		poll(&pollfd, 1, 10);
		job_look(&stage->job);
		assert_int_not_equal(console_pump(&stage->console, &stage->output_log, tty), CONSOLE_LOST);
	}
}

static void wait_for_end(struct stage *stage)
{
	uint64_t deadline = clock_now() + DEADLINE;

	while (!stage->job.ended) {
		struct pollfd pollfd = {.fd = stage->job.reports, .events = POLLIN};

		if (clock_now() > deadline)
			fail_msg("the program does not end; it has printed \"%s\"", printed(stage));
		poll(&pollfd, 1, 10);
		job_look(&stage->job);
		console_pump(&stage->console, &stage->output_log, -1);
	}
	console_pump(&stage->console, &stage->output_log, -1);
}

static void test_it_has_a_terminal_its_environment_and_a_status(void **state)
{
	struct stage stage;
	char how[JOB_HOW_MAX];

	start(&stage, "test -t 0 && test -t 1 && test -t 2 && echo terminals; stty size; echo $MARK; exit 9");
	wait_for_end(&stage);
	assert_string_equal(printed(&stage), "terminals\n33 77\nfrom here\n");
	job_describe(&stage.job, how, sizeof how);
	assert_string_equal(how, "ended with status 9");
	assert_int_equal(job_exit_status(&stage.job), 9);
	finish(&stage);
}

/* Other descriptors than the pty, as after "2>err.log <input". */
static void test_descriptors_may_stay_what_they_are(void **state)
{
	char path[] = "/tmp/job-test-XXXXXX", text[100] = "";
	int file = mkstemp(path), saved[] = {dup(0), dup(2)};
	struct stage stage;

	assert_int_equal(write(file, "given\n", 6), 6);
	assert_int_equal(lseek(file, 0, SEEK_SET), 0);
	fflush(stderr);
	dup2(file, 0);
	dup2(file, 2);
	start_with(&stage, "read line; echo \"read $line\"; echo told >&2; test -t 1 && echo terminal",
	           (const bool[3]){true, false, true});
	dup2(saved[0], 0);
	dup2(saved[1], 2);
	wait_for_end(&stage);
	assert_string_equal(printed(&stage), "read given\nterminal\n");
	assert_int_equal(pread(file, text, sizeof text - 1, 0), 11);
	assert_string_equal(text, "given\ntold\n");
	finish(&stage);
	unlink(path);
	close(file);
	close(saved[0]);
	close(saved[1]);
}

static void test_what_cannot_be_executed_says_why(void **state)
{
	char *const none_there[] = {"/no/such/command", NULL}, *const a_folder[] = {"/tmp", NULL};
	char *const nothing[] = {NULL};
	const struct monitor_command none = {.arguments = none_there, .environment = nothing};
	const struct monitor_command folder = {.arguments = a_folder, .environment = nothing};
	int tty, terminal = open_terminal(&tty);
	struct job job;

	job_init(&job);
	assert_int_equal(job_start(&job, &none, tty), ENOENT);
	assert_int_equal(job_start(&job, &folder, tty), EACCES);
	assert_int_equal(job.master, -1);
	job_close(&job, -1);
	close(tty);
	close(terminal);
}

static void test_signals_end_it_and_are_named(void **state)
{
	struct stage stage;
	char how[JOB_HOW_MAX];

	start(&stage, "echo ready; exec sleep 100");
	wait_for_text(&stage, "ready\n", -1);
	job_signal(&stage.job, SIGTERM);
	wait_for_end(&stage);
	job_describe(&stage.job, how, sizeof how);
	assert_string_equal(how, "ended by SIGTERM");
	assert_int_equal(job_exit_status(&stage.job), 128 + SIGTERM);
	finish(&stage);
}

/* A shell that waits in a command of its own: between vfork and exec of another it cannot be stopped. */
static void test_it_is_stopped_and_goes_on(void **state)
{
	struct stage stage;
	uint64_t deadline = clock_now() + DEADLINE;

	start(&stage, "trap 'echo on' CONT; echo ready; while read line; do :; done");
	wait_for_text(&stage, "ready\n", -1);
	job_stop(&stage.job);
	while (!stage.job.stopped && clock_now() < deadline)
		job_look(&stage.job);
	assert_true(stage.job.stopped);
	job_continue(&stage.job);
	wait_for_text(&stage, "on\n", -1);
	finish(&stage);
}

/* The end of its input may reach it before the signal does. */
static void test_it_is_hung_up_when_the_launcher_lets_go(void **state)
{
	char path[] = "/tmp/job-test-XXXXXX", script[200];
	struct stage stage;
	uint64_t deadline = clock_now() + DEADLINE;
	int file = mkstemp(path);
	char mark = 0;

	snprintf(script, sizeof script,
	         "trap 'echo x > %s; exit' HUP; echo ready; while read line; do :; done; "
	         "for i in 1 2 3 4 5 6 7 8 9; do sleep 1; done",
	         path);
	start(&stage, script);
	wait_for_text(&stage, "ready\n", -1);
	finish(&stage);
	while (pread(file, &mark, 1, 0) != 1 && clock_now() < deadline)
		poll(NULL, 0, 10);
	assert_int_equal(mark, 'x');
	close(file);
	unlink(path);
}

static void wait_for_loss(struct stage *stage)
{
	struct pollfd pollfd = {.fd = stage->job.reports, .events = POLLIN};

	assert_int_equal(poll(&pollfd, 1, DEADLINE / CLOCK_MILLISECOND), 1);
	job_look(&stage->job);
	assert_true(stage->job.unwatched);
	assert_int_equal(stage->job.reports, -1);
	assert_int_equal(stage->job.monitor, 0);
	assert_false(job_has_terminal(&stage->job));
}

static void test_a_program_may_end_with_its_monitor(void **state)
{
	char known[JOB_KNOWN_MAX], how[JOB_HOW_MAX];
	struct stage stage;
	uint64_t deadline = clock_now() + DEADLINE;

	start(&stage, "echo ready; exec sleep 100");
	wait_for_text(&stage, "ready\n", -1);
	assert_true(job_has_terminal(&stage.job));
	kill(stage.job.monitor, SIGKILL);
	wait_for_loss(&stage);
	/* It gets SIGHUP, because its terminal is none any more. */
	while (!stage.job.ended && clock_now() < deadline)
		job_look(&stage.job);
	assert_true(stage.job.ended);
	job_describe(&stage.job, how, sizeof how);
	assert_string_equal(how, "ended with an unknown status");
	job_tell_known(&stage.job, known);
	assert_string_equal(known, "the process that watched the program has ended by SIGKILL, so the program's exit "
	                           "status is unknown; the program has ended, too");
	/* Nothing is readable for ever. */
	while (!stage.console.dry && clock_now() < deadline)
		console_pump(&stage.console, &stage.output_log, -1);
	assert_int_equal(console_fd(&stage.console), -1);
	finish(&stage);
}

static void test_a_program_may_outlive_its_monitor(void **state)
{
	char known[JOB_KNOWN_MAX], expected[JOB_KNOWN_MAX];
	struct stage stage;
	uint64_t deadline = clock_now() + DEADLINE;

	start(&stage, "trap '' HUP; trap 'echo told; exit' TERM; echo ready; while :; do sleep 0.05; done");
	wait_for_text(&stage, "ready\n", -1);
	kill(stage.job.monitor, SIGKILL);
	wait_for_loss(&stage);
	for (int i = 0; i < 20; i++, poll(NULL, 0, 10))
		job_look(&stage.job);
	assert_false(stage.job.ended);
	snprintf(expected, sizeof expected, "still runs as process %d", (int)stage.job.pid);
	job_tell_known(&stage.job, known);
	assert_non_null(strstr(known, expected));
	job_signal(&stage.job, SIGTERM);
	wait_for_text(&stage, "told\n", -1);
	while (!stage.job.ended && clock_now() < deadline)
		job_look(&stage.job);
	assert_true(stage.job.ended);
	finish(&stage);
}

static void test_signals_to_the_monitor_change_nothing(void **state)
{
	static const int numbers[] = {SIGHUP, SIGTERM, SIGINT, SIGSEGV, SIGUSR1};
	struct stage stage;
	int status;

	start(&stage, "echo ready; read line; exit 7");
	wait_for_text(&stage, "ready\n", -1);
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		/* Not from this process, which is the launcher. */
		pid_t other = fork();

		if (other == 0)
			_exit(kill(stage.job.monitor, numbers[i]) < 0);
		assert_int_equal(waitpid(other, &status, 0), other);
		assert_int_equal(status, 0);
	}
	assert_int_equal(write(stage.job.master, "\n", 1), 1);
	wait_for_end(&stage);
	assert_false(stage.job.unwatched);
	assert_int_equal(WEXITSTATUS(stage.job.status), 7);
	finish(&stage);
}

static void test_the_size_follows(void **state)
{
	struct winsize size = {.ws_row = 11, .ws_col = 44};
	struct stage stage;

	start(&stage, "trap 'stty size' WINCH; echo ready; while read line; do :; done");
	wait_for_text(&stage, "ready\n", -1);
	assert_int_equal(ioctl(stage.tty, TIOCSWINSZ, &size), 0);
	job_resize(&stage.job, stage.tty);
	wait_for_text(&stage, "11 44\n", -1);
	finish(&stage);
}

static void test_keys_go_to_the_program_up_to_the_one_that_leaves(void **state)
{
	struct stage stage;
	struct termios raw;
	uint64_t deadline = clock_now() + DEADLINE;
	bool left = false;

	start(&stage, "echo ready; read line; echo \"got $line\"");
	tcgetattr(stage.tty, &raw);
	cfmakeraw(&raw);
	tcsetattr(stage.tty, TCSANOW, &raw);
	wait_for_text(&stage, "ready\n", -1);
	assert_int_equal(write(stage.terminal, "words\r\035rest", 11), 11);
	while (!left && clock_now() < deadline)
		left = console_keys(&stage.console, stage.tty, true);
	assert_true(left);
	wait_for_text(&stage, "got words\n", -1);
	assert_null(strstr(printed(&stage), "rest"));
	finish(&stage);
}

static void test_what_passes_is_on_the_terminal_and_in_the_transcript(void **state)
{
	struct stage stage;
	char seen[100] = "";

	start(&stage, "printf 'a\\r\\nb\\033[6nc\\n'");
	wait_for_text(&stage, "c\n", stage.tty);
	assert_string_equal(printed(&stage), "a\r\nbc\n");
	ssize_t length = read(stage.terminal, seen, sizeof seen - 1);
	assert_true(length > 0);
	/* The terminal answers for itself. */
	assert_non_null(strstr(seen, "b\033[6nc"));
	assert_int_equal(stage.console.pending, 0);
	finish(&stage);
}

int main(void)
{
	/* Who runs this may have had it ignored, and what is tested would inherit that. */
	signal(SIGHUP, SIG_DFL);

	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_it_has_a_terminal_its_environment_and_a_status),
	    cmocka_unit_test(test_descriptors_may_stay_what_they_are),
	    cmocka_unit_test(test_what_cannot_be_executed_says_why),
	    cmocka_unit_test(test_signals_end_it_and_are_named),
	    cmocka_unit_test(test_it_is_stopped_and_goes_on),
	    cmocka_unit_test(test_it_is_hung_up_when_the_launcher_lets_go),
	    cmocka_unit_test(test_a_program_may_end_with_its_monitor),
	    cmocka_unit_test(test_a_program_may_outlive_its_monitor),
	    cmocka_unit_test(test_signals_to_the_monitor_change_nothing),
	    cmocka_unit_test(test_the_size_follows),
	    cmocka_unit_test(test_keys_go_to_the_program_up_to_the_one_that_leaves),
	    cmocka_unit_test(test_what_passes_is_on_the_terminal_and_in_the_transcript),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
