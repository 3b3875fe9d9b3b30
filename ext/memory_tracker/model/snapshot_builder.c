#include "model/snapshot_builder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/light.h"
#include "model/status.h"

/* Of the names of classes that are awaited no more is said. */
#define AWAITED_SIZE 1024

/* An array that grows by doubling. */
struct array {
	char *bytes;
	size_t used;
	size_t capacity;
};

struct builder {
	struct tracker *tracker;
	struct memory memory; /* libc's: this may run in any thread, beside the writer */
	uint32_t epoch;
	bool failed;
	struct array classes;
	struct array nodes;
	struct array frames;
	struct array strings;
	struct key_map string_refs; /* struct string -> reference */
	struct key_map merged;      /* (parent, frame) -> index + 1, when frames have become aliases */
	uint32_t *class_index;      /* by number of a record: index + 1 */
	uint32_t *node_index;
	uint32_t *frame_index;
	uint32_t class_end;
	uint32_t node_end;
	uint32_t frame_end;
};

static void *append(struct builder *builder, struct array *array, size_t size)
{
	if (array->used + size > array->capacity) {
		size_t capacity = array->capacity ? array->capacity * 2 : 4096;

		while (capacity < array->used + size)
			capacity *= 2;
		char *bytes = realloc(array->bytes, capacity);
		if (!bytes) {
			builder->failed = true;
			return NULL;
		}
		array->bytes = bytes;
		array->capacity = capacity;
	}
	void *place = array->bytes + array->used;
	memset(place, 0, size);
	array->used += size;
	return place;
}

static snapshot_string_ref add_text(struct builder *builder, const char *bytes, uint32_t length)
{
	size_t size = (sizeof(length) + length + 1 + 3) & ~(size_t)3;
	char *place =
	    length && builder->strings.used + size < UINT32_MAX ? append(builder, &builder->strings, size) : NULL;

	if (!place)
		return 0;
	memcpy(place, &length, sizeof(length));
	memcpy(place + sizeof(length), bytes, length);
	return (snapshot_string_ref)(place + sizeof(length) - builder->strings.bytes);
}

static snapshot_string_ref add_string(struct builder *builder, const struct string *string)
{
	uint64_t key = (uint64_t)(uintptr_t)string;
	snapshot_string_ref reference = (snapshot_string_ref)key_map_get(&builder->string_refs, key);

	if (reference || string->length == 0)
		return reference;
	reference = add_text(builder, string->bytes, string->length);
	if (key_map_put(&builder->string_refs, key, reference) != STATUS_OK)
		builder->failed = true;
	return reference;
}

/* --- classes --- */

/* Read once: the writer may name the class meanwhile. */
static void name_class(struct builder *builder, struct snapshot_class *class, struct class_record *record)
{
	const struct string *name = atomic_load_explicit(&record->name, memory_order_acquire);
	uint32_t flags = atomic_load_explicit(&record->flags, memory_order_relaxed);
	char buffer[64];

	class->flags = flags & ~(uint32_t)SNAPSHOT_CLASS_ANONYMOUS;
	if (name) {
		class->name = add_string(builder, name);
		return;
	}
	class->flags |= SNAPSHOT_CLASS_ANONYMOUS;
	int length = snprintf(buffer, sizeof(buffer), "#<Class:0x%016llx>", (unsigned long long)record->anonymous);
	class->name = add_text(builder, buffer, (uint32_t)length);
	class->origin = record->origin ? add_string(builder, record->origin) : 0;
	class->origin_line = record->origin_line;
}

static void add_class(struct builder *builder, struct class_record *record)
{
	struct counts counts = node_read(record->root, builder->epoch);
	bool own = record == builder->tracker->others || record == builder->tracker->dead_class_totals;

	if (own && counts.allocated == 0)
		return;
	struct snapshot_class *class = append(builder, &builder->classes, sizeof(*class));
	if (!class)
		return;
	class->id = record->id;
	class->counts = counts;
	name_class(builder, class, record);
	builder->class_index[record->number] = (uint32_t)(builder->classes.used / sizeof(*class));
}

