#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "base/clock.h"
#include "program/relay.h"

#define DEADLINE (20000 * CLOCK_MILLISECOND)

/* What is printed on a pty is for a terminal that is another one. */
struct stage {
	int terminal; /* the screen and the keyboard */
	int tty;
	int master;
	int slave;
};

static int open_pty(int *slave)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);

	assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	*slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_true(*slave >= 0 && fcntl(master, F_SETFL, O_NONBLOCK) == 0);
	return master;
}

static void start(struct stage *stage)
{
	stage->terminal = open_pty(&stage->tty);
	stage->master = open_pty(&stage->slave);
	assert_int_equal(relay_start(stage->master, stage->tty), 0);
	close(stage->master);
	close(stage->tty);
}

static void wait_for_text(struct stage *stage, const char *text)
{
	struct pollfd pollfd = {.fd = stage->terminal, .events = POLLIN};
	char seen[100] = "";

	assert_int_equal(poll(&pollfd, 1, DEADLINE / CLOCK_MILLISECOND), 1);
	assert_true(read(stage->terminal, seen, sizeof seen - 1) > 0);
	assert_string_equal(seen, text);
}

/* The relay is a child of this process here, because orphans are. */
static void wait_for_end(void)
{
#ifdef __linux__
	uint64_t deadline = clock_now() + DEADLINE;
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) == 0) {
		assert_true(clock_now() < deadline);
		poll(NULL, 0, 10);
	}
	assert_true(pid > 0);
#endif
}

static void test_it_passes_on_until_the_pty_is_closed(void **state)
{
	struct stage stage;

	start(&stage);
	assert_int_equal(write(stage.slave, "words", 5), 5);
	wait_for_text(&stage, "words");
	close(stage.slave);
	wait_for_end();
	close(stage.terminal);
}

/* Nothing is printed any more that would tell. */
static void test_it_ends_with_the_terminal(void **state)
{
	struct stage stage;

	start(&stage);
	assert_int_equal(write(stage.slave, "words", 5), 5);
	wait_for_text(&stage, "words");
	close(stage.terminal);
	wait_for_end();
	close(stage.slave);
}

/* They are for the shell that has the terminal again. */
static void test_it_leaves_keys_alone(void **state)
{
	struct stage stage;

	start(&stage);
	assert_int_equal(write(stage.terminal, "keys\n", 5), 5);
	wait_for_text(&stage, "keys\r\n");
	assert_int_equal(write(stage.slave, "words", 5), 5);
	wait_for_text(&stage, "words");
	close(stage.slave);
	wait_for_end();
	close(stage.terminal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_it_passes_on_until_the_pty_is_closed),
	    cmocka_unit_test(test_it_ends_with_the_terminal),
	    cmocka_unit_test(test_it_leaves_keys_alone),
	};

#ifdef __linux__
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
#endif
	return cmocka_run_group_tests(tests, NULL, NULL);
}
