/*
 * What is kept for the next time: how it is written down, where, and what happens when that makes no sense.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test_folder.h"
#include "app/settings.h"
#include "app/settings_file.h"
#include "app/viewer_state.h"
#include "viewer_asserts.h"

#define FILE_NAME "config/memory-tracker/settings"

static struct settings plain(void)
{
	return (struct settings){.sort = column_find("growth"), .interval = 1, .theme = &theme_table[0]};
}

/* What is wrong with a text, NULL if nothing is; never cut off. */
static const char *problem_of(const char *text)
{
	static char problem[SETTINGS_PROBLEM_SIZE];
	struct settings settings = plain(), before = plain();
	const char *wrong = settings_read(&settings, text, strlen(text), problem);

	if (wrong)
		assert_true(settings_equal(&settings, &before));
	return wrong;
}

static void assert_printed(const struct settings *now, const struct settings *before, const char *text,
                           const char *expected)
{
	struct buffer out = {0};

	settings_print(&out, now, before, text, strlen(text));
	buffer_add(&out, "", 1);
	assert_string_equal(out.text, expected);
	buffer_deinit(&out);
}

static void test_all_settings_are_read(void **state)
{
	static const char text[] = "# a comment = 3\n\n  sort=live \r\n\treversed = yes\ninterval = 0.25\n"
	                           "theme = high-contrast\ncolumns =  class live\tgrowth\nfuture = ?\n";
	struct settings settings = plain();
	char problem[SETTINGS_PROBLEM_SIZE];

	assert_null(settings_read(&settings, text, sizeof text - 1, problem));
	assert_string_equal(settings.sort->key, "live");
	assert_true(settings.reversed);
	assert_true(settings.interval == 0.25);
	assert_string_equal(settings.theme->name, "high-contrast");
	assert_true(layout_wants(settings.choice, layout_index("growth", 6)));
	assert_true(layout_wants(settings.choice, layout_index("live", 4)));
	assert_false(layout_wants(settings.choice, layout_index("retained", 8)));
	assert_false(layout_wants(settings.choice, layout_index("trend", 5)));
	assert_null(settings_read(&settings, NULL, 0, problem));
	assert_string_equal(settings.sort->key, "live");
}

static void test_what_makes_no_sense_is_told_by_its_line(void **state)
{
	assert_string_equal(problem_of("sort = live\n\nnonsense\n"),
	                    "line 3: a line is \"name = value\" or begins with #");
	assert_string_equal(problem_of("= x"), "line 1: a line is \"name = value\" or begins with #");
	assert_string_equal(problem_of("sort = trend"), "line 1: sort takes a column that can be sorted by");
	assert_string_equal(problem_of("reversed = maybe"), "line 1: reversed takes yes or no");
	assert_string_equal(problem_of("theme ="), "line 1: theme takes the name of a theme");
	assert_string_equal(problem_of("columns = live lve"),
	                    "line 1: columns takes names of columns with blanks between them");
	assert_null(problem_of("columns ="));
	assert_null(problem_of("other = x\n\r\n#"));
}

static void test_intervals(void **state)
{
	static const char *const good[] = {"0.1", "1", "1.", "00.10", "86400", "86400.00", "2.125"};
	static const char *const bad[] = {"",  "0",     "0.09", "86401", "-1",         "1e3",       "1,5",
	                                  ".", "1.1.1", "inf",  "nan",   "9999999999", "86400.001", "1 s"};
	char text[64];

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		snprintf(text, sizeof text, "interval = %s", good[i]);
		assert_null(problem_of(text));
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		snprintf(text, sizeof text, "interval = %s", bad[i]);
		assert_non_null(problem_of(text));
	}
}

