/* Objects, classes and code that change their addresses. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "fake_program.h"
#include "model/relocation.h"

#define MOVES 20000

static struct fake_program *program;

/* Where what stood at an address stands now. */
static struct {
	uintptr_t from;
	uintptr_t to;
} moves[MOVES];
static uint32_t move_count;
static uintptr_t unreadable; /* an address on the page that cannot be read; 0: none */
static uint32_t asked;
static uint32_t asked_where; /* how often `locate` was called */

#define PAGE(address) ((address) & ~(uintptr_t)4095)
#define PAGE_64K(address) ((address) >> HEAP_MAP_PAGE_BITS)

static int set_up(void **state)
{
	program = fake_start((struct tracker_options){.depth = 2});
	fake_class(program, CLASS(1), "String");
	fake_class(program, CLASS(2), "Array");
	fake_code(program, CODE(1), CODE_SOURCE, "app.rb", "write");
	move_count = 0;
	unreadable = 0;
	return 0;
}

static int tear_down(void **state)
{
	fake_stop(program);
	return 0;
}

static void move(uintptr_t from, uintptr_t to)
{
	assert_in_range(move_count, 0, MOVES - 1);
	moves[move_count].from = from;
	moves[move_count++].to = to;
}

static uintptr_t locate(uintptr_t address)
{
	assert_int_not_equal(PAGE(address), PAGE(unreadable));
	asked_where++;
	for (uint32_t index = 0; index < move_count; index++) {
		if (moves[index].from == address)
			return moves[index].to;
	}
	return address;
}

static bool readable(uintptr_t page)
{
	assert_int_equal(page, PAGE(page));
	asked++;
	return page != PAGE(unreadable);
}

static void relocate(void)
{
	struct relocation relocation = {unreadable ? readable : NULL, locate};

	relocation_follow(&program->tracker, &relocation);
	move_count = 0;
}

static void assert_live(uintptr_t key, uint64_t live)
{
	assert_int_equal(LIVE(fake_counts(program, key)), live);
}

static void test_objects_are_found_where_they_went(void **state)
{
	for (uint32_t number = 0; number < 100; number++)
		fake_allocate(program, OBJECT(1000 + number), CLASS(1 + number % 2));
	/* Down, as compaction does, across chunks and within one; up; and some stay. */
	for (uint32_t number = 0; number < 90; number++)
		move(OBJECT(1000 + number), number < 60 ? OBJECT(number) : OBJECT(50000 + number));
	relocate();
	assert_int_equal(fake_free(program, OBJECT(1000)), 0);
	assert_int_equal(fake_free(program, OBJECT(1060)), 0);
	assert_live(CLASS(1), 50);
	for (uint32_t number = 0; number < 100; number++) {
		uintptr_t address = number < 60   ? OBJECT(number)
		                    : number < 90 ? OBJECT(50000 + number)
		                                  : OBJECT(1000 + number);

		assert_int_not_equal(fake_free(program, address), 0);
	}
	assert_live(CLASS(1), 0);
	assert_live(CLASS(2), 0);
	assert_int_equal(program->tracker.lost, 0);
}

/* Each takes the place that another has just left, which the walk by address has passed already. */
static void test_a_chain_of_objects_that_follow_each_other(void **state)
{
	uint32_t nodes[50];

	for (uint32_t number = 0; number < 50; number++)
		nodes[number] = fake_allocate(program, OBJECT(10 + 10 * number), CLASS(1 + number % 2));
	for (uint32_t number = 0; number < 50; number++)
		move(OBJECT(10 + 10 * number), OBJECT(10 * number));
	relocate();
	assert_live(CLASS(1), 25);
	assert_int_equal(program->tracker.lost, 0);
	for (uint32_t number = 0; number < 50; number++)
		assert_int_equal(fake_free(program, OBJECT(10 * number)), nodes[number]);
	assert_int_equal(fake_free(program, OBJECT(500)), 0);
}

static void test_what_stood_at_the_new_place_is_dead(void **state)
{
	fake_allocate(program, OBJECT(1), CLASS(1));
	fake_allocate(program, OBJECT(2), CLASS(2));
	move(OBJECT(2), OBJECT(1));
	relocate();
	assert_live(CLASS(1), 0);
	assert_live(CLASS(2), 1);
	assert_int_equal(program->tracker.lost, 1);
	fake_free(program, OBJECT(1));
	assert_live(CLASS(2), 0);
}

