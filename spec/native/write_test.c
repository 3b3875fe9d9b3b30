/*
 * Writing what is shown to a file, as text and as JSON.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test_folder.h"
#include "app/json.h"
#include "base/new_file.h"
#include "app/report_json.h"
#include "app/report_text.h"
#include "app/viewer_state.h"
#include "viewer_asserts.h"

#define DEFAULT_NAME "memory-tracker-4711-20261122-104107"
/* A second before the time in that name: the shop goes on by one. */
#define WALL_NS (UINT64_C(1795344066) * 1000000000)

static int open_shop(void **state)
{
	test_folder_enter();
	shop_enter(state, 120, 24, true);
	struct shop_viewer *shop = *state;
	shop->head.wall_ns = WALL_NS;
	shop_second(shop, true);
	return 0;
}

static int close_shop(void **state)
{
	shop_leave(state);
	test_folder_leave();
	return 0;
}

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" is not in:\n%s", part, text);
}

static void test_all_lines_are_written_as_text(void **state)
{
	struct shop_viewer *shop = *state;
	struct stat stat;

	assert_true(grid_resize(&shop->grid, 80, 8));
	shop_press(shop, "*");
	shop_press(shop, "w");
	assert_shown(shop, "write to: " DEFAULT_NAME ".txt ");
	press(shop, INPUT_KEY_ENTER);
	assert_shown(shop, "written to ");
	assert_shown(shop, DEFAULT_NAME ".txt");
	char *text = test_folder_read(DEFAULT_NAME ".txt");
	assert_has(text, "2026-11-22 10:41:07\n memory-tracker   ruby shop.rb   4711");
	assert_has(text, "RETAINED     GROWTH/s▾      LIVE    ALLOC/s");
	assert_has(text, "▾ Hash\n");
	assert_has(text, "/srv/shop/lib/shop.rb:95\n");
	assert_has(text, " Shop::Basket\n");
	assert_has(text, "red");
	assert_null(strchr(text, '\033'));
	free(text);
	assert_int_equal(test_folder_count(), 1);
	assert_int_equal(lstat(DEFAULT_NAME ".txt", &stat), 0);
	assert_int_equal(stat.st_mode & 07777 & ~0644, 0);
}

static void test_what_is_filtered_and_chosen_is_written(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "C \r/basket\rw\r");
	char *text = test_folder_read(DEFAULT_NAME ".txt");
	assert_has(text, "\"basket\"");
	assert_has(text, "Shop::Basket");
	assert_null(strstr(text, "RETAINED"));
	assert_null(strstr(text, "Shop::Session"));
	free(text);
}

static void test_the_same_as_json(void **state)
{
	struct shop_viewer *shop = *state;

	shop->reason = "a \"reason\"\n\xff";
	shop->head.flags &= ~(uint32_t)SNAPSHOT_EXACT;
	shop->head.wall_ns = WALL_NS;
	shop->head.paths_dropped = 12345;
	shop_second(shop, true);
	assert_shown(shop, "  12,345 paths not recorded ");
	shop_press(shop, "\rw");
	press(shop, INPUT_KEY_TAB);
	assert_shown(shop, "write to: " DEFAULT_NAME ".json ");
	assert_shown(shop, "Tab as text");
	shop_press(shop, "\r");
	char *text = test_folder_read(DEFAULT_NAME ".json");
	assert_has(text, "\"time\": \"2026-11-22T10:41:07+00:00\"");
	assert_has(text, "\"pid\": 4711");
	assert_has(text, "\"exact\": false");
	assert_has(text, "\"inexact_reason\": \"a \\\"reason\\\"\\u000a�\"");
	assert_has(text, "\"objects_not_recorded\": 0,\n    \"paths_not_recorded\": 12345,");
	assert_has(text, "\"sorted_by\": \"growth\"");
	assert_has(text,
	           "\"class\": \"Hash\",\n      \"depth\": 0,\n      \"live\": 16521,\n      \"retained\": 3514,");
	assert_has(text, "\"method\": \"Shop::SessionStore#write\",\n      \"path\": \"/srv/shop/lib/shop.rb\",\n"
	                 "      \"line\": 41,\n      \"share\": 1,");
	assert_has(text, "\"class\": \"#<Class:0x00007f2a> \\u001b[31mred\\u001b[0m\"");
	assert_has(text, "\"growth_is\": \"confirmed\"");
	free(text);
}

static void test_what_is_not_known_is_null(void **state)
{
	struct shop_viewer shop = {0};
	struct buffer json = {0};
	const struct viewer_options options = {.utc_offset = -(3 * 3600 + 1800)};

	shop.viewer = viewer_new(&options);
	assert_true(grid_init(&shop.grid));
	shop.head.wall_ns = WALL_NS;
	shop_second(&shop, false);
	assert_true(report_json(&json, shop.viewer));
	buffer_add(&json, "", 1);
	assert_has(json.text, "\"time\": \"2026-11-22T07:11:07-03:30\"");
	assert_has(json.text, "\"retained\": null");
	assert_has(json.text, "\"growth_per_second\": null,\n      \"growth_is\": null");
	assert_has(json.text, "\"allocated_per_second\": null");
	assert_has(json.text, "\"command\": null");
	assert_has(json.text, "\"rss_bytes\": null");
	buffer_deinit(&json);
	shop_close(&shop);
}

