#include "model/snapshot_sum.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/key_map.h"
#include "model/memory.h"
#include "model/status.h"

/* Bytes of the texts of the header, with their lengths. */
#define TEXTS_ROOM 4096
#define REASON_SIZE 320
#define AWAITED_SIZE 1024

/* Readers use the upper bits of an id for themselves. */
#define ID_MASK ((UINT64_C(1) << 60) - 1)

/* What distinguishes classes of the same name. */
#define CLASS_KIND (SNAPSHOT_CLASS_INTERNAL | SNAPSHOT_CLASS_ANONYMOUS)

struct sum {
	struct memory memory;
	struct key_map strings, frames, classes, nodes; /* what it is made of -> index + 1, or the reference */
	bool failed;

	/* Areas with room for those of all parts, which are in one block and filled from the front. */
	struct snapshot_header *header; /* owned */
	struct snapshot_class *class;
	struct snapshot_node *node;
	struct snapshot_frame *frame;
	char *text;
	uint32_t class_count, node_count, frame_count;
	uint64_t strings_size;

	/* Of the part that is added: indexes in the sum. */
	uint32_t *class_places; /* borrowed or owned by `places` */
	uint32_t *frame_places; /* owned */
	uint32_t *node_places;  /* owned */
};

/* --- keys --- */

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * UINT64_C(0xff51afd7ed558ccd);
	hash ^= hash >> 32;
	hash *= UINT64_C(0xc4ceb9fe1a85ec53);
	return hash ^ hash >> 29;
}

static uint64_t mix_text(uint64_t hash, const char *text, uint32_t length)
{
	uint64_t word = 0;

	for (; length >= sizeof word; length -= sizeof word, text += sizeof word) {
		memcpy(&word, text, sizeof word);
		hash = mix(hash, word);
	}
	word = 0;
	memcpy(&word, text, length);
	return mix(mix(hash, word), length);
}

static void put(struct sum *sum, struct key_map *map, uint64_t key, uint64_t value)
{
	sum->failed = key_map_put(map, key, value) != STATUS_OK || sum->failed;
}

/* --- texts --- */

static snapshot_string_ref add_text(struct sum *sum, const char *text, uint32_t length)
{
	char *place = sum->text + sum->strings_size;
	size_t size = (sizeof length + length + 1 + 3) & ~(size_t)3;

	if (!length || sum->strings_size + size >= UINT32_MAX)
		return 0;
	memset(place + size - 4, 0, 4);
	memcpy(place, &length, sizeof length);
	memcpy(place + sizeof length, text, length);
	place[sizeof length + length] = 0;
	sum->strings_size += size;
	return (snapshot_string_ref)(place + sizeof length - sum->text);
}

static const char *text_at(const struct sum *sum, snapshot_string_ref reference, uint32_t *length)
{
	memcpy(length, sum->text + reference - sizeof *length, sizeof *length);
	return sum->text + reference;
}

/* A text of a part, which is once in the sum however many have it. */
static snapshot_string_ref share_text(struct sum *sum, const struct snapshot_header *part, snapshot_string_ref there)
{
	uint32_t length, other;
	const char *text = snapshot_string(part, there, &length);
	uint64_t key = mix_text(1, text, length) | 1;
	snapshot_string_ref found;

	if (!length)
		return 0;
	while ((found = (snapshot_string_ref)key_map_get(&sum->strings, key))) {
		const char *known = text_at(sum, found, &other);

		if (other == length && memcmp(known, text, length) == 0)
			return found;
		key += 2;
	}
	found = add_text(sum, text, length);
	if (found)
		put(sum, &sum->strings, key, found);
	return found;
}

/* --- classes --- */

static bool same_class(const struct snapshot_class *class, const struct snapshot_class *other)
{
	return class->name == other->name && class->origin == other->origin &&
	       class->origin_line == other->origin_line && (class->flags & CLASS_KIND) == (other->flags & CLASS_KIND);
}

/* An id that does not depend on where texts stand, because the next sum has them elsewhere. */
static uint64_t class_key(const struct sum *sum, const struct snapshot_class *class)
{
	uint32_t length = 0;
	const char *name = class->name ? text_at(sum, class->name, &length) : "";
	uint64_t key = mix_text(class->flags & CLASS_KIND, name, length);

	name = class->origin ? text_at(sum, class->origin, &length) : "";
	key = mix_text(key, name, class->origin ? length : 0);
	/* Ids of classes are even, those of nodes are odd. */
	key = mix(key, class->origin_line) & ID_MASK & ~UINT64_C(1);
	return key ? key : 2;
}

