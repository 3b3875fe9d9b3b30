#include "terminal/display.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "viewer/format.h"

#define MILLISECONDS UINT64_C(1000000)

/* How often it looks for what nobody tells it: the terminal's size and owner, what was printed. */
#define TICK_MS 100

/* What was asked for before a snapshot may take so long to be in it. */
#define REFRESH_TIME (20 * MILLISECONDS)

/* A GC that has not begun by then is worth a word. */
#define GC_PATIENCE (1000 * MILLISECONDS)

/* After this long a stop signal has stopped the process, unless it does not care for it. */
#define SUSPEND_MS 100

#define HOW_MAX 128

struct display {
	struct display_options options;
	struct session session;
	struct viewer *viewer; /* owned */
	struct grid grid;
	int wake[2]; /* owned; a pipe */
	atomic_bool woken;
	atomic_bool stopped;
	_Atomic(char *) how; /* owned; how the program has ended, until that is shown */

	/* Of the thread that runs it. */
	bool entered;
	bool aside; /* the terminal is somebody else's just now */
	bool dirty; /* the screen is out of date */
	bool ended;
	bool gc_pending;
	bool gc_quiet; /* nobody has asked for it */
	bool gc_excused;
	uint64_t gc_asked;
	uint64_t looked;    /* when the latest snapshot was due */
	uint64_t refreshed; /* when what makes the next one complete was asked for; 0: not yet */
	enum display_end end;
	bool over;
	const char *complaint; /* why it had to leave, or NULL */
};

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000 * MILLISECONDS + (uint64_t)time.tv_nsec;
}

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
	free(atomic_load(&display->how));
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

void display_ended(struct display *display, const char *how)
{
	char *copy = malloc(HOW_MAX);

	if (!copy) {
		display_stop(display);
		return;
	}
	snprintf(copy, HOW_MAX, "%s", how);
	free(atomic_exchange(&display->how, copy));
	display_notify(display);
}

/* --- the numbers --- */

static uint64_t interval(const struct display *display)
{
	return (uint64_t)(viewer_interval(display->viewer) * 1e9);
}

/* Takes a snapshot. Returns how long the capture has been running, in nanoseconds, or 0. */
static uint64_t look(struct display *display, uint32_t flags)
{
	struct snapshot_header *snapshot = display->options.source.snapshot(display->options.source.context);

	if (!snapshot)
		return 0;
	snapshot->flags |= flags;
	uint64_t age = snapshot->monotonic_ns - snapshot->started_ns;
	viewer_feed(display->viewer, snapshot);
	display->dirty = true;
	return age;
}

/* First what makes a snapshot complete is asked for, and a moment later the snapshot is taken. */
static void look_when_due(struct display *display)
{
	uint64_t time = now();

	if (display->ended || time < display->looked + interval(display))
		return;
	if (!display->refreshed) {
		display->options.source.refresh(display->options.source.context);
		display->refreshed = time;
	} else if (time >= display->refreshed + REFRESH_TIME) {
		look(display, 0);
		display->looked = display->refreshed;
		display->refreshed = 0;
	}
}

static void start_gc(struct display *display)
{
	look(display, 0);
	display->options.source.gc(display->options.source.context);
	display->gc_pending = true;
	display->gc_excused = false;
	display->gc_asked = now();
}

static void ask_for_gc(struct display *display)
{
	if (display->ended) {
		viewer_gc_done(display->viewer, false, 0, "the program has ended");
		return;
	}
	display->gc_quiet = false;
	if (!display->gc_pending)
		start_gc(display);
}

static void gc_when_due(struct display *display)
{
	if (!display->options.gc_ns || display->gc_pending || display->ended ||
	    now() < display->gc_asked + display->options.gc_ns)
		return;
	start_gc(display);
	display->gc_quiet = true;
}

static void see_to_gc(struct display *display)
{
	uint64_t nanoseconds;

	if (!display->gc_pending)
		return;
	if (display->options.source.gc_done(display->options.source.context, &nanoseconds)) {
		look(display, 0);
		if (!display->gc_quiet)
			viewer_gc_done(display->viewer, true, nanoseconds, NULL);
		display->gc_pending = false;
		display->dirty = true;
	} else if (!display->gc_quiet && !display->gc_excused && now() > display->gc_asked + GC_PATIENCE) {
		viewer_say(display->viewer, "the GC waits until the program lets go of the VM");
		display->gc_excused = true;
		display->dirty = true;
	}
}

static void see_to_end(struct display *display)
{
	char *how = atomic_exchange(&display->how, NULL);
	char duration[FORMAT_SIZE], sentence[HOW_MAX + FORMAT_SIZE];

	if (!how)
		return;
	uint64_t age = look(display, SNAPSHOT_ENDED);
	format_duration(duration, age);
	snprintf(sentence, sizeof(sentence), "%s after %s", how, duration);
	viewer_ended(display->viewer, sentence);
	display->ended = true;
	display->gc_pending = false;
	free(how);
}

