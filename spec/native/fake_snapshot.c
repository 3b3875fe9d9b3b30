#include "fake_snapshot.h"

#include <stdlib.h>
#include <string.h>

/* The area begins with the place of the empty string. */
#define STRINGS_START sizeof(uint32_t)

/* The room that a string takes in the strings area. */
static size_t string_size(const char *text)
{
	return (sizeof(uint32_t) + strlen(text) + 1 + 3) & ~(size_t)3;
}

static snapshot_string_ref add_string(struct snapshot_header *snapshot, const char *text)
{
	char *area = (char *)snapshot + snapshot->strings_offset + snapshot->strings_size;
	uint32_t length = (uint32_t)strlen(text);

	memcpy(area, &length, sizeof length);
	memcpy(area + sizeof length, text, length + 1);
	snapshot_string_ref reference = (snapshot_string_ref)(snapshot->strings_size + sizeof length);
	snapshot->strings_size += string_size(text);
	return reference;
}

static void lay_out(struct snapshot_header *snapshot, uint32_t count, uint32_t node_count, size_t size)
{
	snapshot->magic = SNAPSHOT_MAGIC;
	snapshot->version = SNAPSHOT_VERSION;
	snapshot->size = size;
	snapshot->counts = (struct counts){0};
	snapshot->class_count = count;
	snapshot->node_count = node_count;
	snapshot->frame_count = 0;
	snapshot->classes_offset = sizeof *snapshot;
	snapshot->nodes_offset = snapshot->classes_offset + count * sizeof(struct snapshot_class);
	snapshot->frames_offset = snapshot->nodes_offset + node_count * sizeof(struct snapshot_node);
	snapshot->strings_offset = snapshot->frames_offset + node_count * sizeof(struct snapshot_frame);
	snapshot->strings_size = STRINGS_START;
	snapshot->reason = snapshot->command = snapshot->runtime = snapshot->unmatched = 0;
}

/* The frame of a node; that of an earlier node if it is the same. */
static uint32_t add_frame(struct snapshot_header *snapshot, const struct fake_node *node)
{
	struct snapshot_frame *frames = (struct snapshot_frame *)((char *)snapshot + snapshot->frames_offset);

	for (uint32_t i = 0; i < snapshot->frame_count; i++) {
		if (frames[i].line == node->line && frames[i].flags == node->flags &&
		    !strcmp(snapshot_string(snapshot, frames[i].path, NULL), node->path) &&
		    !strcmp(snapshot_string(snapshot, frames[i].label, NULL), node->label))
			return i;
	}
	frames[snapshot->frame_count] = (struct snapshot_frame){
	    add_string(snapshot, node->path), add_string(snapshot, node->label), node->line, node->flags};
	return snapshot->frame_count++;
}

struct snapshot_header *fake_snapshot(const struct snapshot_header *head, const char *reason,
                                      const struct fake_class *classes, uint32_t count)
{
	return fake_snapshot_with_paths(head, reason, classes, count, NULL, 0);
}

static size_t strings_of(const char *reason, const struct fake_class *classes, uint32_t count,
                         const struct fake_node *nodes, uint32_t node_count)
{
	size_t size = STRINGS_START + (reason ? string_size(reason) : 0);

	for (uint32_t i = 0; i < count; i++)
		size += string_size(classes[i].name);
	for (uint32_t i = 0; i < node_count; i++)
		size += string_size(nodes[i].path) + string_size(nodes[i].label);
	return size;
}

struct snapshot_header *fake_snapshot_with_paths(const struct snapshot_header *head, const char *reason,
                                                 const struct fake_class *classes, uint32_t count,
                                                 const struct fake_node *nodes, uint32_t node_count)
{
	size_t size = sizeof *head + count * sizeof(struct snapshot_class) +
	              node_count * (sizeof(struct snapshot_node) + sizeof(struct snapshot_frame)) +
	              strings_of(reason, classes, count, nodes, node_count);
	struct snapshot_header *snapshot = calloc(1, size);

	*snapshot = *head;
	lay_out(snapshot, count, node_count, size);
	struct snapshot_class *rows = (struct snapshot_class *)((char *)snapshot + snapshot->classes_offset);
	for (uint32_t i = 0; i < count; i++) {
		rows[i] =
		    (struct snapshot_class){.id = classes[i].id,
		                            .counts = {classes[i].allocated, classes[i].freed, classes[i].retained, 0},
		                            .name = add_string(snapshot, classes[i].name),
		                            .flags = classes[i].flags};
		counts_add(&snapshot->counts, rows[i].counts);
	}
	struct snapshot_node *records = (struct snapshot_node *)((char *)snapshot + snapshot->nodes_offset);
	for (uint32_t i = 0; i < node_count; i++)
		records[i] =
		    (struct snapshot_node){.id = nodes[i].id,
		                           .counts = {nodes[i].allocated, nodes[i].freed, nodes[i].retained, 0},
		                           .class_index = nodes[i].class_index,
		                           .parent = nodes[i].parent,
		                           .frame = add_frame(snapshot, &nodes[i])};
	if (reason)
		snapshot->reason = add_string(snapshot, reason);
	return snapshot;
}

struct snapshot_header *fake_snapshot_with_text(struct snapshot_header *snapshot, const char *text,
                                                snapshot_string_ref *reference)
{
	uint64_t used = snapshot->strings_offset + snapshot->strings_size;
	size_t size = used + string_size(text);

	snapshot = realloc(snapshot, size);
	memset((char *)snapshot + used, 0, size - used);
	snapshot->size = size;
	*reference = add_string(snapshot, text);
	return snapshot;
}

struct snapshot_header *fake_snapshot_with_origin(struct snapshot_header *snapshot, uint32_t class_index,
                                                  const char *origin, uint32_t line)
{
	snapshot_string_ref reference;

	snapshot = fake_snapshot_with_text(snapshot, origin, &reference);
	struct snapshot_class *class = (struct snapshot_class *)snapshot_classes(snapshot) + class_index;
	class->origin = reference;
	class->origin_line = line;
	return snapshot;
}
