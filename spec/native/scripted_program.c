#include "scripted_program.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fake_snapshot.h"

void scripted_listen(struct scripted_program *program, const char *directory, pid_t pid)
{
	char problem[TRANSPORT_PROBLEM_MAX];

	*program = (struct scripted_program){.pid = pid};
	assert_true(directory_socket(program->path, directory, pid, problem));
	program->listener = socket_listen(program->path, &program->name);
	assert_true(program->listener >= 0);
}

void scripted_kill(struct scripted_program *program)
{
	if (program->listener >= 0)
		close(program->listener);
	program->listener = -1;
	scripted_hang_up(program);
}

void scripted_end(struct scripted_program *program)
{
	socket_unlink(program->path, &program->name);
	scripted_kill(program);
}

bool scripted_accept(struct scripted_program *program)
{
	int fd = socket_accept(program->listener);

	if (fd < 0)
		return false;
	scripted_hang_up(program);
	channel_init(&program->channel, fd, MESSAGE_QUESTION_MAX);
	return program->connected = true;
}

void scripted_hang_up(struct scripted_program *program)
{
	if (program->connected)
		channel_deinit(&program->channel, false);
	program->connected = false;
}

void scripted_greet(struct scripted_program *program)
{
	struct message_hello hello = {.version = MESSAGE_VERSION, .pid = (uint32_t)program->pid, .running = 1};

	/* Of those that wait, all but the last may be over. */
	while (scripted_accept(program))
		;
	assert_int_equal(scripted_take(program), MESSAGE_HELLO);
	assert_true(channel_send(&program->channel, MESSAGE_HELLO, &hello, sizeof hello, NULL, 0));
}

struct client *scripted_client(struct scripted_program *program)
{
	char problem[TRANSPORT_PROBLEM_MAX] = "";
	struct client_message message;
	struct client *client = client_begin(program->path, problem);

	assert_string_equal(problem, "");
	scripted_greet(program);
	assert_int_equal(client_next(client, &message), CLIENT_GREETED);
	return client;
}

enum message_kind scripted_take(struct scripted_program *program)
{
	struct channel_message message;

	assert_true(program->connected);
	return channel_receive(&program->channel, &message) == CHANNEL_MESSAGE ? message.kind : 0;
}

unsigned scripted_count(struct scripted_program *program, enum message_kind kind)
{
	enum message_kind taken;
	unsigned count = 0;

	while ((taken = scripted_take(program))) {
		assert_int_equal(taken, kind);
		count++;
	}
	return count;
}

struct snapshot_header *scripted_snapshot(const struct snapshot_header *head, uint64_t allocated, uint64_t retained)
{
	const struct fake_class class = {1, "A", allocated, 0, retained, 0};
	struct snapshot_header full = *head;

	full.monotonic_ns = full.sequence * UINT64_C(1000000000);
	full.flags |= SNAPSHOT_EXACT;
	return fake_snapshot(&full, NULL, &class, 1);
}

static void send_snapshot(struct scripted_program *program, struct snapshot_header head, uint64_t allocated,
                          uint64_t retained)
{
	head.pid = (uint32_t)program->pid;
	head.sequence = ++program->sequence;
	struct snapshot_header *snapshot = scripted_snapshot(&head, allocated, retained);
	assert_true(channel_send(&program->channel, MESSAGE_SNAPSHOT, snapshot, snapshot->size, NULL, 0));
	free(snapshot);
}

void scripted_send_snapshot(struct scripted_program *program, uint64_t allocated, uint32_t flags)
{
	send_snapshot(program, (struct snapshot_header){.flags = flags}, allocated, 0);
}

void scripted_send_retained(struct scripted_program *program, uint64_t retained, uint64_t majors, uint64_t seconds)
{
	struct snapshot_header head = {.majors_seen = majors, .major_at_ns = seconds * UINT64_C(1000000000)};

	send_snapshot(program, head, retained, retained);
}

void scripted_send_refused(struct scripted_program *program, enum message_kind asked, const char *sentence)
{
	struct message_refused refused = {.asked = asked};

	assert_true(
	    channel_send(&program->channel, MESSAGE_REFUSED, &refused, sizeof refused, sentence, strlen(sentence)));
}

void scripted_send_done(struct scripted_program *program, enum message_kind asked, uint64_t nanoseconds)
{
	struct message_done done = {.asked = asked, .nanoseconds = nanoseconds};

	assert_true(channel_send(&program->channel, MESSAGE_DONE, &done, sizeof done, NULL, 0));
}

void scripted_send_ended(struct scripted_program *program, const char *how)
{
	assert_true(channel_send(&program->channel, MESSAGE_ENDED, how, strlen(how), NULL, 0));
}

void scripted_send_bytes(struct scripted_program *program, const void *bytes, size_t size)
{
	assert_int_equal(send(descriptor_fd(&program->channel.socket), bytes, size, MSG_NOSIGNAL), size);
}
