#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "batch_shop.h"
#include "fake_snapshot.h"
#include "source/batch.h"

#define TITLES "  RETAINED  GROWTH/s      LIVE   ALLOC/s  CLASS\n"

static void test_a_leak_a_cache_and_churn(void **state)
{
	struct batch_shop shop;
	batch_shop_open(&shop);
	batch_shop_five_seconds(&shop);
	batch_shop_assert_table(
	    &shop, "2026-11-22 10:41:07  pid 4711  live 61,056  retained 52,531  heap 1310k/1620k  rss 212M"
	           "  gc 412+38  alloc/s 111k  freed/s 110k  exact\n" TITLES
	           "     2,510    +502.0     2,519     502.0  Shop::Session\n"
	           "    40,771         0    40,771     98.0k  String\n"
	           "     4,000         0    12,516     11.6k  Shop::Product\n"
	           "       750     -50.0       750         0  Shop::Basket\n"
	           "\n");
	batch_shop_close(&shop);
}

static void test_call_paths_below_their_classes(void **state)
{
	struct batch_shop shop;
	struct path_watch watch;
	static const struct key_set none;

	batch_shop_open(&shop);
	assert_true(path_watch_init(&watch));
	shop.options.paths = &watch;
	for (unsigned second = 1; second <= 5; second++) {
		const struct fake_class classes[] = {{1, "Hash", 600 * second, 100 * second, 400 * second, 0},
		                                     {2, "Set", 9, 0, 9, 0}};
		const struct fake_node nodes[] = {
		    {11, 0, SNAPSHOT_NONE, 0, 0, 0, "/srv/shop.rb", "Store#write", 41, 0},
		    {12, 0, 0, 300 * second, 0, 300 * second, "/srv/shop.rb", "Checkout#call", 77, 0},
		    {13, 0, SNAPSHOT_NONE, 200 * second, 100 * second, 100 * second, "a\n\033[2J.rb", "\007write", 7,
		     0},
		    {14, 0, SNAPSHOT_NONE, 0, 0, 0, "/srv/shop.rb", "Never#called", 1, 0},
		    {15, 0, SNAPSHOT_NONE, 3, 0, 0, "", "(other)", 0, SNAPSHOT_FRAME_PSEUDO},
		    {17, 1, SNAPSHOT_NONE, 9, 0, 9, "", "(before the start)", 0, SNAPSHOT_FRAME_PSEUDO},
		    {16, 0, SNAPSHOT_NONE, 1, 0, 0, "/srv/shop.rb", "Fourth#line", 99, 0},
		};
		shop.head.sequence++;
		shop.head.gcs_seen++;
		shop.head.majors_seen++;
		shop.head.monotonic_ns += SECOND;
		shop.head.major_at_ns = shop.head.monotonic_ns;
		struct snapshot_header *snapshot = fake_snapshot_with_paths(&shop.head, NULL, classes, 2, nodes, 7);
		assert_null(snapshot_check(snapshot, snapshot->size));
		assert_true(path_watch_feed(&watch, snapshot, &none, NULL));
		assert_true(history_update(shop.history, snapshot));
	}
	batch_shop_assert_rows(&shop, TITLES
	                       "     2,000    +400.0     2,500     600.0  Hash\n"
	                       "     1,500    +300.0     1,500     300.0    75.0 %  Store#write  /srv/shop.rb:41\n"
	                       "       500    +100.0       500     200.0    25.0 %  �write  a��[2J.rb:7\n"
	                       "         0         0         3         0     0.0 %  (other)\n"
	                       "         9         0         9         0  Set\n\n");
	path_watch_deinit(&watch);
	batch_shop_close(&shop);
}

/* Feeds it without keeping it anywhere else. */
static void assert_next(struct batch_shop *shop, struct snapshot_header *snapshot, const char *expected)
{
	struct path_watch watch;

	assert_true(path_watch_init(&watch));
	shop->options.paths = &watch;
	assert_null(snapshot_check(snapshot, snapshot->size));
	assert_true(path_watch_feed(&watch, snapshot, &(struct key_set){0}, NULL));
	assert_true(history_update(shop->history, snapshot));
	batch_shop_assert_rows(shop, expected);
	path_watch_deinit(&watch);
}

