/*
 * The processes of a program as the launcher finds them, their tables, and what they leave when they end. The process
 * that answers is that of the test; others are sockets that do not answer, and files.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_snapshot.h"
#include "served_program.h"
#include "source/fleet.h"
#include "source/fleet_table.h"
#include "transport/final.h"
#include "transport/socket.h"

/* A process that there is, and that serves nothing. */
static pid_t idle_process(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		/* Not for ever, and holding nothing, when the test fails. */
		alarm(60);
		close(STDOUT_FILENO);
		close(STDERR_FILENO);
		pause();
		_exit(0);
	}
	assert_true(pid > 0);
	return pid;
}

static void end_process(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void path_of(char path[256], const struct served_program *program, pid_t pid, const char *suffix)
{
	snprintf(path, 256, "%s/%ld%s", program->directory, (long)pid, suffix);
}

static int listen_at(const char *path)
{
	struct socket_name name;

	return socket_listen(path, &name);
}

/* What a process leaves that has ended with so many objects of a class. */
static void leave_final(const struct served_program *program, pid_t pid, uint64_t count, const char *how)
{
	const struct fake_class class = {1, "A::Class::With::A::Name", count, 0, 0, 0};
	struct snapshot_header head = {
	    .pid = (uint32_t)pid, .sequence = 9, .monotonic_ns = 1, .flags = SNAPSHOT_EXACT | SNAPSHOT_ENDED};
	struct snapshot_header *snapshot = fake_snapshot(&head, NULL, &class, 1);
	char own[256], theirs[256];

	assert_true(final_write(program->directory, snapshot, how));
	path_of(own, program, getpid(), FINAL_SUFFIX);
	path_of(theirs, program, pid, FINAL_SUFFIX);
	assert_int_equal(rename(own, theirs), 0);
	free(snapshot);
}

static void step(struct fleet *fleet)
{
	fleet_search(fleet);
	fleet_take(fleet);
}

static void wait_for_answers(struct fleet *fleet)
{
	int64_t deadline = milliseconds() + PATIENCE;

	do {
		step(fleet);
		usleep(1000);
	} while (fleet_waiting(fleet) && milliseconds() < deadline);
	assert_false(fleet_waiting(fleet));
}

/* The text of the next table. */
static const char *print(struct fleet_table *table, const struct fleet *fleet, bool last)
{
	static struct buffer out;

	buffer_clear(&out);
	if (fleet_table_fill(table, fleet, last))
		assert_true(fleet_table_print(table, &out));
	buffer_add(&out, "", 1);
	return out.text;
}

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" is not in:\n%s", part, text);
}

static void assert_lacks(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" is in:\n%s", part, text);
}

static void test_a_single_process_has_no_list(void **state)
{
	struct served_program *program = *state;
	struct fleet_table table = {0};
	struct fleet fleet;

	fleet_init(&fleet, program->directory);
	step(&fleet);
	fleet_ask(&fleet);
	wait_for_answers(&fleet);
	assert_int_equal(fleet.count, 1);
	assert_int_equal(fleet.all[0]->state, FLEET_SERVING);
	const char *text = print(&table, &fleet, false);
	assert_has(text, "  RETAINED  GROWTH/s");
	assert_lacks(text, "PROCESS");
	served_program_end(program, "ended with status 3");
	for (int i = 0; i < 1000 && fleet.all[0]->state != FLEET_ENDED; i++) {
		usleep(1000);
		fleet_take(&fleet);
	}
	assert_string_equal(fleet.all[0]->how, "ended with status 3");
	text = print(&table, &fleet, true);
	assert_has(text, "  ended after ");
	assert_lacks(text, "PROCESS");
	fleet_table_deinit(&table);
	fleet_deinit(&fleet);
}

static void test_one_that_does_not_answer_delays_nothing(void **state)
{
	struct served_program *program = *state;
	struct fleet_table table = {0};
	pid_t silent = idle_process();
	struct fleet fleet;
	char path[256];

	path_of(path, program, silent, ".sock");
	int listener = listen_at(path);
	assert_true(listener >= 0);
	fleet_init(&fleet, program->directory);
	int64_t before = milliseconds();
	step(&fleet);
	assert_int_equal(fleet.count, 2);
	for (int i = 0;
	     i < 1000 && fleet_waiting(&fleet) && !fleet_snapshot(fleet.all[0]) && !fleet_snapshot(fleet.all[1]); i++) {
		usleep(1000);
		step(&fleet);
	}
	assert_true(fleet_waiting(&fleet));
	fleet_give_up(&fleet);
	assert_false(fleet_waiting(&fleet));
	assert_true(milliseconds() - before < 1000);
	const char *text = print(&table, &fleet, false);
	assert_has(text, "does not answer; it gave no numbers");
	/* The next table does not wait for it at all. */
	fleet_ask(&fleet);
	wait_for_answers(&fleet);
	close(listener);
	unlink(path);
	end_process(silent);
	fleet_table_deinit(&table);
	fleet_deinit(&fleet);
}

