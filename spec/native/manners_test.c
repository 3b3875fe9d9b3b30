/*
 * Bad manners: bytes that are no question to a server, and no answer to those who ask.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "served_program.h"
#include "transport/channel.h"
#include "transport/socket.h"

static int knock(struct served_program *program)
{
	int64_t deadline = milliseconds() + PATIENCE;
	int fd;

	/* While too many others wait to be let in. */
	while ((fd = socket_connect(server_path(program->server))) < 0 && milliseconds() < deadline)
		usleep(1000);
	assert_true(fd >= 0);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){.tv_sec = PATIENCE / 1000}, sizeof(struct timeval));
	return fd;
}

/* Sends bytes; then what comes back until the end must be a refusal with this text, which nothing follows. */
static void expect_refusal(struct served_program *program, const void *bytes, size_t size, const char *text)
{
	int fd = knock(program);
	char answer[1024];
	ssize_t length, total = 0;
	size_t head = sizeof(struct message_header) + sizeof(struct message_refused);

	assert_int_equal(send(fd, bytes, size, MSG_NOSIGNAL), size);
	while ((length = recv(fd, answer + total, sizeof(answer) - 1 - (size_t)total, 0)) > 0)
		total += length;
	assert_true(total >= (ssize_t)head);
	answer[total] = 0;
	char *last = answer;
	while (((struct message_header *)last)->kind == MESSAGE_HELLO)
		last += sizeof(struct message_header) + sizeof(struct message_hello);
	assert_int_equal(((struct message_header *)last)->kind, MESSAGE_REFUSED);
	assert_string_equal(last + head, text);
	close(fd);
}

struct greeting {
	struct message_header header;
	struct message_hello hello;
	struct message_header next;
	char body[8192];
};

static struct greeting polite(enum message_kind kind, uint64_t size)
{
	return (struct greeting){
	    .header = {MESSAGE_MAGIC, MESSAGE_HELLO, sizeof(struct message_hello)},
	    .hello = {.version = MESSAGE_VERSION},
	    .next = {MESSAGE_MAGIC, kind, size},
	};
}

static void expect_refused_start(struct served_program *program, struct message_start start, const char *names,
                                 size_t size, const char *text)
{
	struct greeting greeting = polite(MESSAGE_START, sizeof(start) + size);

	memcpy(greeting.body, &start, sizeof(start));
	memcpy(greeting.body + sizeof(start), names, size);
	expect_refusal(program, &greeting, offsetof(struct greeting, body) + sizeof(start) + size, text);
}

static void test_starts_that_make_no_sense(void **state)
{
	static const struct message_start senseless[] = {
	    {.given = 64},
	    {.given = UINT32_MAX, .light = 1, .path_interval = 1},
	    {.light = 1},
	    {.depth = 3},
	    {.path_interval = 1},
	    {.existing = 1},
	    {.given = MESSAGE_START_MODE, .light = 2},
	    {.given = MESSAGE_START_EXISTING, .existing = 2},
	    {.given = MESSAGE_START_PATH_INTERVAL},
	    {.given = MESSAGE_START_MEMORY_LIMIT},
	    {.memory_limit = 1 << 30},
	    {.given = MESSAGE_START_MEMORY_LIMIT, .memory_limit = 1 << 30, .reserved = 1},
	    {.given = MESSAGE_START_PATH_INTERVAL, .path_interval = UINT32_MAX},
	    {.given = MESSAGE_START_CLASSES},
	};
	static const char sentence[] = "the settings of a start make no sense",
	                  length[] = "a question has the wrong length";
	const struct message_start classes = {.given = MESSAGE_START_CLASSES};
	static char names[MESSAGE_START_NAMES_MAX + 1];
	struct served_program *program = *state;
	struct greeting greeting = polite(MESSAGE_START, sizeof(struct message_start) - 1);

	expect_refusal(program, &greeting, offsetof(struct greeting, body) + sizeof(struct message_start) - 1, length);
	greeting = polite(MESSAGE_START, 0);
	expect_refusal(program, &greeting, offsetof(struct greeting, body), length);
	for (size_t i = 0; i < sizeof senseless / sizeof *senseless; i++)
		expect_refused_start(program, senseless[i], "", 0, sentence);
	expect_refused_start(program, (struct message_start){0}, "A", 2, sentence);
	expect_refused_start(program, classes, "A", 1, sentence);
	expect_refused_start(program, classes, "", 1, sentence);
	expect_refused_start(program, classes, "A\0\0B", 5, sentence);
	memset(names, 'A', sizeof names);
	names[MESSAGE_NAME_MAX + 1] = 0;
	expect_refused_start(program, classes, names, MESSAGE_NAME_MAX + 2, sentence);
	expect_refused_start(program, classes, names, sizeof names, length);
	assert_int_equal(program->works, 0);
}

