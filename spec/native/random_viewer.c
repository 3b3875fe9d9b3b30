#include "random_viewer.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "failing_malloc.h"
#include "screen_text.h"
#include "input/command.h"
#include "app/viewer_state.h"

#define SECOND UINT64_C(1000000000)

static uint64_t draw(struct random_viewer *run)
{
	return run->draw(run->source);
}

static uint64_t below(struct random_viewer *run, uint64_t limit)
{
	return draw(run) % limit;
}

/* Mostly small, sometimes as large as can be. */
static uint64_t magnitude(struct random_viewer *run)
{
	return draw(run) >> below(run, 64);
}

static void make_name(struct random_viewer *run, char *name)
{
	static const char *const parts[] = {"Shop",   "::",     "Größe", "日本",     "\033[2J", "\n",        "\xff",
	                                    "\u0301", "\u202e", "e",     "\xe2\x80", "0x7f",    "(internal)"};
	size_t length = 0, count = below(run, 12);

	for (size_t i = 0; i < count; i++) {
		const char *part = parts[below(run, sizeof parts / sizeof *parts)];
		if (length + strlen(part) >= RANDOM_NAME_SIZE)
			break;
		memcpy(name + length, part, strlen(part));
		length += strlen(part);
	}
	name[length] = '\0';
}

static void add_class(struct random_viewer *run)
{
	uint32_t place = run->class_count++;

	make_name(run, run->names[place]);
	run->classes[place] = (struct fake_class){
	    .id = run->next_id++, .name = run->names[place], .flags = below(run, 5) ? 0 : SNAPSHOT_CLASS_INTERNAL};
}

static void remove_class(struct random_viewer *run)
{
	uint32_t place = (uint32_t)below(run, run->class_count);
	uint32_t last = --run->class_count;

	memcpy(run->names[place], run->names[last], RANDOM_NAME_SIZE);
	run->classes[place] = run->classes[last];
	run->classes[place].name = run->names[place];
}

static void change_counts(struct random_viewer *run, struct fake_class *class)
{
	/* As the sums over all classes do, each count has room to grow without going over. */
	class->allocated += magnitude(run) >> 20;
	if (class->allocated > UINT64_C(1) << 50)
		class->allocated = class->freed = 0;
	class->freed += below(run, class->allocated - class->freed + 1);
	class->retained = below(run, class->allocated - class->freed + 1);
}

/* Trees of any shape, of which some ids and frames come again and others do not. */
static void change_paths(struct random_viewer *run)
{
	static const char *const paths[] = {"/srv/shop.rb", "(eval at x:1)", "\xff\n/größe.rb", "", "/dev/zero", "/"};

	run->node_count = run->class_count && below(run, 8) ? (uint32_t)below(run, RANDOM_NODES_MAX) : 0;
	for (uint32_t i = 0; i < run->node_count; i++) {
		struct fake_node *node = &run->nodes[i];
		uint32_t class_index = (uint32_t)below(run, run->class_count), parent = SNAPSHOT_NONE;

		if (i && below(run, 4)) {
			parent = (uint32_t)(below(run, 2) ? i - 1 : below(run, i));
			class_index = run->nodes[parent].class_index;
		}
		*node = (struct fake_node){.id = (i + 1) | below(run, 2) << 32,
		                           .class_index = class_index,
		                           .parent = parent,
		                           .allocated = magnitude(run) >> 20,
		                           .path = paths[below(run, sizeof paths / sizeof *paths)],
		                           .label = run->names[below(run, run->class_count)],
		                           .line = (uint32_t)(magnitude(run) >> 32),
		                           .flags = (uint32_t)below(run, 4)};
		node->freed = below(run, node->allocated + 1);
		node->retained = below(run, node->allocated - node->freed + 1);
	}
}

