#include "app/display.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "app/display_program.h"
#include "app/display_state.h"
#include "app/display_terminal.h"

/* How often it looks for what nobody tells it: the terminal's size and owner, what was printed. */
#define TICK_MS 100

/* What is printed without pause is shown this often. */
#define OUTPUT_MS 50

/* How soon keys are offered again to a program that does not take them. */
#define RETRY_MS 10

/* --- life --- */

static bool set_up(struct display *display, char *problem)
{
	struct viewer_options viewer = display->options.viewer;

	viewer.charset = screen_charset();
	viewer.console = display->options.job != NULL;
	display->viewer = viewer_new(&viewer);
	if (!display->viewer || !grid_init(&display->grid) || !wake_pipe_open(&display->wake)) {
		snprintf(problem, SESSION_PROBLEM_MAX, "there is not enough memory, or not enough descriptors");
		return false;
	}
	console_init(&display->console, display->options.job);
	console_reset(&display->console, display->guarded);
	feed_init(&display->feed, &display->options.numbers, display->viewer, display->options.gc_ns);
	return true;
}

struct display *display_open(const struct display_options *options, char problem[SESSION_PROBLEM_MAX])
{
	struct display *display = calloc(1, sizeof *display);

	if (!display) {
		snprintf(problem, SESSION_PROBLEM_MAX, "there is not enough memory");
		return NULL;
	}
	display->options = *options;
	display->wake = WAKE_PIPE_NONE;
	if (session_open(&display->session, &options->session, &options->exclusion, problem)) {
		free(display);
		return NULL;
	}
	if (set_up(display, problem))
		return display;
	display_close(display);
	return NULL;
}

void display_close(struct display *display)
{
	session_close(&display->session);
	viewer_free(display->viewer);
	grid_deinit(&display->grid);
	wake_pipe_close(&display->wake);
	free(display);
}

/* --- what other threads do --- */

void display_notify(struct display *display)
{
	/* Without it the display looks at its next tick. */
	wake_pipe_wake(&display->wake);
}

void display_wake(struct display *display)
{
	atomic_store(&display->woken, true);
	display_notify(display);
}

void display_hurry(struct display *display)
{
	atomic_store(&display->hurried, true);
}

void display_stop(struct display *display)
{
	atomic_store(&display->stopped, true);
	display_notify(display);
}

/* --- what the program prints --- */

static void see_to_output(struct display *display)
{
	char bytes[16384];
	size_t length, total = 0;
	struct output_log *output_log = &display->session.output_log;

	while ((length = output_log_tail(output_log, bytes, sizeof(bytes))) > 0) {
		viewer_output(display->viewer, bytes, length);
		total += length;
		if (total > 16 * sizeof(bytes))
			break;
	}
	if (!total)
		return;
	display->printed = true;
	enum output_log_trouble trouble = output_log_check(output_log);
	if (trouble == OUTPUT_LOG_FULL)
		display->complaint =
		    "the viewer has left, because the disk is nearly full with what the program prints";
	if (trouble == OUTPUT_LOG_LARGE)
		display->complaint = "the viewer has left, because there is too much that the program has printed";
}

/* --- the terminal --- */

/* The terminal may be taken away by a shell and given back later. */
static void see_to_foreground(struct display *display)
{
	bool foreground = tty_foreground(&display->session.tty);

	if (!foreground && display->entered) {
		display_leave(display);
		display->aside = true;
	} else if (foreground && display->aside) {
		display->aside = false;
		display_enter(display);
	}
}

static void draw(struct display *display)
{
	unsigned columns, lines;

	/* A slow terminal gets the latest screen when it has taken the one before, and not all in between. */
	if (!display->entered || display->mode != DISPLAY_VIEWER || !screen_send(display->session.screen))
		return;
	if (screen_measure(display->session.screen, &columns, &lines)) {
		grid_resize(&display->grid, columns, lines);
		display->dirty = true;
	}
	if (display->printed && clock_now() >= display->drawn + OUTPUT_MS * CLOCK_MILLISECOND)
		display->dirty = true;
	if (!display->dirty)
		return;
	viewer_draw(display->viewer, &display->grid);
	screen_set_theme(display->session.screen, viewer_theme(display->viewer));
	screen_mouse(display->session.screen, viewer_uses_mouse(display->viewer));
	screen_show(display->session.screen, &display->grid);
	display->dirty = display->printed = false;
	display->drawn = clock_now();
}

