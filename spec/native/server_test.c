#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fake_snapshot.h"
#include "transport/channel.h"
#include "transport/client.h"
#include "transport/server.h"
#include "transport/socket.h"

/* Milliseconds that anything may take. */
#define PATIENCE 20000

/* A program to look into: what it is asked for is done at once, or when the test says so. */
struct program {
	char directory[64];
	struct server *server;
	atomic_uint classes; /* in a snapshot; 0: there is none */
	atomic_bool running;
	atomic_bool lazy; /* work waits for the test */
	atomic_uint snapshots;
	atomic_uint refreshes;
	atomic_uint works;
	atomic_uint deserted;
	atomic_int open;
	struct server_work work;
};

/* Closing and opening have no context. */
static struct program *current;

static struct snapshot_header *make_snapshot(uint32_t count)
{
	struct snapshot_header head = {.flags = SNAPSHOT_RUNNING | SNAPSHOT_EXACT, .sequence = 1};
	struct fake_class *classes = calloc(count, sizeof *classes);

	for (uint32_t i = 0; i < count; i++)
		classes[i] = (struct fake_class){.id = i + 1, .name = "A::Class::With::A::Name", .allocated = i};
	struct snapshot_header *snapshot = fake_snapshot(&head, NULL, classes, count);
	free(classes);
	return snapshot;
}

static struct snapshot_header *snapshot(void *context)
{
	struct program *program = context;

	atomic_fetch_add(&program->snapshots, 1);
	return program->classes ? make_snapshot(program->classes) : NULL;
}

static bool running(void *context)
{
	return ((struct program *)context)->running;
}

static void refresh(void *context)
{
	struct program *program = context;

	atomic_fetch_add(&program->refreshes, 1);
	if (!program->lazy)
		server_refreshed(program->server);
}

static const char *work(void *context, const struct server_work *work)
{
	struct program *program = context;

	program->work = *work;
	atomic_fetch_add(&program->works, 1);
	if (program->lazy)
		return NULL;
	if (work->kind == MESSAGE_STOP)
		return "it shall not be stopped";
	server_done(program->server, work->depth == 99 ? "that is too deep" : NULL, 41);
	return NULL;
}

static void deserted(void *context)
{
	atomic_fetch_add(&((struct program *)context)->deserted, 1);
}

static void opened(int fd)
{
	assert_true(fd >= 0);
	atomic_fetch_add(&current->open, 1);
}

static void closing(int fd)
{
	assert_true(fd >= 0);
	atomic_fetch_sub(&current->open, 1);
}

static int start(void **state)
{
	struct program *program = calloc(1, sizeof *program);
	struct server_source source = {.context = program,
	                               .snapshot = snapshot,
	                               .running = running,
	                               .refresh = refresh,
	                               .work = work,
	                               .deserted = deserted,
	                               .opened = opened,
	                               .closing = closing};
	char problem[TRANSPORT_PROBLEM_MAX] = "";

	current = program;
	program->classes = 3;
	strcpy(program->directory, "/tmp/server-test-XXXXXX");
	assert_non_null(mkdtemp(program->directory));
	program->server = server_start(program->directory, &source, problem);
	assert_string_equal(problem, "");
	*state = program;
	return 0;
}

static void end_server(struct program *program, const char *how)
{
	if (!program->server)
		return;
	server_end(program->server, how);
	server_free(program->server);
	program->server = NULL;
}

static int stop(void **state)
{
	struct program *program = *state;

	end_server(program, NULL);
	assert_int_equal(program->open, 0);
	/* Nothing is left in it. */
	assert_int_equal(rmdir(program->directory), 0);
	free(program);
	return 0;
}

static struct client *look(struct program *program)
{
	char problem[TRANSPORT_PROBLEM_MAX] = "";
	struct client *client = client_open(server_path(program->server), problem);

	assert_string_equal(problem, "");
	assert_int_equal(client_pid(client), getpid());
	return client;
}

static int64_t milliseconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static enum client_event wait_for_next(struct client *client, struct client_message *message)
{
	int64_t deadline = milliseconds() + PATIENCE;
	enum client_event event;

	while ((event = client_next(client, message)) == CLIENT_NOTHING && milliseconds() < deadline)
		client_wait(client, 100);
	return event;
}