static uint32_t add_class(struct sum *sum, const struct snapshot_header *part, const struct snapshot_class *there)
{
	struct snapshot_class class = {
	    .name = share_text(sum, part, there->name),
	    .origin = share_text(sum, part, there->origin),
	    .origin_line = there->origin_line,
	    .flags = there->flags,
	};
	uint64_t found;

	class.id = class_key(sum, &class);
	while ((found = key_map_get(&sum->classes, class.id)) && !same_class(&class, &sum->class[found - 1]))
		class.id += 2;
	if (!found) {
		sum->class[sum->class_count++] = class;
		found = sum->class_count;
		put(sum, &sum->classes, class.id, found);
	}
	struct snapshot_class *whole = &sum->class[found - 1];
	counts_add(&whole->counts, there->counts);
	/* It is a class that is gone only where it is gone everywhere. */
	whole->flags &= there->flags | ~(uint32_t)SNAPSHOT_CLASS_UNLOADED;
	return (uint32_t)found - 1;
}

static void add_classes(struct sum *sum, const struct snapshot_header *part)
{
	const struct snapshot_class *classes = snapshot_classes(part);

	for (uint32_t i = 0; i < part->class_count && !sum->failed; i++)
		sum->class_places[i] = add_class(sum, part, &classes[i]);
}

/* --- call paths --- */

static uint64_t frame_key(const struct sum *sum, const struct snapshot_frame *frame)
{
	uint32_t length = 0;
	const char *text = frame->path ? text_at(sum, frame->path, &length) : "";
	uint64_t key = mix_text(frame->line, text, length);

	text = frame->label ? text_at(sum, frame->label, &length) : "";
	return mix(mix_text(key, text, frame->label ? length : 0), frame->flags) | 1;
}

static uint32_t add_frame(struct sum *sum, const struct snapshot_header *part, const struct snapshot_frame *there)
{
	struct snapshot_frame frame = {.path = share_text(sum, part, there->path),
	                               .label = share_text(sum, part, there->label),
	                               .line = there->line,
	                               .flags = there->flags};
	uint64_t key = frame_key(sum, &frame), found;

	while ((found = key_map_get(&sum->frames, key)) && memcmp(&frame, &sum->frame[found - 1], sizeof frame) != 0)
		key += 2;
	if (found)
		return (uint32_t)found - 1;
	sum->frame[sum->frame_count++] = frame;
	put(sum, &sum->frames, key, sum->frame_count);
	return sum->frame_count - 1;
}

static bool same_node(const struct snapshot_node *node, const struct snapshot_node *other)
{
	return node->class_index == other->class_index && node->parent == other->parent && node->frame == other->frame;
}

/* Its parent stands before it, in the part and so in the sum. */
static uint32_t add_node(struct sum *sum, const struct snapshot_node *there)
{
	struct snapshot_node node = {
	    .class_index = sum->class_places[there->class_index],
	    .parent = there->parent == SNAPSHOT_NONE ? SNAPSHOT_NONE : sum->node_places[there->parent],
	    .frame = sum->frame_places[there->frame],
	};
	uint64_t above = node.parent == SNAPSHOT_NONE ? sum->class[node.class_index].id : sum->node[node.parent].id;
	uint64_t found;

	node.id = (mix(above, frame_key(sum, &sum->frame[node.frame])) & ID_MASK) | 1;
	while ((found = key_map_get(&sum->nodes, node.id)) && !same_node(&node, &sum->node[found - 1]))
		node.id += 2;
	if (!found) {
		sum->node[sum->node_count++] = node;
		found = sum->node_count;
		put(sum, &sum->nodes, node.id, found);
	}
	struct snapshot_node *whole = &sum->node[found - 1];
	counts_add(&whole->counts, there->counts);
	return (uint32_t)found - 1;
}

static void add_paths(struct sum *sum, const struct snapshot_header *part)
{
	const struct snapshot_frame *frames = snapshot_frames(part);
	const struct snapshot_node *nodes = snapshot_nodes(part);

	for (uint32_t i = 0; i < part->frame_count && !sum->failed; i++)
		sum->frame_places[i] = add_frame(sum, part, &frames[i]);
	for (uint32_t i = 0; i < part->node_count && !sum->failed; i++)
		sum->node_places[i] = add_node(sum, &nodes[i]);
}

/* --- the header --- */

static uint64_t earlier(uint64_t time, uint64_t other)
{
	return !time || (other && other < time) ? other : time;
}

static uint64_t later(uint64_t time, uint64_t other)
{
	return other > time ? other : time;
}

static void add_times(struct snapshot_header *sum, const struct snapshot_header *part)
{
	sum->wall_ns = later(sum->wall_ns, part->wall_ns);
	sum->monotonic_ns = later(sum->monotonic_ns, part->monotonic_ns);
	sum->started_ns = earlier(sum->started_ns, part->started_ns);
	sum->process_ns = earlier(sum->process_ns, part->process_ns);
	sum->major_at_ns = later(sum->major_at_ns, part->major_at_ns);
}