/* Leaves the viewer, when that is not the end of the program, to that. */
static void leave_viewer(struct display *display, enum display_end end)
{
	const struct job *job = display->options.job;

	if (job && job_has_terminal(job)) {
		display_go_through(display);
		if (end == DISPLAY_QUIT)
			display_ask_to_end(display);
	} else if (job && !job->ended && end == DISPLAY_QUIT) {
		atomic_store(&display->hurried, true);
		display_ask_to_end(display);
	} else {
		display_finish(display, end);
	}
}

static void steer(struct display *display, enum viewer_request request)
{
	static const enum replay_command commands[] = {
	    [VIEWER_REPLAY_PAUSE] = REPLAY_PAUSE,     [VIEWER_REPLAY_STEP] = REPLAY_STEP,
	    [VIEWER_REPLAY_BACK] = REPLAY_BACK,       [VIEWER_REPLAY_REWIND] = REPLAY_REWIND,
	    [VIEWER_REPLAY_FORWARD] = REPLAY_FORWARD, [VIEWER_REPLAY_SLOWER] = REPLAY_SLOWER,
	    [VIEWER_REPLAY_FASTER] = REPLAY_FASTER};
	const struct snapshot_source *numbers = &display->options.numbers;

	if (numbers->steer)
		numbers->steer(numbers->context, commands[request]);
}

static void obey(struct display *display, enum viewer_request request)
{
	switch (request) {
	case VIEWER_LEAVE:
		leave_viewer(display, DISPLAY_LEFT);
		break;
	case VIEWER_QUIT:
		leave_viewer(display, DISPLAY_QUIT);
		break;
	case VIEWER_CONSOLE:
		display_open_console(display);
		break;
	case VIEWER_GC:
		feed_gc(&display->feed);
		break;
	case VIEWER_NEXT:
		feed_walk(&display->feed, 1);
		break;
	case VIEWER_PREVIOUS:
		feed_walk(&display->feed, -1);
		break;
	case VIEWER_SUSPEND:
		display_suspend(display);
		break;
	case VIEWER_REDRAW:
		screen_redraw(display->session.screen);
		break;
	case VIEWER_REPLAY_PAUSE:
	case VIEWER_REPLAY_STEP:
	case VIEWER_REPLAY_BACK:
	case VIEWER_REPLAY_REWIND:
	case VIEWER_REPLAY_FORWARD:
	case VIEWER_REPLAY_SLOWER:
	case VIEWER_REPLAY_FASTER:
		steer(display, request);
		break;
	case VIEWER_INTERVAL:
	case VIEWER_NOTHING:
		break;
	}
}

/* Ctrl-C, as a key. */
static void interrupt(struct display *display)
{
	if (display->options.job)
		job_signal_all(display->options.job, SIGINT);
	else
		display_finish(display, DISPLAY_INTERRUPTED);
}

static void see_to_keys(struct display *display)
{
	struct input_event input;

	while (display->entered && !display->over && display->mode == DISPLAY_VIEWER &&
	       screen_key(display->session.screen, &input)) {
		display->dirty = true;
		if (display_passes_leave_key(display, &input))
			continue;
		if (input.key == SCREEN_KEY_INTERRUPT && !input.pasted && display->options.session.interrupt_key)
			interrupt(display);
		else
			obey(display, viewer_take(display->viewer, &input));
	}
}

/* --- running --- */