static void test_what_has_ended_is_named_and_then_forgotten(void **state)
{
	struct served_program *program = *state;
	struct fleet_table table = {.options = {.command = "shop"}};
	struct fleet fleet;

	fleet_init(&fleet, program->directory);
	leave_final(program, 999999, 70, "ended by SIGTERM");
	step(&fleet);
	wait_for_answers(&fleet);
	assert_true(fleet_has_ended(&fleet));
	const char *text = print(&table, &fleet, false);
	assert_has(text, "999999");
	assert_has(text, "exact  ended by SIGTERM\n");
	/* It is not in the sum. */
	assert_int_equal(fleet_table_snapshot(&table)->counts.allocated, 3);
	assert_lacks(text, " processes ");
	fleet_tabled(&fleet);
	assert_int_equal(fleet.count, 1);
	assert_false(fleet_has_ended(&fleet));
	assert_lacks(print(&table, &fleet, false), "999999");
	fleet_table_deinit(&table);
	fleet_deinit(&fleet);
}

static void test_the_last_table_sums_what_has_ended(void **state)
{
	struct served_program *program = *state;
	struct fleet_table table = {.options = {.command = "shop"}, .per_process = true};
	struct fleet fleet;

	served_program_end(program, NULL);
	fleet_init(&fleet, program->directory);
	fleet_own(&fleet, 999999);
	leave_final(program, 999998, 70, "ended by SIGTERM");
	leave_final(program, 999999, 5, "ended with status 0");
	step(&fleet);
	assert_false(fleet_alive(&fleet));
	const char *text = print(&table, &fleet, true);
	assert_has(text, "  2 processes  shop  ended after ");
	assert_has(text, "        75         -  A::Class::With::A::Name\n");
	assert_has(text, "        70         -  A::Class::With::A::Name\n");
	assert_has(text, "         5         -  A::Class::With::A::Name\n");
	/* The process that was started comes first. */
	assert_true(strstr(text, "999999") < strstr(text, "999998"));
	assert_string_equal(snapshot_string(table.sum, table.sum->command, NULL), "2 processes of shop");
	fleet_table_deinit(&table);
	fleet_deinit(&fleet);
}

static void test_many_that_were_short_lived_are_counted(void **state)
{
	struct served_program *program = *state;
	struct fleet_table table = {0};
	struct fleet fleet;

	fleet_init(&fleet, program->directory);
	for (pid_t pid = 999000; pid < 999300; pid++)
		leave_final(program, pid, 1, "ended with status 0");
	step(&fleet);
	wait_for_answers(&fleet);
	assert_int_equal(fleet.count, 1 + FLEET_SHORT_LIVED_MAX);
	assert_int_equal(fleet.unlisted, 300 - FLEET_SHORT_LIVED_MAX);
	assert_has(print(&table, &fleet, false), "and 284 more have ended\n");
	fleet_tabled(&fleet);
	assert_lacks(print(&table, &fleet, false), "more have ended");
	fleet_table_deinit(&table);
	fleet_deinit(&fleet);
}

/* Between its last numbers and its end a process still listens. */
static void test_one_that_has_left_its_numbers_is_not_met_again(void **state)
{
	struct served_program *program = *state;
	const pid_t pid = 999998;
	struct fleet fleet;
	char path[256];

	path_of(path, program, pid, ".sock");
	int listener = listen_at(path);
	assert_true(listener >= 0);
	fleet_init(&fleet, program->directory);
	step(&fleet);
	assert_int_equal(fleet.count, 2);
	leave_final(program, pid, 5, "ended by SIGTERM");
	close(socket_accept(listener));
	wait_for_answers(&fleet);
	for (int i = 0; i < 3; i++)
		step(&fleet);
	size_t entries = 0;
	for (size_t i = 0; i < fleet.count; i++) {
		entries += fleet.all[i]->pid == pid;
		if (fleet.all[i]->pid == pid)
			assert_string_equal(fleet.all[i]->how, "ended by SIGTERM");
	}
	assert_int_equal(entries, 1);
	fleet_deinit(&fleet);
	close(listener);
}