static void feed(struct random_viewer *run)
{
	struct snapshot_header *head = &run->head;

	for (uint64_t changes = below(run, 4); changes--;) {
		if (run->class_count < RANDOM_CLASSES_MAX && below(run, 3))
			add_class(run);
		else if (run->class_count)
			remove_class(run);
	}
	for (uint32_t i = 0; i < run->class_count; i++)
		change_counts(run, &run->classes[i]);
	change_paths(run);
	head->sequence++;
	head->monotonic_ns += 1 + below(run, 2 * SECOND);
	head->gcs_seen += below(run, 2);
	if (!below(run, 3)) {
		head->majors_seen++;
		head->gcs_seen++;
		head->major_at_ns = head->monotonic_ns;
	}
	if (!below(run, 200))
		head->started_ns = head->monotonic_ns;
	head->gc_time_ns = magnitude(run);
	head->rss_bytes = magnitude(run);
	head->tracker_bytes = magnitude(run);
	head->heap_live_slots = magnitude(run);
	head->heap_total_slots = magnitude(run);
	head->gc_minor = magnitude(run);
	head->gc_major = magnitude(run);
	head->flags = (uint32_t)below(run, 64) & ~(uint32_t)(below(run, 50) ? SNAPSHOT_ENDED : 0);
	struct snapshot_header *snapshot =
	    fake_snapshot_with_paths(head, below(run, 2) ? "a reason \033[1mwith\n\xff" : NULL, run->classes,
	                             run->class_count, run->nodes, run->node_count);
	assert_null(snapshot_check(snapshot, snapshot->size));
	failing_malloc_arm(true);
	bool fed = viewer_feed(run->viewer, snapshot);
	failing_malloc_arm(false);
	assert_true(fed || run->scarce);
}

/* Bytes of control sequences in any order, and whole ones among text. */
static size_t make_output(struct random_viewer *run, char *text, size_t size)
{
	static const char bytes[] = "\033[]m;:\\\r\n\t\b\007 Pabcö日\xff\x9b\x1a\x18KG01234589";
	static const char *const sequences[] = {"\033[31m", "\033[1;4;7m",    "\033[38;5;208m", "\033[48;2;1;200;3m",
	                                        "\033[m",   "\033[2J\033[H",  "\033[?1049h",    "\033]0;t\007",
	                                        "\r\033[K", "\033[2K\033[1G", "größe日本",      "e\u0301\u202e"};
	size_t length = 0, most = below(run, size - 32);
	bool wild = below(run, 2);

	while (length < most) {
		const char *sequence = sequences[below(run, sizeof sequences / sizeof *sequences)];

		if (wild || below(run, 3)) {
			text[length++] = wild ? bytes[below(run, sizeof bytes - 1)] : (char)(' ' + below(run, 95));
			continue;
		}
		memcpy(text + length, sequence, strlen(sequence));
		length += strlen(sequence);
	}
	return length;
}

static void print_output(struct random_viewer *run)
{
	char text[1200];
	size_t length = make_output(run, text, below(run, 10) ? 200 : sizeof text);

	failing_malloc_arm(true);
	viewer_output(run->viewer, text, length);
	failing_malloc_arm(false);
}

static void use_mouse(struct random_viewer *run)
{
	struct input_event input = {.key = (uint32_t)(INPUT_MOUSE_CLICK + below(run, 4)),
	                            .column = (unsigned)below(run, run->grid.columns + 2),
	                            .line = (unsigned)below(run, run->grid.lines + 2)};

	if (!below(run, 20))
		input.column = (unsigned)(magnitude(run) >> 32);
	if (!below(run, 20))
		input.line = (unsigned)(magnitude(run) >> 32);
	failing_malloc_arm(true);
	viewer_take(run->viewer, &input);
	failing_malloc_arm(false);
}

