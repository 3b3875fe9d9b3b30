/*
 * The panes below the table: whichever is open, the key of each opens it in the place of that one, and closes it again.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenes.h"
#include "shop_viewer.h"
#include "test_folder.h"
#include "app/viewer_state.h"
#include "input/command.h"

/* What is on the screen where a pane is open, and nowhere else. */
static const char *const titles[PANE_COUNT] = {
    [PANE_OUTPUT] = "── output ──",
    [PANE_SOURCE] = "── source ──",
    [PANE_TREND] = "── trend ──",
    [PANE_PROCESSES] = "── processes ──",
};

/* A shop in which there is something to show in every pane, and none is open. */
static int open_shop(void **state)
{
	shop_enter(state, 140, 40, true);
	scene_list_processes(*state);
	viewer_press(((struct shop_viewer *)*state)->viewer, INPUT_KEY_ESCAPE);
	viewer_output(((struct shop_viewer *)*state)->viewer, "one line\n", strlen("one line\n"));
	return 0;
}

/* The pane's title is on the screen, and no other's; none is with PANE_NONE. */
static void assert_open(struct shop_viewer *shop, enum pane_id pane)
{
	for (enum pane_id each = 1; each < PANE_COUNT; each++) {
		if (each == pane)
			assert_shown(shop, titles[each]);
		else
			assert_not_shown(shop, titles[each]);
	}
}

static enum viewer_request press_key_of(struct shop_viewer *shop, enum pane_id pane)
{
	return viewer_press(shop->viewer, pane_table[pane].key);
}

static void test_each_pane_has_a_key_that_the_help_names(void **state)
{
	struct shop_viewer *shop = *state;

	for (enum pane_id pane = 1; pane < PANE_COUNT; pane++) {
		const struct command *command = command_find(shop->viewer, pane_table[pane].key);

		assert_non_null(command);
		assert_non_null(command->help);
		assert_int_equal(pane_of_key(pane_table[pane].key), pane);
	}
	assert_int_equal(pane_of_key('q'), PANE_NONE);
}

static void check_pair(struct shop_viewer *shop, enum pane_id before, enum pane_id pane)
{
	press_key_of(shop, before);
	assert_open(shop, before);
	assert_int_equal(press_key_of(shop, pane), VIEWER_NOTHING);
	assert_open(shop, pane == before ? PANE_NONE : pane);
	/* The one that was replaced is not below it, and its key opens it again. */
	if (pane != before)
		viewer_press(shop->viewer, INPUT_KEY_ESCAPE);
	assert_open(shop, PANE_NONE);
	press_key_of(shop, before);
	assert_open(shop, before);
	press_key_of(shop, before);
	assert_open(shop, PANE_NONE);
}

static void test_the_key_of_each_pane_shows_it_whichever_is_open(void **state)
{
	for (enum pane_id before = 1; before < PANE_COUNT; before++) {
		for (enum pane_id pane = 1; pane < PANE_COUNT; pane++)
			check_pair(*state, before, pane);
	}
}

static void test_tab_opens_the_list_whichever_pane_is_open_and_then_walks(void **state)
{
	struct shop_viewer *shop = *state;

	for (enum pane_id before = PANE_NONE; before < PANE_COUNT; before++) {
		if (before)
			press_key_of(shop, before);
		if (before != PANE_PROCESSES)
			assert_int_equal(viewer_press(shop->viewer, INPUT_KEY_TAB), VIEWER_NOTHING);
		assert_open(shop, PANE_PROCESSES);
		assert_int_equal(viewer_press(shop->viewer, INPUT_KEY_TAB), VIEWER_NEXT);
		assert_int_equal(viewer_press(shop->viewer, INPUT_KEY_BACK_TAB), VIEWER_PREVIOUS);
		assert_open(shop, PANE_PROCESSES);
		press_key_of(shop, PANE_PROCESSES);
		assert_open(shop, PANE_NONE);
	}
}

/* Keys go to the output while its pane is open, and to the table as soon as another one is. */
static void test_keys_go_to_the_table_unless_the_output_is_open(void **state)
{
	struct shop_viewer *shop = *state;

	for (enum pane_id pane = 1; pane < PANE_COUNT; pane++) {
		press_key_of(shop, PANE_OUTPUT);
		assert_int_equal(shop->viewer->mode, MODE_OUTPUT);
		if (pane != PANE_OUTPUT)
			press_key_of(shop, pane);
		assert_int_equal(shop->viewer->mode, pane == PANE_OUTPUT ? MODE_OUTPUT : MODE_TABLE);
		press_key_of(shop, pane);
		assert_int_equal(shop->viewer->mode, MODE_TABLE);
	}
}

/* With each height of the screen, a pane that is open leaves a line to the table, and is as the mouse finds it. */
static void test_a_pane_takes_at_most_half_of_the_lines(void **state)
{
	struct shop_viewer *shop = *state;

	for (enum pane_id pane = 1; pane < PANE_COUNT; pane++) {
		press_key_of(shop, pane);
		for (unsigned lines = 6; lines < 60; lines++) {
			assert_true(grid_resize(&shop->grid, 140, lines));
			shop_screen(shop);
			const struct panes *panes = &shop->viewer->panes;
			assert_true(panes->height <= lines / 2);
			assert_true(panes_cover(panes, panes->line) == (panes->height > 0));
			assert_int_equal(panes->line + panes->height, lines - 1);
			assert_false(panes_cover(panes, lines - 1));
			assert_false(panes_cover(panes, panes->line - 1));
		}
		assert_true(shop->viewer->panes.height > 2);
		press_key_of(shop, pane);
	}
}

static void test_the_output_is_opened_at_its_newest_line(void **state)
{
	struct shop_viewer *shop = *state;
	char line[32];

	for (unsigned i = 0; i < 60; i++) {
		int length = snprintf(line, sizeof line, "line %u\n", i);
		viewer_output(shop->viewer, line, (size_t)length);
	}
	press_key_of(shop, PANE_OUTPUT);
	assert_shown(shop, "line 59");
	viewer_press(shop->viewer, INPUT_KEY_HOME);
	assert_shown(shop, "one line");
	/* Also after another pane was open in its place. */
	press_key_of(shop, PANE_TREND);
	press_key_of(shop, PANE_OUTPUT);
	assert_shown(shop, "line 59");
	assert_not_shown(shop, "one line");
}

static void test_a_source_that_is_opened_is_read_anew(void **state)
{
	struct shop_viewer *shop = *state;
	char text[64 * 16] = "";

	test_folder_enter();
	shop->path = "shop.rb";
	shop_second(shop, true);
	viewer_press(shop->viewer, INPUT_KEY_RIGHT);
	viewer_press(shop->viewer, INPUT_KEY_DOWN);
	press_key_of(shop, PANE_SOURCE);
	assert_shown(shop, "the file is not there");
	for (unsigned i = 1; i < 64; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "# of line %u\n", i);
	test_folder_write("shop.rb", text);
	press_key_of(shop, PANE_TREND);
	press_key_of(shop, PANE_SOURCE);
	assert_shown(shop, "41  # of line 41");
	test_folder_leave();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_shop, shop_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_each_pane_has_a_key_that_the_help_names),
	    TEST(test_the_key_of_each_pane_shows_it_whichever_is_open),
	    TEST(test_tab_opens_the_list_whichever_pane_is_open_and_then_walks),
	    TEST(test_keys_go_to_the_table_unless_the_output_is_open),
	    TEST(test_a_pane_takes_at_most_half_of_the_lines),
	    TEST(test_the_output_is_opened_at_its_newest_line),
	    TEST(test_a_source_that_is_opened_is_read_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
