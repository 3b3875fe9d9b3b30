#include "transport/delta.h"

#include <stdlib.h>
#include <string.h>

/* Equal bytes that are fewer than this do not end a run of different ones: telling of them would take as many. */
#define WORTH_TELLING 3

/* Packed bytes do not become more than so many times as many, beside those of the snapshot before. */
#define EXPANSION_MAX 64

/* The parts of a snapshot, in this order; the last one goes on to the end. */
enum { PARTS = 5 };

struct snapshot_layout {
	uint64_t starts[PARTS];
	uint64_t size;
};

static struct snapshot_layout layout_of(const struct snapshot_header *snapshot)
{
	return (struct snapshot_layout){
	    .starts = {0, snapshot->classes_offset, snapshot->nodes_offset, snapshot->frames_offset,
	               snapshot->strings_offset},
	    .size = snapshot->size,
	};
}

/* A stretch of one part, and what lies at the same place of the snapshot before. */
struct stretch {
	uint64_t end;
	const unsigned char *before; /* of the first byte; NULL: zeros */
	uint64_t known;              /* so many bytes of it are there */
};

/* The stretch that begins at `offset`. Nothing is taken for granted of either layout. */
static struct stretch stretch_at(const struct snapshot_layout *layout, uint64_t offset,
                                 const struct snapshot_header *before, const struct snapshot_layout *old)
{
	struct stretch stretch = {.end = layout->size};
	unsigned part = 0;

	for (unsigned i = 1; i < PARTS; i++) {
		if (layout->starts[i] <= offset)
			part = i;
		else if (layout->starts[i] < stretch.end)
			stretch.end = layout->starts[i];
	}
	uint64_t inside = offset - layout->starts[part];
	if (!before || old->starts[part] > old->size || inside >= old->size - old->starts[part])
		return stretch;
	uint64_t place = old->starts[part] + inside;
	stretch.before = (const unsigned char *)before + place;
	stretch.known = old->size - place;
	return stretch;
}

/* Writes what the bytes from `offset` to `end` are to be compared with. */
static void predict(unsigned char *out, uint64_t offset, uint64_t end, const struct snapshot_layout *layout,
                    const struct snapshot_header *before, const struct snapshot_layout *old)
{
	while (offset < end) {
		struct stretch stretch = stretch_at(layout, offset, before, old);
		uint64_t length = (stretch.end < end ? stretch.end : end) - offset;
		uint64_t known = stretch.known < length ? stretch.known : length;

		if (known)
			memcpy(out + offset, stretch.before, known);
		memset(out + offset + known, 0, length - known);
		offset += length;
	}
}

/* --- packing --- */

static bool put(struct delta_bytes *out, const unsigned char *bytes, size_t length)
{
	if (out->used + length > out->capacity) {
		size_t capacity = out->capacity ? out->capacity : 4096;

		while (capacity < out->used + length)
			capacity *= 2;
		unsigned char *grown = realloc(out->bytes, capacity);
		if (!grown)
			return false;
		out->bytes = grown;
		out->capacity = capacity;
	}
	if (length)
		memcpy(out->bytes + out->used, bytes, length);
	out->used += length;
	return true;
}

static bool put_number(struct delta_bytes *out, uint64_t number)
{
	unsigned char bytes[10];
	size_t length = 0;

	do {
		bytes[length++] = (unsigned char)((number & 127) | (number > 127 ? 128 : 0));
		number >>= 7;
	} while (number);
	return put(out, bytes, length);
}

/* The end of the run of different bytes that begins at `start`. */
static size_t end_of_run(const unsigned char *bytes, const unsigned char *expected, size_t start, size_t size)
{
	size_t end = start, same = 0;

	for (size_t i = start; i < size && same < WORTH_TELLING; i++) {
		same = bytes[i] == expected[i] ? same + 1 : 0;
		if (!same)
			end = i + 1;
	}
	return end;
}