static void test_estimates_are_marked(void **state)
{
	const struct fake_class classes[] = {{1, "Hash", 1000, 100, 800, 0}, {2, "Set", 7, 0, 0, 0}};
	const struct fake_node nodes[] = {
	    {3, 0, SNAPSHOT_NONE, 60, 6, 50, "shop.rb", "write", 41, 0},
	    {4, 0, 0, 1, 0, 1, "shop.rb", "call", 77, 0},
	    {5, 0, SNAPSHOT_NONE, 24, 0, 0, "", "(before the start)", 0, SNAPSHOT_FRAME_PSEUDO | SNAPSHOT_FRAME_ALL},
	    {6, 0, SNAPSHOT_NONE, 2, 0, 0, "", "(other)", 0, SNAPSHOT_FRAME_PSEUDO},
	    {7, 1, SNAPSHOT_NONE, 1, 0, 0, "shop.rb", "call", 78, 0},
	};
	struct batch_shop shop;
	batch_shop_open(&shop);
	shop.head.flags |= SNAPSHOT_PATHS_ESTIMATED;
	shop.head.path_interval = 16;
	shop.head.majors_seen = 1;
	assert_next(&shop, fake_snapshot_with_paths(&shop.head, NULL, classes, 2, nodes, 5),
	            TITLES "      800         -       900         -   Hash\n"
	                   "      816*        -       880*        -      100 %  write  shop.rb:41\n"
	                   "        0*        -        32*        -      0.0 %  (other)\n"
	                   "        0         -        24         -      0.0 %  (before the start)\n"
	                   "        0         -         7         -   Set\n"
	                   "        0*        -        16*        -      100 %  call  shop.rb:78\n\n");
	assert_non_null(strstr(shop.out.text, "  exact  paths of 1 in 16*\n"));
	batch_shop_close(&shop);
}

static void test_a_class_without_a_name_is_told_by_its_origin(void **state)
{
	const struct fake_class classes[] = {
	    {1, "#<Class:0x000074ba6a2e5c18>", 9, 0, 0, SNAPSHOT_CLASS_ANONYMOUS},
	    {2, "#<Class:0x000074ba6a2e5ee8>", 8, 0, 0, SNAPSHOT_CLASS_ANONYMOUS},
	    {3, "#<Class:0x000074ba6a2e6190>", 7, 0, 0, SNAPSHOT_CLASS_ANONYMOUS},
	    {4, "#<Class:0x000074ba6a2e6190>", 6, 0, 0, 0},
	    {5, "#<Class:0x00f>", 5, 0, 0, SNAPSHOT_CLASS_ANONYMOUS},
	    {6, "#<Class:0x000074ba6a2e7000>", 4, 0, 0, SNAPSHOT_CLASS_ANONYMOUS},
	};
	struct batch_shop shop;
	batch_shop_open(&shop);
	struct snapshot_header *snapshot = fake_snapshot(&shop.head, NULL, classes, 6);
	snapshot = fake_snapshot_with_origin(snapshot, 0, "lib/strainers.rb", 112);
	snapshot = fake_snapshot_with_origin(snapshot, 1, "Shop::Product", 0);
	snapshot = fake_snapshot_with_origin(snapshot, 5, "\033[31m\n.rb", 3);
	assert_next(&shop, snapshot,
	            TITLES "         -         -         9         -  #<Class:0x…2e5c18>  lib/strainers.rb:112\n"
	                   "         -         -         8         -  #<Class:0x…2e5ee8 < Shop::Product>\n"
	                   "         -         -         7         -  #<Class:0x…2e6190>\n"
	                   "         -         -         6         -  #<Class:0x000074ba6a2e6190>\n"
	                   "         -         -         5         -  #<Class:0x00f>\n"
	                   "         -         -         4         -  #<Class:0x…2e7000>  �[31m�.rb:3\n\n");
	batch_shop_close(&shop);
}

