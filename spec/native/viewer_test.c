/*
 * What keys do, on the screen and to whoever runs the viewer.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/actions.h"
#include "input/command.h"
#include "input/key_name.h"
#include "panes/scrollback.h"
#include "app/viewer_state.h"
#include "viewer_asserts.h"

#define MILLISECOND UINT64_C(1000000)

static int open_shop(void **state)
{
	return shop_enter(state, 80, 16, false);
}

static void test_pausing_keeps_the_screen(void **state)
{
	static const char *const keys[] = {"p", " "};
	struct shop_viewer *shop = *state;

	for (unsigned i = 0; i < 2; i++) {
		shop_press(shop, keys[i]);
		char *before = strdup(shop_screen(shop));
		assert_non_null(strstr(before, "paused"));
		shop_second(shop, true);
		assert_string_equal(shop_screen(shop), before);
		/* It can still be sorted, filtered and moved in. */
		shop_press(shop, "1j/o\033k2\033");
		press(shop, INPUT_KEY_HOME);
		assert_string_equal(shop_screen(shop), before);
		free(before);
		shop_press(shop, keys[1 - i]);
		assert_not_shown(shop, "paused");
		assert_shown(shop, i ? "up 7 s" : "up 6 s");
	}
}

static void paste(struct shop_viewer *shop, const char *text)
{
	for (; *text; text++) {
		const struct input_event input = {.key = (unsigned char)*text, .pasted = true};

		assert_int_equal(viewer_take(shop->viewer, &input), VIEWER_NOTHING);
	}
}

static void test_what_is_pasted_is_no_key(void **state)
{
	struct shop_viewer *shop = *state;

	paste(shop, "Qyq?\r\003");
	assert_shown(shop, "\n pasted text was ignored\n");
	assert_int_equal(shop->viewer->mode, MODE_TABLE);
	shop_press(shop, "j");
	assert_not_shown(shop, "pasted text");
	/* The answer to a question is still to be given. */
	shop_press(shop, "Q");
	paste(shop, "y");
	assert_shown(shop, "pasted text was ignored");
	assert_int_equal(shop_press(shop, "y"), VIEWER_QUIT);
}

static void test_what_is_pasted_is_added_to_a_line_that_is_edited(void **state)
{
	static const char *const begin[] = {"/", "\\"};
	struct shop_viewer *shop = *state;

	for (size_t i = 0; i < sizeof begin / sizeof *begin; i++) {
		shop_press(shop, begin[i]);
		paste(shop, "\t\025Se\x1b\r\nssi\b\177on");
		assert_shown(shop, i ? "search: Session" : "filter: Session");
		assert_not_shown(shop, "pasted text");
		shop_press(shop, "\033\033");
	}
}

static void test_a_gc_says_what_it_freed_and_what_stayed(void **state)
{
	struct shop_viewer *shop = *state;

	press(shop, INPUT_KEY_DOWN);
	assert_int_equal(shop_press(shop, "g"), VIEWER_GC);
	assert_shown(shop, "GC: asked for");
	assert_int_equal(shop_press(shop, "g"), VIEWER_NOTHING);
	shop->session_freed = 1307;
	shop_second(shop, true);
	viewer_gc_done(shop->viewer, true, 41 * MILLISECOND, NULL);
	assert_shown(shop, "GC 41 ms: freed 122,579 of 178,563, stayed 55,984\n Shop::Session: freed 1,307");
	shop_second(shop, false);
	assert_shown(shop, "GC 41 ms: freed 122,579");
	press(shop, INPUT_KEY_DOWN);
	assert_not_shown(shop, "GC 41 ms");
}

static void test_the_numbers_of_a_gc_may_come_after_it_is_done(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "g");
	shop_second(shop, false); /* taken just before the GC: what it shows as freed is not the GC's */
	viewer_gc_done(shop->viewer, true, 1, NULL);
	assert_shown(shop, "GC 1 ms");
	assert_not_shown(shop, "freed");
	shop->session_freed = 1307;
	shop_second(shop, true);
	assert_shown(shop, "GC 1 ms: freed 122,543 of 180,381, stayed 57,838");
}