/* What is to be read from: the terminal only when its keys can be taken on. */
static bool wait_for_something(struct display *display)
{
	const struct job *job = display->options.job;
	bool full = display->mode != DISPLAY_VIEWER && console_is_full(&display->console);
	int wake = wake_pipe_fd(&display->wake),
	    terminal = display->entered && !full ? tty_fd(&display->session.tty) : wake;
	int others[] = {wake,
	                display->mode == DISPLAY_THROUGH ? -1 : display->feed.source.fd(display->feed.source.context),
	                job ? console_fd(&display->console) : -1, job && !job->ended ? job->reports : -1};
	int most = full ? RETRY_MS : display->printed ? OUTPUT_MS : TICK_MS;

	bool behind = display->entered && display->mode == DISPLAY_VIEWER && !screen_send(display->session.screen);

	return tty_wait(terminal, behind, others, 4,
	                display->mode == DISPLAY_THROUGH ? most : feed_wait(&display->feed, most));
}

static void see_to_complaint(struct display *display)
{
	const struct job *job = display->options.job;

	if (!display->complaint || display->over || display->mode == DISPLAY_THROUGH)
		return;
	if (!job || !job_has_terminal(job)) {
		display_finish(display, DISPLAY_LEFT);
		return;
	}
	display_leave(display);
	session_say(&display->session, display->complaint);
	display->complaint = NULL;
	display_go_through(display);
	display_enter(display);
}

/* A daemon closes all that it finds, also what is not its own. */
static bool is_lost(const struct display *display)
{
	return wake_pipe_fd(&display->wake) < 0 || session_lost(&display->session);
}

/* Without a guard the terminal would stay unusable after a crash. A program that has the terminal goes on all the same. */
static void see_to_guard(struct display *display)
{
	if (display->entered && !session_look(&display->session) && display->mode != DISPLAY_THROUGH)
		display->complaint = "the viewer has left, because the process that guards the terminal has ended, and "
		                     "no other can be started";
}

static void step(struct display *display)
{
	if (!wait_for_something(display))
		display_finish(display, DISPLAY_LEFT);
	if (is_lost(display)) {
		display->complaint = "the viewer has left, because the program has closed the files that it works with";
		display_finish(display, DISPLAY_LEFT);
		return;
	}
	wake_pipe_drain(&display->wake);
	if (atomic_load(&display->stopped))
		display_finish(display, DISPLAY_LEFT);
	see_to_foreground(display);
	see_to_guard(display);
	if (display->mode == DISPLAY_VIEWER)
		see_to_keys(display);
	else
		display_pass_keys(display);
	if (display->mode != DISPLAY_THROUGH && feed_step(&display->feed))
		display->dirty = true;
	display_see_to_program(display);
	see_to_output(display);
	see_to_complaint(display);
	if (!display->over)
		draw(display);
	/* Nobody can see what has ended while the terminal is somebody else's. */
	if (display->feed.ended && display->aside)
		display_finish(display, DISPLAY_LEFT);
}

static bool is_interrupted(const struct display *display)
{
	const struct display_host *host = &display->options.host;

	return host->interrupted && host->interrupted(host->context);
}

enum display_end display_run(struct display *display)
{
	sigset_t background, before;

	sigemptyset(&background);
	sigaddset(&background, SIGTTIN);
	sigaddset(&background, SIGTTOU);
	pthread_sigmask(SIG_BLOCK, &background, &before);
	if (!display->started) {
		display->started = true;
		display_enter(display);
		feed_step(&display->feed);
	}
	while (!display->over && !atomic_load(&display->woken)) {
		step(display);
		if (is_interrupted(display))
			atomic_store(&display->woken, true);
	}
	bool woken = atomic_exchange(&display->woken, false) && !display->over;
	if (!woken) {
		viewer_keep_settings(display->viewer);
		display_leave_for_good(display);
		if (display->complaint)
			session_say(&display->session, display->complaint);
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return woken ? DISPLAY_WOKEN : display->end;
}

bool display_stopped_within(struct display *display, int milliseconds)
{
	uint64_t deadline = clock_now() + (uint64_t)milliseconds * CLOCK_MILLISECOND;

	while (!atomic_load(&display->stopped) && clock_now() < deadline) {
		tty_wait(wake_pipe_fd(&display->wake), false, NULL, 0, TICK_MS);
		wake_pipe_drain(&display->wake);
	}
	return atomic_load(&display->stopped);
}