static void test_hostile_bytes(void **state)
{
	struct served_program *program = *state;
	const size_t to_body = offsetof(struct greeting, body);
	struct greeting greeting = polite(MESSAGE_SNAPSHOT, 8);

	expect_refusal(program, "GET / HTTP/1.1\r\n\r\n", 18, "it sent bytes that are no message");
	expect_refusal(program, &greeting, to_body + 8, "a question has the wrong length");
	greeting = polite(MESSAGE_GC, 1);
	expect_refusal(program, &greeting, to_body + 1, "a question has the wrong length");
	greeting = polite(MESSAGE_STOP + 1, 4);
	expect_refusal(program, &greeting, to_body + 4, "a message was of a kind that is no question");
	greeting = polite(MESSAGE_SNAPSHOT, UINT64_MAX);
	expect_refusal(program, &greeting, to_body, "it sent a message that is too long");
	greeting = polite(77, 0);
	expect_refusal(program, &greeting, to_body, "a message was of a kind that is no question");
	greeting = polite(MESSAGE_ENDED, 0);
	expect_refusal(program, &greeting, to_body, "a message was of a kind that is no question");
	greeting.header.kind = MESSAGE_GC;
	expect_refusal(program, &greeting, to_body, "the first message was no hello");
	greeting = polite(MESSAGE_SNAPSHOT, 0);
	greeting.hello.version = 99;
	expect_refusal(program, &greeting, to_body,
	               "the program has another version of memory-tracker: it speaks version 3 of the protocol, not "
	               "version 99");
	assert_int_equal(program->works, 0);
	struct client *client = served_program_look(program);
	client_ask_snapshot(client);
	expect_snapshot(client, 3);
	client_close(client);
}

static void test_random_bytes(void **state)
{
	struct served_program *program = *state;
	uint64_t random = 20261122;

	print_message("seed %llu\n", (unsigned long long)random);
	for (int round = 0; round < 300; round++) {
		struct greeting greeting = polite(MESSAGE_SNAPSHOT + round % 5, round % 24);
		size_t size = (size_t)(round * 7) % sizeof(greeting);
		int fd = knock(program);

		for (int change = 0; change < 3; change++) {
			random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
			((char *)&greeting)[(random >> 33) % sizeof(greeting)] = (char)(random >> 20);
		}
		send(fd, &greeting, size, MSG_NOSIGNAL);
		close(fd);
	}
	struct client *client = served_program_look(program);
	client_ask_snapshot(client);
	expect_snapshot(client, 3);
	client_close(client);
}

/* A question that comes byte by byte. */
static void test_small_pieces(void **state)
{
	struct greeting greeting = polite(MESSAGE_SNAPSHOT, 0);
	size_t size = offsetof(struct greeting, body);
	int fd = knock(*state);
	struct message_header header;
	char hello[sizeof(struct message_hello)];

	for (size_t i = 0; i < size; i++)
		assert_int_equal(send(fd, (char *)&greeting + i, 1, MSG_NOSIGNAL), 1);
	assert_int_equal(recv(fd, &header, sizeof(header), MSG_WAITALL), sizeof(header));
	assert_int_equal(header.kind, MESSAGE_HELLO);
	assert_int_equal(recv(fd, hello, sizeof(hello), MSG_WAITALL), sizeof(hello));
	assert_int_equal(recv(fd, &header, sizeof(header), MSG_WAITALL), sizeof(header));
	assert_int_equal(header.kind, MESSAGE_SNAPSHOT);
	close(fd);
}

/* A socket at which a test answers by hand. */
struct impostor {
	char directory[64];
	char path[DIRECTORY_PATH_MAX];
	int listener;
	const void *answer;
	size_t size;
	pthread_t thread;
};

static void *answer_by_hand(void *data)
{
	struct impostor *impostor = data;
	char question[1024];
	int fd;

	while ((fd = socket_accept(impostor->listener)) < 0)
		poll(&(struct pollfd){.fd = impostor->listener, .events = POLLIN}, 1, PATIENCE);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	assert_true(recv(fd, question, sizeof(question), 0) > 0);
	send(fd, impostor->answer, impostor->size, MSG_NOSIGNAL);
	shutdown(fd, SHUT_WR);
	while (recv(fd, question, sizeof(question), 0) > 0)
		;
	close(fd);
	return NULL;
}

