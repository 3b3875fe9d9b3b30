#include "fuzz.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "transport/client.h"
#include "transport/recording.h"
#include "transport/recording_format.h"
#include "transport/connection.h"

/* A socket from which the bytes can be read, and then the end. */
static int socket_with(const uint8_t *data, size_t size, int *other)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		abort();
	setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &(int){1 << 20}, sizeof(int));
	if (size > 100000)
		size = 100000;
	if (send(pair[1], data, size, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 && size)
		abort();
	shutdown(pair[1], SHUT_WR);
	*other = pair[1];
	return pair[0];
}

static void drain(int fd)
{
	char bytes[4096];

	while (recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		;
}

/* What is passed on has only settings that there are, and names that end. */
static void check_start(const struct server_work *work)
{
	const struct message_start *start = &work->start;
	size_t length = 0;

	if (start->given > MESSAGE_START_ALL || start->light > 1 || start->existing > 1 ||
	    start->path_interval > INT32_MAX)
		abort();
	for (const char *name = work->names; *name; name += length + 1) {
		length = strlen(name);
		if (length > MESSAGE_NAME_MAX || name + length >= work->names + MESSAGE_START_NAMES_MAX)
			abort();
	}
	if (!(start->given & MESSAGE_START_CLASSES) != !work->names[0])
		abort();
}

static void listen_to(const uint8_t *data, size_t size)
{
	struct connection connection = {.here = true};
	int other;

	channel_init(&connection.channel, socket_with(data, size, &other), MESSAGE_QUESTION_MAX);
	for (int nogvl_call = 0; nogvl_call < 100 && !connection.going && !connection.channel.problem; nogvl_call++) {
		if (connection_read(&connection, true, 1, 1))
			connection.due = 0;
		if (connection.wants_work && connection.work.kind == MESSAGE_START)
			check_start(&connection.work);
		if (nogvl_call % 2)
			connection.wants_work = false;
		drain(other);
		channel_flush(&connection.channel);
	}
	channel_deinit(&connection.channel, true);
	close(other);
}

/* What is accepted must be readable to its end; a sanitizer watches. */
static uint64_t read_all(const struct snapshot_header *snapshot)
{
	uint64_t sum = snapshot->counts.allocated;

	for (uint32_t i = 0; i < snapshot->class_count; i++)
		sum += strlen(snapshot_string(snapshot, snapshot_classes(snapshot)[i].name, NULL));
	for (uint32_t i = 0; i < snapshot->node_count; i++)
		sum += snapshot_frames(snapshot)[snapshot_nodes(snapshot)[i].frame].line;
	for (uint32_t i = 0; i < snapshot->frame_count; i++)
		sum += strlen(snapshot_string(snapshot, snapshot_frames(snapshot)[i].path, NULL));
	return sum + strlen(snapshot_string(snapshot, snapshot->command, NULL));
}

static void answer(const uint8_t *data, size_t size)
{
	struct client_message message;
	char problem[TRANSPORT_PROBLEM_MAX];
	volatile uint64_t sum __attribute__((unused)) = 0;
	int other;
	struct client *client = client_over(socket_with(data, size, &other), problem);

	if (client) {
		client_ask_snapshot(client);
		while (client_next(client, &message) != CLIENT_NOTHING) {
			if (message.snapshot)
				sum += read_all(message.snapshot);
			sum += strlen(message.text);
			free(message.snapshot);
		}
		client_close(client);
	}
	close(other);
}

/* No fuzzer guesses checksums: they are made right, so that it gets to what is behind them. */
static void mend_checksums(uint8_t *bytes, size_t size)
{
	size_t offset = sizeof(struct recording_head);
	struct recording_frame frame;

	while (offset + sizeof(frame) <= size) {
		memcpy(&frame, bytes + offset, sizeof(frame));
		if (frame.packed > size - offset - sizeof(frame))
			return;
		frame.checksum = recording_frame_checksum(&frame, bytes + offset + sizeof(frame));
		memcpy(bytes + offset, &frame, sizeof(frame));
		offset += sizeof(frame) + frame.packed;
	}
}

static void play(const uint8_t *data, size_t size)
{
	char path[64], problem[TRANSPORT_PROBLEM_MAX];
	uint8_t *bytes = malloc(size + 1);
	int fd = memfd_create("recording", 0);
	volatile uint64_t sum __attribute__((unused)) = 0;

	memcpy(bytes, data, size);
	mend_checksums(bytes, size);
	if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	struct recording *recording = recording_open(path, problem);
	for (size_t i = 0; recording && i < recording_count(recording); i++) {
		struct snapshot_header *snapshot = recording_snapshot(recording, i * 7 % recording_count(recording));

		if (snapshot)
			sum += read_all(snapshot) + recording_time(recording, i);
		free(snapshot);
	}
	if (recording)
		recording_close(recording);
	close(fd);
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	switch (data[0] % 3) {
	case 0:
		listen_to(data + 1, size - 1);
		break;
	case 1:
		answer(data + 1, size - 1);
		break;
	default:
		play(data + 1, size - 1);
	}
	return 0;
}