static void test_only_what_has_changed_is_printed(void **state)
{
	struct settings before = plain(), now = plain();

	assert_printed(&now, &before, "sort = live\n", "sort = live\n");
	now.interval = 0.5;
	assert_printed(&now, &before, "", "interval = 0.5\n");
	assert_printed(&now, &before, "# mine\nsort = live\n interval=7\nfuture = 3",
	               "# mine\nsort = live\ninterval = 0.5\nfuture = 3\n");
	now.interval = 60;
	now.reversed = true;
	now.theme = theme_find("mono", 4);
	now.sort = column_find("class");
	now.choice = 1;
	assert_printed(&now, &before, "interval = 1\ninterval = 2\n",
	               "interval = 60\ninterval = 60\ncolumns = change growth live alloc trend class\nsort = class\n"
	               "reversed = yes\ntheme = mono\n");
}

/* Any bytes are read or refused, and what was printed is read again. */
static void test_random_texts(void **state)
{
	static const char *const parts[] = {"columns", "sort", "interval", "theme",  "reversed", " = ", "\n",
	                                    "=",       "#",    "retained", "growth", "live",     "yes", "0.5",
	                                    "mono",    "\xff", " ",        "\r\n",   "99999",    "."};
	uint64_t random = 88172645463325252u;
	char text[400], problem[SETTINGS_PROBLEM_SIZE];
	struct buffer out = {0};

	for (unsigned round = 0; round < 20000; round++) {
		struct settings settings = plain(), before = plain(), again = plain();
		size_t length = 0;
		while (length < sizeof text - 20) {
			random ^= random << 13, random ^= random >> 7, random ^= random << 17;
			if (random % 37 == 0)
				break;
			const char *part = parts[random % (sizeof parts / sizeof *parts)];
			memcpy(text + length, part, strlen(part));
			length += strlen(part);
		}
		if (settings_read(&settings, text, length, problem))
			continue;
		buffer_clear(&out);
		settings_print(&out, &settings, &before, text, length);
		assert_null(settings_read(&again, out.text, out.length, problem));
		assert_true(settings_equal(&again, &settings));
	}
	buffer_deinit(&out);
}

/* --- the file --- */

static int enter(void **state)
{
	char here[4096], path[4200];

	test_folder_enter();
	assert_non_null(getcwd(here, sizeof here));
	snprintf(path, sizeof path, "%s/config", here);
	unsetenv("MEMORY_TRACKER_SETTINGS");
	setenv("XDG_CONFIG_HOME", path, 1);
	setenv("HOME", here, 1);
	return 0;
}

static int leave(void **state)
{
	unsetenv("MEMORY_TRACKER_SETTINGS");
	test_folder_leave();
	return 0;
}

/* A viewer on a screen, that begins with what was kept. */
static void open_viewer(struct shop_viewer *shop, const struct viewer_options *more)
{
	struct viewer_options options = more ? *more : (struct viewer_options){0};

	options.settings = true;
	*shop = (struct shop_viewer){.viewer = viewer_new(&options)};
	assert_non_null(shop->viewer);
	assert_true(grid_init(&shop->grid));
	assert_true(grid_resize(&shop->grid, 160, 20));
	for (unsigned i = 0; i < 3; i++)
		shop_second(shop, true);
	shop_screen(shop);
}

static void assert_place(const char *expected)
{
	char *path = settings_file_path();

	if (expected)
		assert_string_equal(path, expected);
	else
		assert_null(path);
	free(path);
}

static void test_where_the_file_is(void **state)
{
	setenv("XDG_CONFIG_HOME", "/xdg", 1);
	setenv("HOME", "/home/me", 1);
	assert_place("/xdg/memory-tracker/settings");
	setenv("XDG_CONFIG_HOME", "relative", 1);
	assert_place("/home/me/.config/memory-tracker/settings");
	unsetenv("XDG_CONFIG_HOME");
	assert_place("/home/me/.config/memory-tracker/settings");
	setenv("HOME", "", 1);
	assert_place(NULL);
	unsetenv("HOME");
	assert_place(NULL);
	setenv("MEMORY_TRACKER_SETTINGS", "/other/file", 1);
	assert_place("/other/file");
	setenv("MEMORY_TRACKER_SETTINGS", "", 1);
	setenv("HOME", "/home/me", 1);
	assert_place(NULL);
}