static void test_classes_move_with_their_keys(void **state)
{
	fake_singleton(program, CLASS(3), CLASS(1));
	fake_allocate(program, OBJECT(1), CLASS(1));
	fake_allocate(program, OBJECT(2), CLASS(3));
	struct class_record *class = class_table_find(&program->tracker.classes, CLASS(1));
	move(CLASS(1), CLASS(50));
	move(CLASS(3), OBJECT(99));
	relocate();
	assert_null(class_table_find(&program->tracker.classes, CLASS(1)));
	assert_null(class_table_find(&program->tracker.classes, CLASS(3)));
	fake_allocate(program, OBJECT(3), CLASS(50));
	fake_allocate(program, OBJECT(4), OBJECT(99));
	assert_ptr_equal(class_table_find(&program->tracker.classes, CLASS(50)), class);
	assert_live(CLASS(50), 4);
	/* Another class comes to the old address. */
	fake_class(program, CLASS(1), "Hash");
	fake_allocate(program, OBJECT(5), CLASS(1));
	assert_live(CLASS(1), 1);
	assert_live(CLASS(50), 4);
	fake_free(program, CLASS(50));
	assert_null(class_table_find(&program->tracker.classes, CLASS(50)));
	fake_free(program, OBJECT(99));
	assert_null(class_table_find(&program->tracker.classes, OBJECT(99)));
}

static void test_classes_that_are_objects_take_both_along(void **state)
{
	fake_class(program, CLASS(3), "Class");
	fake_allocate(program, CLASS(1), CLASS(3));
	fake_allocate(program, OBJECT(1), CLASS(1));
	move(CLASS(1), CLASS(60));
	relocate();
	assert_live(CLASS(3), 1);
	assert_live(CLASS(60), 1);
	fake_free(program, CLASS(60));
	assert_live(CLASS(3), 0);
	assert_null(class_table_find(&program->tracker.classes, CLASS(60)));
}

static void test_code_moves_and_its_old_address_means_nothing(void **state)
{
	fake_allocate_at(program, OBJECT(1), CLASS(1), FAKE_STACK(CODE(1), 3));
	fake_name_code(program, CODE(1), "Store#write");
	fake_allocate_at(program, OBJECT(2), CLASS(1), FAKE_STACK(CODE(1), 3));
	move(CODE(1), CODE(70));
	relocate();
	fake_code(program, CODE(1), CODE_SOURCE, "other.rb", "read");
	fake_allocate_at(program, OBJECT(3), CLASS(1), FAKE_STACK(CODE(1), 3));
	fake_allocate_at(program, OBJECT(4), CLASS(1), FAKE_STACK(CODE(70), 3));
	fake_assert_shows(program, "String 4/0\n app.rb:3 Store#write 3/0\n other.rb:3 read 1/0\n");
	fake_free(program, CODE(70));
	fake_code(program, CODE(70), CODE_SOURCE, "new.rb", "call");
	fake_allocate_at(program, OBJECT(5), CLASS(1), FAKE_STACK(CODE(70), 3));
	fake_assert_shows(program, "String 5/0\n app.rb:3 Store#write 3/0\n other.rb:3 read 1/0\n new.rb:3 call 1/0\n");
}

static void test_what_is_watched_moves_and_is_known_by_nothing_any_more(void **state)
{
	struct call_tree *tree = &program->tracker.tree;

	assert_true(tracker_watch(&program->tracker, CODE(50)));
	uint64_t seed = tree->by_address.seed;
	relocate();
	assert_true(tree->by_address.seed == seed);
	move(CODE(50), CODE(51));
	relocate();
	assert_true(tree->by_address.seed != seed);
	/* It is watched where it is now. */
	fake_free(program, CODE(51));
	assert_int_equal(tree->dead_code.count, 1);
}

/* A page has some 102 objects. */
static void test_what_stands_where_nothing_can_be_read_is_freed(void **state)
{
	fake_allocate(program, OBJECT(1), CLASS(1));
	fake_allocate(program, OBJECT(200), CLASS(1));
	fake_allocate(program, OBJECT(201), CLASS(1));
	fake_allocate(program, OBJECT(300), CLASS(1));
	unreadable = OBJECT(200);
	move(OBJECT(300), OBJECT(9));
	relocate();
	assert_live(CLASS(1), 2);
	assert_int_equal(program->tracker.lost, 2);
	assert_int_not_equal(fake_free(program, OBJECT(9)), 0);
	/* A class that is gone is retired. */
	unreadable = CLASS(1);
	relocate();
	assert_null(class_table_find(&program->tracker.classes, CLASS(1)));
	assert_int_equal(program->tracker.lost, 2);
}

static void test_each_page_is_asked_for_once(void **state)
{
	for (uint32_t number = 0; number < 1000; number++)
		fake_allocate(program, OBJECT(number), CLASS(1));
	unreadable = OBJECT(100000);
	asked = 0;
	relocate();
	/* That of the class is one of them. */
	assert_int_equal(asked, 1 + (1000 * FAKE_STRIDE + 4095) / 4096);
	assert_live(CLASS(1), 1000);
}

static void test_without_memory_for_the_new_place(void **state)
{
	fake_allocate(program, OBJECT(1), CLASS(1));
	fake_allocate(program, OBJECT(2), CLASS(1));
	move(OBJECT(1), CODE(100000));
	move(OBJECT(2), OBJECT(3));
	program->allocator.fail_at = program->allocator.calls + 1;
	relocate();
	assert_live(CLASS(1), 1);
	assert_int_equal(program->tracker.dropped, 1);
	assert_int_equal(fake_free(program, CODE(100000)), 0);
	assert_int_not_equal(fake_free(program, OBJECT(3)), 0);
}

