#include "model/snapshot.h"

#include <string.h>

static bool area_fits(const struct snapshot_header *header, uint64_t offset, uint64_t count, uint64_t record_size)
{
	return offset % 8 == 0 && offset >= sizeof(*header) && offset <= header->size &&
	       count <= (header->size - offset) / record_size;
}

static const char *check_areas(const struct snapshot_header *header)
{
	if (!area_fits(header, header->classes_offset, header->class_count, sizeof(struct snapshot_class)))
		return "the classes lie outside";
	if (!area_fits(header, header->nodes_offset, header->node_count, sizeof(struct snapshot_node)))
		return "the nodes lie outside";
	if (!area_fits(header, header->frames_offset, header->frame_count, sizeof(struct snapshot_frame)))
		return "the frames lie outside";
	if (!area_fits(header, header->strings_offset, header->strings_size, 1))
		return "the strings lie outside";
	return NULL;
}

static bool string_fits(const struct snapshot_header *header, snapshot_string_ref reference)
{
	const char *strings = (const char *)header + header->strings_offset;
	uint32_t length;

	if (reference == 0)
		return true;
	if (reference % 4 != 0 || reference < 8 || reference >= header->strings_size)
		return false;
	memcpy(&length, strings + reference - sizeof(length), sizeof(length));
	return length < header->strings_size - reference && strings[(uint64_t)reference + length] == 0;
}

static const char *check_classes(const struct snapshot_header *header)
{
	const struct snapshot_class *classes = snapshot_classes(header);

	for (uint32_t index = 0; index < header->class_count; index++) {
		if (!string_fits(header, classes[index].name) || !string_fits(header, classes[index].origin))
			return "a class has a name that lies outside";
		if (classes[index].counts.freed > classes[index].counts.allocated)
			return "a class has more freed than allocated";
	}
	return NULL;
}

static const char *check_nodes(const struct snapshot_header *header)
{
	const struct snapshot_node *nodes = snapshot_nodes(header);

	for (uint32_t index = 0; index < header->node_count; index++) {
		const struct snapshot_node *node = &nodes[index];

		if (node->class_index >= header->class_count || node->frame >= header->frame_count)
			return "a node names a class or frame that is not there";
		if (node->parent != SNAPSHOT_NONE && node->parent >= index)
			return "a node stands before its parent";
		if (node->parent != SNAPSHOT_NONE && nodes[node->parent].class_index != node->class_index)
			return "a node has a parent of another class";
		if (node->counts.freed > node->counts.allocated)
			return "a node has more freed than allocated";
	}
	return NULL;
}

static const char *check_frames(const struct snapshot_header *header)
{
	const struct snapshot_frame *frames = snapshot_frames(header);

	for (uint32_t index = 0; index < header->frame_count; index++) {
		if (!string_fits(header, frames[index].path) || !string_fits(header, frames[index].label))
			return "a frame has a name that lies outside";
	}
	return NULL;
}

const char *snapshot_check(const void *bytes, size_t size)
{
	const struct snapshot_header *header = bytes;
	const char *wrong;

	if (size < sizeof(*header) || (uintptr_t)bytes % _Alignof(struct snapshot_header) != 0)
		return "it is shorter than a header";
	if (header->magic != SNAPSHOT_MAGIC)
		return "it is no snapshot, or one of a machine of another byte order";
	if (header->version != SNAPSHOT_VERSION)
		return "it is a snapshot of another version";
	if (header->size != size)
		return "it is not whole";
	if (header->counts.freed > header->counts.allocated)
		return "it has more freed than allocated";
	if ((wrong = check_areas(header)))
		return wrong;
	if (!string_fits(header, header->reason) || !string_fits(header, header->command) ||
	    !string_fits(header, header->runtime) || !string_fits(header, header->unmatched))
		return "the header has a text that lies outside";
	if ((wrong = check_classes(header)) || (wrong = check_frames(header)))
		return wrong;
	return check_nodes(header);
}

const char *snapshot_string(const struct snapshot_header *header, snapshot_string_ref reference, uint32_t *length)
{
	const char *strings = (const char *)header + header->strings_offset;
	uint32_t own_length = 0;

	if (reference)
		memcpy(&own_length, strings + reference - sizeof(own_length), sizeof(own_length));
	if (length)
		*length = own_length;
	return reference ? strings + reference : "";
}
