#include "terminal/session.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How long the guard may take to give the terminal back, and how often that is looked at. */
#define GUARD_MS 500
#define LOOK_MS 5

static const char *describe(char *buffer, const char *what, int error)
{
	snprintf(buffer, SESSION_PROBLEM_MAX, "%s: %s", what, strerror(error));
	return buffer;
}

static const char *copy(char *buffer, const char *sentence)
{
	snprintf(buffer, SESSION_PROBLEM_MAX, "%s", sentence);
	return buffer;
}

/* Of the terminal itself. Returns NULL, or a sentence in `buffer`. */
static const char *terminal_problem(char buffer[SESSION_PROBLEM_MAX])
{
	struct tty tty;
	const char *problem = tty_open(&tty);

	if (problem)
		return copy(buffer, problem);
	if (!tty_foreground(&tty))
		problem = copy(buffer, "the program is in the background");
	else
		problem = screen_problem(tty_fd(&tty), buffer, SESSION_PROBLEM_MAX);
	tty_close(&tty);
	return problem;
}

const char *session_problem(char buffer[SESSION_PROBLEM_MAX])
{
	redirect_recover();
	if (!isatty(0))
		return copy(buffer, "standard input is not a terminal");
	if (!isatty(1))
		return copy(buffer, "standard output is not a terminal");
	return terminal_problem(buffer);
}

/* What reads the other end of a pipe is likely to print on the same terminal. */
static bool has_reader(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
}

const char *session_launch_problem(char buffer[SESSION_PROBLEM_MAX])
{
	static const char *const names[] = {"standard output", "standard error"};

	redirect_recover();
	if (!tty_has(STDOUT_FILENO) && !tty_has(STDERR_FILENO))
		return copy(buffer, "neither standard output nor standard error is a terminal");
	for (int i = 0; i < 2; i++) {
		if (!has_reader(STDOUT_FILENO + i))
			continue;
		snprintf(buffer, SESSION_PROBLEM_MAX, "%s is a pipe, whose reader may print on the terminal", names[i]);
		return buffer;
	}
	return terminal_problem(buffer);
}

static const char *describe_file(char *buffer, const char *path, int error)
{
	if (!path)
		return describe(buffer, "there is no room for what the program prints", error);
	snprintf(buffer, SESSION_PROBLEM_MAX, "%.150s cannot be written: %s", path,
	         error == EINVAL        ? "it is not a file"
	         : error == EWOULDBLOCK ? "another viewer writes to it"
	                                : strerror(error));
	return buffer;
}

const char *session_open(struct session *session, const struct session_options *options,
                         const struct session_exclusion *exclusion, char buffer[SESSION_PROBLEM_MAX])
{
	*session = (struct session){.options = *options,
	                            .exclusion = *exclusion,
	                            .tty = {.device = DESCRIPTOR_NONE},
	                            .guard = {.socket = DESCRIPTOR_NONE}};
	const char *problem = tty_open(&session->tty);
	if (problem)
		return copy(buffer, problem);
	redirect_init(&session->redirect, &session->output_log);
	int error = output_log_init(&session->output_log, options->output);
	if (error) {
		tty_close(&session->tty);
		return describe_file(buffer, options->output, error);
	}
	struct guard_job job = {&session->tty.device, &session->output_log.reader, options->marker};
	error = guard_start(&session->guard, &job, session->output_log.printed);
	if (!error)
		return NULL;
	output_log_deinit(&session->output_log);
	tty_close(&session->tty);
	return describe(buffer, "the process that guards the terminal cannot be started", error);
}

void session_close(struct session *session)
{
	redirect_deinit(&session->redirect);
	output_log_deinit(&session->output_log);
	guard_leave(&session->guard);
	tty_close(&session->tty);
}

/* --- entering --- */

static void watch(struct session *session)
{
	char end_sequence[SCREEN_END_SEQUENCE_MAX];
	size_t length = session->screen ? screen_end_sequence(end_sequence) : 0;
	off_t *printed = &session->output_log.printed;

	*printed = guard_watch(&session->guard, end_sequence, length, &session->tty.modes, *printed);
}

static void give_output_back(void *data)
{
	struct session *session = data;

	/* What was left to the guard it prints itself. */
	redirect_off(&session->redirect, &session->tty.device, !session->left_to_guard);
}

/* What take_output works on, and how that went. */
struct redirecting {
	struct session *session;
	int error;
};

static void take_output(void *data)
{
	struct redirecting *redirecting = data;
	struct session *session = redirecting->session;

	redirecting->error = redirect_on(&session->redirect, session->options.take_input);
}

