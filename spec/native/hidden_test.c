/* Objects that are hidden after their allocation, and revealed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "fake_program.h"
#include "model/hidden.h"
#include "random_numbers.h"

#define OBJECTS 200
#define STEPS 20000
#define ARRAY_KIND 7

static struct fake_program *program;

static struct {
	bool live;
	bool hidden;
	bool counted; /* as hidden, since the latest walk */
} objects[OBJECTS];

static uintptr_t class_revealed;
static uintptr_t unreadable; /* a page, or 0 */
static uint64_t seed;

static uint32_t random_below(uint32_t limit)
{
	return (uint32_t)(random_number(&seed) % limit);
}

static uint32_t kind(uintptr_t address, bool *hidden)
{
	uint64_t number = address / FAKE_STRIDE - 1000000000;

	if (number >= OBJECTS)
		return HIDDEN_KINDS;
	assert_int_not_equal(address & ~(uintptr_t)4095, unreadable);
	assert_true(objects[number].live);
	*hidden = objects[number].hidden;
	return ARRAY_KIND;
}

static uintptr_t key(uintptr_t address)
{
	return class_revealed;
}

static bool readable(uintptr_t page)
{
	return page != unreadable;
}

static const struct hidden_source source = {NULL, kind, key};

static int set_up(void **state)
{
	program = fake_start((struct tracker_options){.depth = 2});
	fake_class(program, CLASS(1), "Array");
	fake_class(program, CLASS_KEY_HIDDEN + ARRAY_KIND, "(hidden Array)");
	for (int number = 0; number < OBJECTS; number++)
		objects[number].live = objects[number].hidden = objects[number].counted = false;
	unreadable = 0;
	class_revealed = CLASS(1);
	seed = 42;
	return 0;
}

static int tear_down(void **state)
{
	fake_stop(program);
	return 0;
}

static void allocate(int number)
{
	assert_int_not_equal(fake_allocate(program, OBJECT(number), CLASS(1)), 0);
	objects[number].live = true;
	objects[number].hidden = objects[number].counted = false;
}

static void release(int number)
{
	assert_int_not_equal(tracker_freed(&program->tracker, OBJECT(number)), 0);
	objects[number].live = false;
}

static void settle(void)
{
	hidden_settle(&program->tracker, &source);
	for (int number = 0; number < OBJECTS; number++)
		objects[number].counted = objects[number].hidden;
}

static struct counts visible(void)
{
	return fake_counts(program, CLASS(1));
}

static struct counts hidden(void)
{
	return fake_counts(program, CLASS_KEY_HIDDEN + ARRAY_KIND);
}

static void assert_live(void)
{
	uint64_t shown = 0, unseen = 0;

	for (int number = 0; number < OBJECTS; number++) {
		shown += objects[number].live && !objects[number].counted;
		unseen += objects[number].live && objects[number].counted;
	}
	assert_int_equal(LIVE(visible()), shown);
	assert_int_equal(LIVE(hidden()), unseen);
	assert_int_equal(visible().allocated_bytes, visible().allocated * FAKE_STRIDE);
	assert_int_equal(hidden().allocated_bytes, hidden().allocated * FAKE_STRIDE);
}

static void test_moves_with_all_its_counts(void **state)
{
	for (int number = 0; number < 10; number++)
		allocate(number);
	objects[3].hidden = objects[4].hidden = true;
	settle();
	release(4);
	release(5);
	fake_assert_shows(program, "Array 8/1\n(hidden Array) 2/1\n");
	objects[3].hidden = false;
	settle();
	fake_assert_shows(program, "Array 9/1\n(hidden Array) 1/1\n");
}

static void test_moves_from_a_call_path(void **state)
{
	fake_code(program, CODE(1), CODE_SOURCE, "app.rb", "write");
	fake_allocate_at(program, OBJECT(0), CLASS(1), FAKE_STACK(CODE(1), 10));
	fake_allocate_at(program, OBJECT(1), CLASS(1), FAKE_STACK(CODE(1), 10));
	objects[0].live = objects[1].live = true;
	objects[0].hidden = true;
	settle();
	fake_assert_shows(program, "Array 1/0\n app.rb:10 write 1/0\n(hidden Array) 1/0\n");
}

static void test_what_a_mark_found_is_retained_where_it_is_counted(void **state)
{
	for (int number = 0; number < 10; number++)
		allocate(number);
	objects[0].hidden = true;
	settle();
	fake_major_gc(program);
	assert_int_equal(visible().retained, 9);
	assert_int_equal(hidden().retained, 1);
	objects[1].hidden = true;
	settle();
	assert_int_equal(visible().retained, 8);
	assert_int_equal(hidden().retained, 2);
	/* It may be the new one that is hidden now: an upper bound. */
	allocate(10);
	objects[2].hidden = true;
	settle();
	assert_int_equal(visible().retained, 8);
	fake_major_gc(program);
	assert_int_equal(visible().retained, 8);
	assert_int_equal(hidden().retained, 3);
}

static void test_between_mark_and_sweep(void **state)
{
	for (int number = 0; number < 10; number++)
		allocate(number);
	tracker_mark_ended(&program->tracker, 0);
	objects[0].hidden = objects[1].hidden = true;
	settle();
	release(1);
	release(2);
	tracker_sweep_ended(&program->tracker, true, 1);
	assert_int_equal(visible().retained, 7);
	assert_int_equal(hidden().retained, 1);
}

static void test_a_class_that_has_no_record_is_entered(void **state)
{
	fake_class(program, CLASS(2), "Row");
	for (int number = 0; number < 3; number++) {
		allocate(number);
		objects[number].hidden = true;
	}
	settle();
	class_revealed = CLASS(2);
	objects[0].hidden = objects[1].hidden = false;
	settle();
	fake_assert_shows(program, "(hidden Array) 1/0\nRow 2/0\n");
}

static void test_pages_that_cannot_be_read_are_left_alone(void **state)
{
	struct hidden_source careful = {readable, kind, key};

	for (int number = 0; number < OBJECTS; number++) {
		allocate(number);
		objects[number].hidden = true;
	}
	unreadable = OBJECT(OBJECTS / 2) & ~(uintptr_t)4095;
	hidden_settle(&program->tracker, &careful);
	assert_in_range(LIVE(visible()), 1, OBJECTS - 1);
	assert_int_equal(LIVE(visible()) + LIVE(hidden()), OBJECTS);
}

static void random_step(void)
{
	int number = (int)random_below(OBJECTS);

	switch (random_below(8)) {
	case 0:
		settle();
		break;
	case 1:
		objects[number].hidden = !objects[number].hidden;
		break;
	case 2:
		fake_major_gc(program);
		break;
	default:
		if (objects[number].live)
			release(number);
		else
			allocate(number);
	}
}

static void test_random_work(void **state)
{
	uint64_t allocated = 0;

	for (int step = 0; step < STEPS; step++) {
		random_step();
		assert_live();
		struct counts shown = visible(), unseen = hidden();
		assert_true(shown.freed <= shown.allocated && unseen.freed <= unseen.allocated);
		assert_true(shown.allocated + unseen.allocated >= allocated);
		allocated = shown.allocated + unseen.allocated;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_moves_with_all_its_counts, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_moves_from_a_call_path, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_what_a_mark_found_is_retained_where_it_is_counted, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_between_mark_and_sweep, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_a_class_that_has_no_record_is_entered, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_pages_that_cannot_be_read_are_left_alone, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_random_work, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