static void test_a_gc_that_cannot_be_run_says_why(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "g");
	viewer_gc_done(shop->viewer, false, 0, "the program has ended");
	assert_shown(shop, "no GC was run: the program has ended");
	assert_int_equal(shop_press(shop, "g"), VIEWER_GC);
}

static void test_the_interval(void **state)
{
	struct shop_viewer *shop = *state;

	assert_int_equal(shop_press(shop, "["), VIEWER_INTERVAL);
	assert_true(viewer_interval(shop->viewer) == 0.5);
	assert_shown(shop, "0.5 s");
	shop_press(shop, "[[[[[[");
	assert_int_equal(shop_press(shop, "["), VIEWER_NOTHING);
	assert_true(viewer_interval(shop->viewer) == 0.1);
	for (unsigned i = 0; i < 20; i++)
		shop_press(shop, "]");
	assert_true(viewer_interval(shop->viewer) == 60);
	assert_shown(shop, "60.0 s");
	shop->viewer->interval = 0.25;
	assert_shown(shop, "0.250 s");
	shop_press(shop, "]");
	assert_true(viewer_interval(shop->viewer) == 0.5);
}

static void print_lines(struct shop_viewer *shop, unsigned from, unsigned to)
{
	char line[32];

	for (unsigned i = from; i <= to; i++)
		viewer_output(shop->viewer, line, (size_t)snprintf(line, sizeof line, "line %u.\n", i));
}

static void test_the_output_pane(void **state)
{
	struct shop_viewer *shop = *state;

	print_lines(shop, 1, 100);
	assert_shown(shop, "l output (100 new)");
	assert_not_shown(shop, "line 100.");
	shop_press(shop, "l");
	assert_shown(shop, "line 100.");
	assert_shown(shop, " 100 lines ");
	assert_shown(shop, "l close");
	print_lines(shop, 101, 101);
	assert_shown(shop, "line 101.");
	shop_press(shop, "l");
	assert_not_shown(shop, "line 101.");
	assert_not_shown(shop, "new)");
	shop_press(shop, "l\033");
	assert_not_shown(shop, "line 101.");
}

static void test_output_that_is_scrolled_back_stays(void **state)
{
	struct shop_viewer *shop = *state;

	print_lines(shop, 1, 100);
	shop_press(shop, "l");
	assert_shown(shop, "line 96.");
	press(shop, INPUT_KEY_UP);
	assert_not_shown(shop, "line 100.");
	print_lines(shop, 101, 110);
	assert_not_shown(shop, "line 100.");
	assert_shown(shop, "line 99.");
	assert_shown(shop, "110 lines, 10 new");
	press(shop, INPUT_KEY_HOME);
	assert_shown(shop, "line 1.");
	press(shop, INPUT_KEY_PAGE_DOWN);
	assert_shown(shop, "line 6.");
	press(shop, INPUT_KEY_PAGE_UP);
	assert_shown(shop, "line 1.");
	press(shop, INPUT_KEY_END);
	assert_shown(shop, "line 110.");
	assert_shown(shop, " 110 lines ");
}

static void test_output_is_bounded(void **state)
{
	struct shop_viewer *shop = *state;

	print_lines(shop, 1, SCROLLBACK_LINES + 500);
	shop_press(shop, "l");
	press(shop, INPUT_KEY_HOME);
	assert_shown(shop, " line 501.");
	print_lines(shop, 1, SCROLLBACK_LINES * 2);
	assert_shown(shop, " line 2001.");
	assert_shown(shop, "2,000 lines");
}

