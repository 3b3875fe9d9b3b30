/* Readers beside the writer, for the thread sanitizer, and for what they may see. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fake_program.h"
#include "model/snapshot_builder.h"
#include "model/tracker.h"

#define READERS 2
#define SNAPSHOTS 60
#define MOST_STEPS 20000000
#define DEADLINE_SECONDS 20

/* Code at an even number allocates, code at an odd one only calls. */
enum { CODES = 40, CLASSES = 60, OBJECTS = 2000 };

struct reading {
	struct fake_program *program;
	_Atomic bool stopped;
	_Atomic uint64_t snapshots;
	const char *_Atomic wrong;
};

static uint64_t now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec;
}

/* A path has an allocating frame at its top and callers below, whatever the writer does meanwhile. */
static const char *misplaced(const struct snapshot_header *header)
{
	for (uint32_t index = 0; index < header->node_count; index++) {
		const struct snapshot_node *node = &snapshot_nodes(header)[index];
		const struct snapshot_frame *frame = &snapshot_frames(header)[node->frame];
		const char *label = snapshot_string(header, frame->label, NULL);
		bool top = node->parent == SNAPSHOT_NONE;

		if (frame->flags & SNAPSHOT_FRAME_PSEUDO)
			continue;
		if (strncmp(label, top ? "allocates" : "calls", top ? 9 : 5) != 0)
			return "a frame has come to another place of the path";
	}
	return NULL;
}

/* `last` has the sums of the snapshot before. */
static const char *check(const struct snapshot_header *header, struct counts *last)
{
	const char *wrong = snapshot_check(header, header->size);

	wrong = wrong ? wrong : fake_contradiction(header);
	wrong = wrong ? wrong : misplaced(header);
	/* Of many classes some may have come too late for one of the snapshots. */
	if (!wrong && header->class_count == 1 &&
	    (header->counts.allocated < last->allocated || header->counts.freed < last->freed))
		wrong = "a counter has gone back";
	*last = header->counts;
	return wrong;
}

static void *read_snapshots(void *argument)
{
	struct reading *reading = argument;
	struct snapshot_metadata metadata = {.command = {"ruby shop.rb", 12}};
	struct counts last = {0};

	while (!atomic_load(&reading->stopped)) {
		struct snapshot_header *header = tracker_snapshot(&reading->program->tracker, &metadata);
		const char *wrong = header ? check(header, &last) : "no memory";

		free(header);
		atomic_fetch_add(&reading->snapshots, 1);
		if (wrong)
			atomic_store(&reading->wrong, wrong);
		/* The writer recycles only while no reader is inside. */
		struct timespec pause = {0, 200000};
		nanosleep(&pause, NULL);
	}
	return NULL;
}

/* Runs the steps of a writer beside the readers until they have seen enough. */
static void write_beside_readers(struct fake_program *program, void (*step)(struct fake_program *, uint64_t))
{
	struct reading reading = {.program = program};
	pthread_t threads[READERS];
	uint64_t deadline = now_seconds() + DEADLINE_SECONDS;

	for (int index = 0; index < READERS; index++)
		assert_int_equal(pthread_create(&threads[index], NULL, read_snapshots, &reading), 0);
	for (uint64_t number = 0; number < MOST_STEPS && atomic_load(&reading.snapshots) < SNAPSHOTS; number++) {
		step(program, number);
		if (number % 4096 == 0 && now_seconds() > deadline)
			break;
	}
	atomic_store(&reading.stopped, true);
	for (int index = 0; index < READERS; index++)
		pthread_join(threads[index], NULL);
	if (reading.wrong)
		fail_msg("a reader: %s", reading.wrong);
	assert_true(reading.snapshots >= READERS);
}

/* At rest the snapshot agrees with what the writer itself counts. */
static void assert_agrees(struct fake_program *program)
{
	struct counts counts = tracker_counts(&program->tracker);
	struct snapshot_header *header = fake_take_snapshot(program);

	assert_int_equal(header->counts.allocated, counts.allocated);
	assert_int_equal(header->counts.freed, counts.freed);
	assert_int_equal(header->counts.retained, counts.retained);
	free(header);
}

static uint64_t next_random(void)
{
	static uint64_t random = 20260814;

	random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return random >> 33;
}

static void declare_code(struct fake_program *program, uint32_t number)
{
	fake_code(program, CODE(number), CODE_SOURCE, number % 3 ? "shop.rb" : "eval.rb",
	          number % 2 ? "calls" : "allocates");
}