static void test_no_file_is_overwritten(void **state)
{
	struct shop_viewer *shop = *state;

	test_folder_write("kept.txt", "as it was");
	assert_int_equal(symlink("nowhere", "link"), 0);
	shop_press(shop, "w\x15kept.txt\r");
	assert_shown(shop, "there is such a file already, and it was not changed");
	assert_shown(shop, "write to: kept.txt");
	char *text = test_folder_read("kept.txt");
	assert_string_equal(text, "as it was");
	free(text);
	shop_press(shop, "\x15link\r");
	assert_shown(shop, "there is such a file already");
	shop_press(shop, "2\r");
	assert_shown(shop, "written to ");
	assert_int_equal(test_folder_count(), 3);
}

static void test_what_cannot_be_written_is_said(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "w\x15\r");
	assert_shown(shop, "a file needs a name");
	shop_press(shop, "no/such/folder.txt\r");
	assert_shown(shop, "nothing was written: No such file or directory");
	shop_press(shop, "\x15/dev/full\r");
	assert_shown(shop, "there is such a file already");
	press(shop, INPUT_KEY_ESCAPE);
	assert_not_shown(shop, "write to:");
	assert_int_equal(test_folder_count(), 0);
}

static void test_a_name_is_typed(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "w\b\b\b");
	press(shop, INPUT_KEY_BACKSPACE);
	assert_shown(shop, "write to: " DEFAULT_NAME " ");
	press(shop, INPUT_KEY_TAB);
	assert_shown(shop, DEFAULT_NAME ".json ");
	press(shop, INPUT_KEY_TAB);
	assert_shown(shop, DEFAULT_NAME ".txt ");
	for (unsigned i = 0; i < 400; i++)
		press(shop, 'x');
	press(shop, INPUT_KEY_TAB);
	assert_shown(shop, "xxx");
	shop_press(shop, "\r");
	assert_shown(shop, "nothing was written: File name too long");
	/* On a narrow screen the end is seen. */
	shop_press(shop, "\x15"
	                 "a rather long name for a screen of forty columns.txt");
	assert_true(grid_resize(&shop->grid, 40, 10));
	assert_shown(shop, "write to: …screen of forty columns.txt");
}

/* What is left of a file that does not fit is removed. */
static void test_nothing_is_left_of_a_file_that_failed(void **state)
{
	struct buffer content = {0};
	struct rlimit before, small = {.rlim_cur = 1000};

	assert_int_equal(new_file_write("no/folder", 0600, &content), ENOENT);
	assert_int_equal(new_file_write("empty", 0600, &content), 0);
	assert_int_equal(new_file_write("empty", 0600, &content), EEXIST);
	assert_int_equal(test_folder_count(), 1);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small.rlim_max = before.rlim_max;
	void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	buffer_spaces(&content, 5000);
	assert_int_equal(new_file_write("large", 0600, &content), EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, handler);
	buffer_deinit(&content);
	assert_int_equal(test_folder_count(), 1);
}

static void test_json_of_odd_texts_and_numbers(void **state)
{
	struct buffer out = {0};
	struct json json = {.out = &out};

	json_open(&json, NULL, '[');
	json_open(&json, NULL, '{');
	json_close(&json, '}');
	json_text(&json, NULL, "\0\x7f\xc2\x9b\xe2\x80\xa8/\\\xed\xa0\x80", 12);
	json_number(&json, NULL, NAN);
	json_number(&json, NULL, -INFINITY);
	json_number(&json, NULL, -0.25);
	json_number(&json, NULL, 1e300);
	json_count(&json, NULL, UINT64_MAX);
	json_truth(&json, NULL, true);
	json_close(&json, ']');
	buffer_add(&out, "", 1);
	assert_string_equal(out.text,
	                    "[\n  {},\n  \"\\u0000\\u007f\\u009b\\u2028/\\\\���\",\n  null,\n  null,\n  -0.25,\n"
	                    "  1e+300,\n  18446744073709551615,\n  true\n]");
	buffer_deinit(&out);
}

#define SHOP_TEST(test) cmocka_unit_test_setup_teardown(test, open_shop, close_shop)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SHOP_TEST(test_all_lines_are_written_as_text),
	    SHOP_TEST(test_what_is_filtered_and_chosen_is_written),
	    SHOP_TEST(test_the_same_as_json),
	    cmocka_unit_test(test_what_is_not_known_is_null),
	    SHOP_TEST(test_no_file_is_overwritten),
	    SHOP_TEST(test_what_cannot_be_written_is_said),
	    SHOP_TEST(test_a_name_is_typed),
	    SHOP_TEST(test_nothing_is_left_of_a_file_that_failed),
	    cmocka_unit_test(test_json_of_odd_texts_and_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