static void test_classes_without_names_are_sorted_as_they_are_shown(void **state)
{
	const struct fake_class classes[] = {
	    {1, "#<Class:0x000074ba6affffff>", 1, 0, 0, SNAPSHOT_CLASS_ANONYMOUS},
	    {2, "#<Class:0x000074ba6b000010>", 1, 0, 0, SNAPSHOT_CLASS_ANONYMOUS},
	    {3, "#<Class:0x000074ba6a000020>", 1, 0, 0, SNAPSHOT_CLASS_ANONYMOUS},
	    {4, "#<Class:0x000074ba6affff00>::Part", 1, 0, 0, 0},
	    {5, "Array", 1, 0, 0, 0},
	    {6, "#<Cls", 1, 0, 0, 0},
	};
	struct batch_shop shop;
	batch_shop_open(&shop);
	shop.options.sort = column_find("class");
	assert_next(&shop, fake_snapshot(&shop.head, NULL, classes, 6),
	            TITLES "         -         -         1         -  #<Class:0x…000010>\n"
	                   "         -         -         1         -  #<Class:0x…000020>\n"
	                   "         -         -         1         -  #<Class:0x…ffffff>\n"
	                   "         -         -         1         -  #<Class:0x000074ba6affff00>::Part\n"
	                   "         -         -         1         -  #<Cls\n"
	                   "         -         -         1         -  Array\n\n");
	batch_shop_close(&shop);
}

static void test_the_last_table_names_classes_that_never_came(void **state)
{
	snapshot_string_ref unmatched;
	struct batch_shop shop;
	batch_shop_open(&shop);
	for (int ended = 0; ended < 2; ended++) {
		shop.head.flags |= ended ? SNAPSHOT_ENDED : 0;
		struct snapshot_header *snapshot = fake_snapshot(&shop.head, NULL, NULL, 0);
		snapshot = fake_snapshot_with_text(snapshot, "Shop::Sesion, A\033", &unmatched);
		snapshot->unmatched = unmatched;
		assert_next(&shop, snapshot,
		            ended ? TITLES "no object was seen of: Shop::Sesion, A�\n\n" : TITLES "\n");
	}
	batch_shop_close(&shop);
}

static void test_every_sort_column(void **state)
{
	const struct {
		const char *key;
		const char *first;
	} sorts[] = {
	    {"retained", "    40,771         0    40,771     98.0k  String\n\n"},
	    {"growth", "     2,510    +502.0     2,519     502.0  Shop::Session\n\n"},
	    {"live", "    40,771         0    40,771     98.0k  String\n\n"},
	    {"alloc", "    40,771         0    40,771     98.0k  String\n\n"},
	    {"class", "       750     -50.0       750         0  Shop::Basket\n\n"},
	};
	struct batch_shop shop;
	char expected[200];

	batch_shop_open(&shop);
	batch_shop_five_seconds(&shop);
	size_t sortable = 0;
	for (size_t i = 0; i < column_count; i++)
		sortable += column_table[i].compare != NULL;
	assert_int_equal(sizeof sorts / sizeof *sorts, sortable);
	for (size_t i = 0; i < sortable; i++) {
		shop.options.sort = column_find(sorts[i].key);
		shop.options.limit = 1;
		assert_non_null(shop.options.sort);
		snprintf(expected, sizeof expected, "%s%s", TITLES, sorts[i].first);
		batch_shop_assert_rows(&shop, expected);
	}
	assert_null(column_find("colour"));
	batch_shop_close(&shop);
}

static void test_internal_objects_are_listed_when_asked_for(void **state)
{
	struct batch_shop shop;
	batch_shop_open(&shop);
	batch_shop_five_seconds(&shop);
	shop.options.internal = true;
	shop.options.limit = 1;
	batch_shop_assert_rows(&shop, TITLES "     4,500    +900.0     4,500     900.0  (internal T_DATA)\n\n");
	batch_shop_close(&shop);
}

static void test_equal_rows_keep_their_order(void **state)
{
	const struct fake_class one[] = {{3, "C", 5, 0, 5, 0}, {1, "A", 5, 0, 5, 0}, {2, "B", 5, 0, 5, 0}};
	const struct fake_class other[] = {{2, "B", 5, 0, 5, 0}, {3, "C", 5, 0, 5, 0}, {1, "A", 5, 0, 5, 0}};
	const char *expected = TITLES "         5         0         5         0  A\n"
	                              "         5         0         5         0  B\n"
	                              "         5         0         5         0  C\n\n";
	struct batch_shop shop;
	batch_shop_open(&shop);
	batch_shop_next(&shop, one, 3, NULL);
	batch_shop_next(&shop, other, 3, NULL);
	batch_shop_assert_rows(&shop, expected);
	batch_shop_next(&shop, one, 3, NULL);
	batch_shop_assert_rows(&shop, expected);
	batch_shop_close(&shop);
}