static void test_what_keys_change_is_there_the_next_time(void **state)
{
	struct shop_viewer shop;
	struct stat stats;

	open_viewer(&shop, NULL);
	viewer_keep_settings(shop.viewer);
	assert_int_equal(test_folder_count(), 0);
	shop_press(&shop, "5I[TC \r");
	viewer_keep_settings(shop.viewer);
	shop_close(&shop);
	char *text = test_folder_read(FILE_NAME);
	assert_string_equal(text, "# What the viewer of memory-tracker begins with. It is written when something was "
	                          "changed by a key.\nsort = class\nreversed = yes\ninterval = 0.5\n"
	                          "theme = light\ncolumns = change growth live alloc trend class\n");
	free(text);
	assert_int_equal(stat(FILE_NAME, &stats), 0);
	assert_int_equal(stats.st_mode & 0777, 0600);
	assert_int_equal(stat("config/memory-tracker", &stats), 0);
	assert_int_equal(stats.st_mode & 0777, 0700);

	open_viewer(&shop, NULL);
	assert_shown(&shop, "CLASS▴");
	assert_shown(&shop, "every 0.5 s");
	assert_not_shown(&shop, "RETAINED");
	assert_string_equal(viewer_theme(shop.viewer)->name, "light");
	shop_close(&shop);
}

static void test_options_go_before_what_was_kept(void **state)
{
	const struct viewer_options options = {.interval = 5, .sort = "live"};
	struct shop_viewer shop;

	open_viewer(&shop, NULL);
	shop_press(&shop, "1I[");
	viewer_keep_settings(shop.viewer);
	shop_close(&shop);
	open_viewer(&shop, &options);
	assert_shown(&shop, "LIVE▾");
	assert_shown(&shop, "every 5.0 s");
	/* What an option said is not kept. */
	shop_press(&shop, "T");
	viewer_keep_settings(shop.viewer);
	shop_close(&shop);
	open_viewer(&shop, NULL);
	assert_shown(&shop, "RETAINED▴");
	assert_shown(&shop, "every 0.5 s");
	assert_string_equal(viewer_theme(shop.viewer)->name, "light");
	shop_close(&shop);
}

static void test_what_makes_no_sense_is_reported_and_left_alone(void **state)
{
	struct shop_viewer shop;

	setenv("MEMORY_TRACKER_SETTINGS", "broken", 1);
	test_folder_write("broken", "sort = live\ninterval = often\n");
	open_viewer(&shop, NULL);
	assert_shown(&shop, "the settings are not used: line 2: interval takes seconds, from 0.1 to 86400 (broken)");
	assert_shown(&shop, "GROWTH/s▾");
	shop_press(&shop, "T");
	assert_shown(&shop, "the settings were not kept: line 2: interval takes seconds, from 0.1 to 86400 (broken)");
	viewer_keep_settings(shop.viewer);
	shop_close(&shop);
	char *text = test_folder_read("broken");
	assert_string_equal(text, "sort = live\ninterval = often\n");
	free(text);
}

static void test_what_somebody_else_has_written_meanwhile_stays(void **state)
{
	struct shop_viewer shop;

	setenv("MEMORY_TRACKER_SETTINGS", "shared", 1);
	open_viewer(&shop, NULL);
	shop_press(&shop, "2>");
	test_folder_write("shared", "# by hand\ninterval = 7\n");
	viewer_keep_settings(shop.viewer);
	shop_close(&shop);
	char *text = test_folder_read("shared");
	assert_string_equal(text, "# by hand\ninterval = 7\nsort = live\n");
	free(text);
	assert_int_equal(test_folder_count(), 1);
}

