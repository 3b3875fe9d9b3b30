/*
 * What the viewer costs: a tracker with many classes and call paths, all of which change all the time, is looked at
 * again and again, as the viewer does it once a second. Prints the CPU time of each step, as medians, and what is
 * written to the terminal, which is a pseudo terminal here.
 */
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "model/snapshot_builder.h"
#include "model/tracker.h"
#include "screen/screen.h"
#include "app/viewer.h"

#define CLASSES 5000
#define PATHS 4  /* of a class */
#define FRAMES 5 /* of a path; no two paths of a class share a node */
#define CODES 400
#define KEPT 10 /* objects of each path that are live to begin with */
#define ROUNDS 25
#define UNFOLDED 20 /* classes, with everything below them */

#define STRIDE 40
#define CLASS_KEY(number) ((uintptr_t)STRIDE * (UINT64_C(2000000000) + (number)))
#define CODE_KEY(number) ((uintptr_t)STRIDE * (UINT64_C(3000000000) + (number)))
#define OBJECT(number) ((uintptr_t)STRIDE * (UINT64_C(1000000000) + (number)))

/* After so long without a byte the terminal has got all that was written. */
#define QUIET_MS 20

#define SECOND UINT64_C(1000000000)

static void give_up(const char *why)
{
	fprintf(stderr, "benchmark: %s\n", why);
	exit(1);
}

/* --- the program that is watched --- */

struct program {
	struct memory memory;
	struct tracker tracker;
	uint64_t newest, oldest; /* numbers of its objects */
	uint64_t now_ns;
	char text[64];
};

static struct text numbered(struct program *program, const char *format, unsigned long number)
{
	int length = snprintf(program->text, sizeof program->text, format, number);

	return (struct text){program->text, (uint32_t)length};
}

static void describe_class(void *context, uintptr_t key, struct class_description *description)
{
	*description = (struct class_description){
	    .real = key,
	    .name = numbered(context, "Shop::Model::Record%lu", (unsigned long)(key - CLASS_KEY(0)) / STRIDE)};
}

static void describe_code(void *context, uintptr_t address, struct code_description *description)
{
	static const char path[] = "/srv/shop/app/models/shop/record.rb";

	*description = (struct code_description){
	    .kind = CODE_SOURCE,
	    .path = {path, sizeof path - 1},
	    .label = numbered(context, "Shop::Record#step_%lu", (unsigned long)(address - CODE_KEY(0)) / STRIDE)};
}

static void bear(struct program *program, unsigned class_number, unsigned path)
{
	struct tracker *tracker = &program->tracker;
	uintptr_t addresses[FRAMES];
	int lines[FRAMES];

	for (unsigned i = 0; i < FRAMES; i++) {
		addresses[i] = CODE_KEY((class_number + path * FRAMES + i) % CODES);
		lines[i] = 10 + (int)(path * FRAMES + i);
	}
	uintptr_t address = OBJECT(program->newest++);
	struct heap_place place = tracker_clear_address(tracker, address);
	struct class_record *class = tracker_class(tracker, CLASS_KEY(class_number));
	uint32_t number = tracker_path(tracker, class, &(struct stack){addresses, lines, FRAMES});
	if (!tracker_enter(tracker, address, place, number, node_at(&tracker->tree, number)))
		give_up("there is not enough memory");
}

/* On every path two objects are allocated and one dies. */
static void work(struct program *program)
{
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < CLASSES * PATHS; i++)
			bear(program, i / PATHS, i % PATHS);
	}
	for (unsigned i = 0; i < CLASSES * PATHS; i++)
		tracker_freed(&program->tracker, OBJECT(program->oldest++));
	program->now_ns += SECOND;
}

static void collect(struct program *program)
{
	tracker_mark_ended(&program->tracker, 0);
	tracker_sweep_ended(&program->tracker, true, program->now_ns);
}

