/*
 * Descriptors of ours in a process that closes what it finds, and opens its own files under the same numbers.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/wake_pipe.h"

/* --- kinds of descriptors --- */

static int open_pipe(void)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	close(ends[1]);
	return ends[0];
}

static int open_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0);
}

static int open_nameless_file(void)
{
	char path[] = "/tmp/descriptor-test-XXXXXX";
	int fd = mkstemp(path);

	unlink(path);
	return fd;
}

static int open_named_file(void)
{
	char path[] = "/tmp/descriptor-test-XXXXXX";

	return mkstemp(path);
}

static int open_folder(void)
{
	return open("/tmp", O_RDONLY);
}

static int open_null(void)
{
	return open("/dev/null", O_RDWR);
}

static int open_zero(void)
{
	return open("/dev/zero", O_RDWR);
}

static int open_terminal(void)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY);

	assert_int_equal(grantpt(fd), 0);
	assert_int_equal(unlockpt(fd), 0);
	int slave = open(ptsname(fd), O_RDWR | O_NOCTTY);
	/* The slave stays without its master, hung up. */
	close(fd);
	return slave;
}

static const struct kind {
	const char *name;
	int (*open)(void);
	bool alike; /* another one that is opened is the same file */
} kinds[] = {
    {"pipe", open_pipe, false},
    {"socket", open_socket, false},
    {"file without a name", open_nameless_file, false},
    {"file", open_named_file, false},
    {"folder", open_folder, true},
    {"null device", open_null, true},
    {"zero device", open_zero, true},
    {"terminal", open_terminal, false},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* --- tests --- */

static void test_ours_as_long_as_it_is_open(void **state)
{
	for (size_t i = 0; i < KINDS; i++) {
		struct descriptor descriptor = descriptor_adopt(kinds[i].open());
		int fd = descriptor.fd;

		assert_true(fd > 255);
		assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
		assert_int_equal(descriptor_fd(&descriptor), fd);
		assert_false(descriptor_lost(&descriptor));
		descriptor_close(&descriptor);
		assert_int_equal(descriptor.fd, -1);
		assert_int_equal(fcntl(fd, F_GETFD), -1);
		assert_false(descriptor_lost(&descriptor));
	}
}

static void test_lost_when_it_is_closed(void **state)
{
	for (size_t i = 0; i < KINDS; i++) {
		struct descriptor descriptor = descriptor_adopt(kinds[i].open());

		close(descriptor.fd);
		assert_int_equal(descriptor_fd(&descriptor), -1);
		assert_int_equal(errno, EBADF);
		assert_true(descriptor_lost(&descriptor));
		descriptor_close(&descriptor);
	}
}

/* Also by one of the same kind, which may get the inode of ours. */
static void test_lost_when_another_file_has_its_number(void **state)
{
	for (size_t i = 0; i < KINDS * KINDS; i++) {
		const struct kind *kind = &kinds[i / KINDS], *other = &kinds[i % KINDS];
		struct descriptor descriptor = descriptor_adopt(kind->open());
		int number = descriptor.fd;

		if (kind == other && kind->alike) {
			descriptor_close(&descriptor);
			continue;
		}
		/* A file without a name loses its inode now, and the next one takes it. */
		if (kind != other)
			close(number);
		int fd = other->open();
		assert_int_equal(dup2(fd, number), number);
		close(fd);
		assert_int_equal(descriptor_fd(&descriptor), -1);
		assert_true(descriptor_lost(&descriptor));
		/* It is the program's, and stays open. */
		descriptor_close(&descriptor);
		assert_true(fcntl(number, F_GETFD) >= 0);
		close(number);
	}
}

static void test_none(void **state)
{
	errno = EMFILE;
	struct descriptor descriptor = descriptor_adopt(-1);
	assert_int_equal(errno, EMFILE);
	assert_int_equal(descriptor_fd(&descriptor), -1);
	assert_false(descriptor_lost(&descriptor));
	assert_false(descriptor_close_on_fork(&descriptor));
	descriptor_close(&descriptor);
}

/* Calls the function in a child whose process may have so many descriptors. */
static void with_limit(rlim_t limit, void (*function)(rlim_t limit))
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct rlimit numbers = {limit, limit};

		if (setrlimit(RLIMIT_NOFILE, &numbers) < 0)
			_exit(2);
		function(limit);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

#define MUST(condition)                                                                                                \
	do {                                                                                                           \
		if (!(condition))                                                                                      \
			_exit(__LINE__ % 200 + 10);                                                                    \
	} while (0)

static void take_high_numbers(rlim_t limit)
{
	struct descriptor descriptor = descriptor_adopt(open_null());

	MUST(descriptor.fd >= (int)(limit > 1024 ? 1024 : limit) / 4 * 3);
	MUST(descriptor_fd(&descriptor) == descriptor.fd);
}

static void take_what_is_left(rlim_t limit)
{
	int fd, last = -1;

	while ((fd = dup(0)) >= 0)
		last = fd;
	MUST(errno == EMFILE && last == (int)limit - 1);
	/* One number is left, and it is in the lower half. */
	close((int)limit / 4);
	struct descriptor descriptor = descriptor_adopt(open_null());
	MUST(descriptor.fd == (int)limit / 4 && descriptor_fd(&descriptor) == descriptor.fd);
	MUST(fcntl(descriptor.fd, F_GETFD) == FD_CLOEXEC);
	descriptor_close(&descriptor);
	/* The numbers at the top are taken, and there is one in the middle to move to. */
	close((int)limit / 2);
	close((int)limit / 4);
	descriptor = descriptor_adopt(open_null());
	MUST(descriptor.fd == (int)limit / 2);
}

static void test_low_limits(void **state)
{
	static const rlim_t limits[] = {16, 64, 256, 1024};

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		with_limit(limits[i], take_high_numbers);
		with_limit(limits[i], take_what_is_left);
	}
}

