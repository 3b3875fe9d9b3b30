#include "terminal/session.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

const char *session_problem(char buffer[SESSION_PROBLEM_MAX])
{
	struct tty tty;
	const char *problem;

	redirect_recover();
	if (!isatty(0))
		return copy(buffer, "standard input is not a terminal");
	if (!isatty(1))
		return copy(buffer, "standard output is not a terminal");
	if ((problem = tty_open(&tty)))
		return copy(buffer, problem);
	if (!tty_foreground(&tty))
		problem = copy(buffer, "the program is in the background");
	else
		problem = screen_problem(tty.fd, buffer, SESSION_PROBLEM_MAX);
	tty_close(&tty);
	return problem;
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
	*session =
	    (struct session){.options = *options, .exclusion = *exclusion, .tty = {.fd = -1}, .guard = {.socket = -1}};
	const char *problem = tty_open(&session->tty);
	if (problem)
		return copy(buffer, problem);
	redirect_init(&session->redirect, &session->transcript);
	int error = transcript_init(&session->transcript, options->output);
	if (error) {
		tty_close(&session->tty);
		return describe_file(buffer, options->output, error);
	}
	struct guard_job job = {session->tty.fd, session->transcript.reader, options->marker};
	error = guard_start(&session->guard, &job, session->transcript.printed);
	if (!error)
		return NULL;
	transcript_deinit(&session->transcript);
	tty_close(&session->tty);
	return describe(buffer, "the process that guards the terminal cannot be started", error);
}

void session_close(struct session *session)
{
	redirect_deinit(&session->redirect);
	transcript_deinit(&session->transcript);
	guard_leave(&session->guard);
	tty_close(&session->tty);
}

/* --- entering --- */

static void watch(struct session *session)
{
	char farewell[SCREEN_FAREWELL_MAX];
	size_t length = session->screen ? screen_farewell(farewell) : 0;
	off_t *printed = &session->transcript.printed;

	*printed = guard_watch(&session->guard, farewell, length, &session->tty.modes, *printed);
}

static void give_output_back(void *data)
{
	struct session *session = data;

	redirect_off(&session->redirect, session->tty.fd);
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
	session->screen = screen_open(session->tty.fd, session->options.interrupt_key);
	if (session->screen) {
		watch(session);
		return NULL;
	}
	session_leave(session);
	return copy(buffer, "the screen cannot be taken");
}

/* --- leaving --- */

void session_leave(struct session *session)
{
	bool ours = tty_foreground(&session->tty);

	if (session->screen)
		screen_close(session->screen);
	session->screen = NULL;
	if (ours)
		tty_restore(session->tty.fd, &session->tty.modes);
	/* What is long takes its time now, and not while the program is kept from printing. */
	transcript_print(&session->transcript, session->tty.fd);
	if (session->options.redirect)
		session->exclusion.call(session->exclusion.context, give_output_back, session);
	guard_relax(&session->guard, session->transcript.printed);
}

/* --- passing --- */

/* More than any transcript has: from here on the guard has nothing to print. */
#define NOTHING_TO_PRINT INT64_MAX

const char *session_pass(struct session *session, char buffer[SESSION_PROBLEM_MAX])
{
	struct transcript *transcript = &session->transcript;

	if (!tty_note(&session->tty))
		return copy(buffer, "the terminal does not answer");
	watch(session);
	transcript_print(transcript, session->tty.fd);
	/* What comes now is on the terminal already when it is in the transcript. */
	guard_watch(&session->guard, "", 0, &session->tty.modes, NOTHING_TO_PRINT);
	struct termios raw = session->tty.modes;
	cfmakeraw(&raw);
	tty_restore(session->tty.fd, &raw);
	return NULL;
}

void session_unpass(struct session *session)
{
	if (tty_foreground(&session->tty))
		tty_restore(session->tty.fd, &session->tty.modes);
	guard_relax(&session->guard, session->transcript.printed);
}

void session_say(struct session *session, const char *sentence)
{
	char line[SESSION_PROBLEM_MAX + 32];
	int length = snprintf(line, sizeof(line), "memory-tracker: %s\n", sentence);

	if (length > 0)
		tty_write(session->tty.fd, line, (size_t)length < sizeof(line) ? (size_t)length : sizeof(line) - 1);
}