static snapshot_string_ref add_unmatched(struct builder *builder)
{
	char names[AWAITED_SIZE];
	size_t length = class_filter_awaited(&builder->tracker->choice, names, sizeof(names));

	return add_text(builder, names, (uint32_t)length);
}

static void add_classes(struct builder *builder)
{
	for (uint32_t number = 1; number < builder->class_end && !builder->failed; number++) {
		struct class_record *record = class_published(&builder->tracker->classes, number);

		if (record)
			add_class(builder, record);
	}
}

/* --- nodes --- */

/* Index of the frame; its number is followed through aliases. */
static uint32_t add_frame(struct builder *builder, uint32_t number)
{
	if (number >= builder->frame_end)
		return SNAPSHOT_NONE;
	if (builder->frame_index[number])
		return builder->frame_index[number] - 1;
	const struct frame *record = frame_at(&builder->tracker->codes, number);
	struct snapshot_frame *frame = append(builder, &builder->frames, sizeof(*frame));
	if (!frame)
		return SNAPSHOT_NONE;
	frame->line = record->line;
	frame->flags = record->flags;
	frame->path = add_string(builder, record->path);
	frame->label =
	    add_string(builder, atomic_load_explicit(&((struct frame *)record)->label, memory_order_acquire));
	builder->frame_index[number] = (uint32_t)(builder->frames.used / sizeof(*frame));
	return builder->frame_index[number] - 1;
}

static struct snapshot_node *node_of(struct builder *builder, uint32_t index)
{
	return (struct snapshot_node *)builder->nodes.bytes + index;
}

/* The index of a node that has this place already because its frame is an alias, or a new one's. */
static uint32_t place_node(struct builder *builder, uint32_t class_index, uint32_t parent, uint32_t frame)
{
	bool merging = builder->merged.slots != NULL;
	/* Directly below a class the parent does not tell the class: the upper half makes up for it. */
	uint32_t above = parent == SNAPSHOT_NONE ? ~class_index : parent;
	uint64_t key = (((uint64_t)above << 32) | frame) + 1;
	uint32_t found = merging ? (uint32_t)key_map_get(&builder->merged, key) : 0;

	if (found)
		return found - 1;
	struct snapshot_node *node = append(builder, &builder->nodes, sizeof(*node));
	if (!node)
		return SNAPSHOT_NONE;
	node->class_index = class_index;
	node->parent = parent;
	node->frame = frame;
	uint32_t index = (uint32_t)(builder->nodes.used / sizeof(*node)) - 1;
	if (merging && key_map_put(&builder->merged, key, index + 1) != STATUS_OK)
		builder->failed = true;
	return index;
}

static void add_counts(struct builder *builder, uint32_t index, uint32_t number, const struct node *record)
{
	struct counts counts = node_read(record, builder->epoch);
	struct snapshot_node *node = node_of(builder, index);
	struct snapshot_class *class = (struct snapshot_class *)builder->classes.bytes + node->class_index;

	if (!node->id)
		node->id = (uint64_t)record->generation << 32 | number;
	counts_add(&node->counts, counts);
	/* In a light tracker the root has them already. */
	if (!builder->tracker->light)
		counts_add(&class->counts, counts);
}