static void gc_step(struct fake_program *program, uint64_t number)
{
	if (number % 1000 == 333)
		tracker_mark_ended(&program->tracker, number % 3);
	if (number % 1000 == 666)
		tracker_sweep_ended(&program->tracker, true, number);
}

static void count_step(struct fake_program *program, uint64_t number)
{
	uintptr_t address = OBJECT(number % OBJECTS);

	gc_step(program, number);
	tracker_freed(&program->tracker, address);
	fake_allocate(program, address, CLASS(1));
}

static void test_one_class_at_full_speed(void **state)
{
	struct fake_program *program = fake_start((struct tracker_options){0});

	fake_class(program, CLASS(1), "String");
	write_beside_readers(program, count_step);
	assert_agrees(program);
	fake_stop(program);
}

enum { KEPT = 10, READS = 100000 };

struct node_reading {
	struct tracker tracker; /* only its epoch is used */
	struct node node;
	_Atomic uint64_t reads;
	_Atomic uint64_t wrong;
};

static void *read_node(void *argument)
{
	struct node_reading *reading = argument;

	for (uint64_t reads = 0; reads < READS; reads++) {
		uint32_t epoch = atomic_load_explicit(&reading->tracker.epoch, memory_order_acquire);

		if (node_read(&reading->node, epoch).retained != KEPT)
			atomic_fetch_add(&reading->wrong, 1);
	}
	atomic_fetch_add(&reading->reads, READS);
	return NULL;
}

/* Objects come and go between the GCs, each of which leaves the same ten: that is what readers see at any moment. */
static void test_retained_is_right_at_any_moment(void **state)
{
	static struct node_reading reading;
	pthread_t threads[READERS];

	for (int object = 0; object < KEPT; object++)
		node_allocated(&reading.node, 0, FAKE_STRIDE);
	tracker_mark_ended(&reading.tracker, 0);
	tracker_sweep_ended(&reading.tracker, true, 1);
	for (int index = 0; index < READERS; index++)
		assert_int_equal(pthread_create(&threads[index], NULL, read_node, &reading), 0);
	for (uint64_t number = 0; atomic_load(&reading.reads) < READERS * READS; number++) {
		for (uint64_t times = 0; times < number % 4; times++) {
			node_allocated(&reading.node, tracker_epoch(&reading.tracker), FAKE_STRIDE);
			node_freed(&reading.node, tracker_epoch(&reading.tracker));
		}
		tracker_mark_ended(&reading.tracker, 0);
		tracker_sweep_ended(&reading.tracker, true, 1);
	}
	for (int index = 0; index < READERS; index++)
		pthread_join(threads[index], NULL);
	assert_int_equal(reading.wrong, 0);
}

static void rename_class(struct fake_program *program, uint32_t number)
{
	static const char *const names[] = {"Shop::Session", "Session", "Store", "A::Long::Name::Of::A::Class"};
	struct class_record *class = class_table_find(&program->tracker.classes, CLASS(number));
	const char *name = names[next_random() % 4];

	if (!class)
		return;
	tracker_name_class(&program->tracker, class, (struct text){name, (uint32_t)strlen(name)});
}

static void name_code(struct fake_program *program, uint32_t number)
{
	char label[32];

	if (!code_table_find(&program->tracker.codes, CODE(number)) ||
	    code_table_find(&program->tracker.codes, CODE(number))->named)
		return;
	/* Few names, so that frames of many codes become one. */
	snprintf(label, sizeof(label), "%s %u", number % 2 ? "calls" : "allocates", number % 8);
	fake_name_code(program, CODE(number), label);
}

/* Objects, classes and code come and go at the same few addresses. */
static void program_step(struct fake_program *program, uint64_t number)
{
	uint32_t class = (uint32_t)next_random() % CLASSES;
	uint32_t allocating = (uint32_t)next_random() % (CODES / 2) * 2;
	uint32_t calling = (uint32_t)next_random() % (CODES / 2) * 2 + 1;
	uintptr_t address = OBJECT(next_random() % OBJECTS);

	gc_step(program, number);
	tracker_freed(&program->tracker, address);
	fake_allocate_at(program, address, CLASS(class),
	                 FAKE_STACK(CODE(allocating), 1 + next_random() % 4, CODE(calling), 7, CODE(calling), 8));
	if (number % 64 == 0)
		tracker_freed(&program->tracker, CODE(number / 64 % CODES));
	if (number % 128 == 1)
		tracker_freed(&program->tracker, CLASS(class));
	if (number % 32 == 5)
		name_code(program, (uint32_t)next_random() % CODES);
	if (number % 256 == 9)
		rename_class(program, (uint32_t)next_random() % CLASSES);
	/* Now and then whole generations of objects go, so that dead classes can be recycled. */
	if (number % 50000 < OBJECTS)
		tracker_freed(&program->tracker, OBJECT(number % 50000));
	program->tracker.next_eviction = 0;
}

