#include <signal.h>
#include <stdio.h>

#include "terminal/clock.h"
#include "terminal/display_state.h"

/* From asking a program to end until telling it to. */
#define QUIT_PATIENCE (3000 * CLOCK_MILLISECOND)

/* Processes that end together with the program are not said to go on. */
#define OUTLIVED (500 * CLOCK_MILLISECOND)

static void change_mode(struct display *display, enum display_mode mode)
{
	bool had = display->entered;

	if (had && display->mode != DISPLAY_VIEWER)
		console_hide(&display->console, display->session.tty.fd);
	display_leave(display);
	display->mode = mode;
	if (had)
		display_enter(display);
}

void display_open_console(struct display *display)
{
	if (!display->options.job || display->options.job->ended)
		return;
	change_mode(display, DISPLAY_CONSOLE);
}

void display_go_through(struct display *display, bool ends)
{
	change_mode(display, DISPLAY_THROUGH);
	display->console.discarded = !display->session.transcript.named;
	if (ends) {
		job_signal_all(display->options.job, SIGINT);
		job_continue(display->options.job);
		display->quit_until = clock_now() + QUIT_PATIENCE;
	}
	if (display->options.host.left)
		display->options.host.left(display->options.host.context);
}

void display_pass_keys(struct display *display)
{
	bool leaves = display->mode == DISPLAY_CONSOLE;

	if (display->entered && console_keys(&display->console, display->session.tty.fd, leaves))
		change_mode(display, DISPLAY_VIEWER);
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
	const struct numbers_source *numbers = &display->options.numbers;
	char sentence[NUMBERS_SENTENCE_MAX];

	if (!numbers->left || display->mode == DISPLAY_THROUGH || atomic_load(&display->hurried) ||
	    !numbers->left(numbers->context, sentence))
		return false;
	display->outlived = display->outlived ? display->outlived : clock_now();
	if (display->outlived == UINT64_MAX || !sentence[0] || clock_now() < display->outlived + OUTLIVED)
		return true;
	display->outlived = UINT64_MAX;
	if (display->mode == DISPLAY_CONSOLE)
		change_mode(display, DISPLAY_VIEWER);
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
		change_mode(display, DISPLAY_VIEWER);
}

void display_see_to_program(struct display *display)
{
	struct job *job = display->options.job;
	bool passes = display->entered && display->mode != DISPLAY_VIEWER;
	int tty = display->session.tty.fd;

	if (!job)
		return;
	bool was_stopped = job->stopped;
	job_look(job);
	job_resize(job, tty);
	if (job->stopped && !was_stopped && display->mode == DISPLAY_VIEWER) {
		viewer_say(display->viewer, "the program is stopped");
		display->dirty = true;
	}
	if (console_pump(&display->console, &display->session.transcript, passes ? tty : -1) == CONSOLE_LOST)
		display->complaint = "the viewer has left, because there is no room for what the program prints";
	see_to_end(display);
	see_to_quit(display);
	if (job->stopped && passes && !display->over)
		display_suspend(display);
}
