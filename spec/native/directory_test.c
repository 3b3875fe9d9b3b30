#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "transport/directory.h"
#include "transport/socket.h"

/* A private folder, in which everything happens. */
static char place[64];

static int enter(void **state)
{
	strcpy(place, "/tmp/directory-XXXXXX");
	unsetenv("MEMORY_TRACKER_DIRECTORY");
	unsetenv("XDG_RUNTIME_DIR");
	return mkdtemp(place) ? setenv("TMPDIR", place, 1) : -1;
}

static int leave(void **state)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", place);
	return system(command);
}

static const char *inside(const char *name)
{
	static char paths[4][512];
	static unsigned nogvl_call;
	char *path = paths[nogvl_call++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", place, name);
	return path;
}

static const char *opened(void)
{
	static char path[DIRECTORY_PATH_MAX], problem[TRANSPORT_PROBLEM_MAX];

	return directory_open(path, 0, problem) ? path : problem;
}

static const char *own_name(void)
{
	static char name[64];

	snprintf(name, sizeof(name), "memory-tracker-%lu", (unsigned long)geteuid());
	return name;
}

static void expect_mode(const char *path, mode_t mode)
{
	struct stat status;

	assert_int_equal(lstat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, mode);
}

/* --- where --- */

static void test_the_folder_for_temporary_files(void **state)
{
	assert_string_equal(opened(), inside(own_name()));
	expect_mode(opened(), 0700);
	assert_string_equal(opened(), inside(own_name()));
}

static void test_the_folder_of_the_session_comes_first(void **state)
{
	mkdir(inside("run"), 0700);
	setenv("XDG_RUNTIME_DIR", inside("run"), 1);
	assert_string_equal(opened(), inside("run/memory-tracker"));
	/* Whoever became another user has still the other's session. */
	chmod(inside("run"), 0755);
	assert_string_equal(opened(), inside(own_name()));
	setenv("XDG_RUNTIME_DIR", "run", 1);
	assert_string_equal(opened(), inside(own_name()));
	setenv("XDG_RUNTIME_DIR", "/no/such/folder", 1);
	assert_string_equal(opened(), inside(own_name()));
}

static void test_a_folder_that_was_named(void **state)
{
	setenv("MEMORY_TRACKER_DIRECTORY", inside("mine"), 1);
	assert_string_equal(opened(), inside("mine"));
	setenv("MEMORY_TRACKER_DIRECTORY", inside("mine/too/deep"), 1);
	assert_non_null(strstr(opened(), "mine/too/deep cannot be made: No such file or directory"));
}

static void test_too_long_a_path(void **state)
{
	char path[300], socket[DIRECTORY_PATH_MAX], problem[TRANSPORT_PROBLEM_MAX];

	memset(path, 'a', sizeof(path));
	path[0] = '/';
	path[sizeof(path) - 1] = 0;
	setenv("MEMORY_TRACKER_DIRECTORY", path, 1);
	assert_string_equal(opened(), "the paths of the directories for sockets are too long");
	assert_false(directory_socket(socket, path, 4711, problem));
	assert_non_null(strstr(problem, "is too long for a socket in it"));
	assert_true(directory_socket(socket, "/tmp", 4711, problem));
	assert_string_equal(socket, "/tmp/4711.sock");
}

/* --- trust --- */

static void test_what_is_not_private(void **state)
{
	const char *own = inside(own_name());

	assert_string_equal(opened(), own);
	chmod(own, 0750);
	assert_non_null(strstr(opened(), "is open to other users (mode 750, wanted is 700)"));
	rmdir(own);
	close(open(own, O_CREAT | O_WRONLY, 0600));
	assert_non_null(strstr(opened(), "is no directory, and stands where one is wanted"));
	unlink(own);
	mkdir(inside("elsewhere"), 0700);
	assert_int_equal(symlink(inside("elsewhere"), own), 0);
	assert_non_null(strstr(opened(), "is no directory, and stands where one is wanted"));
}

static void test_what_is_another_users(void **state)
{
	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(opened(), 65534, 65534), 0);
	assert_non_null(strstr(opened(), "belongs to another user"));
}