const char *session_enter(struct session *session, char buffer[SESSION_PROBLEM_MAX])
{
	if (!tty_note(&session->tty))
		return copy(buffer, "the terminal does not answer");
	struct redirecting redirecting = {session, 0};
	if (session->options.redirect)
		session->exclusion.call(session->exclusion.context, take_output, &redirecting);
	if (redirecting.error)
		return describe(buffer, "what the program prints cannot be kept", redirecting.error);
	/* First for the modes, which curses changes before there is anything on the screen. */
	watch(session);
	session->screen = screen_open(tty_fd(&session->tty), session->options.interrupt_key);
	if (session->screen) {
		watch(session);
		return NULL;
	}
	session_leave(session);
	return copy(buffer, "the screen cannot be taken");
}

/* --- leaving --- */

/* Nothing more is shown, and what was on the terminal before comes back if it can still be written to. */
static void close_screen(struct session *session)
{
	if (session->screen)
		screen_close(session->screen);
	session->screen = NULL;
}

/*
 * The program may be closing more of the session's descriptors at this moment. So the guard gives the terminal back, as
 * if this process had ended, and is waited for, because what the program prints next must not be on the screen yet; it
 * restores the modes last. Where it is not there any more that is done here.
 */
static void leave_to_guard(struct session *session)
{
	char end_sequence[SCREEN_END_SEQUENCE_MAX];
	size_t length = session->screen ? screen_end_sequence(end_sequence) : 0;

	guard_leave(&session->guard);
	tty_close(&session->tty);
	close_screen(session);
	tty_reopen(&session->tty);
	for (int waited = 0; !tty_restored(&session->tty); waited += LOOK_MS) {
		if (waited > GUARD_MS) {
			tty_write(tty_fd(&session->tty), end_sequence, length);
			tty_restore(tty_fd(&session->tty), &session->tty.modes);
			return;
		}
		poll(NULL, 0, LOOK_MS);
	}
}

static void give_screen_back(struct session *session)
{
	bool ours = tty_foreground(&session->tty);

	close_screen(session);
	if (ours)
		tty_restore(tty_fd(&session->tty), &session->tty.modes);
}

static void leave_screen(struct session *session)
{
	give_screen_back(session);
	/* What is long takes its time now, and not while the program is kept from printing. */
	output_log_print(&session->output_log, &session->tty.device);
}

void session_leave(struct session *session)
{
	session->left_to_guard = session_lost(session);
	if (session->left_to_guard)
		leave_to_guard(session);
	else
		leave_screen(session);
	if (session->options.redirect)
		session->exclusion.call(session->exclusion.context, give_output_back, session);
	guard_relax(&session->guard, session->output_log.printed);
}

bool session_lost(const struct session *session)
{
	return descriptor_lost(&session->tty.device) || descriptor_lost(&session->output_log.file) ||
	       descriptor_lost(&session->output_log.reader) || descriptor_lost(&session->guard.socket) ||
	       redirect_lost(&session->redirect) || (session->screen && screen_lost(session->screen));
}

/* --- passing --- */

/* More than any output log has: from here on the guard has nothing to print. */
#define NOTHING_TO_PRINT INT64_MAX

const char *session_pass(struct session *session, char buffer[SESSION_PROBLEM_MAX])
{
	struct output_log *output_log = &session->output_log;

	if (session->screen)
		give_screen_back(session);
	if (!tty_note(&session->tty))
		return copy(buffer, "the terminal does not answer");
	watch(session);
	struct termios raw = session->tty.modes, silent = raw;
	cfmakeraw(&raw);
	silent.c_iflag = raw.c_iflag;
	silent.c_lflag = raw.c_lflag;
	/* Keys first: what is typed as an answer to what is printed is echoed by the program's terminal already. */
	tty_restore(tty_fd(&session->tty), &silent);
	output_log_print(output_log, &session->tty.device);
	tty_restore(tty_fd(&session->tty), &raw);
	/* What comes now is on the terminal already when it is in the output log. */
	guard_watch(&session->guard, "", 0, &session->tty.modes, NOTHING_TO_PRINT);
	return NULL;
}

void session_end_with(struct session *session, const char *last, size_t length)
{
	guard_end_with(&session->guard, last, length);
}

void session_unpass(struct session *session)
{
	if (tty_foreground(&session->tty))
		tty_restore(tty_fd(&session->tty), &session->tty.modes);
	guard_relax(&session->guard, session->output_log.printed);
}

bool session_look(struct session *session)
{
	return guard_look(&session->guard) == 0;
}

void session_say(struct session *session, const char *sentence)
{
	char line[SESSION_PROBLEM_MAX + 32];
	int length = snprintf(line, sizeof(line), "memory-tracker: %s\n", sentence);

	if (length > 0)
		tty_write(tty_fd(&session->tty), line,
		          (size_t)length < sizeof(line) ? (size_t)length : sizeof(line) - 1);
}
