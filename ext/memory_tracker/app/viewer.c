#include "app/viewer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/actions.h"
#include "table/class_line.h"
#include "input/command.h"
#include "panes/footer.h"
#include "base/format.h"
#include "panes/gc_view.h"
#include "app/settings_use.h"
#include "input/edit_input.h"
#include "app/viewer_state.h"

/* On less than this there is only a sentence that says so. */
#define LEAST_COLUMNS 40
#define LEAST_LINES 6

#define CLASS_NAME_CELLS 40

static char *copy_of(const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = malloc(size);

	return copy ? memcpy(copy, text, size) : NULL;
}

/* What was kept the last time, unless the options say otherwise. */
static void begin(struct viewer *viewer, const struct viewer_options *options)
{
	const struct column *sort = options->sort ? column_find(options->sort) : NULL;

	viewer->interval = 1;
	viewer->mouse = true;
	viewer->theme = &theme_table[0];
	viewer->table.sort = column_find("growth");
	if (options->settings)
		settings_use(viewer);
	if (options->interval > 0)
		viewer->interval = options->interval;
	if (options->mouse != VIEWER_AS_KEPT)
		viewer->mouse = options->mouse == VIEWER_ON;
	if (sort) {
		viewer->table.sort = sort;
		viewer->table.reversed = false;
	}
	settings_begin(viewer);
}

struct viewer *viewer_new(const struct viewer_options *options)
{
	struct viewer *viewer = calloc(1, sizeof *viewer);

	if (!viewer)
		return NULL;
	viewer->mode = MODE_TABLE;
	viewer->charset = viewer->table.tree.charset = options->charset;
	viewer->console = options->console;
	viewer->silent = options->silent;
	viewer->replay = options->replay;
	viewer->attached = options->attached;
	viewer->utc_offset = options->utc_offset;
	viewer->table.since = &viewer->since;
	begin(viewer, options);
	viewer->history = history_new(0);
	if (options->command)
		viewer->command = copy_of(options->command);
	bool watches = path_watch_init(&viewer->watch);
	if (!viewer->history || !watches || (options->command && !viewer->command)) {
		viewer_free(viewer);
		return NULL;
	}
	viewer->latest = metrics_of(viewer->history);
	return viewer;
}

void viewer_free(struct viewer *viewer)
{
	if (!viewer)
		return;
	table_view_deinit(&viewer->table);
	panes_deinit(&viewer->panes);
	frozen_copy_free(viewer->frozen_copy);
	frozen_copy_free(viewer->frozen_copy_paths);
	since_mark_deinit(&viewer->since);
	marks_deinit(&viewer->marks);
	path_watch_deinit(&viewer->watch);
	key_set_deinit(&viewer->on_screen);
	history_free(viewer->history);
	free(viewer->settings_path);
	free(viewer->command);
	free(viewer->ended);
	free(viewer);
}

const struct metrics *viewer_shown(const struct viewer *viewer)
{
	return viewer->frozen_copy ? &viewer->frozen_copy->metrics : &viewer->latest;
}

static void remember_first(struct viewer *viewer, const struct snapshot_header *snapshot)
{
	if (viewer->first_ns && viewer->first_started_ns == snapshot->started_ns)
		return;
	viewer->first_started_ns = snapshot->started_ns;
	viewer->first_ns = snapshot->monotonic_ns;
	viewer->first_gc_ns = snapshot->gc_time_ns;
}

/* Lets the call paths that are on the screen be watched, with all allocating lines. */
static bool watch_paths(struct viewer *viewer, const struct snapshot_header *snapshot)
{
	const struct tree_lines *tree = &viewer->table.tree;

	key_set_clear(&viewer->on_screen);
	for (size_t i = 0; i < tree->count; i++) {
		if (tree->lines[i].path.depth && !key_set_add(&viewer->on_screen, tree_lines_key(&tree->lines[i])))
			return false;
	}
	return path_watch_feed(&viewer->watch, snapshot, &viewer->on_screen, tree->inverted ? &tree->unfolded : NULL);
}

/* Whoever watches a line is told that it is not there any more. */
static void tell_of_the_lost(struct viewer *viewer)
{
	if (viewer->table.lost)
		viewer_note(viewer, "%s is gone from the table, and not followed any more", viewer->table.followed);
	viewer->table.lost = false;
}

/* Marks of another start have nothing in common with what comes now. */
static void drop_foreign_marks(struct viewer *viewer, const struct snapshot_header *snapshot)
{
	if (marks_belong(&viewer->marks, snapshot))
		return;
	since_mark_choose(&viewer->since, NULL);
	marks_deinit(&viewer->marks);
	viewer->table.deltas = false;
	viewer_note(viewer, "the capture was started anew: the marks are gone");
	if (viewer->frozen_copy)
		table_view_refresh(&viewer->table, &viewer->frozen_copy->metrics);
}

