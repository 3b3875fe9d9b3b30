/*
 * The pane with the source: which file is read, and what is said when there is nothing to read.
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

#include "screen_text.h"
#include "panes/source_view.h"

struct desk {
	char folder[64];
	char path[100];
	struct source_view view;
	struct grid grid;
	struct buffer text;
	struct history_row counts;
	struct column_line row;
};

static int open_desk(void **state)
{
	struct desk *desk = calloc(1, sizeof *desk);

	strcpy(desk->folder, "/tmp/source_view_test.XXXXXX");
	assert_non_null(mkdtemp(desk->folder));
	snprintf(desk->path, sizeof desk->path, "%s/shop.rb", desk->folder);
	assert_true(grid_init(&desk->grid));
	assert_true(grid_resize(&desk->grid, 80, 6));
	desk->counts = (struct history_row){.counts.retained = 80911};
	desk->row = (struct column_line){
	    .row = &desk->counts, .name = "Store#write", .name_length = 11, .path = {.depth = 1, .line = 3}};
	*state = desk;
	return 0;
}

static int close_desk(void **state)
{
	struct desk *desk = *state;

	unlink(desk->path);
	assert_int_equal(rmdir(desk->folder), 0);
	source_view_deinit(&desk->view);
	grid_deinit(&desk->grid);
	buffer_deinit(&desk->text);
	free(desk);
	return 0;
}

static void write_file(struct desk *desk, const char *text)
{
	FILE *file = fopen(desk->path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	desk->view.stale = true;
}

/* The screen for a place in a file, without its title. */
static const char *screen(struct desk *desk, const char *file, uint32_t line)
{
	desk->row.path.file = file;
	desk->row.path.file_length = (uint32_t)strlen(file);
	desk->row.path.line = line;
	grid_clear(&desk->grid);
	source_view_draw(&desk->view, &desk->grid, 0, desk->grid.lines, &desk->row, TEXT_UTF8);
	buffer_clear(&desk->text);
	screen_text(&desk->text, &desk->grid);
	buffer_add(&desk->text, "", 1);
	return strchr(desk->text.text, '\n') + 1;
}

static void test_the_lines_around_the_frame(void **state)
{
	struct desk *desk = *state;

	write_file(desk, "one\ntwo\n\tthree\nfour\r\nfive\nsix\nseven");
	assert_string_equal(screen(desk, desk->path, 3), "      1  one\n"
	                                                 "      2  two\n"
	                                                 " →    3      three\n"
	                                                 "      4  four\n"
	                                                 "      5  five\n");
	assert_non_null(strstr(desk->text.text, "Store#write"));
	assert_non_null(strstr(desk->text.text, " 80,911 retained here "));
	assert_string_equal(screen(desk, desk->path, 1), " →    1  one\n"
	                                                 "      2  two\n"
	                                                 "      3      three\n"
	                                                 "      4  four\n"
	                                                 "      5  five\n");
	assert_string_equal(screen(desk, desk->path, 7), "      3      three\n"
	                                                 "      4  four\n"
	                                                 "      5  five\n"
	                                                 "      6  six\n"
	                                                 " →    7  seven\n");
}

static void test_a_changed_file_is_read_again(void **state)
{
	struct desk *desk = *state;

	write_file(desk, "old");
	assert_string_equal(screen(desk, desk->path, 1), " →    1  old\n\n\n\n\n");
	write_file(desk, "new");
	assert_string_equal(screen(desk, desk->path, 1), " →    1  new\n\n\n\n\n");
	assert_string_equal(screen(desk, desk->path, 2),
	                    " line 2 is not there: the file was changed and ends with line 1\n\n\n\n\n");
	write_file(desk, "");
	assert_non_null(strstr(screen(desk, desk->path, 1), "ends with line 0"));
}