static bool put_differences(struct delta_bytes *out, const unsigned char *bytes, const unsigned char *expected,
                            size_t size)
{
	size_t place = 0;

	while (place < size) {
		size_t start = place;

		while (start < size && bytes[start] == expected[start])
			start++;
		size_t end = end_of_run(bytes, expected, start, size);
		if (!put_number(out, start - place) || !put_number(out, end - start) ||
		    !put(out, bytes + start, end - start))
			return false;
		place = end;
	}
	return true;
}

bool delta_pack(struct delta_bytes *out, const struct snapshot_header *before, const struct snapshot_header *snapshot)
{
	struct snapshot_layout layout = layout_of(snapshot), old = {.size = 0};
	unsigned char *expected = malloc(snapshot->size);

	if (!expected)
		return false;
	if (before)
		old = layout_of(before);
	/* The header comes first, without knowing where the other parts begin. */
	predict(expected, 0, sizeof(*snapshot),
	        &(struct snapshot_layout){.size = sizeof(*snapshot), .starts = {0, -1, -1, -1, -1}}, before, &old);
	predict(expected, sizeof(*snapshot), snapshot->size, &layout, before, &old);
	bool done = put_differences(out, (const unsigned char *)snapshot, expected, snapshot->size);
	free(expected);
	return done;
}

/* --- unpacking --- */

struct reader {
	const unsigned char *bytes;
	size_t length;
	size_t place;
};

static bool get_number(struct reader *reader, uint64_t *number)
{
	*number = 0;
	for (unsigned shift = 0; shift < 63 && reader->place < reader->length; shift += 7) {
		unsigned char byte = reader->bytes[reader->place++];

		*number |= (uint64_t)(byte & 127) << shift;
		if (byte < 128)
			return true;
	}
	return false;
}

/* How far the pairs have been followed. */
struct cursor {
	uint64_t same;
	uint64_t different;
};

/* Writes differences over what is expected, from `place` to `end`. */
static bool apply(struct reader *reader, struct cursor *cursor, unsigned char *out, uint64_t place, uint64_t end)
{
	while (place < end) {
		if (!cursor->same && !cursor->different &&
		    (!get_number(reader, &cursor->same) || !get_number(reader, &cursor->different) ||
		     (!cursor->same && !cursor->different)))
			return false;
		uint64_t same = cursor->same < end - place ? cursor->same : end - place;
		cursor->same -= same;
		place += same;
		if (cursor->same)
			continue;
		uint64_t different = cursor->different < end - place ? cursor->different : end - place;
		if (different > reader->length - reader->place)
			return false;
		memcpy(out + place, reader->bytes + reader->place, different);
		reader->place += different;
		cursor->different -= different;
		place += different;
	}
	return true;
}

static bool unpack(struct reader *reader, unsigned char *out, uint64_t size, const struct snapshot_header *before)
{
	const struct snapshot_layout unknown = {.size = sizeof(*before), .starts = {0, -1, -1, -1, -1}};
	struct snapshot_layout layout, old = {.size = 0};
	struct cursor cursor = {0};

	if (before)
		old = layout_of(before);
	predict(out, 0, sizeof(*before), &unknown, before, &old);
	if (!apply(reader, &cursor, out, 0, sizeof(*before)))
		return false;
	layout = layout_of((struct snapshot_header *)out);
	layout.size = size;
	predict(out, sizeof(*before), size, &layout, before, &old);
	return apply(reader, &cursor, out, sizeof(*before), size) && reader->place == reader->length && !cursor.same &&
	       !cursor.different && ((struct snapshot_header *)out)->size == size;
}

struct snapshot_header *delta_unpack(const unsigned char *bytes, size_t length, const struct snapshot_header *before,
                                     uint64_t size)
{
	struct reader reader = {.bytes = bytes, .length = length};
	uint64_t most = (uint64_t)length * EXPANSION_MAX + (before ? before->size : 0) + sizeof(*before);

	if (size < sizeof(*before) || size > most)
		return NULL;
	unsigned char *out = malloc(size);
	if (out && unpack(&reader, out, size, before))
		return (struct snapshot_header *)out;
	free(out);
	return NULL;
}