/* The size of slots where objects are, and where one of them was moved to. */
static size_t slot_sizes[2];

static size_t given_slot_size(uintptr_t address)
{
	return slot_sizes[PAGE_64K(address) == PAGE_64K(CODE(500))];
}

static void test_objects_move_between_slots_of_different_sizes(void **state)
{
	fake_stop(program);
	slot_sizes[0] = 40;
	slot_sizes[1] = 320;
	program = fake_start((struct tracker_options){.slot_size = given_slot_size});
	fake_class(program, CLASS(1), "String");
	fake_allocate(program, OBJECT(1), CLASS(1));
	fake_allocate(program, OBJECT(2), CLASS(1));
	move(OBJECT(2), CODE(500));
	relocate();
	assert_live(CLASS(1), 2);
	assert_int_equal(program->tracker.lost, 0);
	assert_int_equal(heap_map_find(&program->tracker.map, CODE(500)).page->slot_size, 320);
	assert_int_not_equal(fake_free(program, CODE(500)), 0);
	assert_int_not_equal(fake_free(program, OBJECT(1)), 0);
}

/* No address in it is an object's, so none is asked for. */
static void test_what_is_on_a_page_that_has_other_slots_now_is_freed(void **state)
{
	fake_stop(program);
	slot_sizes[0] = slot_sizes[1] = 40;
	program = fake_start((struct tracker_options){.slot_size = given_slot_size});
	fake_class(program, CLASS(1), "String");
	for (uint32_t number = 0; number < 10; number++)
		fake_allocate(program, CODE(500 + number), CLASS(1));
	fake_allocate(program, OBJECT(1), CLASS(1));
	slot_sizes[1] = 48;
	unreadable = 0;
	asked_where = 0;
	relocate();
	assert_live(CLASS(1), 1);
	assert_int_equal(program->tracker.lost, 10);
	assert_int_equal(asked_where, 2);
}

/* Where a page is no heap any more its words say anything. */
static void test_new_addresses_are_checked_before_they_are_used(void **state)
{
	fake_allocate(program, OBJECT(1), CLASS(1));
	fake_allocate(program, OBJECT(2), CLASS(1));
	unreadable = CODE(7000);
	move(OBJECT(1), CODE(7000));
	relocate();
	assert_live(CLASS(1), 1);
	assert_int_equal(program->tracker.dropped, 1);
	assert_null(heap_map_find(&program->tracker.map, CODE(7000)).page);
}

/* Random compactions of a heap, against an array of what stands where. */
static void test_random_compactions(void **state)
{
	enum { SLOTS = 5000 };
	static uint8_t heap[SLOTS]; /* number of the class, or 0 */
	uint64_t random = 20260812, live[3] = {0};

	memset(heap, 0, sizeof(heap));
	print_message("seed %llu\n", (unsigned long long)random);
	for (uint32_t step = 0; step < 200000; step++) {
		random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
		uint32_t slot = (uint32_t)(random >> 33) % SLOTS;

		if (heap[slot]) {
			live[heap[slot]]--;
			assert_int_not_equal(fake_free(program, OBJECT(slot)), 0);
			heap[slot] = 0;
		} else {
			heap[slot] = 1 + (random >> 20) % 2;
			live[heap[slot]]++;
			fake_allocate(program, OBJECT(slot), CLASS(heap[slot]));
		}
		if (step % 40000 != 39999)
			continue;
		/* Two cursors that meet: from the end to the first holes. */
		for (uint32_t hole = 0, last = SLOTS - 1; hole < last;) {
			if (heap[hole])
				hole++;
			else if (!heap[last])
				last--;
			else {
				move(OBJECT(last), OBJECT(hole));
				heap[hole++] = heap[last];
				heap[last--] = 0;
			}
		}
		relocate();
		assert_live(CLASS(1), live[1]);
		assert_live(CLASS(2), live[2]);
	}
	assert_int_equal(program->tracker.lost, 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_objects_are_found_where_they_went),
	    TEST(test_a_chain_of_objects_that_follow_each_other),
	    TEST(test_what_stood_at_the_new_place_is_dead),
	    TEST(test_classes_move_with_their_keys),
	    TEST(test_classes_that_are_objects_take_both_along),
	    TEST(test_code_moves_and_its_old_address_means_nothing),
	    TEST(test_what_is_watched_moves_and_is_known_by_nothing_any_more),
	    TEST(test_what_stands_where_nothing_can_be_read_is_freed),
	    TEST(test_each_page_is_asked_for_once),
	    TEST(test_without_memory_for_the_new_place),
	    TEST(test_objects_move_between_slots_of_different_sizes),
	    TEST(test_what_is_on_a_page_that_has_other_slots_now_is_freed),
	    TEST(test_new_addresses_are_checked_before_they_are_used),
	    TEST(test_random_compactions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