/* The parent's index must be known. False when something it belongs to came too late to be in this snapshot. */
static void add_node(struct builder *builder, uint32_t number, const struct node *record)
{
	uint32_t class_index =
	    record->class_number < builder->class_end ? builder->class_index[record->class_number] : 0;
	uint32_t above = record->parent < builder->node_end ? builder->node_index[record->parent] : 0;
	uint32_t frame = add_frame(builder, frame_resolved(&builder->tracker->codes, record->frame));

	if (!class_index || frame == SNAPSHOT_NONE)
		return;
	/* What is left out takes all below it along; only a root has no place of its own. */
	if (!above && node_published(&builder->tracker->tree, record->parent))
		return;
	uint32_t index = place_node(builder, class_index - 1, above ? above - 1 : SNAPSHOT_NONE, frame);
	if (index == SNAPSHOT_NONE)
		return;
	builder->node_index[number] = index + 1;
	add_counts(builder, index, number, record);
}

/* With its parents, the topmost first. Numbers are handed out again, so a parent's may be larger. */
static void add_path(struct builder *builder, uint32_t number)
{
	uint32_t chain[PATH_DEPTH_LIMIT + 2];
	int length = 0;

	while (number && number < builder->node_end && !builder->node_index[number] && length < PATH_DEPTH_LIMIT + 2) {
		if (!node_published(&builder->tracker->tree, number))
			break; /* a root */
		chain[length++] = number;
		number = node_at(&builder->tracker->tree, number)->parent;
	}
	while (length > 0 && !builder->failed) {
		length--;
		add_node(builder, chain[length], node_at(&builder->tracker->tree, chain[length]));
	}
}

static void add_nodes(struct builder *builder)
{
	for (uint32_t number = 1; number < builder->node_end && !builder->failed; number++) {
		if (!builder->node_index[number] && node_published(&builder->tracker->tree, number))
			add_path(builder, number);
	}
}

/* --- the whole --- */

static bool prepare(struct builder *builder, struct tracker *tracker)
{
	memset(builder, 0, sizeof(*builder));
	memory_init(&builder->memory);
	builder->tracker = tracker;
	builder->epoch = atomic_load_explicit(&tracker->epoch, memory_order_acquire);
	builder->class_end = table_end(&tracker->classes.records);
	builder->node_end = table_end(&tracker->tree.nodes);
	builder->frame_end = table_end(&tracker->codes.frames);
	builder->class_index = calloc(builder->class_end, sizeof(uint32_t));
	builder->node_index = calloc(builder->node_end, sizeof(uint32_t));
	builder->frame_index = calloc(builder->frame_end, sizeof(uint32_t));
	if (!builder->class_index || !builder->node_index || !builder->frame_index)
		return false;
	if (key_map_init(&builder->string_refs, &builder->memory) != STATUS_OK)
		return false;
	if (atomic_load_explicit(&tracker->codes.aliased, memory_order_relaxed) &&
	    key_map_init(&builder->merged, &builder->memory) != STATUS_OK)
		return false;
	return append(builder, &builder->strings, 4) != NULL;
}

static void clean_up(struct builder *builder)
{
	free(builder->classes.bytes);
	free(builder->nodes.bytes);
	free(builder->frames.bytes);
	free(builder->strings.bytes);
	free(builder->class_index);
	free(builder->node_index);
	free(builder->frame_index);
	if (builder->string_refs.slots)
		key_map_deinit(&builder->string_refs);
	if (builder->merged.slots)
		key_map_deinit(&builder->merged);
}

static void fill_counters(struct snapshot_header *header, struct tracker *tracker)
{
	header->lost = atomic_load_explicit(&tracker->lost, memory_order_relaxed);
	header->dropped = atomic_load_explicit(&tracker->dropped, memory_order_relaxed);
	header->paths_dropped = atomic_load_explicit(&tracker->paths_dropped, memory_order_relaxed);
	header->classes_dropped = atomic_load_explicit(&tracker->classes_dropped, memory_order_relaxed);
	header->events_dropped = atomic_load_explicit(&tracker->events_dropped, memory_order_relaxed);
	header->gcs_seen = atomic_load_explicit(&tracker->gcs_seen, memory_order_relaxed);
	header->majors_seen = atomic_load_explicit(&tracker->majors_seen, memory_order_relaxed);
	header->major_at_ns = atomic_load_explicit(&tracker->major_at_ns, memory_order_relaxed);
	header->major_allocated = atomic_load_explicit(&tracker->major_allocated, memory_order_relaxed);
	header->tracker_bytes = memory_used(tracker->memory);
	if (memory_was_refused(tracker->memory) || memory_was_refused(&tracker->map_memory) ||
	    memory_was_refused(&tracker->record_memory))
		header->flags |= SNAPSHOT_LIMIT_REACHED;
	if (header->major_allocated)
		header->flags |= SNAPSHOT_RETAINED_BOUND;
}