bool viewer_feed(struct viewer *viewer, struct snapshot_header *snapshot)
{
	remember_first(viewer, snapshot);
	drop_foreign_marks(viewer, snapshot);
	viewer->panes.source.stale = true;
	/* The lines stand on what the update replaces. */
	bool watched = watch_paths(viewer, snapshot);
	if (gc_report_waits(&viewer->gc))
		gc_report_feed(&viewer->gc, snapshot, gc_view_row(&viewer->watch, snapshot, viewer->gc.key));
	bool taken = history_update(viewer->history, snapshot);
	viewer->latest_paths = metrics_of(viewer->watch.history);
	viewer->latest = metrics_of(viewer->history);
	viewer->latest.paths = &viewer->latest_paths;
	if (watched && viewer->watch.plain.snapshot == viewer->latest.snapshot)
		viewer->latest.plain = &viewer->watch.plain;
	/* Without memory for a new capture's snapshot the history is empty, and so must be what is made from it. */
	bool shown = viewer->frozen_copy || table_view_refresh(&viewer->table, &viewer->latest);
	tell_of_the_lost(viewer);
	return taken && watched && shown;
}

/* Terminals send some keys as characters. */
static uint32_t plain_key(uint32_t key)
{
	switch (key) {
	case '\b':
	case 0x7f:
		return INPUT_KEY_BACKSPACE;
	case '\t':
		return INPUT_KEY_TAB;
	case '\n':
	case '\r':
		return INPUT_KEY_ENTER;
	case 0x1b:
		return INPUT_KEY_ESCAPE;
	default:
		return key;
	}
}

enum viewer_request viewer_press(struct viewer *viewer, uint32_t key)
{
	key = plain_key(key);
	viewer->sentence[0] = '\0';
	if (viewer->gc.stage == GC_KNOWN)
		viewer->gc.stage = GC_NONE;
	const struct command *command = edit_input_press(viewer, key) ? NULL : command_find(viewer, key);
	if (!command)
		viewer_end_question(viewer);
	enum viewer_request request = command ? command->run(viewer, key) : VIEWER_NOTHING;
	tell_of_the_lost(viewer);
	return request;
}

const struct theme *viewer_theme(const struct viewer *viewer)
{
	return viewer->theme;
}

enum viewer_request viewer_take(struct viewer *viewer, const struct input_event *input)
{
	if (input->pasted) {
		edit_input_paste(viewer, input->key);
		return VIEWER_NOTHING;
	}
	if (input->key < INPUT_MOUSE_CLICK)
		return viewer_press(viewer, input->key);
	viewer->sentence[0] = '\0';
	if (viewer->mode == MODE_QUESTION)
		viewer_end_question(viewer);
	else
		action_mouse(viewer, input);
	return VIEWER_NOTHING;
}

bool viewer_uses_mouse(const struct viewer *viewer)
{
	return viewer->mouse;
}

void viewer_keep_settings(struct viewer *viewer)
{
	settings_keep(viewer);
}

double viewer_interval(const struct viewer *viewer)
{
	return viewer->interval;
}

void viewer_gc_done(struct viewer *viewer, bool done, uint64_t nanoseconds, const char *reason)
{
	if (done) {
		gc_report_done(&viewer->gc, nanoseconds);
		return;
	}
	viewer->gc.stage = GC_NONE;
	viewer_note(viewer, "no GC was run: %s", reason ? reason : "the reason is not known");
}

void viewer_say(struct viewer *viewer, const char *sentence)
{
	viewer_note(viewer, "%s", sentence);
}

void viewer_output(struct viewer *viewer, const char *bytes, size_t length)
{
	scrollback_add(&viewer->panes.printed, bytes, length);
}

void viewer_processes(struct viewer *viewer, const struct process_summary *processes, size_t count)
{
	process_view_set(&viewer->panes.processes, processes, count);
}

void viewer_replaying(struct viewer *viewer, const char *place)
{
	snprintf(viewer->place, sizeof viewer->place, "%s", place);
}

void viewer_ended(struct viewer *viewer, const char *how)
{
	char *copy = copy_of(how);

	if (!copy)
		return;
	free(viewer->ended);
	viewer->ended = copy;
}

static double gc_share(const struct viewer *viewer)
{
	const struct snapshot_header *snapshot = viewer_shown(viewer)->snapshot;

	if (!snapshot || snapshot->monotonic_ns <= viewer->first_ns || snapshot->gc_time_ns < viewer->first_gc_ns)
		return -1;
	double share =
	    (double)(snapshot->gc_time_ns - viewer->first_gc_ns) / (double)(snapshot->monotonic_ns - viewer->first_ns);
	return share < 1 ? share : 1;
}

/* When the mark was set that counts are shown as changes since; NULL: they are shown as they are. */
static const char *name_changes(const struct viewer *viewer, char out[FORMAT_SIZE])
{
	if (!viewer->table.deltas || !viewer->since.mark)
		return NULL;
	format_clock(out, viewer->since.mark->wall_ns, viewer->utc_offset);
	return out;
}