/* Waits until `counter` is at least `wanted`. */
static void wait_for_count(atomic_uint *counter, unsigned wanted)
{
	int64_t deadline = milliseconds() + PATIENCE;

	while (*counter < wanted && milliseconds() < deadline)
		usleep(1000);
	assert_true(*counter >= wanted);
}

static void expect_snapshot(struct client *client, uint32_t classes)
{
	struct client_message message;

	assert_int_equal(wait_for_next(client, &message), CLIENT_SNAPSHOT);
	assert_int_equal(message.snapshot->class_count, classes);
	free(message.snapshot);
}

/* --- questions and answers --- */

static void test_snapshots(void **state)
{
	struct program *program = *state;
	struct client *client = look(program);

	assert_false(client_running(client));
	for (uint32_t count = 1; count < 4000; count *= 3) {
		program->classes = count;
		assert_true(client_ask_snapshot(client));
		expect_snapshot(client, count);
	}
	client_close(client);
}

static void test_questions_asked_all_at_once(void **state)
{
	struct client *client = look(*state);

	for (int i = 0; i < 50; i++)
		assert_true(client_ask_snapshot(client));
	for (int i = 0; i < 50; i++)
		expect_snapshot(client, 3);
	client_close(client);
}

static void test_nothing_is_worked_out_for_who_does_not_ask(void **state)
{
	struct program *program = *state;
	struct client *client = look(program);

	client_close(client);
	client = look(program);
	assert_int_equal(program->snapshots + program->refreshes + program->works, 0);
	client_close(client);
}

static void test_no_snapshot(void **state)
{
	struct program *program = *state;
	struct client *client = look(program);
	struct client_message message;

	program->classes = 0;
	client_ask_snapshot(client);
	assert_int_equal(wait_for_next(client, &message), CLIENT_REFUSED);
	assert_int_equal(message.asked, MESSAGE_SNAPSHOT);
	assert_string_equal(message.text, "no objects are counted yet");
	client_close(client);
}

static void test_a_snapshot_does_not_wait_for_the_vm(void **state)
{
	struct program *program = *state;
	struct client *client = look(program);

	program->lazy = true;
	client_ask_gc(client);
	client_ask_snapshot(client);
	expect_snapshot(client, 3);
	client_ask_snapshot(client);
	expect_snapshot(client, 3);
	client_close(client);
}

static void test_work(void **state)
{
	struct program *program = *state;
	struct client *client = look(program);
	struct client_message message;

	client_ask_gc(client);
	assert_int_equal(wait_for_next(client, &message), CLIENT_GC_DONE);
	assert_int_equal(message.nanoseconds, 41);
	client_set_depth(client, "Shop::Session", 7);
	assert_int_equal(wait_for_next(client, &message), CLIENT_DONE);
	assert_int_equal(message.asked, MESSAGE_DEPTH);
	assert_string_equal(program->work.name, "Shop::Session");
	assert_int_equal(program->work.depth, 7);
	client_set_depth(client, NULL, UINT32_MAX);
	assert_int_equal(wait_for_next(client, &message), CLIENT_DONE);
	assert_string_equal(program->work.name, "");
	client_set_depth(client, NULL, 99);
	assert_int_equal(wait_for_next(client, &message), CLIENT_REFUSED);
	assert_string_equal(message.text, "that is too deep");
	client_ask_stop(client);
	assert_int_equal(wait_for_next(client, &message), CLIENT_REFUSED);
	assert_int_equal(message.asked, MESSAGE_STOP);
	assert_string_equal(message.text, "it shall not be stopped");
	client_close(client);
}

static void test_work_while_there_is_some(void **state)
{
	struct program *program = *state;
	struct client *first = look(program), *second = look(program);
	struct client_message message;

	program->lazy = true;
	client_ask_gc(first);
	wait_for_count(&program->works, 1);
	client_ask_gc(first);
	assert_int_equal(wait_for_next(first, &message), CLIENT_REFUSED);
	assert_string_equal(message.text, "what was asked for before is not done yet");
	client_ask_stop(second);
	server_done(program->server, NULL, 5);
	assert_int_equal(wait_for_next(first, &message), CLIENT_GC_DONE);
	wait_for_count(&program->works, 2);
	assert_int_equal(program->work.kind, MESSAGE_STOP);
	/* Who leaves is told nothing, and nobody else instead of him. */
	client_close(second);
	server_done(program->server, NULL, 6);
	client_ask_gc(first);
	wait_for_count(&program->works, 3);
	server_done(program->server, NULL, 7);
	assert_int_equal(wait_for_next(first, &message), CLIENT_GC_DONE);
	assert_int_equal(message.nanoseconds, 7);
	client_close(first);
}

