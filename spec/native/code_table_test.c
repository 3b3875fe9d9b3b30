#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "fake_program.h"
#include "model/code_table.h"
#include "model/status.h"

static struct fake_allocator allocator;
static struct memory memory;
static struct strings strings;
static struct code_table table;

static void set_up(uint32_t limit)
{
	fake_allocator_init(&allocator, &memory);
	assert_int_equal(strings_init(&strings, &memory, 100000), STATUS_OK);
	assert_int_equal(code_table_init(&table, &memory, &strings, limit), STATUS_OK);
}

static void tear_down(void)
{
	code_table_deinit(&table);
	strings_deinit(&strings);
	assert_int_equal(memory_used(&memory), 0);
}

static struct text text_of(const char *bytes)
{
	return (struct text){bytes, (uint32_t)strlen(bytes)};
}

static struct code *add(uintptr_t address, enum code_kind kind, const char *path, const char *label)
{
	struct code_description description = {kind, text_of(path), text_of(label)};

	return code_table_add(&table, address, &description);
}

/* A frame of source at one of its lines, as a node would hold it. */
static uint32_t hold_frame(struct code *code, uint32_t line)
{
	uint32_t number = code_table_frame(&table, code, line);

	assert_int_not_equal(number, 0);
	frame_retain(&table, number);
	return number;
}

static bool name(struct code *code, const char *label)
{
	return code_table_name(&table, code, text_of(label));
}

static const char *label_of(uint32_t number)
{
	return frame_at(&table, frame_resolved(&table, number))->label->bytes;
}

/* Nothing is left of frames, code, and texts. */
static void assert_all_gone(void)
{
	assert_int_equal(table_count(&table.frames), 0);
	assert_int_equal(table_count(&table.codes), 0);
	assert_int_equal(table.by_content.count, 0);
	assert_int_equal(table.by_address.count, 0);
	assert_int_equal(table.unnamed.count, 0);
	assert_int_equal(strings.map.count, 0);
	strings_sweep(&strings);
	assert_int_equal(strings.bytes, 0);
}

static void test_frames_of_named_code_are_found_by_content(void **state)
{
	set_up(100);
	struct code *first = add(CODE(1), CODE_SOURCE, "app.rb", "write");
	struct code *second = add(CODE(2), CODE_SOURCE, "app.rb", "write");
	assert_int_equal(table.unnamed.count, 2);
	name(first, "Store#write");
	name(second, "Store#write");
	assert_int_equal(table.unnamed.count, 0);
	uint32_t frame = hold_frame(first, 3);
	assert_int_equal(hold_frame(second, 3), frame);
	assert_int_not_equal(hold_frame(second, 4), frame);
	assert_int_equal(table_count(&table.frames), 2);
	assert_string_equal(label_of(frame), "Store#write");
	assert_string_equal(frame_at(&table, frame)->path->bytes, "app.rb");
	assert_int_equal(frame_at(&table, frame)->line, 3);
	assert_int_equal(frame_at(&table, frame)->flags, 0);
	tear_down();
}

static void test_code_without_its_whole_name_is_never_mixed_up(void **state)
{
	set_up(100);
	struct code *store = add(CODE(1), CODE_SOURCE, "app.rb", "write");
	struct code *log = add(CODE(2), CODE_SOURCE, "app.rb", "write");
	uint32_t of_store = hold_frame(store, 3);
	uint32_t of_log = hold_frame(log, 3);
	assert_int_not_equal(of_store, of_log);
	assert_false(name(store, "Store#write"));
	assert_false(name(log, "Log#write"));
	assert_string_equal(label_of(of_store), "Store#write");
	assert_string_equal(label_of(of_log), "Log#write");
	assert_int_equal(table.aliased, 0);
	assert_int_equal(hold_frame(store, 3), of_store);
	assert_int_equal(hold_frame(log, 3), of_log);
	tear_down();
}

