#include "app/display_terminal.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "base/clock.h"

/* After this long a stop signal has stopped the process, unless that ignores it. */
#define SUSPEND_MS 100

void display_finish(struct display *display, enum display_end end)
{
	display->over = true;
	display->end = end;
}

void display_leave(struct display *display)
{
	if (display->entered && display->mode == DISPLAY_VIEWER)
		session_leave(&display->session);
	else if (display->entered)
		session_unpass(&display->session);
	display->entered = false;
}

static void enter_console(struct display *display)
{
	char problem[SESSION_PROBLEM_MAX];
	bool opened = display->mode == DISPLAY_CONSOLE && !display->passes_leave_key;
	const char *hint = opened ? display->options.console_hint : "";

	if (session_pass(&display->session, problem)) {
		display_finish(display, DISPLAY_LEFT);
		return;
	}
	display->entered = true;
	console_show(&display->console, &display->session.output_log, tty_fd(&display->session.tty), hint);
}

static void enter_viewer(struct display *display)
{
	char problem[SESSION_PROBLEM_MAX];

	if (!session_enter(&display->session, problem)) {
		display->entered = true;
		display->dirty = true;
		return;
	}
	session_say(&display->session, problem);
	if (!display->options.job || !job_has_terminal(display->options.job)) {
		display_finish(display, DISPLAY_LEFT);
		return;
	}
	display_go_through(display);
	enter_console(display);
}

void display_enter(struct display *display)
{
	if (display->mode == DISPLAY_VIEWER)
		enter_viewer(display);
	else
		enter_console(display);
	if (display->entered && display->options.host.entered)
		display->options.host.entered(display->options.host.context);
}

void display_change_mode(struct display *display, enum display_mode mode)
{
	bool had = display->entered;

	if (had && display->mode != DISPLAY_VIEWER)
		console_hide(&display->console, tty_fd(&display->session.tty));
	/* A program that gets the terminal gets it from the screen, with no moment in between. */
	if (mode == DISPLAY_VIEWER || display->mode != DISPLAY_VIEWER)
		display_leave(display);
	display->mode = mode;
	display->entered = false;
	if (had)
		display_enter(display);
}

void display_go_through(struct display *display)
{
	display_change_mode(display, DISPLAY_THROUGH);
	display->console.discarded = !display->session.output_log.named;
	if (display->options.host.left)
		display->options.host.left(display->options.host.context);
}

void display_leave_for_good(struct display *display)
{
	const struct job *job = display->options.job;
	bool had = display->entered;

	display_leave(display);
	if (had && job && (!job->ended || job->unwatched || !WIFEXITED(job->status)))
		console_hide(&display->console, tty_fd(&display->session.tty));
}

void display_suspend(struct display *display)
{
	display_leave(display);
	if (display->options.job)
		job_stop(display->options.job);
	kill(0, SIGTSTP);
	/* The signal is not delivered at once, and another thread of this process may take it. */
	struct timespec moment = clock_timespec(SUSPEND_MS * CLOCK_MILLISECOND);
	nanosleep(&moment, NULL);
	if (display->options.job)
		job_continue(display->options.job);
	display->aside = true;
}