/* --- what is there --- */

static int listen_in(const char *directory, pid_t pid)
{
	char path[DIRECTORY_PATH_MAX], problem[TRANSPORT_PROBLEM_MAX];

	assert_true(directory_socket(path, directory, pid, problem));
	int fd = socket_listen(path, &(struct socket_name){0});
	assert_true(fd >= 0);
	return fd;
}

static bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

static void test_a_list(void **state)
{
	char own[DIRECTORY_PATH_MAX];
	struct directory_entry *entries;

	strcpy(own, opened());
	setenv("MEMORY_TRACKER_DIRECTORY", own, 1);
	assert_int_equal(directory_list(&entries), 0);
	free(entries);
	snprintf(own + strlen(own), 32, "/run-1");
	mkdir(own, 0700);
	int below = listen_in(own, 12);
	strcpy(own, getenv("MEMORY_TRACKER_DIRECTORY"));
	int first = listen_in(own, 4711), second = listen_in(own, 9);
	/* What looks like one, and is none. */
	const char *others[] = {"0.sock", "x.sock", "12", "-5.sock", "99999999999.sock", "7.sock.new"};
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		char path[512];

		snprintf(path, sizeof(path), "%s/%s", own, others[i]);
		close(open(path, O_CREAT | O_WRONLY, 0600));
	}
	assert_int_equal(directory_list(&entries), 3);
	assert_int_equal(entries[0].pid, 9);
	assert_int_equal(entries[1].pid, 12);
	assert_non_null(strstr(entries[1].path, "/run-1/12.sock"));
	assert_int_equal(entries[2].pid, 4711);
	free(entries);
	assert_int_equal(directory_list_in(own, &entries), 2);
	free(entries);
	/* Folders that others can enter are passed over. */
	chmod(own, 0755);
	assert_int_equal(directory_list(&entries), 0);
	free(entries);
	close(below);
	close(first);
	close(second);
}

static void test_sockets_that_nobody_listens_to(void **state)
{
	char own[DIRECTORY_PATH_MAX], path[512];
	struct directory_entry *entries;

	strcpy(own, opened());
	setenv("MEMORY_TRACKER_DIRECTORY", own, 1);
	int alive = listen_in(own, 1);
	close(listen_in(own, 2));
	snprintf(path, sizeof(path), "%s/2.sock", own);
	assert_true(is_there(path));
	assert_int_equal(directory_list(&entries), 1);
	assert_int_equal(entries[0].pid, 1);
	free(entries);
	assert_false(is_there(path));
	close(alive);
	directory_clean(own);
	assert_int_equal(rmdir(own), 0);
}

/* An ordinary file, or a link to something, is not touched though its name would fit. */
static void test_what_is_no_socket_is_left_alone(void **state)
{
	char own[DIRECTORY_PATH_MAX], path[512];
	struct directory_entry *entries;

	strcpy(own, opened());
	setenv("MEMORY_TRACKER_DIRECTORY", own, 1);
	snprintf(path, sizeof(path), "%s/3.sock", own);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_int_equal(directory_list(&entries), 0);
	free(entries);
	assert_true(is_there("/etc/passwd"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)
	const struct CMUnitTest tests[] = {
	    TEST(test_the_folder_for_temporary_files),
	    TEST(test_the_folder_of_the_session_comes_first),
	    TEST(test_a_folder_that_was_named),
	    TEST(test_too_long_a_path),
	    TEST(test_what_is_not_private),
	    TEST(test_what_is_another_users),
	    TEST(test_a_list),
	    TEST(test_sockets_that_nobody_listens_to),
	    TEST(test_what_is_no_socket_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