static void test_a_frame_becomes_an_alias_of_the_one_with_its_content(void **state)
{
	set_up(100);
	struct code *first = add(CODE(1), CODE_SOURCE, "app.rb", "write");
	struct code *again = add(CODE(2), CODE_SOURCE, "app.rb", "write");
	uint32_t of_first = hold_frame(first, 3);
	uint32_t other_line = hold_frame(again, 4);
	uint32_t of_again = hold_frame(again, 3);
	assert_false(name(first, "Store#write"));
	assert_true(name(again, "Store#write"));
	assert_int_equal(frame_resolved(&table, of_again), of_first);
	assert_int_equal(frame_resolved(&table, of_first), of_first);
	assert_int_equal(frame_resolved(&table, other_line), other_line);
	assert_int_equal(table.aliased, 1);
	assert_int_equal(hold_frame(again, 3), of_first);
	/* The alias holds its frame. */
	frame_release(&table, of_first);
	frame_release(&table, of_first);
	assert_string_equal(label_of(of_again), "Store#write");
	frame_release(&table, of_again);
	frame_release(&table, other_line);
	assert_true(code_table_retire(&table, CODE(1)));
	assert_true(code_table_retire(&table, CODE(2)));
	assert_all_gone();
	tear_down();
}

static void test_code_that_dies_without_its_whole_name_keeps_what_it_had(void **state)
{
	set_up(100);
	uint32_t frames[3];

	for (int round = 0; round < 3; round++) {
		frames[round] = hold_frame(add(CODE(1), CODE_SOURCE, "eval.rb", "write"), 3);
		assert_true(code_table_retire(&table, CODE(1)));
		assert_null(code_table_find(&table, CODE(1)));
		assert_string_equal(label_of(frames[round]), "write");
	}
	assert_int_equal(frame_resolved(&table, frames[1]), frames[0]);
	assert_int_equal(frame_resolved(&table, frames[2]), frames[0]);
	assert_int_equal(table.unnamed.count, 0);
	/* Its number is used again, and its old frames are not the new code's. */
	struct code *other = add(CODE(1), CODE_SOURCE, "eval.rb", "write");
	uint32_t frame = hold_frame(other, 3);
	name(other, "Other#write");
	assert_string_equal(label_of(frame), "Other#write");
	assert_string_equal(label_of(frames[2]), "write");
	for (int round = 0; round < 3; round++)
		frame_release(&table, frames[round]);
	frame_release(&table, frame);
	code_table_retire(&table, CODE(1));
	assert_all_gone();
	assert_false(code_table_retire(&table, CODE(1)));
	tear_down();
}

static void test_unused_frames_leave_nothing(void **state)
{
	set_up(100);
	struct code *code = add(CODE(1), CODE_SOURCE, "app.rb", "write");
	uint32_t frames[3];

	for (uint32_t line = 0; line < 3; line++)
		frames[line] = code_table_frame(&table, code, line);
	/* From the middle of the list of its code, then the rest. */
	frame_release_unused(&table, frames[1]);
	frame_retain(&table, frames[2]);
	frame_release_unused(&table, frames[2]);
	assert_int_equal(table_count(&table.frames), 2);
	frame_release_unused(&table, frames[0]);
	assert_true(frame_at(&table, frames[2])->references == 1);
	frame_release(&table, frames[2]);
	assert_int_equal(code->first_temporary, 0);
	uint32_t pseudo = code_table_pseudo_frame(&table, "(other)", 0);
	assert_int_equal(frame_at(&table, pseudo)->flags, SNAPSHOT_FRAME_PSEUDO);
	assert_int_equal(code_table_pseudo_frame(&table, "(other)", 0), pseudo);
	frame_release_unused(&table, pseudo);
	code_table_retire(&table, CODE(1));
	assert_all_gone();
	tear_down();
}

static void test_code_stands_in_its_own_file(void **state)
{
	set_up(100);
	struct code *native = add(CODE(1), CODE_NATIVE, "<internal:array>", "map");
	uint32_t frame = hold_frame(native, 7);
	assert_string_equal(frame_at(&table, frame)->path->bytes, "<internal:array>");
	assert_int_equal(frame_at(&table, frame)->line, 7);
	assert_int_equal(frame_at(&table, frame)->flags, SNAPSHOT_FRAME_NATIVE);
	frame_release(&table, frame);
	tear_down();
}

