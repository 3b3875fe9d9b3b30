#include "fake_program.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/snapshot_builder.h"

/* --- memory --- */

static void *allocate(void *context, size_t size)
{
	struct fake_allocator *allocator = context;
	uint64_t call = ++allocator->calls;

	if (allocator->fail_at && (allocator->fail_on ? call >= allocator->fail_at : call == allocator->fail_at))
		return NULL;
	return calloc(1, size);
}

static void release(void *context, void *pointer)
{
	(void)context;
	free(pointer);
}

void fake_allocator_init(struct fake_allocator *allocator, struct memory *memory)
{
	memset(allocator, 0, sizeof(*allocator));
	memory_init(memory);
	memory->allocate = allocate;
	memory->release = release;
	memory->context = allocator;
}

/* --- names --- */

static uint32_t place_of(uintptr_t address)
{
	return (uint32_t)(address / FAKE_STRIDE % FAKE_LIMIT);
}

static struct text text_of(const char *bytes)
{
	return (struct text){bytes, bytes ? (uint32_t)strlen(bytes) : 0};
}

static void describe_class(void *context, uintptr_t key, struct class_description *description)
{
	const struct fake_program *program = context;
	const struct fake_class_entry *class = &program->classes[place_of(key)];

	if (class->key != key)
		return;
	const struct fake_class_entry *real = &program->classes[place_of(class->real)];
	*description = (struct class_description){
	    .real = class->real, .name = text_of(real->name), .superclass = text_of(real->superclass)};
}

static void describe_code(void *context, uintptr_t address, struct code_description *description)
{
	const struct fake_program *program = context;
	const struct fake_code_entry *code = &program->code[place_of(address)];

	if (code->address == address)
		*description = code->description;
}

static uint64_t identify_class(void *context, uintptr_t *key)
{
	const struct fake_program *program = context;

	*key = program->classes[place_of(*key)].real;
	return CLASS_KEY_PSEUDO_LIMIT + program->classes[place_of(*key)].identity;
}

void fake_class(struct fake_program *program, uintptr_t key, const char *name)
{
	program->classes[place_of(key)] = (struct fake_class_entry){key, key, name, NULL, ++program->identities};
}

void fake_derived_class(struct fake_program *program, uintptr_t key, const char *superclass)
{
	program->classes[place_of(key)] = (struct fake_class_entry){key, key, NULL, superclass, ++program->identities};
}

void fake_singleton(struct fake_program *program, uintptr_t key, uintptr_t real)
{
	program->classes[place_of(key)] = (struct fake_class_entry){key, real, NULL, NULL, 0};
}

void fake_code(struct fake_program *program, uintptr_t address, enum code_kind kind, const char *path,
               const char *label)
{
	program->code[place_of(address)] =
	    (struct fake_code_entry){address, {.kind = kind, .path = text_of(path), .label = text_of(label)}};
	tracker_clear_address(&program->tracker, address);
	tracker_code_allocated(&program->tracker, address);
}

/* --- life --- */

static size_t fake_slot_size(uintptr_t address)
{
	(void)address;
	return FAKE_STRIDE;
}

struct fake_program *fake_try_start(struct tracker_options options, uint64_t fail_at, bool fail_on)
{
	struct fake_program *program = calloc(1, sizeof(*program));

	assert_non_null(program);
	struct names names = {program, describe_class, describe_code, identify_class};
	fake_allocator_init(&program->allocator, &program->memory);
	program->allocator.fail_at = fail_at;
	program->allocator.fail_on = fail_on;
	options.slot_size = options.slot_size ? options.slot_size : fake_slot_size;
	int status = tracker_init(&program->tracker, &program->memory, &names, &options);
	if (status == STATUS_OK)
		return program;
	assert_int_equal(status, STATUS_NO_MEMORY);
	assert_int_equal(memory_used(&program->memory), 0);
	free(program);
	return NULL;
}

struct fake_program *fake_start(struct tracker_options options)
{
	struct fake_program *program = fake_try_start(options, 0, false);

	assert_non_null(program);
	return program;
}