static size_t slot_size(uintptr_t address)
{
	(void)address;
	return STRIDE;
}

static void begin(struct program *program)
{
	struct names names = {program, describe_class, describe_code};
	struct tracker_options options = {.slot_size = slot_size, .depth = FRAMES, .path_interval = 1};

	memory_init(&program->memory);
	program->now_ns = SECOND;
	if (tracker_init(&program->tracker, &program->memory, &names, &options))
		give_up("there is not enough memory");
	for (unsigned i = 0; i < KEPT * CLASSES * PATHS; i++)
		bear(program, i / PATHS % CLASSES, i % PATHS);
}

/* --- the terminal --- */

struct terminal {
	int master, fd;
	uint64_t bytes; /* that it was sent */
};

static void receive(struct terminal *terminal)
{
	struct pollfd ready = {.fd = terminal->master, .events = POLLIN};
	char bytes[65536];
	ssize_t length;

	while (poll(&ready, 1, QUIET_MS) > 0 && (length = read(terminal->master, bytes, sizeof bytes)) > 0)
		terminal->bytes += (uint64_t)length;
}

static void open_terminal(struct terminal *terminal)
{
	terminal->master = posix_openpt(O_RDWR | O_NOCTTY);
	if (terminal->master < 0 || grantpt(terminal->master) || unlockpt(terminal->master))
		give_up("there is no pseudo terminal");
	terminal->fd = open(ptsname(terminal->master), O_RDWR | O_NOCTTY);
	if (terminal->fd < 0)
		give_up("there is no pseudo terminal");
}

static void close_terminal(struct terminal *terminal)
{
	close(terminal->fd);
	close(terminal->master);
}

static void set_size(struct terminal *terminal, unsigned columns, unsigned lines)
{
	struct winsize size = {.ws_col = (unsigned short)columns, .ws_row = (unsigned short)lines};

	ioctl(terminal->fd, TIOCSWINSZ, &size);
}

/* --- measuring --- */

enum step { SNAPSHOT, FEED, DRAW, SHOW, BYTES, STEPS };

static const struct {
	const char *what;
	const char *goal; /* NULL: none */
} steps[STEPS] = {
    [SNAPSHOT] = {"taking a snapshot", "5"},    [FEED] = {"taking it in, sorting", NULL}, [DRAW] = {"drawing", NULL},
    [SHOW] = {"writing to the terminal", NULL}, [BYTES] = {"bytes written", NULL},
};

static double cpu_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static int compare(const void *left, const void *right)
{
	double l = *(const double *)left, r = *(const double *)right;

	return (l > r) - (l < r);
}

static double median(double *values, unsigned count)
{
	qsort(values, count, sizeof *values, compare);
	return values[count / 2];
}

struct setting {
	struct program *program;
	struct terminal *terminal;
	struct screen *screen;
	struct viewer *viewer;
	struct grid grid;
};

/* All of it is written, in as many parts as the terminal takes it in. Returns the CPU time of that. */
static double show(struct setting *setting)
{
	double time = cpu_ms();
	screen_show(setting->screen, &setting->grid);
	bool sent = screen_send(setting->screen);
	double taken = cpu_ms() - time;

	for (receive(setting->terminal); !sent; receive(setting->terminal)) {
		time = cpu_ms();
		sent = screen_send(setting->screen);
		taken += cpu_ms() - time;
	}
	return taken;
}