static void test_what_is_not_known_yet_is_a_dash(void **state)
{
	const struct fake_class class = {1, "Hash", 1200, 200, 0, 0};
	struct batch_shop shop;
	batch_shop_open(&shop);
	shop.head.flags |= SNAPSHOT_EXISTING;
	shop.head.rss_bytes = 0;
	shop.options.utc_offset = 3600;
	batch_shop_next(&shop, &class, 1, NULL);
	batch_shop_assert_table(&shop, "2026-11-22 11:41:07  pid 4711  live 1,000  retained 0  heap 1310k/1620k  rss -"
	                               "  gc 412+38  alloc/s -  freed/s -  exact\n" TITLES
	                               "         0         -     1,000         -  Hash\n\n");
	batch_shop_close(&shop);
}

static void test_upper_bounds_and_unconfirmed_growth_are_marked(void **state)
{
	struct batch_shop shop;
	batch_shop_open(&shop);
	shop.head.flags |= SNAPSHOT_RETAINED_BOUND;
	for (unsigned second = 0; second < 6; second++) {
		const struct fake_class classes[] = {{1, "Hash", 1000 + 40 * second, 0, 900, 0},
		                                     {2, "Set", 7, 0, 0, 0}};
		shop.head.majors_seen = shop.head.major_at_ns = 1;
		shop.head.sequence++;
		shop.head.gcs_seen++;
		shop.head.monotonic_ns += SECOND;
		assert_true(history_update(shop.history, fake_snapshot(&shop.head, NULL, classes, 2)));
	}
	batch_shop_assert_table(&shop,
	                        "2026-11-22 10:41:07  pid 4711  live 1,207  retained ≤900  heap 1310k/1620k  rss 212M"
	                        "  gc 412+38  alloc/s 40.0  freed/s 0  exact\n" TITLES
	                        "      ≤900    ~+40.0     1,200      40.0  Hash\n"
	                        "         0        ~0         7         0  Set\n\n");
	shop.options.charset = TEXT_ASCII;
	batch_shop_assert_rows(&shop, TITLES "     <=900    ~+40.0     1,200      40.0  Hash\n"
	                                     "         0        ~0         7         0  Set\n\n");
	batch_shop_close(&shop);
}

static void test_retained_is_not_known_before_a_major_gc(void **state)
{
	const struct fake_class class = {1, "Hash", 1200, 200, 0, 0};
	struct batch_shop shop;
	batch_shop_open(&shop);
	shop.head.sequence++;
	shop.head.monotonic_ns += SECOND;
	assert_true(history_update(shop.history, fake_snapshot(&shop.head, NULL, &class, 1)));
	batch_shop_assert_table(&shop,
	                        "2026-11-22 10:41:07  pid 4711  live 1,000  retained -  heap 1310k/1620k  rss 212M"
	                        "  gc 412+38  alloc/s 1.2k  freed/s 200.0  exact\n" TITLES
	                        "         -         -     1,000      1.2k  Hash\n\n");
	batch_shop_close(&shop);
}

static void test_inexact_numbers_say_why(void **state)
{
	const struct fake_class class = {1, "Hash", 0, 0, 0, 0};
	struct batch_shop shop;
	batch_shop_open(&shop);
	shop.head.flags = SNAPSHOT_RUNNING;
	shop.head.dropped = 7;
	batch_shop_next(&shop, &class, 1, "another tool's\n\033[2Jhook ran");
	buffer_clear(&shop.out);
	assert_true(batch_shop_print(&shop));
	buffer_add(&shop.out, "", 1);
	assert_non_null(
	    strstr(shop.out.text, "  inexact: another tool's��[2Jhook ran  objects not recorded 7\n  RETAINED"));
	batch_shop_close(&shop);
}