static void answer(struct impostor *impostor, const void *bytes, size_t size)
{
	char problem[TRANSPORT_PROBLEM_MAX];

	strcpy(impostor->directory, "/tmp/impostor-test-XXXXXX");
	assert_non_null(mkdtemp(impostor->directory));
	assert_true(directory_socket(impostor->path, impostor->directory, 1, problem));
	impostor->listener = socket_listen(impostor->path, &(struct socket_name){0});
	impostor->answer = bytes;
	impostor->size = size;
	assert_int_equal(pthread_create(&impostor->thread, NULL, answer_by_hand, impostor), 0);
}

static void unmask(struct impostor *impostor)
{
	pthread_join(impostor->thread, NULL);
	close(impostor->listener);
	unlink(impostor->path);
	assert_int_equal(rmdir(impostor->directory), 0);
}

static void expect_no_entry(const void *bytes, size_t size, const char *reason)
{
	char problem[TRANSPORT_PROBLEM_MAX];
	struct impostor impostor;

	answer(&impostor, bytes, size);
	assert_null(client_open(impostor.path, problem));
	assert_string_equal(problem, reason);
	unmask(&impostor);
}

static void expect_break(const void *bytes, size_t size, enum client_event event, const char *reason)
{
	char problem[TRANSPORT_PROBLEM_MAX] = "";
	struct client_message message;
	struct impostor impostor;

	answer(&impostor, bytes, size);
	struct client *client = client_open(impostor.path, problem);
	assert_string_equal(problem, "");
	assert_int_equal(wait_for_next(client, &message), event);
	assert_string_equal(message.text, reason);
	assert_int_equal(client_next(client, &message), CLIENT_NOTHING);
	client_close(client);
	unmask(&impostor);
}

static void test_a_hostile_program(void **state)
{
	struct greeting greeting = polite(MESSAGE_SNAPSHOT, 8);
	size_t to_body = offsetof(struct greeting, body);

	expect_no_entry("SSH-2.0-OpenSSH_9.2\r\n", 21,
	                "the program cannot be understood: it sent bytes that are no message");
	expect_no_entry(&greeting, 10, "the program has just ended");
	expect_break(&greeting, to_body + 8, CLIENT_BROKEN,
	             "the program cannot be understood: of a snapshot, it is shorter than a header");
	expect_break(&greeting, to_body + 7, CLIENT_ENDED, "");
	greeting = polite(MESSAGE_SNAPSHOT, MESSAGE_ANSWER_MAX + 1);
	expect_break(&greeting, to_body, CLIENT_BROKEN,
	             "the program cannot be understood: it sent a message that is too long");
	greeting = polite(MESSAGE_DONE, 3);
	expect_break(&greeting, to_body + 3, CLIENT_BROKEN,
	             "the program cannot be understood: it sent a message of the wrong length");
	greeting = polite(99, 0);
	expect_break(&greeting, to_body, CLIENT_BROKEN,
	             "the program cannot be understood: it sent a message of an unknown kind");
	greeting = polite(MESSAGE_ENDED, 9);
	memcpy(greeting.body, "ended\033[2J", 9);
	expect_break(&greeting, to_body + 9, CLIENT_ENDED, "ended?[2J");
	greeting.hello.version = 4;
	expect_no_entry(&greeting, to_body,
	                "the program has another version of memory-tracker: it speaks version 4 of the protocol, not "
	                "version 3");
	greeting.header.kind = MESSAGE_GC;
	expect_no_entry(&greeting, to_body, "what answers there is no program with memory-tracker");
}

static void test_nobody_answers(void **state)
{
	struct served_program *program = *state;
	char path[DIRECTORY_PATH_MAX], problem[TRANSPORT_PROBLEM_MAX];

	assert_true(directory_socket(path, program->directory, 12, problem));
	assert_null(client_open(path, problem));
	assert_non_null(strstr(problem, "nobody can be looked into at /tmp/server-test-"));
	int fd = socket_listen(path, &(struct socket_name){0});
	int64_t start = milliseconds();
	assert_null(client_open(path, problem));
	assert_string_equal(problem, "the program does not answer");
	assert_in_range(milliseconds() - start, 900, PATIENCE);
	close(fd);
	unlink(path);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, served_program_start, served_program_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_starts_that_make_no_sense),
	    TEST(test_hostile_bytes),
	    TEST(test_random_bytes),
	    TEST(test_small_pieces),
	    TEST(test_nobody_answers),
	    cmocka_unit_test(test_a_hostile_program),
	};

	signal(SIGPIPE, SIG_DFL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