static void test_a_file_that_is_no_snapshot_is_counted(void **state)
{
	struct served_program *program = *state;
	struct fleet fleet;
	char path[256];

	path_of(path, program, 999999, FINAL_SUFFIX);
	FILE *file = fopen(path, "w");
	fputs("nonsense", file);
	fclose(file);
	fleet_init(&fleet, program->directory);
	step(&fleet);
	/* There is no such process, and nothing of it. */
	assert_int_equal(access(path, F_OK), -1);
	for (int i = 0; i < 10; i++)
		step(&fleet);
	for (size_t i = 0; i < fleet.count; i++)
		assert_true(fleet.all[i]->pid == getpid() || !fleet_snapshot(fleet.all[i]));
	fleet_deinit(&fleet);
}

static void test_a_socket_that_no_process_listens_to_is_removed(void **state)
{
	struct served_program *program = *state;
	struct fleet fleet;
	char path[256];

	path_of(path, program, 999999, ".sock");
	close(listen_at(path));
	fleet_init(&fleet, program->directory);
	step(&fleet);
	assert_int_equal(fleet.count, 1);
	assert_int_equal(access(path, F_OK), -1);
	fleet_deinit(&fleet);
}

static void test_one_that_is_killed_has_ended(void **state)
{
	struct served_program *program = *state;
	pid_t killed = idle_process();
	struct fleet fleet;
	char path[256];

	path_of(path, program, killed, ".sock");
	int listener = listen_at(path);
	fleet_init(&fleet, program->directory);
	step(&fleet);
	assert_int_equal(fleet.count, 2);
	/* Not waited for: the system still lists it. */
	kill(killed, SIGKILL);
	siginfo_t info;
	assert_int_equal(waitid(P_PID, (id_t)killed, &info, WEXITED | WNOWAIT), 0);
	int connection = socket_accept(listener);
	close(connection);
	close(listener);
	unlink(path);
	int64_t deadline = milliseconds() + PATIENCE;
	struct fleet_process *process = fleet.all[0]->pid == killed ? fleet.all[0] : fleet.all[1];
	while (process->state != FLEET_ENDED && milliseconds() < deadline) {
		usleep(1000);
		fleet_take(&fleet);
	}
	assert_int_equal(process->state, FLEET_ENDED);
	assert_string_equal(process->how, "");
	end_process(killed);
	fleet_deinit(&fleet);
}

/* It may have closed all descriptors that it found. Its numbers are still to come. */
static void test_one_that_closes_its_connection_and_runs_on(void **state)
{
	struct served_program *program = *state;
	struct fleet_table table = {0};
	pid_t pid = idle_process();
	struct fleet fleet;
	char path[256];

	served_program_end(program, NULL);
	path_of(path, program, pid, ".sock");
	int listener = listen_at(path);
	fleet_init(&fleet, program->directory);
	step(&fleet);
	assert_int_equal(fleet.count, 1);
	close(socket_accept(listener));
	close(listener);
	int64_t deadline = milliseconds() + PATIENCE;
	while (fleet.all[0]->state != FLEET_ENDED && milliseconds() < deadline) {
		usleep(1000);
		step(&fleet);
	}
	assert_string_equal(fleet.all[0]->how, "has closed its connection, and runs on");
	leave_final(program, pid, 8, "ended with status 0");
	step(&fleet);
	assert_int_equal(fleet.count, 1);
	assert_string_equal(fleet.all[0]->how, "ended with status 0");
	assert_has(print(&table, &fleet, true), "live 8 ");
	end_process(pid);
	fleet_table_deinit(&table);
	fleet_deinit(&fleet);
}

static void test_finals_are_read_once_and_whole(void **state)
{
	struct served_program *program = *state;
	char how[MESSAGE_TEXT_MAX + 1];

	leave_final(program, 999999, 70, "ended\033 well");
	struct snapshot_header *snapshot = final_take(program->directory, 999999, how);
	assert_non_null(snapshot);
	assert_int_equal(snapshot->counts.allocated, 70);
	assert_string_equal(how, "ended? well");
	free(snapshot);
	assert_null(final_take(program->directory, 999999, how));
	assert_false(final_write("/tmp/no-such-folder", &(struct snapshot_header){.size = 1}, ""));
	assert_int_equal(errno, ENOENT);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, served_program_start, served_program_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_a_single_process_has_no_list),
	    TEST(test_one_that_does_not_answer_delays_nothing),
	    TEST(test_what_has_ended_is_named_and_then_forgotten),
	    TEST(test_the_last_table_sums_what_has_ended),
	    TEST(test_many_that_were_short_lived_are_counted),
	    TEST(test_one_that_has_left_its_numbers_is_not_met_again),
	    TEST(test_a_file_that_is_no_snapshot_is_counted),
	    TEST(test_a_socket_that_no_process_listens_to_is_removed),
	    TEST(test_one_that_is_killed_has_ended),
	    TEST(test_one_that_closes_its_connection_and_runs_on),
	    TEST(test_finals_are_read_once_and_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