static void test_the_last_table_says_that_the_program_has_ended(void **state)
{
	const struct fake_class class = {1, "Hash", 10, 0, 10, 0};
	struct batch_shop shop;
	batch_shop_open(&shop);
	shop.head.monotonic_ns += 343 * SECOND;
	shop.head.flags |= SNAPSHOT_ENDED;
	batch_shop_next(&shop, &class, 1, NULL);
	buffer_clear(&shop.out);
	assert_true(batch_shop_print(&shop));
	const char *start = "2026-11-22 10:41:07  pid 4711  ended after 5:44  live 10  retained 10  heap ";
	assert_memory_equal(shop.out.text, start, strlen(start));
	batch_shop_close(&shop);
}

static void test_the_command_is_shown_when_it_is_known(void **state)
{
	const struct fake_class class = {1, "Hash", 10, 0, 10, 0};
	struct batch_shop shop;
	batch_shop_open(&shop);
	batch_shop_next(&shop, &class, 1, NULL);
	shop.options.command = "ruby\tshop.rb";
	assert_true(batch_shop_print(&shop));
	const char *start = "2026-11-22 10:41:07  pid 4711  ruby�shop.rb  live 10  retained 10  heap ";
	assert_memory_equal(shop.out.text, start, strlen(start));
	batch_shop_close(&shop);
}

static void test_hostile_names_stay_on_their_line(void **state)
{
	const struct fake_class classes[] = {
	    {1, "Evil\n  81,204 Forged", 1, 0, 0, 0},
	    {2, "\033]0;owned\007\033[31mRed", 1, 0, 0, 0},
	    {3,
	     "\xff\xfe"
	     "bytes",
	     1, 0, 0, 0},
	    {4, "\u202eesreveR", 1, 0, 0, 0},
	    {5, "Größe::日本", 1, 0, 0, 0},
	    {6, "", 1, 0, 0, 0},
	};
	struct batch_shop shop;
	batch_shop_open(&shop);
	batch_shop_next(&shop, classes, 6, NULL);
	batch_shop_assert_rows(&shop, TITLES "         0         -         1       1.0  Evil�  81,204 Forged\n"
	                                     "         0         -         1       1.0  �]0;owned��[31mRed\n"
	                                     "         0         -         1       1.0  ��bytes\n"
	                                     "         0         -         1       1.0  �esreveR\n"
	                                     "         0         -         1       1.0  Größe::日本\n"
	                                     "         0         -         1       1.0  \n\n");
	shop.options.charset = TEXT_ASCII;
	buffer_clear(&shop.out);
	assert_true(batch_shop_print(&shop));
	for (size_t i = 0; i < shop.out.length; i++)
		assert_true(shop.out.text[i] == '\n' || (shop.out.text[i] >= ' ' && shop.out.text[i] < 0x7f));
	batch_shop_close(&shop);
}

static void test_endless_names_are_cut(void **state)
{
	char name[5001];
	memset(name, 'x', 5000);
	name[5000] = '\0';
	const struct fake_class class = {1, name, 1, 0, 0, 0};
	struct batch_shop shop;
	batch_shop_open(&shop);
	batch_shop_next(&shop, &class, 1, NULL);
	assert_true(batch_shop_print(&shop));
	buffer_add(&shop.out, "", 1);
	assert_non_null(strstr(shop.out.text, "xxx…\n\n"));
	assert_true(shop.out.length < 600);
	batch_shop_close(&shop);
}

static void test_extreme_numbers(void **state)
{
	const struct fake_class before = {1, "Huge", 0, 0, 0, 0};
	const struct fake_class after = {1, "Huge", UINT64_MAX, 0, UINT64_MAX, 0};
	struct batch_shop shop;
	batch_shop_open(&shop);
	shop.head.pid = UINT32_MAX;
	shop.head.gc_minor = shop.head.gc_major = UINT64_MAX;
	shop.head.heap_live_slots = shop.head.heap_total_slots = shop.head.rss_bytes = UINT64_MAX;
	batch_shop_next(&shop, &before, 1, NULL);
	batch_shop_next(&shop, &after, 1, NULL);
	/* Growth is reckoned with at most 2^32 - 1 objects. */
	batch_shop_assert_table(
	    &shop, "2026-11-22 10:41:07  pid 4294967295  live 18,446,744,073,709,551,615"
	           "  retained 18,446,744,073,709,551,615  heap 18446744073709552k/18446744073709552k"
	           "  rss 16.0E  gc 18446744073709551615+18446744073709551615  alloc/s 18.4E  freed/s 0  exact\n" TITLES
	           "     18.4E     +4.3G     18.4E     18.4E  Huge\n\n");
	batch_shop_close(&shop);
}