static void fill_sums(struct snapshot_header *header)
{
	const struct snapshot_class *classes = snapshot_classes(header);

	header->counts = (struct counts){0};
	for (uint32_t index = 0; index < header->class_count; index++)
		counts_add(&header->counts, classes[index].counts);
}

static void fill_light(struct snapshot_header *header, const struct light *light)
{
	header->flags |= SNAPSHOT_LIGHT;
	/* The numbers are those of that moment, and do not change until the next. */
	if (light->number)
		header->monotonic_ns = light->taken_ns;
	header->counts.allocated = light->allocated;
	header->counts.freed = light->freed;
	header->sampled = light->sampled;
	header->sampled_of = light->sampled_of;
}

static uint64_t put_area(struct snapshot_header *header, const struct array *array)
{
	uint64_t offset = header->size;

	if (array->used)
		memcpy((char *)header + offset, array->bytes, array->used);
	header->size += (array->used + 7) & ~(uint64_t)7;
	return offset;
}

static struct snapshot_header *assemble(struct builder *builder, const struct snapshot_metadata *metadata)
{
	size_t size = sizeof(struct snapshot_header) + builder->classes.used + builder->nodes.used +
	              builder->frames.used + builder->strings.used + 4 * 8;
	struct snapshot_header *header = calloc(1, size);

	if (!header)
		return NULL;
	*header = metadata->header;
	header->magic = SNAPSHOT_MAGIC;
	header->version = SNAPSHOT_VERSION;
	header->size = sizeof(*header);
	header->class_count = (uint32_t)(builder->classes.used / sizeof(struct snapshot_class));
	header->node_count = (uint32_t)(builder->nodes.used / sizeof(struct snapshot_node));
	header->frame_count = (uint32_t)(builder->frames.used / sizeof(struct snapshot_frame));
	header->classes_offset = put_area(header, &builder->classes);
	header->nodes_offset = put_area(header, &builder->nodes);
	header->frames_offset = put_area(header, &builder->frames);
	header->strings_size = builder->strings.used;
	header->strings_offset = put_area(header, &builder->strings);
	fill_counters(header, builder->tracker);
	fill_sums(header);
	if (builder->tracker->light)
		fill_light(header, builder->tracker->light);
	return header;
}

struct snapshot_header *tracker_snapshot(struct tracker *tracker, const struct snapshot_metadata *metadata)
{
	struct snapshot_header *header = NULL;
	struct builder builder;

	tracker_begin_reading(tracker);
	if (prepare(&builder, tracker)) {
		add_classes(&builder);
		add_nodes(&builder);
		snapshot_string_ref reason = add_text(&builder, metadata->reason.bytes, metadata->reason.length);
		snapshot_string_ref command = add_text(&builder, metadata->command.bytes, metadata->command.length);
		snapshot_string_ref runtime = add_text(&builder, metadata->runtime.bytes, metadata->runtime.length);
		snapshot_string_ref unmatched = add_unmatched(&builder);

		header = builder.failed ? NULL : assemble(&builder, metadata);
		if (header) {
			header->reason = reason;
			header->command = command;
			header->runtime = runtime;
			header->unmatched = unmatched;
			header->class_filter_count = tracker->choice.count;
		}
	}
	tracker_end_reading(tracker);
	clean_up(&builder);
	return header;
}
