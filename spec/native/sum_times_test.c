/*
 * When the sum of several processes has the sign of a leak: the tables of processes that do not exist, each with numbers
 * made by hand, and their sums as a replay of a recording takes them.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "fake_snapshot.h"
#include "source/fleet_table.h"
#include "watched_class.h"

#define PROCESSES 3

struct cluster {
	struct fleet_process process[PROCESSES];
	struct snapshot_header head[PROCESSES];
	struct fake_class class[PROCESSES];
	struct fleet fleet;
	struct fleet_table table;
	struct history *replayed; /* owned */
	uint64_t now;
};

static int begin(void **state)
{
	struct cluster *cluster = calloc(1, sizeof *cluster);

	cluster->now = 1000 * SECOND;
	cluster->replayed = history_new(0);
	for (uint32_t i = 0; i < PROCESSES; i++) {
		cluster->process[i] =
		    (struct fleet_process){.pid = 1 + (pid_t)i, .state = FLEET_SERVING, .history = history_new(0)};
		cluster->head[i] = (struct snapshot_header){.pid = 1 + i, .started_ns = cluster->now};
		cluster->class[i] = (struct fake_class){.id = 7, .name = "Shop::Session", .allocated = 1000000};
		cluster->fleet.all[cluster->fleet.count++] = &cluster->process[i];
	}
	*state = cluster;
	return 0;
}

static int end(void **state)
{
	struct cluster *cluster = *state;

	for (size_t i = 0; i < PROCESSES; i++)
		history_free(cluster->process[i].history);
	history_free(cluster->replayed);
	fleet_table_deinit(&cluster->table);
	free(cluster);
	return 0;
}

static void major_gc(struct cluster *cluster, size_t process, uint64_t retained)
{
	cluster->class[process].retained = retained;
	cluster->head[process].majors_seen++;
	cluster->head[process].gcs_seen++;
	cluster->head[process].major_at_ns = cluster->now;
}

/* What every process has now comes into a table, and its sum into the replay. */
static void sample(struct cluster *cluster, uint64_t seconds)
{
	cluster->now += seconds * SECOND;
	for (size_t i = 0; i < PROCESSES; i++) {
		cluster->head[i].sequence++;
		cluster->head[i].monotonic_ns = cluster->now;
		assert_true(history_update(cluster->process[i].history,
		                           fake_snapshot(&cluster->head[i], NULL, &cluster->class[i], 1)));
	}
	assert_true(fleet_table_fill(&cluster->table, &cluster->fleet, false));
	const struct snapshot_header *sum = fleet_table_snapshot(&cluster->table);
	struct snapshot_header *copy = malloc(sum->size);

	memcpy(copy, sum, sum->size);
	assert_null(snapshot_check(copy, copy->size));
	assert_true(history_update(cluster->replayed, copy));
}

static const struct history_row *row(const struct cluster *cluster)
{
	return &history_rows(cluster->replayed)[0];
}

static const struct history_row *live_row(const struct cluster *cluster)
{
	return &cluster->table.metrics.rows[0];
}

/* The first major GC of a process makes known what it has retained, which is no rise. */
static void test_what_comes_to_be_known_does_not_grow(void **state)
{
	struct cluster *cluster = *state;

	for (size_t i = 0; i < PROCESSES; i++) {
		for (size_t known = 0; known <= i; known++)
			major_gc(cluster, known, 5000);
		sample(cluster, 2);
		assert_int_equal(row(cluster)->counts.retained, 5000 * (i + 1));
		assert_int_not_equal(row(cluster)->certainty, HISTORY_CONFIRMED);
		assert_false(row(cluster)->sustained);
	}
}

/* Each has risen once between two major GCs, one process after the other. */
static void test_a_step_of_each_process_is_one_of_the_sum(void **state)
{
	struct cluster *cluster = *state;

	for (size_t i = 0; i < PROCESSES; i++)
		major_gc(cluster, i, 1000);
	sample(cluster, 2);
	for (size_t i = 0; i < PROCESSES; i++) {
		major_gc(cluster, i, 2000);
		sample(cluster, 2);
		assert_false(live_row(cluster)->sustained);
		assert_false(row(cluster)->sustained);
	}
	assert_int_equal(row(cluster)->certainty, HISTORY_CONFIRMED);
	assert_near(row(cluster)->growth, 3000 / 6.0);
}

static void test_a_leak_of_all_has_the_sign(void **state)
{
	struct cluster *cluster = *state;

	for (uint64_t round = 1; round <= 4; round++) {
		for (size_t i = 0; i < PROCESSES; i++) {
			major_gc(cluster, i, 1000 * round);
			sample(cluster, 2);
		}
	}
	assert_true(live_row(cluster)->sustained);
	assert_true(row(cluster)->sustained);
	assert_int_equal(row(cluster)->certainty, HISTORY_CONFIRMED);
	assert_near(row(cluster)->growth, 3000 / 6.0);
}

/* One process leaks; one had its last major GC long ago, one has never had any. */
static void test_processes_without_major_gcs_are_not_waited_for(void **state)
{
	struct cluster *cluster = *state;

	major_gc(cluster, 1, 300);
	sample(cluster, 2);
	sample(cluster, 61);
	for (uint64_t round = 1; round <= 4; round++) {
		major_gc(cluster, 0, 1000 * round);
		sample(cluster, 2);
	}
	assert_true(live_row(cluster)->sustained);
	assert_true(row(cluster)->sustained);
	assert_near(row(cluster)->growth, 500);
	assert_int_equal(row(cluster)->counts.retained, 4300);
}

/* What a process leaves out that has ended, and what one has counted before it began anew, is neither allocated nor freed. */
static void test_a_sum_of_other_processes_begins_anew(void **state)
{
	struct cluster *cluster = *state;
	uint64_t since;

	sample(cluster, 1);
	since = history_snapshot(cluster->replayed)->started_ns;
	sample(cluster, 1);
	assert_int_equal(history_snapshot(cluster->replayed)->started_ns, since);
	cluster->head[2].started_ns = cluster->now;
	sample(cluster, 1);
	assert_int_equal(history_snapshot(cluster->replayed)->started_ns, cluster->now);
	cluster->fleet.count--;
	sample(cluster, 1);
	assert_int_equal(history_snapshot(cluster->replayed)->started_ns, cluster->now);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_what_comes_to_be_known_does_not_grow, begin, end),
	    cmocka_unit_test_setup_teardown(test_a_step_of_each_process_is_one_of_the_sum, begin, end),
	    cmocka_unit_test_setup_teardown(test_a_leak_of_all_has_the_sign, begin, end),
	    cmocka_unit_test_setup_teardown(test_processes_without_major_gcs_are_not_waited_for, begin, end),
	    cmocka_unit_test_setup_teardown(test_a_sum_of_other_processes_begins_anew, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