void fake_stop(struct fake_program *program)
{
	tracker_deinit(&program->tracker);
	assert_int_equal(memory_used(&program->memory), 0);
	free(program);
}

/* --- events --- */

const struct stack *fake_stack(const uint64_t *pairs, uint32_t depth)
{
	static uintptr_t addresses[STACK_LIMIT];
	static int lines[STACK_LIMIT];
	static struct stack stack = {addresses, lines, 0, false};

	for (uint32_t index = 0; index < depth; index++) {
		addresses[index] = (uintptr_t)pairs[2 * index];
		lines[index] = (int)pairs[2 * index + 1];
	}
	stack.depth = depth;
	return &stack;
}

uint32_t fake_allocate_at(struct fake_program *program, uintptr_t address, uintptr_t key, const struct stack *stack)
{
	struct tracker *tracker = &program->tracker;
	struct heap_place place = tracker_clear_address(tracker, address);
	struct class_record *class = tracker_class(tracker, key);
	uint32_t number = class->root_number;

	if (class->depth && stack)
		number = tracker_path(tracker, class, stack);
	return tracker_enter(tracker, address, place, number, node_at(&tracker->tree, number)) ? number : 0;
}

uint32_t fake_free(struct fake_program *program, uintptr_t address)
{
	return tracker_freed(&program->tracker, address);
}

uint32_t fake_allocate(struct fake_program *program, uintptr_t address, uintptr_t key)
{
	return fake_allocate_at(program, address, key, NULL);
}

void fake_name_code(struct fake_program *program, uintptr_t address, const char *label)
{
	struct tracker *tracker = &program->tracker;
	struct code *code = code_table_find(&tracker->codes, address);

	assert_non_null(code);
	tracker_name_code(tracker, code, text_of(label));
	tracker_resolve_names(tracker);
}

void fake_major_gc(struct fake_program *program)
{
	tracker_mark_ended(&program->tracker, 0);
	tracker_sweep_ended(&program->tracker, true, 1);
}

struct counts fake_counts(struct fake_program *program, uintptr_t key)
{
	struct class_record *class = class_table_find(&program->tracker.classes, key);

	return class ? tracker_class_counts(&program->tracker, class) : (struct counts){0};
}

void fake_assert_counts(struct fake_program *program, uintptr_t key, uint64_t allocated, uint64_t freed,
                        uint64_t retained)
{
	struct counts counts = fake_counts(program, key);

	assert_int_equal(counts.allocated, allocated);
	assert_int_equal(counts.freed, freed);
	assert_int_equal(counts.retained, retained);
}

/* --- snapshots --- */

struct snapshot_header *fake_take_snapshot(struct fake_program *program)
{
	struct snapshot_metadata metadata = {
	    .header = {.pid = 4711},
	    .command = text_of("ruby shop.rb"),
	    .runtime = text_of("ruby 3.4.1"),
	};
	struct snapshot_header *header = tracker_snapshot(&program->tracker, &metadata);

	assert_non_null(header);
	const char *wrong = snapshot_check(header, header->size);
	if (!wrong)
		wrong = fake_contradiction(header);
	if (wrong)
		fail_msg("the snapshot: %s", wrong);
	return header;
}

/* Reads a text to its end, so that a sanitizer sees every byte of it being used. */
static bool text_ends(const struct snapshot_header *header, snapshot_string_ref reference)
{
	uint32_t length;
	const char *bytes = snapshot_string(header, reference, &length);
	volatile char last = 0;

	for (uint32_t index = 0; index < length; index++)
		last = bytes[index];
	(void)last;
	return bytes[length] == 0;
}

static const char *node_contradiction(const struct snapshot_header *header, struct snapshot_class *below)
{
	const struct snapshot_node *nodes = snapshot_nodes(header);

	for (uint32_t index = 0; index < header->node_count; index++) {
		const struct snapshot_node *node = &nodes[index];

		if (node->counts.retained > node->counts.allocated)
			return "a node has more retained than allocated";
		for (uint32_t above = node->parent; above != SNAPSHOT_NONE; above = nodes[above].parent) {
			if (nodes[above].frame >= header->frame_count)
				return "a parent has no frame";
		}
		counts_add(&below[node->class_index].counts, node->counts);
	}
	for (uint32_t index = 0; index < header->frame_count; index++) {
		const struct snapshot_frame *frame = &snapshot_frames(header)[index];

		if (!text_ends(header, frame->path) || !text_ends(header, frame->label))
			return "a frame has a text without end";
	}
	return NULL;
}

