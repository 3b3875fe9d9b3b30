#include "terminal/display.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "terminal/clock.h"
#include "terminal/feed.h"

/* How often it looks for what nobody tells it: the terminal's size and owner, what was printed. */
#define TICK_MS 100

/* After this long a stop signal has stopped the process, unless it does not care for it. */
#define SUSPEND_MS 100

struct display {
	struct display_options options;
	struct session session;
	struct viewer *viewer; /* owned */
	struct grid grid;
	int wake[2]; /* owned; a pipe */
	atomic_bool woken;
	atomic_bool stopped;

	/* Of the thread that runs it. */
	struct feed feed;
	bool started;
	bool entered;
	bool aside; /* the terminal is somebody else's just now */
	bool dirty; /* the screen is out of date */
	enum display_end end;
	bool over;
	const char *complaint; /* why it had to leave, or NULL */
};

/* --- life --- */

static bool set_up(struct display *display, char *problem)
{
	struct viewer_options viewer = display->options.viewer;

	viewer.charset = screen_charset();
	display->viewer = viewer_new(&viewer);
	if (!display->viewer || !grid_init(&display->grid) || pipe(display->wake) < 0) {
		snprintf(problem, SESSION_PROBLEM_MAX, "there is not enough memory, or not enough descriptors");
		return false;
	}
	for (int i = 0; i < 2; i++) {
		fcntl(display->wake[i], F_SETFD, FD_CLOEXEC);
		fcntl(display->wake[i], F_SETFL, O_NONBLOCK);
	}
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
	display->wake[0] = display->wake[1] = -1;
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
	for (int i = 0; i < 2; i++) {
		if (display->wake[i] >= 0)
			close(display->wake[i]);
	}
	free(display);
}

/* --- what other threads do --- */

void display_notify(struct display *display)
{
	/* When the pipe is full it wakes all the same. */
	if (write(display->wake[1], "", 1) < 0)
		return;
}

void display_wake(struct display *display)
{
	atomic_store(&display->woken, true);
	display_notify(display);
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
	struct transcript *transcript = &display->session.transcript;

	while ((length = transcript_tail(transcript, bytes, sizeof(bytes))) > 0) {
		viewer_output(display->viewer, bytes, length);
		total += length;
		if (total > 16 * sizeof(bytes))
			break;
	}
	if (!total)
		return;
	display->dirty = true;
	enum transcript_trouble trouble = transcript_check(transcript);
	if (trouble == TRANSCRIPT_FULL)
		display->complaint =
		    "the viewer has left, because the disk is nearly full with what the program prints";
	if (trouble == TRANSCRIPT_LARGE)
		display->complaint = "the viewer has left, because there is too much that the program has printed";
}

/* --- the terminal --- */

static void leave(struct display *display)
{
	if (display->entered)
		session_leave(&display->session);
	display->entered = false;
}

static void finish(struct display *display, enum display_end end)
{
	display->over = true;
	display->end = end;
}

static void enter(struct display *display)
{
	char problem[SESSION_PROBLEM_MAX];

	if (session_enter(&display->session, problem)) {
		session_say(&display->session, problem);
		finish(display, DISPLAY_LEFT);
		return;
	}
	display->entered = true;
	display->dirty = true;
	if (display->options.host.entered)
		display->options.host.entered(display->options.host.context);
}

/* Leaves the terminal to the shell, and with it stops everybody who belongs to the program. */
static void suspend(struct display *display)
{
	leave(display);
	kill(0, SIGTSTP);
	/* The signal takes a moment, and it may be for another thread of this process. */
	struct timespec moment = {.tv_nsec = SUSPEND_MS * (long)CLOCK_MILLISECOND};
	nanosleep(&moment, NULL);
	display->aside = true;
}

/* The terminal may be taken away by a shell and given back later. */
static void see_to_foreground(struct display *display)
{
	bool foreground = tty_foreground(&display->session.tty);

	if (!foreground && display->entered) {
		leave(display);
		display->aside = true;
	} else if (foreground && display->aside) {
		display->aside = false;
		enter(display);
	}
}

static void draw(struct display *display)
{
	unsigned columns, lines;

	if (!display->entered)
		return;
	if (screen_measure(display->session.screen, &columns, &lines)) {
		grid_resize(&display->grid, columns, lines);
		display->dirty = true;
	}
	if (!display->dirty)
		return;
	viewer_draw(display->viewer, &display->grid);
	screen_show(display->session.screen, &display->grid);
	display->dirty = false;
}

static void obey(struct display *display, enum viewer_request request)
{
	switch (request) {
	case VIEWER_LEAVE:
		finish(display, DISPLAY_LEFT);
		break;
	case VIEWER_QUIT:
		finish(display, DISPLAY_QUIT);
		break;
	case VIEWER_GC:
		feed_gc(&display->feed);
		break;
	case VIEWER_SUSPEND:
		suspend(display);
		break;
	case VIEWER_REDRAW:
		screen_redraw(display->session.screen);
		break;
	case VIEWER_INTERVAL:
	case VIEWER_NOTHING:
		break;
	}
}

static void see_to_keys(struct display *display)
{
	uint32_t key;

	while (display->entered && !display->over && screen_key(display->session.screen, &key)) {
		display->dirty = true;
		if (key == SCREEN_KEY_INTERRUPT && display->options.session.interrupt_key)
			finish(display, DISPLAY_INTERRUPTED);
		else
			obey(display, viewer_press(display->viewer, key));
	}
}

/* --- running --- */

static void drain(struct display *display)
{
	char bytes[64];

	while (read(display->wake[0], bytes, sizeof(bytes)) > 0)
		;
}

static void step(struct display *display)
{
	int terminal = display->entered ? display->session.tty.fd : display->wake[0];
	int others[] = {display->wake[0], display->feed.source.fd(display->feed.source.context)};

	if (!tty_wait(terminal, others, 2, feed_wait(&display->feed, TICK_MS)))
		finish(display, DISPLAY_LEFT);
	drain(display);
	if (atomic_load(&display->stopped))
		finish(display, DISPLAY_LEFT);
	see_to_foreground(display);
	see_to_keys(display);
	if (feed_step(&display->feed))
		display->dirty = true;
	see_to_output(display);
	if (display->complaint)
		finish(display, DISPLAY_LEFT);
	if (!display->over)
		draw(display);
	/* Nobody can see what has ended while the terminal is somebody else's. */
	if (display->feed.ended && display->aside)
		finish(display, DISPLAY_LEFT);
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
		enter(display);
		feed_step(&display->feed);
	}
	while (!display->over && !atomic_load(&display->woken)) {
		step(display);
		if (is_interrupted(display))
			atomic_store(&display->woken, true);
	}
	bool woken = atomic_exchange(&display->woken, false) && !display->over;
	if (!woken) {
		leave(display);
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
		tty_wait(display->wake[0], NULL, 0, TICK_MS);
		drain(display);
	}
	return atomic_load(&display->stopped);
}