struct header_metadata viewer_metadata(const struct viewer *viewer, char since[FORMAT_SIZE])
{
	return (struct header_metadata){.metrics = viewer_shown(viewer),
	                                .command = viewer->panes.processes.count > 1 ? NULL : viewer->command,
	                                .ended = viewer->ended,
	                                .place = viewer->replay ? viewer->place : NULL,
	                                .interval = viewer->interval,
	                                .gc_share = gc_share(viewer),
	                                .paused = viewer->frozen_copy != NULL,
	                                .changes_since = name_changes(viewer, since),
	                                .charset = viewer->charset};
}

static void draw_too_small(const struct viewer *viewer, struct grid *grid)
{
	char text[96];
	size_t length = (size_t)snprintf(text, sizeof text, "memory-tracker needs %dx%d, this is %ux%u", LEAST_COLUMNS,
	                                 LEAST_LINES, grid->columns, grid->lines);

	/* It is ASCII: bytes are cells. A line ends at a blank where it can. */
	const char *rest = text, *end = text + length;
	for (unsigned line = 0; line < grid->lines && rest < end; line++) {
		const char *cut = end - rest > (long)grid->columns ? rest + grid->columns : end;
		while (cut < end && cut > rest && *cut != ' ')
			cut--;
		if (cut == rest)
			cut = rest + grid->columns;
		grid_put(grid, line, 0, GRID_PLAIN, rest, (size_t)(cut - rest));
		rest = *cut == ' ' ? cut + 1 : cut;
	}
}

/* Why the table has no line. */
static void describe_nothing(const struct viewer *viewer, char out[VIEWER_SENTENCE_SIZE])
{
	const struct line_edit *filter = &viewer->table.filter;
	char text[CLASS_NAME_CELLS * 4 + 1];

	text_fit(text, sizeof text, filter->text, filter->length, CLASS_NAME_CELLS, viewer->charset);
	if (!viewer->latest.snapshot)
		snprintf(out, VIEWER_SENTENCE_SIZE,
		         viewer->ended ? "there were no numbers" : "waiting for the first numbers");
	else if (filter->length)
		snprintf(out, VIEWER_SENTENCE_SIZE, "no class has \"%s\" in its name or call paths", text);
	else
		snprintf(out, VIEWER_SENTENCE_SIZE, "no objects yet");
}

/* Draws everything between the header and the footer: from `line` on, `height` lines. */
static void draw_body(struct viewer *viewer, struct grid *grid, unsigned line, unsigned height)
{
	const struct gc_view gc = {.report = &viewer->gc,
	                           .tree = &viewer->table.tree,
	                           .since = &viewer->since,
	                           .latest = viewer->frozen_copy ? NULL : viewer->latest.snapshot};
	char sentence[VIEWER_SENTENCE_SIZE], nothing[VIEWER_SENTENCE_SIZE];

	gc_view_describe(&gc, sentence);
	if (viewer->sentence[0])
		snprintf(sentence, sizeof sentence, "%s", viewer->sentence);
	if (sentence[0] && height > 2)
		height -= status_line_draw(grid, line, height, sentence, viewer->charset);
	unsigned pane = panes_height(&viewer->panes, height);
	describe_nothing(viewer, nothing);
	table_view_draw(&viewer->table, grid, line, height - pane - 1, nothing);
	panes_draw(&viewer->panes, &(struct pane_frame){.grid = grid,
	                                                .line = line + height - pane,
	                                                .height = pane,
	                                                .row = table_view_selected(&viewer->table),
	                                                .marks = &viewer->marks,
	                                                .charset = viewer->charset});
}

static void draw_help(struct viewer *viewer, struct grid *grid)
{
	struct help_command commands[HELP_COMMANDS];
	size_t count = command_help(viewer->charset, commands);

	help_view_draw(&viewer->help, commands, count, grid, grid->lines - 1, viewer->charset);
}

static void draw_footer(struct viewer *viewer, struct grid *grid)
{
	struct footer_command commands[FOOTER_COMMANDS];
	const struct footer footer = {.line_edit = edit_input_now(viewer),
	                              .label = viewer->mode == MODE_FILTER ? "filter: "
	                                       : viewer->mode == MODE_NAME ? "write to: "
	                                                                   : "search: ",
	                              .question = viewer->mode == MODE_QUESTION ? viewer->question.text : NULL,
	                              .picker = viewer->mode & (MODE_SORT | MODE_COLUMNS) ? &viewer->picker : NULL,
	                              .table = &viewer->table,
	                              .commands = commands,
	                              .count = command_footer(viewer, viewer->charset, commands),
	                              .charset = viewer->charset};

	footer_draw(&footer, grid, grid->lines - 1);
}

void viewer_draw(struct viewer *viewer, struct grid *grid)
{
	grid_clear(grid);
	if (grid->columns < LEAST_COLUMNS || grid->lines < LEAST_LINES) {
		draw_too_small(viewer, grid);
		return;
	}
	if (viewer_mode_shown(viewer) == MODE_HELP) {
		draw_help(viewer, grid);
	} else {
		char since[FORMAT_SIZE];
		struct header_metadata metadata = viewer_metadata(viewer, since);
		unsigned header = header_view_height(&metadata, grid);

		header_view_draw(&metadata, grid);
		draw_body(viewer, grid, header, grid->lines - header - 1);
	}
	draw_footer(viewer, grid);
}