const char *fake_contradiction(const struct snapshot_header *header)
{
	struct snapshot_class *below = calloc(header->class_count + 1, sizeof(*below));
	const char *wrong = below ? node_contradiction(header, below) : "no memory";
	struct counts sum = {0};
	bool light = header->flags & SNAPSHOT_LIGHT;

	for (uint32_t index = 0; index < header->class_count && !wrong; index++) {
		const struct snapshot_class *class = &snapshot_classes(header)[index];
		const struct counts *whole = &class->counts, *part = &below[index].counts;

		if (!text_ends(header, class->name))
			wrong = "a class has a name without end";
		if (whole->retained > whole->allocated)
			wrong = "a class has more retained than allocated";
		/* In a light one all that is below counts as freed, be it so or not. */
		if (part->allocated > whole->allocated || (!light && part->freed > whole->freed) ||
		    part->retained > whole->retained || part->allocated_bytes > whole->allocated_bytes)
			wrong = "a class has less than its nodes";
		counts_add(&sum, *whole);
	}
	free(below);
	const struct counts *all = &header->counts;
	if (!wrong && (counts_live(sum) != counts_live(*all) || sum.retained != all->retained ||
	               sum.allocated_bytes != all->allocated_bytes || (!light && sum.allocated != all->allocated)))
		wrong = "the sums are not the classes'";
	return wrong;
}

struct page {
	char *text;
	size_t size;
	size_t used;
};

static void print(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void print(struct page *page, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	page->used += (size_t)vsnprintf(page->text + page->used, page->size - page->used, format, arguments);
	va_end(arguments);
	assert_true(page->used < page->size);
}

static uint64_t allocated_below(const struct snapshot_header *header, uint32_t index)
{
	const struct snapshot_node *nodes = snapshot_nodes(header);
	uint64_t sum = nodes[index].counts.allocated;

	for (uint32_t child = index + 1; child < header->node_count; child++) {
		if (nodes[child].parent == index)
			sum += allocated_below(header, child);
	}
	return sum;
}

static void print_nodes(struct page *page, const struct snapshot_header *header, uint32_t class_index, uint32_t parent,
                        int depth)
{
	for (uint32_t index = 0; index < header->node_count; index++) {
		const struct snapshot_node *node = &snapshot_nodes(header)[index];
		const struct snapshot_frame *frame = &snapshot_frames(header)[node->frame];

		if (node->class_index != class_index || node->parent != parent || !allocated_below(header, index))
			continue;
		print(page, "%*s", depth, "");
		if (frame->path)
			print(page, "%s:%u ", snapshot_string(header, frame->path, NULL), frame->line);
		print(page, "%s %llu/%llu\n", snapshot_string(header, frame->label, NULL),
		      (unsigned long long)node->counts.allocated, (unsigned long long)node->counts.freed);
		print_nodes(page, header, class_index, index, depth + 1);
	}
}

void fake_describe(const struct snapshot_header *header, char *text, size_t size)
{
	struct page page = {text, size, 0};

	text[0] = 0;
	for (uint32_t index = 0; index < header->class_count; index++) {
		const struct snapshot_class *class = &snapshot_classes(header)[index];

		if (!class->counts.allocated)
			continue;
		print(&page, "%s %llu/%llu\n", snapshot_string(header, class->name, NULL),
		      (unsigned long long)class->counts.allocated, (unsigned long long)class->counts.freed);
		print_nodes(&page, header, index, SNAPSHOT_NONE, 1);
	}
}

void fake_assert_shows(struct fake_program *program, const char *expected)
{
	static char text[1 << 16];
	struct snapshot_header *header = fake_take_snapshot(program);

	fake_describe(header, text, sizeof(text));
	free(header);
	assert_string_equal(text, expected);
}
