#include "transport/recording.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "transport/delta.h"
#include "transport/recording_format.h"

/* Every so many frames one is written whole, so that any moment can be gone to without reading all before it. */
#define WHOLE_EVERY 100

struct recorder {
	struct descriptor file; /* owned */
	char *path;
	uint64_t length;                /* of the file, as far as it is good */
	struct snapshot_header *before; /* owned; NULL: the next frame is whole */
	unsigned since_whole;
	struct delta_bytes bytes; /* a frame */
	bool broken;
};

uint32_t recording_checksum(uint32_t before, const void *bytes, size_t size)
{
	static const uint32_t table[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
	                                   0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
	                                   0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
	const unsigned char *byte = bytes;
	uint32_t sum = ~before;

	for (size_t i = 0; i < size; i++) {
		sum = table[(sum ^ byte[i]) & 15] ^ (sum >> 4);
		sum = table[(sum ^ (byte[i] >> 4)) & 15] ^ (sum >> 4);
	}
	return ~sum;
}

uint32_t recording_frame_checksum(const struct recording_frame *frame, const void *packed)
{
	struct recording_frame plain = *frame;

	plain.checksum = 0;
	return recording_checksum(recording_checksum(0, &plain, sizeof(plain)), packed, frame->packed);
}

/* --- life --- */

/* Whether nothing would be lost that is no recording. */
static bool may_be_replaced(int fd)
{
	char magic[8];
	ssize_t length = read(fd, magic, sizeof(magic));

	return length == 0 || (length == sizeof(magic) && memcmp(magic, RECORDING_MAGIC, sizeof(magic)) == 0);
}

static bool begin(int fd, const char *path, char *problem)
{
	struct recording_head head = {.version = RECORDING_VERSION, .order = RECORDING_ORDER};
	struct stat status;

	memcpy(head.magic, RECORDING_MAGIC, sizeof(head.magic));
	if (fstat(fd, &status) == 0 && !S_ISREG(status.st_mode))
		snprintf(problem, TRANSPORT_PROBLEM_MAX, "%s is no ordinary file, so nothing can be recorded in it",
		         path);
	else if (!may_be_replaced(fd))
		snprintf(problem, TRANSPORT_PROBLEM_MAX,
		         "%s is there already and is no recording, so it is left as it is", path);
	else if (ftruncate(fd, 0) < 0 || pwrite(fd, &head, sizeof(head), 0) != sizeof(head))
		snprintf(problem, TRANSPORT_PROBLEM_MAX, "%s cannot be written: %s", path, strerror(errno));
	else
		return true;
	return false;
}

struct recorder *recorder_open(const char *path, char problem[TRANSPORT_PROBLEM_MAX])
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
	struct recorder *recorder = fd >= 0 ? calloc(1, sizeof *recorder) : NULL;
	char *copy = recorder ? strdup(path) : NULL;

	if (fd < 0)
		snprintf(problem, TRANSPORT_PROBLEM_MAX, "%s cannot be written: %s", path, strerror(errno));
	else if (!copy)
		snprintf(problem, TRANSPORT_PROBLEM_MAX, "there is not enough memory");
	else if (begin(fd, path, problem)) {
		*recorder = (struct recorder){
		    .file = descriptor_adopt(fd), .path = copy, .length = sizeof(struct recording_head)};
		return recorder;
	}
	if (fd >= 0)
		close(fd);
	free(copy);
	free(recorder);
	return NULL;
}

void recorder_close(struct recorder *recorder)
{
	descriptor_close(&recorder->file);
	free(recorder->path);
	free(recorder->before);
	free(recorder->bytes.bytes);
	free(recorder);
}

/* --- frames --- */

static bool fail(struct recorder *recorder, const char *reason, char *problem)
{
	recorder->broken = true;
	/* What is half written would only be in the way. */
	if (ftruncate(descriptor_fd(&recorder->file), (off_t)recorder->length) < 0)
		reason = errno == EBADF ? "the program has closed it" : strerror(errno);
	snprintf(problem, TRANSPORT_PROBLEM_MAX, "the recording in %s ends here: %s", recorder->path, reason);
	return false;
}

static bool write_all(struct recorder *recorder)
{
	size_t done = 0;

	while (done < recorder->bytes.used) {
		ssize_t written = pwrite(descriptor_fd(&recorder->file), recorder->bytes.bytes + done,
		                         recorder->bytes.used - done, (off_t)(recorder->length + done));
		if (written > 0)
			done += (size_t)written;
		else if (written == 0 || errno != EINTR)
			return false;
	}
	recorder->length += done;
	return true;
}

/* Completes and writes the frame whose packed bytes stand behind it already. */
static bool write_frame(struct recorder *recorder, struct recording_frame frame, char *problem)
{
	frame.magic = RECORDING_FRAME_MAGIC;
	frame.packed = recorder->bytes.used - sizeof(frame);
	frame.checksum = recording_frame_checksum(&frame, recorder->bytes.bytes + sizeof(frame));
	memcpy(recorder->bytes.bytes, &frame, sizeof(frame));
	return write_all(recorder) || fail(recorder, strerror(errno), problem);
}

/* Room for a frame, whose packed bytes are to follow. */
static bool clear(struct recorder *recorder)
{
	if (recorder->bytes.capacity < 4096) {
		unsigned char *bytes = realloc(recorder->bytes.bytes, 4096);

		if (!bytes)
			return false;
		recorder->bytes = (struct delta_bytes){.bytes = bytes, .capacity = 4096};
	}
	recorder->bytes.used = sizeof(struct recording_frame);
	return true;
}

bool recorder_add(struct recorder *recorder, const struct snapshot_header *snapshot,
                  char problem[TRANSPORT_PROBLEM_MAX])
{
	bool whole = !recorder->before || recorder->since_whole >= WHOLE_EVERY;
	struct recording_frame frame = {
	    .kind = whole ? RECORDING_WHOLE : RECORDING_CHANGES,
	    .size = snapshot->size,
	    .time_ns = snapshot->monotonic_ns,
	};

	if (recorder->broken)
		return true;
	struct snapshot_header *copy = malloc(snapshot->size);
	if (!copy || !clear(recorder) || !delta_pack(&recorder->bytes, whole ? NULL : recorder->before, snapshot)) {
		free(copy);
		return fail(recorder, "there is not enough memory", problem);
	}
	memcpy(copy, snapshot, snapshot->size);
	free(recorder->before);
	recorder->before = copy;
	recorder->since_whole = whole ? 1 : recorder->since_whole + 1;
	return write_frame(recorder, frame, problem);
}

bool recorder_end(struct recorder *recorder, const char *how, char problem[TRANSPORT_PROBLEM_MAX])
{
	size_t length = strnlen(how, RECORDING_TEXT_MAX);

	if (recorder->broken)
		return true;
	if (!clear(recorder))
		return fail(recorder, "there is not enough memory", problem);
	memcpy(recorder->bytes.bytes + recorder->bytes.used, how, length);
	recorder->bytes.used += length;
	return write_frame(recorder, (struct recording_frame){.kind = RECORDING_END, .size = length}, problem);
}
