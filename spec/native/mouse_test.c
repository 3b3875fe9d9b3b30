/*
 * What the mouse does to the screen.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "screen_text.h"
#include "shop_viewer.h"
#include "app/viewer_state.h"

/* The line of the screen that a text is on. */
static unsigned line_of(struct shop_viewer *shop, const char *text)
{
	const char *screen = shop_screen(shop), *at = strstr(screen, text);
	unsigned line = 0;

	if (!at)
		fail_msg("\"%s\" is not on the screen:\n%s", text, screen);
	for (; screen < at; screen++)
		line += *screen == '\n';
	return line;
}

/* The column in which a text begins on its line. */
static unsigned column_of(struct shop_viewer *shop, const char *text)
{
	const char *at = strstr(shop_screen(shop), text), *start = at;

	assert_non_null(at);
	while (start > shop->text.text && start[-1] != '\n')
		start--;
	return (unsigned)text_width(start, (size_t)(at - start), TEXT_UTF8);
}

static void use(struct shop_viewer *shop, uint32_t what, unsigned column, unsigned line)
{
	const struct input_event input = {.key = what, .column = column, .line = line};

	assert_int_equal(viewer_take(shop->viewer, &input), VIEWER_NOTHING);
}

static void click(struct shop_viewer *shop, const char *text)
{
	use(shop, INPUT_MOUSE_CLICK, column_of(shop, text), line_of(shop, text));
}

static void double_click(struct shop_viewer *shop, const char *text)
{
	click(shop, text);
	use(shop, INPUT_MOUSE_DOUBLE, column_of(shop, text), line_of(shop, text));
}

static void assert_selected(struct shop_viewer *shop, const char *text)
{
	unsigned line = line_of(shop, text);

	assert_true(shop->grid.cells[(size_t)line * shop->grid.columns].style & GRID_REVERSE);
}

static void test_a_click_selects_a_line(void **state)
{
	struct shop_viewer *shop = *state;

	click(shop, "String");
	assert_selected(shop, "String");
	/* On the number of a line, too; and it stays with it. */
	use(shop, INPUT_MOUSE_CLICK, 4, line_of(shop, "Shop::Basket"));
	assert_selected(shop, "Shop::Basket");
	shop_press(shop, "I");
	assert_selected(shop, "Shop::Basket");
	assert_not_shown(shop, "SessionStore");
}

static void test_a_click_on_a_title_sorts(void **state)
{
	struct shop_viewer *shop = *state;

	click(shop, "RETAINED");
	assert_shown(shop, "RETAINED▾");
	click(shop, "RETAINED");
	assert_shown(shop, "RETAINED▴");
	click(shop, "CLASS");
	assert_shown(shop, "CLASS▾");
	/* The trend is no order. */
	click(shop, "TREND");
	assert_shown(shop, "CLASS▾");
	/* Right of a number's title, where the sign of the order comes. */
	use(shop, INPUT_MOUSE_CLICK, column_of(shop, "LIVE") + 4, line_of(shop, "RETAINED "));
	assert_shown(shop, "LIVE▾");
}

static void test_a_click_on_a_mark_unfolds_and_folds(void **state)
{
	struct shop_viewer *shop = *state;

	click(shop, "▸ Hash");
	assert_shown(shop, "▾ Hash");
	/* One level deeper, behind a guide. */
	click(shop, "▾ Hash");
	click(shop, "▸ Hash");
	use(shop, INPUT_MOUSE_CLICK, column_of(shop, "│ ▸") + 2, line_of(shop, "SessionStore#write"));
	assert_shown(shop, "Shop::Checkout#call");
	assert_selected(shop, "SessionStore#write");
	use(shop, INPUT_MOUSE_CLICK, column_of(shop, "│ ▾") + 2, line_of(shop, "SessionStore#write"));
	assert_not_shown(shop, "Shop::Checkout#call");
	click(shop, "▾ Hash");
	assert_not_shown(shop, "SessionStore#write");
}

static void test_a_double_click_opens_a_line(void **state)
{
	struct shop_viewer *shop = *state;

	double_click(shop, "Hash");
	assert_shown(shop, "▾ Hash");
	double_click(shop, "Hash");
	assert_shown(shop, "▸ Hash");
	double_click(shop, "Hash");
	/* What has nothing below it has its source. */
	double_click(shop, "Shop::Request#params");
	assert_shown(shop, "── /srv/shop/lib/shop.rb");
	double_click(shop, "Shop::Request#params");
	assert_shown(shop, "── /srv/shop/lib/shop.rb");
	/* A class without call paths has neither. */
	viewer_press(shop->viewer, INPUT_KEY_ESCAPE);
	double_click(shop, "Shop::Basket");
	assert_selected(shop, "Shop::Basket");
}

