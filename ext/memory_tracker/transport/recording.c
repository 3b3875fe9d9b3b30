#include "transport/recording.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "transport/delta.h"
#include "transport/recording_format.h"

/* Where a snapshot is in the file. */
struct place {
	uint64_t offset; /* of its frame */
	uint64_t time_ns;
	bool whole;
};

struct recording {
	struct descriptor file; /* owned */
	struct place *places;   /* owned */
	size_t count;
	size_t capacity;
	char how[RECORDING_TEXT_MAX + 1];
	bool ended;
	char damage[TRANSPORT_PROBLEM_MAX]; /* empty: none */

	unsigned char *packed; /* owned; of the latest frame */
	size_t packed_capacity;
	struct snapshot_header *current; /* owned; the latest snapshot that was unpacked, or NULL */
	size_t current_index;
};

/* --- frames --- */

static bool read_at(const struct recording *recording, uint64_t offset, void *out, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t length =
		    pread(descriptor_fd(&recording->file), (char *)out + done, size - done, (off_t)(offset + done));

		if (length > 0)
			done += (size_t)length;
		else if (length == 0 || errno != EINTR)
			return false;
	}
	return true;
}

static bool plausible(const struct recording_frame *frame)
{
	switch (frame->kind) {
	case RECORDING_WHOLE:
	case RECORDING_CHANGES:
		return frame->size <= RECORDING_SNAPSHOT_MAX;
	case RECORDING_END:
		return frame->packed <= RECORDING_TEXT_MAX;
	default:
		return false;
	}
}

/* Reads a frame and what follows it, of which the file has `left` bytes. False when it is damaged. */
static bool read_frame(struct recording *recording, uint64_t offset, uint64_t left, struct recording_frame *frame)
{
	if (left < sizeof(*frame) || !read_at(recording, offset, frame, sizeof(*frame)) ||
	    frame->magic != RECORDING_FRAME_MAGIC || frame->packed > left - sizeof(*frame) || !plausible(frame))
		return false;
	if (frame->packed > recording->packed_capacity) {
		unsigned char *packed = realloc(recording->packed, frame->packed);

		if (!packed)
			return false;
		recording->packed = packed;
		recording->packed_capacity = frame->packed;
	}
	return read_at(recording, offset + sizeof(*frame), recording->packed, frame->packed) &&
	       recording_frame_checksum(frame, recording->packed) == frame->checksum;
}

/* --- looking through it --- */

static bool note_snapshot(struct recording *recording, uint64_t offset, const struct recording_frame *frame)
{
	struct place place = {offset, frame->time_ns, frame->kind == RECORDING_WHOLE};

	if (recording->count == recording->capacity) {
		size_t capacity = recording->capacity ? recording->capacity * 2 : 256;
		struct place *grown = realloc(recording->places, capacity * sizeof(*grown));

		if (!grown)
			return false;
		recording->places = grown;
		recording->capacity = capacity;
	}
	/* Time does not go back, whatever was recorded. */
	if (recording->count && place.time_ns < recording->places[recording->count - 1].time_ns)
		place.time_ns = recording->places[recording->count - 1].time_ns;
	recording->places[recording->count++] = place;
	return true;
}

static void note_end(struct recording *recording, const struct recording_frame *frame)
{
	recording->ended = true;
	if (frame->packed)
		memcpy(recording->how, recording->packed, frame->packed);
	recording->how[frame->packed] = 0;
	/* It may be printed. */
	for (char *c = recording->how; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 127)
			*c = '?';
	}
}

static void look_through(struct recording *recording)
{
	uint64_t offset = sizeof(struct recording_head),
	         end = (uint64_t)lseek(descriptor_fd(&recording->file), 0, SEEK_END);
	struct recording_frame frame;

	while (offset < end) {
		if (!read_frame(recording, offset, end - offset, &frame) ||
		    (frame.kind == RECORDING_CHANGES && !recording->count) ||
		    (frame.kind != RECORDING_END && !note_snapshot(recording, offset, &frame))) {
			snprintf(recording->damage, sizeof(recording->damage),
			         "the recording is damaged at byte %llu of %llu; it is shown up to there",
			         (unsigned long long)offset, (unsigned long long)end);
			return;
		}
		if (frame.kind == RECORDING_END)
			note_end(recording, &frame);
		offset += sizeof(frame) + frame.packed;
	}
}

/* Returns why it cannot be shown, or NULL. */
static const char *examine(struct recording *recording)
{
	struct recording_head head;

	if (!read_at(recording, 0, &head, sizeof(head)) || memcmp(head.magic, RECORDING_MAGIC, sizeof(head.magic)) != 0)
		return "it is no recording";
	if (head.order != RECORDING_ORDER)
		return "it was made on a machine of another byte order";
	if (head.version != RECORDING_VERSION)
		return "it was made by another version of memory-tracker";
	look_through(recording);
	if (!recording->count)
		return recording->damage[0] ? "it is damaged from the start" : "there is nothing in it";
	struct snapshot_header *first = recording_snapshot(recording, 0);
	free(first);
	return first ? NULL : "its first numbers contradict themselves";
}

struct recording *recording_open(const char *path, char problem[TRANSPORT_PROBLEM_MAX])
{
	struct recording *recording = calloc(1, sizeof *recording);
	const char *reason;

	if (!recording) {
		snprintf(problem, TRANSPORT_PROBLEM_MAX, "there is not enough memory");
		return NULL;
	}
	recording->file = descriptor_adopt(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
	reason = recording->file.fd < 0 ? strerror(errno) : examine(recording);
	if (!reason)
		return recording;
	snprintf(problem, TRANSPORT_PROBLEM_MAX, "%s cannot be shown: %s", path, reason);
	recording_close(recording);
	return NULL;
}

void recording_close(struct recording *recording)
{
	descriptor_close(&recording->file);
	free(recording->places);
	free(recording->packed);
	free(recording->current);
	free(recording);
}

/* --- what it tells --- */

size_t recording_count(const struct recording *recording)
{
	return recording->count;
}

uint64_t recording_time(const struct recording *recording, size_t index)
{
	return recording->places[index].time_ns - recording->places[0].time_ns;
}

const char *recording_how(const struct recording *recording)
{
	return recording->ended ? recording->how : NULL;
}

const char *recording_damage(const struct recording *recording)
{
	return recording->damage[0] ? recording->damage : NULL;
}

/* Unpacks a snapshot, the one before which is current unless it is whole. */
static bool unpack(struct recording *recording, size_t index)
{
	struct snapshot_header *before = recording->places[index].whole ? NULL : recording->current;
	struct recording_frame frame;

	if (!read_frame(recording, recording->places[index].offset, UINT64_MAX, &frame))
		return false;
	struct snapshot_header *snapshot = delta_unpack(recording->packed, frame.packed, before, frame.size);
	if (!snapshot)
		return false;
	free(recording->current);
	recording->current = snapshot;
	recording->current_index = index;
	return true;
}

struct snapshot_header *recording_snapshot(struct recording *recording, size_t index)
{
	size_t next = index;

	while (!recording->places[next].whole && next > 0)
		next--;
	if (recording->current && recording->current_index <= index && recording->current_index >= next)
		next = recording->current_index + 1;
	while (next <= index) {
		if (!unpack(recording, next++))
			return NULL;
	}
	if (snapshot_check(recording->current, recording->current->size))
		return NULL;
	struct snapshot_header *copy = malloc(recording->current->size);
	if (copy)
		memcpy(copy, recording->current, recording->current->size);
	return copy;
}