static void test_what_is_no_file_says_so(void **state)
{
	struct desk *desk = *state;

	assert_string_equal(screen(desk, desk->path, 1), " the file is not there\n\n\n\n\n");
	assert_string_equal(screen(desk, desk->folder, 1), " it is not a file with text in it\n\n\n\n\n");
	assert_string_equal(screen(desk, "/dev/zero", 1), " it is not a file with text in it\n\n\n\n\n");
	assert_string_equal(screen(desk, "(eval at a.rb:1)", 1),
	                    " this is eval'ed code: there is no file with it\n\n\n\n\n");
	assert_string_equal(screen(desk, "<internal:gc>", 1),
	                    " this is a part of Ruby itself: there is no file with it\n\n\n\n\n");
	assert_string_equal(screen(desk, "", 1), " this is no place in the program\n\n\n\n\n");
	assert_string_equal(screen(desk, "a.rb", 0), " its line is not known\n\n\n\n\n");
	/* Opening this for reading would wait for a writer. */
	assert_int_equal(mkfifo(desk->path, 0600), 0);
	desk->view.stale = true;
	assert_string_equal(screen(desk, desk->path, 1), " it is not a file with text in it\n\n\n\n\n");
}

static void test_a_class_has_no_source(void **state)
{
	struct desk *desk = *state;

	desk->row.path.depth = 0;
	assert_non_null(strstr(screen(desk, "", 1), "no call paths are known"));
	desk->row.path.below = true;
	assert_non_null(strstr(screen(desk, "", 1), "unfold it"));
}

static void test_a_large_file_is_not_read(void **state)
{
	struct desk *desk = *state;

	write_file(desk, "");
	assert_int_equal(truncate(desk->path, (off_t)SOURCE_VIEW_MOST + 1), 0);
	assert_string_equal(screen(desk, desk->path, 1), " the file is too large to be shown\n\n\n\n\n");
}

static void test_hostile_source_is_harmless(void **state)
{
	struct desk *desk = *state;

	write_file(desk, "\033[2J\007 \xff");
	assert_string_equal(screen(desk, desk->path, 1), " →    1  �[2J� �\n\n\n\n\n");
	assert_true(grid_resize(&desk->grid, 3, 6));
	screen(desk, desk->path, 1);
}

static void test_scrolling_until_another_place_is_shown(void **state)
{
	struct desk *desk = *state;

	assert_true(grid_resize(&desk->grid, 80, 4));
	write_file(desk, "one\ntwo\nthree\nfour\nfive\nsix\nseven");
	screen(desk, desk->path, 3);
	source_view_scroll(&desk->view, 3);
	assert_string_equal(screen(desk, desk->path, 3), "      5  five\n      6  six\n      7  seven\n");
	/* As far as there are lines, and back from there at once. */
	source_view_scroll(&desk->view, 300);
	screen(desk, desk->path, 3);
	source_view_scroll(&desk->view, -1);
	assert_string_equal(screen(desk, desk->path, 3), "      4  four\n      5  five\n      6  six\n");
	source_view_scroll(&desk->view, -300);
	assert_string_equal(screen(desk, desk->path, 3), "      1  one\n      2  two\n →    3  three\n");
	/* A file that is read again stays where it is. */
	desk->view.stale = true;
	assert_string_equal(screen(desk, desk->path, 3), "      1  one\n      2  two\n →    3  three\n");
	assert_string_equal(screen(desk, desk->path, 5), "      4  four\n →    5  five\n      6  six\n");
	assert_string_equal(screen(desk, desk->path, 3), "      2  two\n →    3  three\n      4  four\n");
	source_view_scroll(&desk->view, 3);
	write_file(desk, "one\ntwo\nthree");
	assert_string_equal(screen(desk, desk->path, 3), "      1  one\n      2  two\n →    3  three\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_the_lines_around_the_frame, open_desk, close_desk),
	    cmocka_unit_test_setup_teardown(test_scrolling_until_another_place_is_shown, open_desk, close_desk),
	    cmocka_unit_test_setup_teardown(test_a_changed_file_is_read_again, open_desk, close_desk),
	    cmocka_unit_test_setup_teardown(test_what_is_no_file_says_so, open_desk, close_desk),
	    cmocka_unit_test_setup_teardown(test_a_class_has_no_source, open_desk, close_desk),
	    cmocka_unit_test_setup_teardown(test_a_large_file_is_not_read, open_desk, close_desk),
	    cmocka_unit_test_setup_teardown(test_hostile_source_is_harmless, open_desk, close_desk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