/* The places of what adds up, beside the counts. */
static const size_t added[] = {
#define ADDED(field) offsetof(struct snapshot_header, field)
    ADDED(lost),           ADDED(dropped),       ADDED(paths_dropped),
    ADDED(events_dropped), ADDED(tracker_bytes), ADDED(classes_dropped),
    ADDED(memory_limit),   ADDED(gc_minor),      ADDED(major_allocated),
    ADDED(gc_major),       ADDED(gc_time_ns),    ADDED(heap_live_slots),
    ADDED(gcs_seen),       ADDED(majors_seen),   ADDED(heap_total_slots),
    ADDED(sampled),        ADDED(sampled_of),    ADDED(rss_bytes),
#undef ADDED
};

static void add_numbers(struct snapshot_header *sum, const struct snapshot_header *part)
{
	counts_add(&sum->counts, part->counts);
	for (size_t i = 0; i < sizeof added / sizeof *added; i++) {
		uint64_t *whole = (uint64_t *)((char *)sum + added[i]);

		*whole += *(const uint64_t *)((const char *)part + added[i]);
	}
	sum->depth = part->depth > sum->depth ? part->depth : sum->depth;
	sum->path_interval = part->path_interval > sum->path_interval ? part->path_interval : sum->path_interval;
}

/* Flags that the sum has when all parts have them; the others when any has. */
#define FLAGS_OF_ALL (SNAPSHOT_EXACT | SNAPSHOT_EXISTING | SNAPSHOT_ENDED)

static void fill_header(struct snapshot_header *sum, const struct snapshot_header *const *parts, size_t count)
{
	uint32_t all = FLAGS_OF_ALL, any = 0;

	*sum = (struct snapshot_header){.pid = parts[0]->pid, .class_filter_count = parts[0]->class_filter_count};
	for (size_t i = 0; i < count; i++) {
		add_times(sum, parts[i]);
		add_numbers(sum, parts[i]);
		all &= parts[i]->flags;
		any |= parts[i]->flags & ~(uint32_t)FLAGS_OF_ALL;
	}
	/* One that is not known makes the sum unknown. */
	for (size_t i = 0; i < count; i++)
		sum->rss_bytes = parts[i]->rss_bytes ? sum->rss_bytes : 0;
	sum->flags = all | any;
}

static snapshot_string_ref add_reason(struct sum *sum, const struct snapshot_header *const *parts, size_t count)
{
	const struct snapshot_header *first = NULL;
	char text[REASON_SIZE];
	size_t others = 0;

	for (size_t i = 0; i < count; i++) {
		bool exact = parts[i]->flags & SNAPSHOT_EXACT;

		others += !exact && first;
		first = exact || first ? first : parts[i];
	}
	if (!first)
		return 0;
	int length = snprintf(text, sizeof text, "process %u: %s", (unsigned)first->pid,
	                      snapshot_string(first, first->reason, NULL));
	length = length < (int)sizeof text ? length : (int)sizeof text - 1;
	if (others)
		length += snprintf(text + length, sizeof text - (size_t)length, "; and %zu more", others);
	return add_text(sum, text, length < (int)sizeof text ? (uint32_t)length : sizeof text - 1);
}

static snapshot_string_ref add_runtime(struct sum *sum, const struct snapshot_header *const *parts, size_t count)
{
	const char *first = snapshot_string(parts[0], parts[0]->runtime, NULL);

	for (size_t i = 1; i < count; i++) {
		if (strcmp(first, snapshot_string(parts[i], parts[i]->runtime, NULL)) != 0)
			return add_text(sum, "several Rubies", sizeof "several Rubies" - 1);
	}
	return share_text(sum, parts[0], parts[0]->runtime);
}

/* Whether a list with ", " between its names has this one. */
static bool lists(const char *list, const char *name, size_t length)
{
	while (*list) {
		size_t size = strcspn(list, ",");

		if (size == length && memcmp(list, name, length) == 0)
			return true;
		list += size;
		list += strspn(list, ", ");
	}
	return false;
}

/* The names that every part still waits for. */
static snapshot_string_ref add_unmatched(struct sum *sum, const struct snapshot_header *const *parts, size_t count)
{
	const char *name = snapshot_string(parts[0], parts[0]->unmatched, NULL);
	char names[AWAITED_SIZE];
	size_t used = 0;

	while (*name) {
		size_t length = strcspn(name, ","), others = 1;

		while (others < count &&
		       lists(snapshot_string(parts[others], parts[others]->unmatched, NULL), name, length))
			others++;
		if (others == count && used + length + 2 < sizeof names) {
			memcpy(names + used, ", ", 2);
			used += used ? 2 : 0;
			memcpy(names + used, name, length);
			used += length;
		}
		name += length;
		name += strspn(name, ", ");
	}
	return add_text(sum, names, (uint32_t)used);
}