static void press_something(struct random_viewer *run)
{
	const struct command *command = &command_table[below(run, command_count)];
	uint32_t key = command->keys[below(run, COMMAND_KEYS)];

	switch (below(run, 8)) {
	case 0:
		key = (uint32_t)(magnitude(run) >> 32);
		break;
	case 1:
		key = (uint32_t)(' ' + below(run, 95));
		break;
	case 2:
		key = (uint32_t)(INPUT_KEY_UP + below(run, INPUT_KEY_F12 - INPUT_KEY_UP + 1));
		break;
	}
	failing_malloc_arm(true);
	viewer_press(run->viewer, key);
	failing_malloc_arm(false);
}

static void resize(struct random_viewer *run)
{
	static const unsigned columns[] = {0, 1, 2, 39, 40, 41, 59, 60, 79, 80, 99, 100, 120, 160, 250};
	unsigned width =
	    below(run, 2) ? columns[below(run, sizeof columns / sizeof *columns)] : (unsigned)below(run, 200);

	unsigned lines = (unsigned)below(run, below(run, 3) ? 30 : 8);

	failing_malloc_arm(true);
	bool resized = grid_resize(&run->grid, width, lines);
	failing_malloc_arm(false);
	assert_true(resized || run->scarce);
}

void random_viewer_step(struct random_viewer *run)
{
	switch (below(run, 24)) {
	case 0:
		resize(run);
		break;
	case 1:
	case 2:
	case 3:
		feed(run);
		break;
	case 4:
	case 5:
		print_output(run);
		break;
	case 6:
		viewer_gc_done(run->viewer, below(run, 4), magnitude(run), below(run, 2) ? "no \033 reason" : NULL);
		break;
	case 7:
		viewer_say(run->viewer,
		           "a sentence that goes on\n\xff for longer than some screens are wide, as some do");
		break;
	case 8:
	case 9:
	case 10:
		use_mouse(run);
		break;
	default:
		press_something(run);
	}
}

/* The selection is on a line that there is, and that is seen. */
static void check_selection(const struct random_viewer *run)
{
	const struct table_view *table = &run->viewer->table;
	const struct selection *selection = &table->selection;

	if (!table->tree.count || run->grid.columns < 40 || run->grid.lines < 6 ||
	    viewer_mode_shown(run->viewer) == MODE_HELP)
		return;
	assert_true(selection->position < table->tree.count);
	assert_true(selection->position >= selection->top);
	assert_true(selection->position - selection->top < table->height);
	if (selection->held)
		assert_true(table->tree.lines[selection->position].row->id == selection->id);
}

void random_viewer_check(struct random_viewer *run)
{
	size_t lines = 0;

	failing_malloc_arm(true);
	viewer_draw(run->viewer, &run->grid);
	failing_malloc_arm(false);
	buffer_clear(&run->text);
	screen_text(&run->text, &run->grid);
	for (size_t i = 0; i < run->text.length; i++)
		lines += run->text.text[i] == '\n';
	assert_int_equal(lines, run->grid.lines);
	check_selection(run);
}

bool random_viewer_open(struct random_viewer *run, enum text_charset charset)
{
	const struct viewer_options options = {
	    .interval = 1, .charset = charset, .command = "ruby \033]0;x\007 shop.rb"};

	run->next_id = 1;
	run->head.monotonic_ns = run->head.started_ns = 100 * SECOND;
	failing_malloc_arm(true);
	run->viewer = viewer_new(&options);
	bool opened = run->viewer && grid_init(&run->grid);
	bool sized = opened && grid_resize(&run->grid, 80, 24);
	failing_malloc_arm(false);
	if (sized)
		return true;
	if (opened)
		grid_deinit(&run->grid);
	viewer_free(run->viewer);
	return false;
}

void random_viewer_close(struct random_viewer *run)
{
	viewer_free(run->viewer);
	grid_deinit(&run->grid);
	buffer_deinit(&run->text);
}

void random_viewer_end(struct random_viewer *run)
{
	viewer_ended(run->viewer, "ended \033[0m with status 0");
}