static void test_when_all_who_started_are_gone(void **state)
{
	struct program *program = *state;
	struct client *first = look(program), *second = look(program), *other = look(program);
	struct client_message message;

	client_ask_start(first);
	assert_int_equal(wait_for_next(first, &message), CLIENT_DONE);
	client_ask_start(second);
	assert_int_equal(wait_for_next(second, &message), CLIENT_DONE);
	client_close(first);
	client_ask_snapshot(other);
	expect_snapshot(other, 3);
	assert_int_equal(program->deserted, 0);
	client_close(second);
	wait_for_count(&program->deserted, 1);
	client_close(other);
	assert_int_equal(program->deserted, 1);
}

static void test_as_many_as_there_are_places(void **state)
{
	struct program *program = *state;
	struct client *clients[SERVER_CLIENTS_MAX];
	char problem[TRANSPORT_PROBLEM_MAX];

	for (int i = 0; i < SERVER_CLIENTS_MAX; i++)
		clients[i] = look(program);
	assert_null(client_open(server_path(program->server), problem));
	assert_string_equal(problem, "as many look into the program already as can at the same time");
	for (int i = 0; i < SERVER_CLIENTS_MAX; i++) {
		client_ask_snapshot(clients[i]);
		expect_snapshot(clients[i], 3);
		client_close(clients[i]);
	}
	/* Their places are free again, some time soon. */
	int64_t deadline = milliseconds() + PATIENCE;
	struct client *client = NULL;
	while (!client && milliseconds() < deadline)
		client = client_open(server_path(program->server), problem);
	assert_non_null(client);
	client_close(client);
}

/* --- the end --- */

static void test_the_end(void **state)
{
	struct program *program = *state;
	struct client *client = look(program), *other = look(program);
	struct client_message message;

	end_server(program, "ended with status 0");
	assert_int_equal(wait_for_next(client, &message), CLIENT_SNAPSHOT);
	assert_true(message.snapshot->flags & SNAPSHOT_ENDED);
	free(message.snapshot);
	assert_int_equal(wait_for_next(client, &message), CLIENT_ENDED);
	assert_string_equal(message.text, "ended with status 0");
	assert_int_equal(client_next(client, &message), CLIENT_NOTHING);
	assert_false(client_ask_snapshot(client));
	client_close(client);
	client_close(other);
}

static void test_an_end_that_nobody_tells(void **state)
{
	struct program *program = *state;
	struct client *client = look(program);
	struct client_message message;

	end_server(program, NULL);
	assert_int_equal(wait_for_next(client, &message), CLIENT_ENDED);
	assert_string_equal(message.text, "");
	client_close(client);
}

/* Somebody who asks and never listens. */
static void test_a_slow_visitor_delays_nobody(void **state)
{
	struct program *program = *state;
	struct client *slow = look(program), *quick = look(program);

	program->classes = 100000;
	for (int i = 0; i < 20; i++)
		client_ask_snapshot(slow);
	wait_for_count(&program->snapshots, 1);
	unsigned before = program->snapshots;
	program->classes = 2;
	for (int i = 0; i < 20; i++) {
		client_ask_snapshot(quick);
		expect_snapshot(quick, 2);
	}
	/* Nothing more was worked out for who has not taken the first. */
	assert_in_range(program->snapshots, before + 20, before + 21);
	int64_t start = milliseconds();
	end_server(program, "ended with status 0");
	assert_true(milliseconds() - start < PATIENCE / 2);
	client_close(slow);
	client_close(quick);
}

static void test_a_path_that_is_taken(void **state)
{
	struct program *program = *state;
	char path[DIRECTORY_PATH_MAX], target[DIRECTORY_PATH_MAX];
	char problem[TRANSPORT_PROBLEM_MAX];
	struct stat status;

	assert_true(directory_socket(path, program->directory, 4711, problem));
	/* What a symbolic link leads to stays as it is. */
	snprintf(target, sizeof(target), "%s/target", program->directory);
	close(open(target, O_CREAT | O_WRONLY, 0644));
	assert_int_equal(symlink(target, path), 0);
	int fd = socket_listen(path);
	assert_true(fd >= 0);
	assert_int_equal(lstat(path, &status), 0);
	assert_true(S_ISSOCK(status.st_mode));
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_int_equal(lstat(target, &status), 0);
	assert_true(S_ISREG(status.st_mode));
	/* A socket that nobody listens to any more. */
	close(fd);
	fd = socket_listen(path);
	assert_true(fd >= 0);
	close(fd);
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(socket_listen(path), -1);
	rmdir(path);
	unlink(target);
}