/* --- the whole --- */

/* Makes room for all that the parts have. */
static bool lay_out(struct sum *sum, const struct snapshot_header *const *parts, size_t count)
{
	uint64_t classes = 0, nodes = 0, frames = 0, strings = TEXTS_ROOM;
	size_t most_nodes = 0, most_frames = 0;

	for (size_t i = 0; i < count; i++) {
		classes += parts[i]->class_count;
		nodes += parts[i]->node_count;
		frames += parts[i]->frame_count;
		strings += parts[i]->strings_size;
		most_nodes = later(most_nodes, parts[i]->node_count);
		most_frames = later(most_frames, parts[i]->frame_count);
	}
	/* Memory that is not written to costs nothing. */
	sum->header = malloc(sizeof *sum->header + classes * sizeof *sum->class + nodes * sizeof *sum->node +
	                     frames * sizeof *sum->frame + strings + 8);
	sum->node_places = malloc((most_nodes + 1) * sizeof *sum->node_places);
	sum->frame_places = malloc((most_frames + 1) * sizeof *sum->frame_places);
	if (!sum->header || !sum->node_places || !sum->frame_places)
		return false;
	sum->class = (struct snapshot_class *)(sum->header + 1);
	sum->node = (struct snapshot_node *)(sum->class + classes);
	sum->frame = (struct snapshot_frame *)(sum->node + nodes);
	sum->text = (char *)(sum->frame + frames);
	memset(sum->text, 0, 4);
	sum->strings_size = 4;
	memory_init(&sum->memory);
	return key_map_init(&sum->strings, &sum->memory) == STATUS_OK &&
	       key_map_init(&sum->frames, &sum->memory) == STATUS_OK &&
	       key_map_init(&sum->classes, &sum->memory) == STATUS_OK &&
	       key_map_init(&sum->nodes, &sum->memory) == STATUS_OK;
}

static void clean_up(struct sum *sum)
{
	struct key_map *maps[] = {&sum->strings, &sum->frames, &sum->classes, &sum->nodes};

	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
		if (maps[i]->slots)
			key_map_deinit(maps[i]);
	}
	free(sum->node_places);
	free(sum->frame_places);
}

/* Moves an area to the end of what there is so far. */
static uint64_t close_up(struct snapshot_header *header, const void *area, size_t size)
{
	uint64_t offset = header->size;

	memmove((char *)header + offset, area, size);
	memset((char *)header + offset + size, 0, -size & 7);
	header->size += (size + 7) & ~(size_t)7;
	return offset;
}

static struct snapshot_header *assemble(struct sum *sum)
{
	struct snapshot_header *header = sum->header;

	header->magic = SNAPSHOT_MAGIC;
	header->version = SNAPSHOT_VERSION;
	header->size = sizeof *header;
	header->class_count = sum->class_count;
	header->node_count = sum->node_count;
	header->frame_count = sum->frame_count;
	header->strings_size = sum->strings_size;
	header->classes_offset = close_up(header, sum->class, sum->class_count * sizeof *sum->class);
	header->nodes_offset = close_up(header, sum->node, sum->node_count * sizeof *sum->node);
	header->frames_offset = close_up(header, sum->frame, sum->frame_count * sizeof *sum->frame);
	header->strings_offset = close_up(header, sum->text, sum->strings_size);
	struct snapshot_header *smaller = realloc(header, header->size);
	return smaller ? smaller : header;
}

struct snapshot_header *snapshot_sum(const struct snapshot_header *const *parts, size_t count, const char *command,
                                     uint64_t sequence, uint32_t *places)
{
	struct sum sum = {0};
	uint32_t most_classes = 0;

	for (size_t i = 0; i < count; i++)
		most_classes = parts[i]->class_count > most_classes ? parts[i]->class_count : most_classes;
	uint32_t *own_places = places ? NULL : malloc(((size_t)most_classes + 1) * sizeof *own_places);
	sum.failed = (!places && !own_places) || !lay_out(&sum, parts, count);
	sum.class_places = places ? places : own_places;
	for (size_t i = 0; i < count && !sum.failed; i++) {
		add_classes(&sum, parts[i]);
		add_paths(&sum, parts[i]);
		sum.class_places += places ? parts[i]->class_count : 0;
	}
	if (!sum.failed) {
		fill_header(sum.header, parts, count);
		sum.header->sequence = sequence;
		sum.header->reason = add_reason(&sum, parts, count);
		sum.header->command = add_text(&sum, command, (uint32_t)strnlen(command, TEXTS_ROOM / 4));
		sum.header->runtime = add_runtime(&sum, parts, count);
		sum.header->unmatched = add_unmatched(&sum, parts, count);
	}
	clean_up(&sum);
	free(own_places);
	if (!sum.failed)
		return assemble(&sum);
	free(sum.header);
	return NULL;
}
