/*
 * The file of what a program prints: what is there before stays, and is neither shown nor printed again.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "terminal/output_log.h"
#include "test_folder.h"

#define NAME "all.txt"

static int enter(void **state)
{
	test_folder_enter();
	int fd = open(NAME, O_WRONLY | O_CREAT, 0600);

	assert_int_equal(write(fd, "before\n", 7), 7);
	return close(fd);
}

static int leave(void **state)
{
	test_folder_leave();
	return 0;
}

static void expect_content(const char *text)
{
	char content[64] = "";
	int fd = open(NAME, O_RDONLY);

	assert_true(read(fd, content, sizeof content - 1) >= 0);
	close(fd);
	assert_string_equal(content, text);
}

static void test_appends_to_what_is_there(void **state)
{
	struct output_log output_log;
	char text[64];
	int ends[2];

	assert_int_equal(output_log_init(&output_log, NAME), 0);
	expect_content("before\n");
	assert_int_equal(output_log_last(&output_log, text, sizeof text), 0);
	assert_true(output_log_append(&output_log, "now\n", 4));
	assert_int_equal(output_log_last(&output_log, text, sizeof text), 4);
	assert_string_equal(text, "now\n");
	assert_int_equal(output_log_tail(&output_log, text, sizeof text), 4);
	assert_int_equal(pipe(ends), 0);
	struct descriptor terminal = descriptor_of(ends[1]);
	output_log_print(&output_log, &terminal);
	assert_int_equal(read(ends[0], text, sizeof text), 4);
	close(ends[0]);
	close(ends[1]);
	output_log_deinit(&output_log);
	expect_content("before\nnow\n");
}

static void test_two_do_not_append_to_one_file(void **state)
{
	struct output_log first, second;

	assert_int_equal(output_log_init(&first, NAME), 0);
	assert_int_equal(output_log_init(&second, NAME), EWOULDBLOCK);
	output_log_deinit(&first);
	assert_int_equal(output_log_init(&second, NAME), 0);
	output_log_deinit(&second);
	expect_content("before\n");
}

static void test_what_is_no_file_is_refused(void **state)
{
	struct output_log output_log;

	assert_int_equal(output_log_init(&output_log, "/dev/null"), EINVAL);
	assert_int_equal(output_log_init(&output_log, "no/such/folder"), ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_appends_to_what_is_there, enter, leave),
	    cmocka_unit_test_setup_teardown(test_two_do_not_append_to_one_file, enter, leave),
	    cmocka_unit_test_setup_teardown(test_what_is_no_file_is_refused, enter, leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
