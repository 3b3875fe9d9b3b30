/*
 * What the cells of a table tell besides their texts, and in which of them.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "table/column.h"

static const struct column *screen_column(const char *key)
{
	for (size_t i = 0; i < column_screen_count; i++) {
		if (!strcmp(column_screen[i]->key, key))
			return column_screen[i];
	}
	fail_msg("no column has the key %s", key);
	return NULL;
}

static enum cell_meaning meaning(const char *key, const struct column_line *line)
{
	return screen_column(key)->meaning(line);
}

static void test_sustained_growth_is_told_by_the_growth_and_by_its_trend_alone(void **state)
{
	const struct history_row row = {.growth = 2,
	                                .certainty = HISTORY_CONFIRMED,
	                                .sustained = true,
	                                .short_change = {2, HISTORY_CONFIRMED},
	                                .long_change = {2, HISTORY_CONFIRMED}};
	const struct column_line line = {.row = &row};

	assert_int_equal(meaning("growth", &line), CELL_GROWS);
	assert_int_equal(meaning("trend", &line), CELL_GROWING_TREND);
	assert_int_equal(meaning("growth10", &line), CELL_PLAIN);
	assert_int_equal(meaning("growth60", &line), CELL_PLAIN);
	assert_int_equal(meaning("retained", &line), CELL_PLAIN);
	assert_int_equal(meaning("live", &line), CELL_PLAIN);
}

static void test_a_rate_tells_how_sure_it_is_and_whether_it_shrinks(void **state)
{
	static const struct {
		double per_second;
		enum history_certainty certainty;
		enum cell_meaning meaning;
	} cases[] = {
	    {2, HISTORY_CONFIRMED, CELL_PLAIN},
	    {0, HISTORY_CONFIRMED, CELL_PLAIN},
	    {-2, HISTORY_CONFIRMED, CELL_SHRINKS},
	    {2, HISTORY_UNCONFIRMED, CELL_UNCONFIRMED},
	    {-2, HISTORY_UNCONFIRMED, CELL_UNCONFIRMED},
	    {0, HISTORY_UNCONFIRMED, CELL_UNCHANGED},
	    {0, HISTORY_UNKNOWN, CELL_PLAIN},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct history_row row = {.growth = cases[i].per_second,
		                                .certainty = cases[i].certainty,
		                                .short_change = {cases[i].per_second, cases[i].certainty},
		                                .long_change = {cases[i].per_second, cases[i].certainty}};
		const struct column_line line = {.row = &row};

		assert_int_equal(meaning("growth", &line), cases[i].meaning);
		assert_int_equal(meaning("growth10", &line), cases[i].meaning);
		assert_int_equal(meaning("growth60", &line), cases[i].meaning);
		assert_int_equal(meaning("trend", &line), CELL_PLAIN);
	}
}

static void test_what_is_fewer_since_the_mark_shrinks_where_that_is_shown(void **state)
{
	const struct history_row row = {.id = 1};
	struct column_line line = {.row = &row,
	                           .change = {.live = -1,
	                                      .live_known = true,
	                                      .retained = -1,
	                                      .retained_known = true,
	                                      .growth = -1,
	                                      .growth_known = true}};

	assert_int_equal(meaning("change", &line), CELL_SHRINKS);
	assert_int_equal(meaning("growth-mark", &line), CELL_SHRINKS);
	assert_int_equal(meaning("retained", &line), CELL_PLAIN);
	assert_int_equal(meaning("live", &line), CELL_PLAIN);
	line.deltas = true;
	assert_int_equal(meaning("retained", &line), CELL_SHRINKS);
	assert_int_equal(meaning("live", &line), CELL_SHRINKS);
	line.change.retained_known = line.change.live_known = line.change.growth_known = false;
	assert_int_equal(meaning("change", &line), CELL_PLAIN);
	assert_int_equal(meaning("growth-mark", &line), CELL_PLAIN);
	assert_int_equal(meaning("retained", &line), CELL_PLAIN);
	assert_int_equal(meaning("live", &line), CELL_PLAIN);
}

static void test_the_name_of_a_class_is_told_from_that_of_a_method(void **state)
{
	const struct history_row row = {.id = 1};
	struct column_line line = {.row = &row};

	assert_int_equal(meaning("class", &line), CELL_CLASS);
	line.path.depth = 1;
	assert_int_equal(meaning("class", &line), CELL_PLAIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sustained_growth_is_told_by_the_growth_and_by_its_trend_alone),
	    cmocka_unit_test(test_a_rate_tells_how_sure_it_is_and_whether_it_shrinks),
	    cmocka_unit_test(test_what_is_fewer_since_the_mark_shrinks_where_that_is_shown),
	    cmocka_unit_test(test_the_name_of_a_class_is_told_from_that_of_a_method),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