static void refresh(struct setting *setting, bool works, double times[STEPS])
{
	struct program *program = setting->program;
	struct snapshot_metadata metadata = {
	    .header = {.pid = 4711, .flags = SNAPSHOT_RUNNING | SNAPSHOT_EXACT, .depth = FRAMES, .path_interval = 1}};

	if (works)
		work(program);
	else
		program->now_ns += SECOND;
	metadata.header.monotonic_ns = metadata.header.wall_ns = program->now_ns;
	metadata.header.started_ns = 1;
	uint64_t written = setting->terminal->bytes;
	double time = cpu_ms();
	struct snapshot_header *snapshot = tracker_snapshot(&program->tracker, &metadata);
	times[SNAPSHOT] = cpu_ms() - time;
	time = cpu_ms();
	if (!snapshot || !viewer_feed(setting->viewer, snapshot))
		give_up("there is not enough memory");
	times[FEED] = cpu_ms() - time;
	time = cpu_ms();
	viewer_draw(setting->viewer, &setting->grid);
	times[DRAW] = cpu_ms() - time;
	times[SHOW] = show(setting);
	times[BYTES] = (double)(setting->terminal->bytes - written);
}

static void measure(struct setting *setting, const char *title, unsigned columns, unsigned lines, bool works)
{
	double values[STEPS][ROUNDS], times[STEPS], medians[STEPS];
	unsigned now_columns, now_lines;

	set_size(setting->terminal, columns, lines);
	screen_measure(setting->screen, &now_columns, &now_lines);
	if (!grid_resize(&setting->grid, now_columns, now_lines))
		give_up("there is not enough memory");
	for (int round = -5; round < ROUNDS; round++) {
		if (works && round % 3 == 0)
			collect(setting->program);
		refresh(setting, works, times);
		for (unsigned step = 0; step < STEPS && round >= 0; step++)
			values[step][round] = times[step];
	}
	printf("\n%s, %ux%u\n", title, now_columns, now_lines);
	double total = 0;
	for (unsigned step = 0; step < STEPS; step++) {
		medians[step] = median(values[step], ROUNDS);
		total += step == BYTES ? 0 : medians[step];
		printf("  %-26s %9.*f %s%s%s%s\n", steps[step].what, step == BYTES ? 0 : 3, medians[step],
		       step == BYTES ? "" : "ms", steps[step].goal ? "   goal: under " : "",
		       steps[step].goal ? steps[step].goal : "", steps[step].goal ? " ms" : "");
	}
	printf("  %-26s %9.3f ms   goal: under 2 ms\n", "a redraw", medians[DRAW] + medians[SHOW]);
	printf("  %-26s %9.2f %%    goal: under 1 %%\n", "of a core at one a second", total / 10);
}

int main(void)
{
	struct program program = {.newest = 0};
	struct terminal terminal = {.master = -1};
	struct setting setting = {.program = &program, .terminal = &terminal};

	setlocale(LC_ALL, "C.UTF-8");
	setenv("TERM", "xterm-256color", 1);
	begin(&program);
	open_terminal(&terminal);
	set_size(&terminal, 120, 40);
	setting.screen = screen_open(terminal.fd, false);
	setting.viewer = viewer_new(&(struct viewer_options){.interval = 1, .charset = screen_charset()});
	if (!setting.screen || !setting.viewer || !grid_init(&setting.grid))
		give_up("there is no screen");
	printf("%u classes, %u nodes of call paths, every one of them changed between two looks; CPU time, medians of "
	       "%u\n",
	       CLASSES, CLASSES * PATHS * FRAMES, ROUNDS);
	measure(&setting, "Classes", 120, 40, true);
	measure(&setting, "Classes", 250, 80, true);
	for (unsigned i = 0; i < UNFOLDED; i++) {
		viewer_press(setting.viewer, '*');
		for (unsigned line = 0; line <= PATHS * FRAMES; line++)
			viewer_press(setting.viewer, INPUT_KEY_DOWN);
	}
	viewer_press(setting.viewer, INPUT_KEY_HOME);
	measure(&setting, "The same, with 20 classes unfolded", 120, 40, true);
	measure(&setting, "Nothing changes", 120, 40, false);
	screen_close(setting.screen);
	viewer_free(setting.viewer);
	grid_deinit(&setting.grid);
	close_terminal(&terminal);
	tracker_deinit(&program.tracker);
	return 0;
}
