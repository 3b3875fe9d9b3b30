#include "app/display_program.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "app/display_terminal.h"

/* From asking a program to end until telling it to. */
#define QUIT_PATIENCE (3000 * CLOCK_MILLISECOND)

/* What a program that has lost its terminal, and was sent SIGHUP for that, has to end. */
#define HANG_UP_PATIENCE (1000 * CLOCK_MILLISECOND)

/* Within this time a second key that leaves the console is for the program. */
#define TWICE (500 * CLOCK_MILLISECOND)

_Static_assert(CONSOLE_RESET_MAX <= GUARD_LAST_MAX, "the guard has room for it");

/* Processes that end together with the program are not said to go on. */
#define OUTLIVED (500 * CLOCK_MILLISECOND)

void display_open_console(struct display *display)
{
	const struct job *job = display->options.job;

	if (job && job->unwatched && !job->ended)
		viewer_say(display->viewer, "the program has lost its terminal");
	if (!job || !job_has_terminal(job))
		return;
	display_change_mode(display, DISPLAY_CONSOLE);
}

void display_ask_to_end(struct display *display)
{
	job_signal_all(display->options.job, SIGINT);
	job_continue(display->options.job);
	display->quit_until = clock_now() + QUIT_PATIENCE;
}

void display_pass_keys(struct display *display)
{
	bool leaves = display->mode == DISPLAY_CONSOLE;

	if (display->entered && console_keys(&display->console, tty_fd(&display->session.tty), leaves)) {
		display_change_mode(display, DISPLAY_VIEWER);
		display->left_console = clock_now();
	}
}

bool display_passes_leave_key(struct display *display, const struct input_event *input)
{
	bool twice = display->left_console && clock_now() < display->left_console + TWICE;

	display->left_console = 0;
	if (!twice || input->key != LEAVE_KEY || input->pasted)
		return false;
	display->passes_leave_key = true;
	display_open_console(display);
	display->passes_leave_key = false;
	if (display->mode == DISPLAY_CONSOLE)
		console_type(&display->console, LEAVE_KEY);
	return true;
}

/* Lets the guard know what the program has switched on, which is on the terminal then, or when the output is there. */
static void tell_guard(struct display *display)
{
	char reset[CONSOLE_RESET_MAX];

	size_t length = console_reset(&display->console, reset);
	if (!strcmp(reset, display->guarded))
		return;
	session_end_with(&display->session, reset, length);
	strcpy(display->guarded, reset);
}

/* Without the monitor the program's terminal is none any more, so it can only be looked at. */
static void see_to_loss(struct display *display)
{
	if (!display->options.job->unwatched)
		return;
	if (!display->unwatched) {
		display->unwatched = clock_now();
		if (display->mode == DISPLAY_CONSOLE)
			display_change_mode(display, DISPLAY_VIEWER);
		viewer_say(display->viewer,
		           "the process that watches the program has ended: its status will be unknown");
		display->dirty = true;
	}
	if (display->mode == DISPLAY_THROUGH && clock_now() >= display->unwatched + HANG_UP_PATIENCE)
		display_finish(display, DISPLAY_LEFT);
}

static void see_to_quit(struct display *display)
{
	if (!display->quit_until || clock_now() < display->quit_until)
		return;
	job_signal_all(display->options.job, SIGTERM);
	display->quit_until = 0;
}

/* Whether the viewer stays for processes that outlive the program, such as a daemon. */
static bool stays_for_others(struct display *display)
{
	const struct snapshot_source *numbers = &display->options.numbers;
	char sentence[SOURCE_SENTENCE_MAX];

	if (!numbers->left || display->mode == DISPLAY_THROUGH || atomic_load(&display->hurried) ||
	    !numbers->left(numbers->context, sentence))
		return false;
	display->outlived = display->outlived ? display->outlived : clock_now();
	if (display->outlived == UINT64_MAX || !sentence[0] || clock_now() < display->outlived + OUTLIVED)
		return true;
	display->outlived = UINT64_MAX;
	if (display->mode == DISPLAY_CONSOLE)
		display_change_mode(display, DISPLAY_VIEWER);
	viewer_say(display->viewer, sentence);
	display->dirty = true;
	return true;
}

/* All that it has printed has been taken. */
static void see_to_end(struct display *display)
{
	char how[JOB_HOW_MAX];

	if (!display->options.job->ended || display->feed.ended || stays_for_others(display))
		return;
	if (display->mode != DISPLAY_THROUGH)
		feed_step(&display->feed);
	job_describe(display->options.job, how, sizeof(how));
	feed_end(&display->feed, how);
	display->dirty = true;
	if (display->mode == DISPLAY_THROUGH || atomic_load(&display->hurried))
		display_finish(display, DISPLAY_LEFT);
	else if (display->mode == DISPLAY_CONSOLE)
		display_change_mode(display, DISPLAY_VIEWER);
}

void display_see_to_program(struct display *display)
{
	struct job *job = display->options.job;
	bool passes = display->entered && display->mode != DISPLAY_VIEWER;
	int tty = tty_fd(&display->session.tty);

	if (!job)
		return;
	bool was_stopped = job->stopped;
	job_look(job);
	job_resize(job, tty);
	if (job->stopped && !was_stopped && display->mode == DISPLAY_VIEWER) {
		viewer_say(display->viewer, "the program is stopped");
		display->dirty = true;
	}
	if (console_pump(&display->console, &display->session.output_log, passes ? tty : -1) == CONSOLE_LOST)
		display->complaint = "the viewer has left, because there is no room for what the program prints";
	tell_guard(display);
	see_to_loss(display);
	see_to_end(display);
	see_to_quit(display);
	if (job->stopped && passes && !display->over)
		display_suspend(display);
}