static void run_program(struct tracker_options options)
{
	struct fake_program *program = fake_start(options);

	for (uint32_t number = 0; number < CLASSES; number++)
		fake_class(program, CLASS(number), number % 2 ? "Named" : NULL);
	for (uint32_t number = 0; number < CODES; number++)
		declare_code(program, number);
	write_beside_readers(program, program_step);
	assert_agrees(program);
	fake_stop(program);
}

static void test_a_whole_program(void **state)
{
	run_program((struct tracker_options){.depth = 3});
}

static void test_a_program_at_its_limits(void **state)
{
	run_program((struct tracker_options){.depth = 3, .limits = {.classes = 40, .nodes = 2000, .frames = 150}});
}

struct stopped_reader {
	struct tracker *tracker;
	_Atomic bool inside;
	_Atomic bool leave;
};

/* Inside until it is told to leave, as when its thread is stopped there. */
static void *read_until_told(void *argument)
{
	struct stopped_reader *reader = argument;
	struct timespec pause = {0, 200000};

	tracker_begin_reading(reader->tracker);
	atomic_store(&reader->inside, true);
	while (!atomic_load(&reader->leave))
		nanosleep(&pause, NULL);
	tracker_end_reading(reader->tracker);
	return NULL;
}

static void allocate_and_name(struct fake_program *program, uint32_t number)
{
	char label[32];

	fake_code(program, CODE(number), CODE_SOURCE, "shop.rb", "allocates");
	fake_allocate_at(program, OBJECT(number), CLASS(1), FAKE_STACK(CODE(number), 1));
	snprintf(label, sizeof(label), "allocates %u", number % 3);
	fake_name_code(program, CODE(number), label);
	tracker_resolve_names(&program->tracker);
	tracker_freed(&program->tracker, OBJECT(number));
}

/* All that the writer ever does, while a reader does not leave: it would wait for ever if it waited. */
static void test_a_reader_that_never_leaves(void **state)
{
	struct fake_program *program = fake_start((struct tracker_options){.depth = 2, .limits = {.nodes = 50}});
	struct stopped_reader reader = {.tracker = &program->tracker};
	pthread_t thread;

	fake_class(program, CLASS(1), NULL);
	fake_allocate_at(program, OBJECT(900), CLASS(1), FAKE_STACK(CODE(39), 1));
	assert_int_equal(pthread_create(&thread, NULL, read_until_told, &reader), 0);
	while (!atomic_load(&reader.inside))
		nanosleep(&(struct timespec){0, 200000}, NULL);
	alarm(DEADLINE_SECONDS);
	tracker_name_class(&program->tracker, class_table_find(&program->tracker.classes, CLASS(1)),
	                   (struct text){"Session", 7});
	for (uint32_t number = 0; number < 39; number++)
		allocate_and_name(program, number);
	fake_class(program, CLASS(2), NULL);
	fake_allocate(program, OBJECT(901), CLASS(2));
	tracker_freed(&program->tracker, OBJECT(901));
	tracker_freed(&program->tracker, CLASS(2));
	tracker_recycle_dead_classes(&program->tracker, 10);
	alarm(0);
	/* Another reader is let in meanwhile, and finds what was named. */
	struct snapshot_header *header = fake_take_snapshot(program);
	assert_string_equal(snapshot_string(header, snapshot_classes(header)[0].name, NULL), "Session");
	assert_int_equal(header->counts.allocated, 41);
	free(header);
	assert_non_null(program->tracker.strings.retired);
	atomic_store(&reader.leave, true);
	pthread_join(thread, NULL);
	/* What was put off is done. */
	uint32_t unresolved = program->tracker.tree.unresolved_count;
	tracker_resolve_names(&program->tracker);
	tracker_sweep_names(&program->tracker);
	assert_null(program->tracker.strings.retired);
	assert_true(program->tracker.tree.unresolved_count < unresolved);
	assert_agrees(program);
	fake_stop(program);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_one_class_at_full_speed),    cmocka_unit_test(test_retained_is_right_at_any_moment),
	    cmocka_unit_test(test_a_reader_that_never_leaves), cmocka_unit_test(test_a_whole_program),
	    cmocka_unit_test(test_a_program_at_its_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