/* --- what the program prints --- */

static void see_to_output(struct display *display)
{
	char bytes[16384];
	size_t length, total = 0;
	struct redirect *redirect = &display->session.redirect;

	while ((length = redirect_tail(redirect, bytes, sizeof(bytes))) > 0) {
		viewer_output(display->viewer, bytes, length);
		total += length;
		if (total > 16 * sizeof(bytes))
			break;
	}
	if (!total)
		return;
	display->dirty = true;
	enum redirect_trouble trouble = redirect_check(redirect);
	if (trouble == REDIRECT_FULL)
		display->complaint =
		    "the viewer has left, because the disk is nearly full with what the program prints";
	if (trouble == REDIRECT_LARGE)
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
	display->options.source.entered(display->options.source.context);
}

/* Leaves the terminal to the shell, and with it stops everybody who belongs to the program. */
static void suspend(struct display *display)
{
	leave(display);
	kill(0, SIGTSTP);
	/* The signal takes a moment, and it may be for another thread of this process. */
	struct timespec moment = {.tv_nsec = SUSPEND_MS * (long)MILLISECONDS};
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

	/* A slow terminal gets the latest screen when it has taken the one before, and not all in between. */
	if (!display->entered || !screen_send(display->session.screen))
		return;
	if (screen_measure(display->session.screen, &columns, &lines)) {
		grid_resize(&display->grid, columns, lines);
		display->dirty = true;
	}
	if (!display->dirty)
		return;
	viewer_draw(display->viewer, &display->grid);
	screen_set_theme(display->session.screen, viewer_theme(display->viewer));
	screen_mouse(display->session.screen, viewer_uses_mouse(display->viewer));
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
		ask_for_gc(display);
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
	struct viewer_input input;

	while (display->entered && !display->over && screen_key(display->session.screen, &input)) {
		display->dirty = true;
		if (input.key == SCREEN_KEY_INTERRUPT && display->options.session.interrupt_key)
			finish(display, DISPLAY_INTERRUPTED);
		else
			obey(display, viewer_take(display->viewer, &input));
	}
}

/* --- running --- */

static int time_to_wait(const struct display *display)
{
	uint64_t time = now();
	uint64_t due = display->refreshed ? display->refreshed + REFRESH_TIME : display->looked + interval(display);

	if (display->ended || due >= time + TICK_MS * MILLISECONDS)
		return TICK_MS;
	return due <= time ? 0 : (int)((due - time + MILLISECONDS - 1) / MILLISECONDS);
}

static void drain(struct display *display)
{
	char bytes[64];

	while (read(display->wake[0], bytes, sizeof(bytes)) > 0)
		;
}

static void step(struct display *display)
{
	int terminal = display->entered ? display->session.tty.fd : display->wake[0];

	bool behind = display->entered && !screen_send(display->session.screen);

	if (!tty_wait(terminal, display->wake[0], behind, time_to_wait(display)))
		finish(display, DISPLAY_LEFT);
	drain(display);
	if (atomic_load(&display->stopped))
		finish(display, DISPLAY_LEFT);
	see_to_foreground(display);
	see_to_keys(display);
	see_to_end(display);
	see_to_gc(display);
	gc_when_due(display);
	look_when_due(display);
	see_to_output(display);
	if (display->complaint)
		finish(display, DISPLAY_LEFT);
	if (!display->over)
		draw(display);
	/* Nobody can see what has ended while the terminal is somebody else's. */
	if (display->ended && display->aside)
		finish(display, DISPLAY_LEFT);
}

enum display_end display_run(struct display *display)
{
	sigset_t background, before;

	sigemptyset(&background);
	sigaddset(&background, SIGTTIN);
	sigaddset(&background, SIGTTOU);
	pthread_sigmask(SIG_BLOCK, &background, &before);
	if (!display->looked) {
		enter(display);
		look(display, 0);
		display->looked = display->gc_asked = now();
	}
	while (!display->over && !atomic_load(&display->woken)) {
		step(display);
		if (display->options.source.interrupted(display->options.source.context))
			atomic_store(&display->woken, true);
	}
	bool woken = atomic_exchange(&display->woken, false) && !display->over;
	if (!woken) {
		viewer_keep_settings(display->viewer);
		leave(display);
		if (display->complaint)
			session_say(&display->session, display->complaint);
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return woken ? DISPLAY_WOKEN : display->end;
}

bool display_stopped_within(struct display *display, int milliseconds)
{
	uint64_t deadline = now() + (uint64_t)milliseconds * MILLISECONDS;

	while (!atomic_load(&display->stopped) && now() < deadline) {
		tty_wait(display->wake[0], display->wake[0], false, TICK_MS);
		drain(display);
	}
	return atomic_load(&display->stopped);
}