static void test_the_help(void **state)
{
	static const uint32_t keys[] = {'?', 'h', INPUT_KEY_F1};
	static const uint32_t ways_out[] = {'?', 'q', INPUT_KEY_ESCAPE, INPUT_KEY_ENTER, 'h', INPUT_KEY_F1};
	struct shop_viewer *shop = *state;

	for (size_t i = 0; i < sizeof ways_out / sizeof *ways_out; i++) {
		press(shop, keys[i % 3]);
		assert_shown(shop, "select the line above or below");
		press(shop, ways_out[i]);
		assert_not_shown(shop, "select the line above or below");
	}
	press(shop, '?');
	press(shop, INPUT_KEY_END);
	assert_shown(shop, "not known yet");
	press(shop, INPUT_KEY_PAGE_UP);
	press(shop, INPUT_KEY_HOME);
	assert_shown(shop, "select the line");
	press(shop, ' ');
	assert_not_shown(shop, "select the line");
	press(shop, 'k');
	press(shop, INPUT_KEY_PAGE_UP);
	assert_shown(shop, "select the line");
}

static void test_the_help_over_the_output_pane(void **state)
{
	struct shop_viewer *shop = *state;

	print_lines(shop, 1, 3);
	shop_press(shop, "l?");
	assert_not_shown(shop, "line 3.");
	shop_press(shop, "?");
	assert_shown(shop, "line 3.");
}

static void test_what_the_terminal_is_asked_for(void **state)
{
	struct shop_viewer *shop = *state;

	assert_int_equal(shop_press(shop, "q"), VIEWER_LEAVE);
	assert_int_equal(shop_press(shop, "Q"), VIEWER_NOTHING);
	assert_int_equal(shop_press(shop, "y"), VIEWER_QUIT);
	assert_int_equal(shop_press(shop, "\x0c"), VIEWER_REDRAW);
	assert_int_equal(shop_press(shop, "\x1a"), VIEWER_SUSPEND);
	assert_int_equal(shop_press(shop, "/\x0c"), VIEWER_REDRAW);
	assert_int_equal(shop_press(shop, "\x1a"), VIEWER_SUSPEND);
	assert_int_equal(shop_press(shop, "\r?Qy"), VIEWER_QUIT);
	assert_int_equal(viewer_press(shop->viewer, 0), VIEWER_NOTHING);
	assert_int_equal(viewer_press(shop->viewer, 0x1f600), VIEWER_NOTHING);
	assert_int_equal(viewer_press(shop->viewer, UINT32_MAX), VIEWER_NOTHING);
}

static void test_keys_work_on_a_screen_that_is_too_small(void **state)
{
	struct shop_viewer *shop = *state;

	assert_true(grid_resize(&shop->grid, 0, 0));
	assert_string_equal(shop_screen(shop), "");
	assert_int_equal(shop_press(shop, "jl?q"), VIEWER_NOTHING);
	assert_int_equal(shop_press(shop, "q"), VIEWER_LEAVE);
}

static void test_a_sentence_stays_until_the_next_key(void **state)
{
	struct shop_viewer *shop = *state;

	viewer_say(shop->viewer, "the disk is full \033[31m%s%n");
	shop_second(shop, true);
	assert_shown(shop, "the disk is full �[31m%s%n");
	press(shop, 'k');
	assert_not_shown(shop, "the disk is full");
}

static void test_after_the_end_the_numbers_can_be_browsed(void **state)
{
	struct shop_viewer *shop = *state;

	viewer_ended(shop->viewer, "ended by SIGKILL after 0:05");
	assert_shown(shop, "ended by SIGKILL after 0:05");
	assert_not_shown(shop, "g GC");
	assert_int_equal(shop_press(shop, "g"), VIEWER_NOTHING);
	assert_int_equal(shop_press(shop, "["), VIEWER_NOTHING);
	shop_press(shop, "1j");
	assert_selected(shop, "Shop::Product");
	viewer_ended(shop->viewer, "ended with status 3 after 0:05");
	assert_shown(shop, "ended with status 3");
	assert_int_equal(shop_press(shop, "q"), VIEWER_LEAVE);
}

static void test_a_pause_can_be_left_after_the_end(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "p");
	shop_second(shop, true);
	shop->head.flags |= SNAPSHOT_ENDED;
	shop_second(shop, true);
	assert_not_shown(shop, "ended");
	shop_press(shop, "p");
	assert_shown(shop, "ended");
	assert_not_shown(shop, "paused");
}