static void test_who_waits_for_a_name(void **state)
{
	set_up(100);
	for (uint32_t number = 0; number < 5; number++)
		add(CODE(number), number == 2 ? CODE_IGNORED : CODE_SOURCE, "app.rb", "write");
	assert_int_equal(table.unnamed.count, 4);
	code_table_retire(&table, CODE(1));
	name(code_table_find(&table, CODE(3)), "Store#write");
	/* The one that has waited longest, and in its turn what was added behind it. */
	assert_ptr_equal(code_table_unnamed(&table), code_table_find(&table, CODE(0)));
	name(code_table_find(&table, CODE(0)), "Store#write");
	assert_ptr_equal(code_table_unnamed(&table), code_table_find(&table, CODE(4)));
	/* No whole name either: it keeps the one it has. */
	code_table_name(&table, code_table_find(&table, CODE(4)), (struct text){NULL, 0});
	assert_int_equal(table.unnamed.count, 0);
	assert_null(code_table_unnamed(&table));
	assert_string_equal(code_table_find(&table, CODE(4))->label->bytes, "write");
	tear_down();
}

static void test_moving(void **state)
{
	set_up(100);
	struct code *code = add(CODE(1), CODE_SOURCE, "app.rb", "write");
	uint32_t frame = hold_frame(code, 3);
	assert_true(code_table_move(&table, CODE(1), CODE(9)));
	assert_false(code_table_move(&table, CODE(1), CODE(10)));
	assert_null(code_table_find(&table, CODE(1)));
	assert_ptr_equal(code_table_find(&table, CODE(9)), code);
	assert_int_equal(hold_frame(code, 3), frame);
	name(code, "Store#write");
	assert_string_equal(label_of(frame), "Store#write");
	assert_true(code_table_retire(&table, CODE(9)));
	tear_down();
}

static void test_the_limit(void **state)
{
	set_up(2);
	struct code *code = add(CODE(1), CODE_SOURCE, "app.rb", "write");
	add(CODE(2), CODE_SOURCE, "app.rb", "read");
	assert_null(add(CODE(3), CODE_SOURCE, "app.rb", "other"));
	uint32_t first = hold_frame(code, 1);
	hold_frame(code, 2);
	assert_int_equal(code_table_frame(&table, code, 3), 0);
	assert_int_equal(code_table_frame(&table, code, 1), first);
	frame_release(&table, first);
	hold_frame(code, 3);
	tear_down();
}

/* Code needs four blocks. Frames need none until the map behind them has to grow. */
static void test_no_memory_leaves_nothing_behind(void **state)
{
	for (uint64_t call = 1; call <= 4; call++) {
		set_up(1000);
		allocator.fail_at = allocator.calls + call;
		assert_null(add(CODE(1), CODE_SOURCE, "app.rb", "write"));
		assert_all_gone();
		tear_down();
	}
	set_up(1000);
	struct code *code = add(CODE(0), CODE_SOURCE, "app.rb", "write");
	uint32_t number = 1;
	allocator.fail_at = allocator.calls + 1;
	allocator.fail_on = true;
	assert_int_equal(code_table_frame(&table, code, number), 0);
	allocator.fail_at = 0;
	hold_frame(code, number);
	allocator.fail_at = allocator.calls + 1;
	uint32_t frame;
	while ((frame = code_table_frame(&table, code, ++number)))
		frame_retain(&table, frame);
	/* One reference is the code's, one each the frames'. */
	assert_int_equal(code->path->references, number);
	assert_int_equal(code->label->references, number);
	assert_in_range(number, 100, 300);
	assert_int_equal(table_count(&table.frames), number - 1);
	/* Without memory for the whole name it keeps its own. */
	assert_false(name(code, "Store#write"));
	assert_string_equal(code->label->bytes, "write");
	assert_true(code->named);
	assert_int_equal(code_table_pseudo_frame(&table, "(other)", 0), 0);
	tear_down();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_frames_of_named_code_are_found_by_content),
	    cmocka_unit_test(test_code_without_its_whole_name_is_never_mixed_up),
	    cmocka_unit_test(test_a_frame_becomes_an_alias_of_the_one_with_its_content),
	    cmocka_unit_test(test_code_that_dies_without_its_whole_name_keeps_what_it_had),
	    cmocka_unit_test(test_unused_frames_leave_nothing),
	    cmocka_unit_test(test_code_stands_in_its_own_file),
	    cmocka_unit_test(test_who_waits_for_a_name),
	    cmocka_unit_test(test_moving),
	    cmocka_unit_test(test_the_limit),
	    cmocka_unit_test(test_no_memory_leaves_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
