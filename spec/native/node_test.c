#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "model/node.h"
#include "model/tracker.h"

/*
 * All sequences of these steps up to a length, against a program of which every object is known. A node is only
 * touched by allocations and frees, so what it has missed is different in each sequence.
 */
enum step { BIRTH, DEATH, MARK, MAJOR_SWEEP, MINOR_SWEEP, STEPS };
static const char letters[] = "bdmsn";

#define LENGTH 8

struct truth {
	uint32_t old; /* objects that were there when the latest mark ended */
	uint32_t new; /* those allocated after it */
	uint32_t allocated;
	uint32_t retained;
	bool marked; /* a mark has ended, its sweep has not */
};

struct situation {
	struct node node;
	struct truth truth;
	uint32_t epoch;
	char steps[LENGTH + 1];
	int length;
};

/* Only its epoch is used. */
static struct tracker tracker;
static bool new_objects_may_be_freed;
static uint64_t situations;

static void end_sweep(struct truth *truth)
{
	truth->retained = truth->old;
	truth->marked = false;
}

/* False when a program cannot take this step. */
static bool advance_truth(struct truth *truth, enum step step)
{
	if (step == BIRTH) {
		truth->allocated++;
		truth->new ++;
	} else if (step == DEATH) {
		/* Between a mark and its sweep only what was there before the mark is freed. */
		bool allocated = truth->old == 0 && (new_objects_may_be_freed || !truth->marked);

		if (!truth->old && !(allocated && truth->new))
			return false;
		truth->old -= !allocated;
		truth->new -= allocated;
	} else if (step == MARK) {
		/* A sweep whose end was not seen has ended by now. */
		if (truth->marked)
			end_sweep(truth);
		truth->old += truth->new;
		truth->new = 0;
		truth->marked = true;
	} else if (step == MAJOR_SWEEP && truth->marked) {
		end_sweep(truth);
	}
	return true;
}

static void advance_node(struct situation *situation, enum step step)
{
	atomic_store(&tracker.epoch, situation->epoch);
	if (step == BIRTH)
		node_allocated(&situation->node, situation->epoch, 40);
	else if (step == DEATH)
		node_freed(&situation->node, situation->epoch);
	else if (step == MARK)
		tracker_mark_ended(&tracker, 0);
	else
		tracker_sweep_ended(&tracker, step == MAJOR_SWEEP, 1);
	situation->epoch = tracker_epoch(&tracker);
}

static void check(const struct situation *situation)
{
	const struct truth *truth = &situation->truth;
	struct counts counts = node_read(&situation->node, situation->epoch);
	struct node settled = situation->node;

	situations++;
	node_settle(&settled, situation->epoch);
	struct counts again = node_read(&settled, situation->epoch);
	bool right =
	    new_objects_may_be_freed ? counts.retained <= counts.allocated : counts.retained == truth->retained;
	right =
	    right && counts.allocated == truth->allocated && counts.allocated - counts.freed == truth->old + truth->new;
	if (!right || memcmp(&counts, &again, sizeof(counts)) != 0)
		fail_msg("after %s: allocated %d freed %d retained %d, settled %d; truth %u, %u old, %u new",
		         situation->steps, (int)counts.allocated, (int)counts.freed, (int)counts.retained,
		         (int)again.retained, truth->retained, truth->old, truth->new);
}

static void explore(const struct situation *from)
{
	check(from);
	if (from->length == LENGTH)
		return;
	for (enum step step = 0; step < STEPS; step++) {
		struct situation next = *from;

		if (!advance_truth(&next.truth, step))
			continue;
		next.steps[next.length++] = letters[step];
		advance_node(&next, step);
		explore(&next);
	}
}

/* From the beginning, and from a node that is made when a mark has ended already. */
static void explore_all(void)
{
	struct situation situation = {.epoch = 0};

	explore(&situation);
	situation.epoch = 1;
	situation.node.epoch = 1;
	situation.truth.marked = true;
	explore(&situation);
	assert_true(situations > 200000);
}

static void test_retained_is_what_every_sequence_of_gcs_leaves(void **state)
{
	new_objects_may_be_freed = false;
	explore_all();
}

/* A runtime that frees what it should not yet, or whose frees are told late, must not make nonsense. */
static void test_counts_stay_possible_when_new_objects_are_freed(void **state)
{
	new_objects_may_be_freed = true;
	explore_all();
}

static void test_folding_adds_up_whatever_each_has_missed(void **state)
{
	for (uint32_t from_epoch = 0; from_epoch < 5; from_epoch++) {
		for (uint32_t to_epoch = 0; to_epoch < 5; to_epoch++) {
			struct node from = {.epoch = 0}, to = {.epoch = 0};

			for (int times = 0; times < 5; times++)
				node_allocated(&from, from_epoch, 40);
			node_freed(&from, from_epoch);
			for (int times = 0; times < 3; times++)
				node_allocated(&to, to_epoch, 40);
			struct counts first = node_read(&from, 5), second = node_read(&to, 5);
			struct counts next_first = node_read(&from, 6), next_second = node_read(&to, 6);
			node_fold(&to, &from, 5);
			struct counts sum = node_read(&to, 5), next = node_read(&to, 6);
			assert_int_equal(sum.allocated, 8);
			assert_int_equal(sum.freed, 1);
			assert_int_equal(sum.retained, first.retained + second.retained);
			assert_int_equal(next.retained, next_first.retained + next_second.retained);
		}
	}
}

static void test_a_reader_with_an_older_epoch_sees_what_was_settled(void **state)
{
	struct node node = {.epoch = 0};

	node_allocated(&node, 0, 40);
	node_allocated(&node, 2, 40);
	struct counts counts = node_read(&node, 0);
	assert_int_equal(counts.allocated, 2);
	assert_int_equal(counts.retained, 1);
}

static void test_epochs_wrap_without_the_value_that_means_settling(void **state)
{
	struct node node = {.epoch = NODE_SETTLING - 3};

	atomic_store(&tracker.epoch, NODE_SETTLING - 3);
	node_allocated(&node, tracker_epoch(&tracker), 40);
	for (int gc = 1; gc <= 4; gc++) {
		tracker_mark_ended(&tracker, 0);
		assert_int_not_equal(tracker_epoch(&tracker), NODE_SETTLING);
		assert_int_equal(tracker_epoch(&tracker) & 1, 1);
		tracker_sweep_ended(&tracker, true, 1);
		assert_int_equal(node_read(&node, tracker_epoch(&tracker)).retained, gc);
		node_allocated(&node, tracker_epoch(&tracker), 40);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_retained_is_what_every_sequence_of_gcs_leaves),
	    cmocka_unit_test(test_counts_stay_possible_when_new_objects_are_freed),
	    cmocka_unit_test(test_folding_adds_up_whatever_each_has_missed),
	    cmocka_unit_test(test_a_reader_with_an_older_epoch_sees_what_was_settled),
	    cmocka_unit_test(test_epochs_wrap_without_the_value_that_means_settling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