static void print_lines(struct shop_viewer *shop, unsigned count)
{
	char line[32];

	for (unsigned i = 1; i <= count; i++)
		viewer_output(shop->viewer, line, (size_t)snprintf(line, sizeof line, "line %u.\n", i));
}

static void test_the_wheel_scrolls_what_is_below_it(void **state)
{
	struct shop_viewer *shop = *state;

	print_lines(shop, 50);
	shop_press(shop, "l");
	assert_shown(shop, "line 50.");
	use(shop, INPUT_MOUSE_UP, 10, line_of(shop, "line 50."));
	assert_shown(shop, " line 47.");
	assert_not_shown(shop, "line 48.");
	use(shop, INPUT_MOUSE_DOWN, 10, line_of(shop, " output "));
	assert_shown(shop, "line 50.");
	/* Over the table the output stays, and the selection with what can be seen of it. */
	shop_press(shop, "l");
	assert_true(grid_resize(&shop->grid, 120, 9));
	assert_shown(shop, "Hash");
	unsigned line = line_of(shop, "Hash");
	assert_selected(shop, "Hash");
	use(shop, INPUT_MOUSE_DOWN, 10, line);
	assert_not_shown(shop, "Hash");
	assert_true(shop->viewer->table.selection.top == 3);
	use(shop, INPUT_MOUSE_DOWN, 10, line);
	use(shop, INPUT_MOUSE_DOWN, 10, line);
	shop_screen(shop);
	use(shop, INPUT_MOUSE_UP, 10, line);
	use(shop, INPUT_MOUSE_UP, 10, line);
	use(shop, INPUT_MOUSE_UP, 10, line);
	assert_shown(shop, "Hash");
}

static void test_the_mouse_in_the_help(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "?");
	assert_shown(shop, "select the line above or below");
	use(shop, INPUT_MOUSE_DOWN, 10, 5);
	assert_not_shown(shop, "select the line above or below");
	use(shop, INPUT_MOUSE_CLICK, 10, 5);
	use(shop, INPUT_MOUSE_UP, 10, 5);
	assert_shown(shop, "select the line above or below");
	shop_press(shop, "q");
	assert_selected(shop, "Hash");
}

static void test_what_is_beside_everything_does_nothing(void **state)
{
	struct shop_viewer *shop = *state;
	const char *before = strdup(shop_screen(shop));

	for (unsigned line = 0; line < 3; line++)
		use(shop, INPUT_MOUSE_DOUBLE, 20, line);
	use(shop, INPUT_MOUSE_CLICK, 20, shop->grid.lines - 1);
	use(shop, INPUT_MOUSE_CLICK, 20, shop->grid.lines - 2);
	use(shop, INPUT_MOUSE_CLICK, 60000, 60000);
	use(shop, INPUT_MOUSE_DOWN, UINT32_MAX, UINT32_MAX);
	assert_string_equal(shop_screen(shop), before);
	free((char *)before);
}

static void test_it_can_be_left_to_the_terminal(void **state)
{
	const struct viewer_options options = {.interval = 1, .mouse = true};
	struct viewer *viewer = viewer_new(&options);

	assert_true(viewer_uses_mouse(viewer));
	viewer_press(viewer, 'M');
	assert_false(viewer_uses_mouse(viewer));
	viewer_press(viewer, 'M');
	assert_true(viewer_uses_mouse(viewer));
	viewer_free(viewer);
}

static int open_shop(void **state)
{
	shop_enter(state, 120, 24, true);
	shop_screen(*state);
	return 0;
}

#define SHOP_TEST(test) cmocka_unit_test_setup_teardown(test, open_shop, shop_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SHOP_TEST(test_a_click_selects_a_line),
	    SHOP_TEST(test_a_click_on_a_title_sorts),
	    SHOP_TEST(test_a_click_on_a_mark_unfolds_and_folds),
	    SHOP_TEST(test_a_double_click_opens_a_line),
	    SHOP_TEST(test_the_wheel_scrolls_what_is_below_it),
	    SHOP_TEST(test_the_mouse_in_the_help),
	    SHOP_TEST(test_what_is_beside_everything_does_nothing),
	    cmocka_unit_test(test_it_can_be_left_to_the_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