/* --- forked children --- */

/* Whether a number is open in a child that is forked now. */
static bool open_in_child(int fd)
{
	pid_t child = fork();
	int status;

	if (child == 0)
		_exit(fcntl(fd, F_GETFD) < 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	return status == 0;
}

static void test_closed_in_forked_children(void **state)
{
	struct descriptor kept = descriptor_adopt(open_null()), closed = descriptor_adopt(open_pipe());

	assert_true(descriptor_close_on_fork(&closed));
	assert_true(open_in_child(kept.fd));
	assert_false(open_in_child(closed.fd));
	assert_int_equal(descriptor_fd(&closed), closed.fd);
	descriptor_keep_on_fork(&closed);
	assert_true(open_in_child(closed.fd));
	descriptor_close(&closed);
	descriptor_close(&kept);
}

static void test_the_programs_own_is_kept_in_forked_children(void **state)
{
	struct descriptor descriptor = descriptor_adopt(open_pipe());
	int number = descriptor.fd, fd = open_socket();

	assert_true(descriptor_close_on_fork(&descriptor));
	dup2(fd, number);
	assert_true(open_in_child(number));
	/* One of ours that gets the same number later is closed again. */
	close(number);
	close(fd);
	struct descriptor next = descriptor_of(dup2(open_null(), number));
	assert_true(descriptor_close_on_fork(&next));
	assert_false(open_in_child(number));
	descriptor_close(&next);
	descriptor_close(&descriptor);
}

static void test_too_many_to_close_in_forked_children(void **state)
{
	struct descriptor descriptors[100];
	unsigned added = 0;

	for (int i = 0; i < 100; i++) {
		descriptors[i] = descriptor_adopt(open_null());
		added += descriptor_close_on_fork(&descriptors[i]);
	}
	assert_in_range(added, 50, 99);
	for (int i = 0; i < 100; i++)
		descriptor_close(&descriptors[i]);
	/* Their places are free again. */
	struct descriptor descriptor = descriptor_adopt(open_null());
	assert_true(descriptor_close_on_fork(&descriptor));
	descriptor_close(&descriptor);
}

/* --- waking --- */

static void test_waking(void **state)
{
	struct wake_pipe wake;

	assert_true(wake_pipe_open(&wake));
	struct pollfd polled = {.fd = wake_pipe_fd(&wake), .events = POLLIN};
	assert_int_equal(poll(&polled, 1, 0), 0);
	/* More often than the pipe has room for. */
	for (int i = 0; i < 100000; i++)
		assert_true(wake_pipe_wake(&wake));
	assert_int_equal(poll(&polled, 1, 0), 1);
	wake_pipe_drain(&wake);
	assert_int_equal(poll(&polled, 1, 0), 0);
	assert_false(open_in_child(polled.fd));
	wake_pipe_close(&wake);
	assert_int_equal(wake_pipe_fd(&wake), -1);
}

static void test_a_lost_pipe_wakes_nothing(void **state)
{
	for (int end = 0; end < 2; end++) {
		struct wake_pipe wake;
		int program[2];
		char byte;

		assert_true(wake_pipe_open(&wake));
		assert_int_equal(pipe(program), 0);
		fcntl(program[0], F_SETFL, O_NONBLOCK);
		assert_int_equal(write(program[1], "x", 1), 1);
		dup2(program[end], wake.ends[end].fd);
		assert_int_equal(wake_pipe_fd(&wake), -1);
		assert_false(wake_pipe_wake(&wake));
		wake_pipe_drain(&wake);
		/* What the program wrote is there, and nothing else. */
		assert_int_equal(read(program[0], &byte, 1), 1);
		assert_int_equal(read(program[0], &byte, 1), -1);
		int number = wake.ends[end].fd;
		wake_pipe_close(&wake);
		assert_true(fcntl(number, F_GETFD) >= 0);
		close(number);
		close(program[0]);
		close(program[1]);
	}
}

static int remove_files(void **state)
{
	return system("rm -f /tmp/descriptor-test-??????") == 0 ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ours_as_long_as_it_is_open),
	    cmocka_unit_test(test_lost_when_it_is_closed),
	    cmocka_unit_test(test_lost_when_another_file_has_its_number),
	    cmocka_unit_test(test_none),
	    cmocka_unit_test(test_low_limits),
	    cmocka_unit_test(test_closed_in_forked_children),
	    cmocka_unit_test(test_the_programs_own_is_kept_in_forked_children),
	    cmocka_unit_test(test_too_many_to_close_in_forked_children),
	    cmocka_unit_test(test_waking),
	    cmocka_unit_test(test_a_lost_pipe_wakes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, remove_files);
}