static void test_a_list_of_processes(void **state)
{
	const struct fake_class class = {1, "Hash", 1200, 200, 900, 0};
	struct snapshot_header head = {
	    .pid = 4720, .flags = SNAPSHOT_RETAINED_BOUND, .majors_seen = 1, .rss_bytes = UINT64_C(30) << 20};
	struct snapshot_header *worker = fake_snapshot(&head, "two frees were missed", &class, 1);
	const struct batch_process processes[] = {{4711, "puma \033[2J", NULL, "does not answer"},
	                                          {4720, "worker 0", worker, ""},
	                                          {4294967295, "worker 1", worker, "ended by SIGTERM"}};
	struct batch_list list = {
	    .processes = processes, .count = 3, .summed = 2, .retained_known = 1, .ended = 37, .beyond = 1};
	struct batch_shop shop;
	batch_shop_open(&shop);
	shop.options.list = &list;
	shop.options.command = "shop";
	batch_shop_next(&shop, &class, 1, NULL);
	batch_shop_assert_table(
	    &shop, "2026-11-22 10:41:07  2 processes  shop  live 1,000  retained 900 (of 1 of 2)  heap 1310k/1620k"
	           "  rss 212M  gc 412+38  alloc/s 1.2k  freed/s 200.0  exact\n"
	           "       PID      RSS       LIVE   RETAINED  PROCESS\n"
	           "      4711        -          -          -  puma �[2J  does not answer\n"
	           "      4720    30.0M      1,000       ≤900  worker 0  inexact: two frees were missed\n"
	           "4294967295    30.0M      1,000       ≤900  worker 1  inexact: two frees were missed"
	           "  ended by SIGTERM\n"
	           "and 37 more have ended\n"
	           "and 1 more is not looked into\n" TITLES "       900         -     1,000      1.2k  Hash\n\n");
	free(worker);
	batch_shop_close(&shop);
}

static void test_nothing_to_print(void **state)
{
	struct batch_shop shop;
	batch_shop_open(&shop);
	assert_true(batch_shop_print(&shop));
	assert_int_equal(shop.out.length, 0);
	batch_shop_next(&shop, NULL, 0, NULL);
	batch_shop_assert_rows(&shop, TITLES "\n");
	batch_shop_close(&shop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_leak_a_cache_and_churn),
	    cmocka_unit_test(test_call_paths_below_their_classes),
	    cmocka_unit_test(test_estimates_are_marked),
	    cmocka_unit_test(test_a_class_without_a_name_is_told_by_its_origin),
	    cmocka_unit_test(test_classes_without_names_are_sorted_as_they_are_shown),
	    cmocka_unit_test(test_the_last_table_names_classes_that_never_came),
	    cmocka_unit_test(test_every_sort_column),
	    cmocka_unit_test(test_internal_objects_are_listed_when_asked_for),
	    cmocka_unit_test(test_equal_rows_keep_their_order),
	    cmocka_unit_test(test_what_is_not_known_yet_is_a_dash),
	    cmocka_unit_test(test_upper_bounds_and_unconfirmed_growth_are_marked),
	    cmocka_unit_test(test_retained_is_not_known_before_a_major_gc),
	    cmocka_unit_test(test_inexact_numbers_say_why),
	    cmocka_unit_test(test_the_last_table_says_that_the_program_has_ended),
	    cmocka_unit_test(test_the_command_is_shown_when_it_is_known),
	    cmocka_unit_test(test_hostile_names_stay_on_their_line),
	    cmocka_unit_test(test_endless_names_are_cut),
	    cmocka_unit_test(test_extreme_numbers),
	    cmocka_unit_test(test_a_list_of_processes),
	    cmocka_unit_test(test_nothing_to_print),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
