/*
 * Keys that show what is below the lines of the table: call paths, their source, what a GC left of one.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "viewer_asserts.h"

#define MILLISECOND UINT64_C(1000000)

static int open_shop_with_paths(void **state)
{
	return shop_enter(state, 120, 24, true);
}

static void test_two_keys_show_the_line_that_leaks(void **state)
{
	struct shop_viewer *shop = *state;

	press(shop, INPUT_KEY_ENTER);
	press(shop, INPUT_KEY_DOWN);
	assert_selected(shop, "100 %  …::SessionStore#write  /srv/shop/lib/shop.rb:41");
}

static void test_unfolding_and_folding(void **state)
{
	struct shop_viewer *shop = *state;

	press(shop, INPUT_KEY_RIGHT);
	assert_shown(shop, "Shop::Request#params");
	press(shop, INPUT_KEY_RIGHT);
	assert_selected(shop, "▾ Hash");
	press(shop, INPUT_KEY_DOWN);
	press(shop, '+');
	assert_shown(shop, "Shop::Checkout#call");
	/* To the line above, though another is between them. */
	shop_press(shop, "jj");
	assert_selected(shop, "shop.rb:60");
	press(shop, INPUT_KEY_LEFT);
	assert_selected(shop, "shop.rb:41");
	press(shop, '-');
	assert_not_shown(shop, "Shop::Checkout#call");
	press(shop, '-');
	assert_selected(shop, "▾ Hash");
	press(shop, '-');
	assert_selected(shop, "▸ Hash");
	assert_not_shown(shop, "Shop::Request#params");
	press(shop, INPUT_KEY_LEFT);
	assert_selected(shop, "▸ Hash");
	/* What was unfolded below comes again. */
	shop_press(shop, "e");
	assert_shown(shop, "▾ Hash");
}

static void test_unfolding_a_chain(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "ej");
	assert_not_shown(shop, "Shop::Checkout#call");
	shop_press(shop, "ejej");
	assert_selected(shop, "shop.rb:95");
}

static void test_folds_and_the_selection_stay_over_snapshots_and_sorting(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "*jj");
	assert_selected(shop, "shop.rb:77");
	shop_second(shop, true);
	assert_selected(shop, "shop.rb:77");
	shop_press(shop, "3I");
	assert_selected(shop, "shop.rb:77");
	shop_press(shop, "5I");
	assert_selected(shop, "shop.rb:77");
	shop_press(shop, "p");
	assert_selected(shop, "shop.rb:77");
	shop_second(shop, true);
	shop_press(shop, "-p");
	assert_selected(shop, "shop.rb:77");
	assert_not_shown(shop, "shop.rb:95");
}

static void test_what_was_not_watched_is_known_from_then_on(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "*jjj");
	assert_selected(shop, "shop.rb:95");
	assert_shown(shop, "2,500          –        2,512          – ");
	shop_second(shop, true);
	assert_shown(shop, "3,000          –        3,012          – ");
	shop_second(shop, true);
	assert_shown(shop, "3,500     +500.0        3,512      500.0 ");
	/* Paused, it stays so. */
	shop_press(shop, "p");
	shop_second(shop, true);
	assert_shown(shop, "3,500     +500.0        3,512      500.0 ");
	shop_press(shop, "p");
	assert_shown(shop, "4,000     +500.0 ▲      4,012      500.0 ");
}

static void test_the_filter_finds_frames(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "/request#P\r");
	assert_shown(shop, "1 of 1");
	assert_selected(shop, "Hash");
	shop_press(shop, "\033/shop.rb:60\r");
	assert_selected(shop, "Hash");
	shop_press(shop, "\033/größe\r");
	assert_shown(shop, "Shop::Session");
	assert_shown(shop, "1 of 2");
}

static void test_turning_the_tree(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "i");
	assert_shown(shop, "begin with");
	shop_press(shop, "*jj");
	assert_selected(shop, "shop.rb:77");
	shop_second(shop, true);
	shop_second(shop, true);
	assert_selected(shop, "shop.rb:77");
	assert_shown(shop, "3,500     +500.0        3,512      500.0");
	shop_press(shop, "i");
	assert_selected(shop, "Hash");
	assert_shown(shop, "SessionStore#write");
}

static void test_the_source_pane(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "v");
	assert_shown(shop, "this is a class: unfold it");
	shop_press(shop, "\rj");
	assert_shown(shop, "the file is not there");
	assert_shown(shop, "Esc close the source");
	shop_press(shop, "l");
	assert_shown(shop, " output ");
	assert_not_shown(shop, "the file is not there");
	shop_press(shop, "v");
	assert_shown(shop, "the file is not there");
	shop_press(shop, "/x\r\033");
	assert_not_shown(shop, "the file is not there");
	shop_press(shop, "\033v");
	assert_shown(shop, " source ");
	shop_press(shop, "v");
	assert_not_shown(shop, " source ─");
}

static void test_a_gc_on_a_call_path_tells_of_it(void **state)
{
	struct shop_viewer *shop = *state;

	shop_press(shop, "\rj");
	assert_int_equal(shop_press(shop, "g"), VIEWER_GC);
	shop_second(shop, true);
	viewer_gc_done(shop->viewer, true, MILLISECOND, NULL);
	assert_shown(shop, "   Shop::SessionStore#write shop.rb:41: freed 0, stayed 3,012");
}

#define PATH_TEST(test) cmocka_unit_test_setup_teardown(test, open_shop_with_paths, shop_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    PATH_TEST(test_two_keys_show_the_line_that_leaks),
	    PATH_TEST(test_unfolding_and_folding),
	    PATH_TEST(test_unfolding_a_chain),
	    PATH_TEST(test_folds_and_the_selection_stay_over_snapshots_and_sorting),
	    PATH_TEST(test_what_was_not_watched_is_known_from_then_on),
	    PATH_TEST(test_the_filter_finds_frames),
	    PATH_TEST(test_turning_the_tree),
	    PATH_TEST(test_the_source_pane),
	    PATH_TEST(test_a_gc_on_a_call_path_tells_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