static void test_a_link_stays_one(void **state)
{
	struct shop_viewer shop;
	struct stat stats;

	setenv("MEMORY_TRACKER_SETTINGS", "link", 1);
	assert_int_equal(mkdir("dotfiles", 0700), 0);
	test_folder_write("dotfiles/mine", "sort = live\n");
	assert_int_equal(symlink("dotfiles/mine", "link"), 0);
	open_viewer(&shop, NULL);
	assert_shown(&shop, "LIVE▾");
	shop_press(&shop, "T");
	viewer_keep_settings(shop.viewer);
	shop_close(&shop);
	assert_int_equal(lstat("link", &stats), 0);
	assert_true(S_ISLNK(stats.st_mode));
	char *text = test_folder_read("dotfiles/mine");
	assert_string_equal(text, "sort = live\ntheme = light\n");
	free(text);
}

static void test_what_is_no_file_or_too_large_is_refused(void **state)
{
	struct shop_viewer shop;

	assert_int_equal(mkdir("folder", 0700), 0);
	setenv("MEMORY_TRACKER_SETTINGS", "folder", 1);
	open_viewer(&shop, NULL);
	assert_shown(&shop, "the settings are not used: it is not a file (folder)");
	shop_close(&shop);
	assert_int_equal(mkfifo("pipe", 0600), 0);
	setenv("MEMORY_TRACKER_SETTINGS", "pipe", 1);
	open_viewer(&shop, NULL);
	assert_shown(&shop, "it is not a file (pipe)");
	shop_close(&shop);
	FILE *file = fopen("large", "w");
	for (unsigned i = 0; i < SETTINGS_FILE_MOST; i++)
		fputs("#\n", file);
	fclose(file);
	setenv("MEMORY_TRACKER_SETTINGS", "large", 1);
	open_viewer(&shop, NULL);
	assert_shown(&shop, "it is too large (large)");
	shop_close(&shop);
}

static void test_where_nothing_can_be_kept(void **state)
{
	struct shop_viewer shop;

	test_folder_write("file", "");
	setenv("MEMORY_TRACKER_SETTINGS", "file/settings", 1);
	open_viewer(&shop, NULL);
	assert_not_shown(&shop, "settings");
	shop_press(&shop, "T");
	assert_shown(&shop, "the settings were not kept: Not a directory (file/settings)");
	shop_press(&shop, "C \r");
	assert_shown(&shop, "the settings were not kept: Not a directory (file/settings)");
	shop_close(&shop);
	setenv("MEMORY_TRACKER_SETTINGS", "", 1);
	open_viewer(&shop, NULL);
	shop_press(&shop, "T");
	assert_shown(&shop, "the theme is light");
	viewer_keep_settings(shop.viewer);
	shop_close(&shop);
	assert_int_equal(test_folder_count(), 1);
}

static void test_themes_go_round(void **state)
{
	struct shop_viewer shop;

	setenv("MEMORY_TRACKER_SETTINGS", "", 1);
	open_viewer(&shop, NULL);
	for (size_t i = 1; i <= theme_count; i++) {
		char sentence[64];
		shop_press(&shop, "T");
		assert_ptr_equal(viewer_theme(shop.viewer), &theme_table[i % theme_count]);
		snprintf(sentence, sizeof sentence, "the theme is %s: ", theme_table[i % theme_count].name);
		assert_shown(&shop, sentence);
	}
	shop_close(&shop);
}

#define FILE_TEST(test) cmocka_unit_test_setup_teardown(test, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_all_settings_are_read),
	    cmocka_unit_test(test_what_makes_no_sense_is_told_by_its_line),
	    cmocka_unit_test(test_intervals),
	    cmocka_unit_test(test_only_what_has_changed_is_printed),
	    cmocka_unit_test(test_random_texts),
	    FILE_TEST(test_where_the_file_is),
	    FILE_TEST(test_what_keys_change_is_there_the_next_time),
	    FILE_TEST(test_options_go_before_what_was_kept),
	    FILE_TEST(test_what_makes_no_sense_is_reported_and_left_alone),
	    FILE_TEST(test_what_somebody_else_has_written_meanwhile_stays),
	    FILE_TEST(test_a_link_stays_one),
	    FILE_TEST(test_what_is_no_file_or_too_large_is_refused),
	    FILE_TEST(test_where_nothing_can_be_kept),
	    FILE_TEST(test_themes_go_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
