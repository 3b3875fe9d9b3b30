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

static void lay_out(struct snapshot_header *snapshot, uint32_t count, size_t size)
{
	snapshot->magic = SNAPSHOT_MAGIC;
	snapshot->version = SNAPSHOT_VERSION;
	snapshot->size = size;
	snapshot->allocated = snapshot->freed = snapshot->retained = 0;
	snapshot->class_count = count;
	snapshot->node_count = snapshot->frame_count = 0;
	snapshot->classes_offset = sizeof *snapshot;
	snapshot->nodes_offset = snapshot->classes_offset + count * sizeof(struct snapshot_class);
	snapshot->frames_offset = snapshot->strings_offset = snapshot->nodes_offset;
	snapshot->strings_size = STRINGS_START;
	snapshot->reason = snapshot->command = snapshot->runtime = 0;
}

struct snapshot_header *fake_snapshot(const struct snapshot_header *head, const char *reason,
                                      const struct fake_class *classes, uint32_t count)
{
	size_t size =
	    sizeof *head + STRINGS_START + count * sizeof(struct snapshot_class) + (reason ? string_size(reason) : 0);

	for (uint32_t i = 0; i < count; i++)
		size += string_size(classes[i].name);
	struct snapshot_header *snapshot = calloc(1, size);
	*snapshot = *head;
	lay_out(snapshot, count, size);
	struct snapshot_class *rows = (struct snapshot_class *)((char *)snapshot + snapshot->classes_offset);
	for (uint32_t i = 0; i < count; i++) {
		rows[i] = (struct snapshot_class){classes[i].id,
		                                  classes[i].allocated,
		                                  classes[i].freed,
		                                  classes[i].retained,
		                                  add_string(snapshot, classes[i].name),
		                                  classes[i].flags};
		snapshot->allocated += classes[i].allocated;
		snapshot->freed += classes[i].freed;
		snapshot->retained += classes[i].retained;
	}
	if (reason)
		snapshot->reason = add_string(snapshot, reason);
	return snapshot;
}