/* --- bad manners --- */

static int knock(struct program *program)
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
static void expect_refusal(struct program *program, const void *bytes, size_t size, const char *text)
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
	char body[64];
};

static struct greeting polite(enum message_kind kind, uint64_t size)
{
	return (struct greeting){
	    .header = {MESSAGE_MAGIC, MESSAGE_HELLO, sizeof(struct message_hello)},
	    .hello = {.version = MESSAGE_VERSION},
	    .next = {MESSAGE_MAGIC, kind, size},
	};
}

static void test_hostile_bytes(void **state)
{
	struct program *program = *state;
	const size_t to_body = offsetof(struct greeting, body);
	struct greeting greeting = polite(MESSAGE_SNAPSHOT, 8);

	expect_refusal(program, "GET / HTTP/1.1\r\n\r\n", 18, "it sent bytes that are no message");
	expect_refusal(program, &greeting, to_body + 8, "a question has the wrong length");
	greeting = polite(MESSAGE_GC, 1);
	expect_refusal(program, &greeting, to_body + 1, "a question has the wrong length");
	greeting = polite(MESSAGE_DEPTH, 2);
	expect_refusal(program, &greeting, to_body + 2, "a question has the wrong length");
	greeting = polite(MESSAGE_DEPTH, 8);
	expect_refusal(program, &greeting, to_body + 8, "a name has a zero byte in it");
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
	               "the program has another version of memory-tracker: it speaks version 1 of the protocol, not "
	               "version 99");
	assert_int_equal(program->works, 0);
	struct client *client = look(program);
	client_ask_snapshot(client);
	expect_snapshot(client, 3);
	client_close(client);
}

static void test_random_bytes(void **state)
{
	struct program *program = *state;
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
	struct client *client = look(program);
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

/* --- a hostile program --- */

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
	impostor->listener = socket_listen(impostor->path);
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
	greeting.hello.version = 3;
	expect_no_entry(&greeting, to_body,
	                "the program has another version of memory-tracker: it speaks version 3 of the protocol, not "
	                "version 1");
	greeting.header.kind = MESSAGE_GC;
	expect_no_entry(&greeting, to_body, "what answers there is no program with memory-tracker");
}

static void test_nobody_answers(void **state)
{
	struct program *program = *state;
	char path[DIRECTORY_PATH_MAX], problem[TRANSPORT_PROBLEM_MAX];

	assert_true(directory_socket(path, program->directory, 12, problem));
	assert_null(client_open(path, problem));
	assert_non_null(strstr(problem, "nobody can be looked into at /tmp/server-test-"));
	int fd = socket_listen(path);
	int64_t start = milliseconds();
	assert_null(client_open(path, problem));
	assert_string_equal(problem, "the program does not answer");
	assert_in_range(milliseconds() - start, 900, PATIENCE);
	close(fd);
	unlink(path);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
	    TEST(test_snapshots),
	    TEST(test_questions_asked_all_at_once),
	    TEST(test_nothing_is_worked_out_for_who_does_not_ask),
	    TEST(test_no_snapshot),
	    TEST(test_a_snapshot_does_not_wait_for_the_vm),
	    TEST(test_work),
	    TEST(test_work_while_there_is_some),
	    TEST(test_when_all_who_started_are_gone),
	    TEST(test_as_many_as_there_are_places),
	    TEST(test_the_end),
	    TEST(test_an_end_that_nobody_tells),
	    TEST(test_a_slow_visitor_delays_nobody),
	    TEST(test_a_path_that_is_taken),
	    TEST(test_hostile_bytes),
	    TEST(test_random_bytes),
	    TEST(test_small_pieces),
	    TEST(test_nobody_answers),
	    cmocka_unit_test(test_a_hostile_program),
	};

	signal(SIGPIPE, SIG_DFL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