static void test_before_the_first_numbers_keys_do_no_harm(void **state)
{
	const struct viewer_options options = {.interval = -1};
	struct shop_viewer shop = {.viewer = viewer_new(&options)};

	assert_true(grid_init(&shop.grid));
	assert_true(grid_resize(&shop.grid, 80, 12));
	for (size_t i = 0; i < command_count; i++) {
		for (size_t k = 0; k < COMMAND_KEYS; k++) {
			enum viewer_request request = viewer_press(shop.viewer, command_table[i].keys[k]);
			assert_true(request != VIEWER_GC && request != VIEWER_INTERVAL);
			assert_true(strlen(shop_screen(&shop)) > 0);
		}
	}
	assert_true(viewer_interval(shop.viewer) == 1);
	shop_close(&shop);
}

/* Whether one of them is for recordings alone, and the other for all else. */
static bool exclude_each_other(const struct command *one, const struct command *other)
{
	const struct viewer_options options = {.replay = true};
	const struct command *live = one->applies == action_is_replay ? other : one;
	struct viewer *viewer = viewer_new(&options);
	bool excluded = (one->applies == action_is_replay) != (other->applies == action_is_replay) && live->applies &&
	                !live->applies(viewer);

	viewer_free(viewer);
	return excluded;
}

/* Whether two commands have a key for the same mode and may both apply: then one would hide the other. */
static void test_no_key_means_two_things(void **state)
{
	for (size_t i = 0; i < command_count; i++) {
		for (size_t j = i + 1; j < command_count; j++) {
			if (!(command_table[i].modes & command_table[j].modes) ||
			    exclude_each_other(&command_table[i], &command_table[j]))
				continue;
			for (size_t k = 0; k < COMMAND_KEYS * COMMAND_KEYS; k++) {
				uint32_t key = command_table[i].keys[k / COMMAND_KEYS];
				if (key && key == command_table[j].keys[k % COMMAND_KEYS])
					fail_msg("%s and %s have the same key", command_table[i].name,
					         command_table[j].name);
			}
		}
	}
}

static void test_the_help_names_every_command(void **state)
{
	struct shop_viewer *shop = *state;

	assert_true(grid_resize(&shop->grid, 160, 80));
	shop_press(shop, "?");
	for (size_t i = 0; i < command_count; i++) {
		const struct command *command = &command_table[i];
		char name[KEY_NAME_SIZE];
		assert_non_null(command->run);
		assert_true(command->modes);
		if (!command->help)
			continue;
		assert_shown(shop, command->help);
		key_name(name, command->keys[0], TEXT_UTF8);
		assert_shown(shop, command->keys_text ? command->keys_text : name);
	}
}

#define SHOP_TEST(test) cmocka_unit_test_setup_teardown(test, open_shop, shop_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SHOP_TEST(test_pausing_keeps_the_screen),
	    SHOP_TEST(test_what_is_pasted_is_no_key),
	    SHOP_TEST(test_what_is_pasted_is_added_to_a_line_that_is_edited),
	    SHOP_TEST(test_a_gc_says_what_it_freed_and_what_stayed),
	    SHOP_TEST(test_the_numbers_of_a_gc_may_come_after_it_is_done),
	    SHOP_TEST(test_a_gc_that_cannot_be_run_says_why),
	    SHOP_TEST(test_the_interval),
	    SHOP_TEST(test_the_output_pane),
	    SHOP_TEST(test_output_that_is_scrolled_back_stays),
	    SHOP_TEST(test_output_is_bounded),
	    SHOP_TEST(test_the_help),
	    SHOP_TEST(test_the_help_over_the_output_pane),
	    SHOP_TEST(test_what_the_terminal_is_asked_for),
	    SHOP_TEST(test_keys_work_on_a_screen_that_is_too_small),
	    SHOP_TEST(test_a_sentence_stays_until_the_next_key),
	    SHOP_TEST(test_after_the_end_the_numbers_can_be_browsed),
	    SHOP_TEST(test_a_pause_can_be_left_after_the_end),
	    cmocka_unit_test(test_before_the_first_numbers_keys_do_no_harm),
	    cmocka_unit_test(test_no_key_means_two_things),
	    SHOP_TEST(test_the_help_names_every_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
