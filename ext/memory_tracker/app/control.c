#include "input/viewer_control.h"

#include <stdarg.h>
#include <stdio.h>

#include "app/settings_use.h"
#include "app/viewer_state.h"
#include "panes/gc_view.h"

/* Seconds between snapshots. */
static const double intervals[] = {0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60};

#define INTERVALS (sizeof intervals / sizeof *intervals)

/* --- what there is --- */

static bool running(const struct viewer *viewer)
{
	const struct snapshot_header *snapshot = viewer->latest.snapshot;

	return snapshot && !viewer->ended && !(snapshot->flags & SNAPSHOT_ENDED);
}

struct viewer_status viewer_status(const struct viewer *viewer)
{
	return (struct viewer_status){.mode = viewer->mode,
	                              .metrics = viewer_shown(viewer),
	                              .table = &viewer->table,
	                              .marks = &viewer->marks,
	                              .panes = &viewer->panes,
	                              .file_name = &viewer->file_name,
	                              .charset = viewer->charset,
	                              .utc_offset = viewer->utc_offset,
	                              .paused = viewer->frozen_copy != NULL,
	                              .collecting = viewer->gc.stage == GC_RUNNING,
	                              .ended = viewer->ended != NULL,
	                              .running = running(viewer),
	                              .replay = viewer->replay,
	                              .attached = viewer->attached,
	                              .console = viewer->console,
	                              .silent = viewer->silent};
}

struct table_view *viewer_table(struct viewer *viewer)
{
	return &viewer->table;
}

struct marks *viewer_marks(struct viewer *viewer)
{
	return &viewer->marks;
}

struct panes *viewer_panes(struct viewer *viewer)
{
	return &viewer->panes;
}

struct help_view *viewer_help(struct viewer *viewer)
{
	return &viewer->help;
}

struct picker *viewer_picker(struct viewer *viewer)
{
	return &viewer->picker;
}

struct line_edit *viewer_file_name(struct viewer *viewer)
{
	return &viewer->file_name;
}

/* --- where keys go --- */

void viewer_enter(struct viewer *viewer, enum viewer_mode mode)
{
	viewer->mode = mode;
}

void viewer_return(struct viewer *viewer)
{
	viewer->mode = viewer->panes.open == PANE_OUTPUT ? MODE_OUTPUT : MODE_TABLE;
}

void viewer_open_pane(struct viewer *viewer, enum pane_id pane)
{
	panes_open(&viewer->panes, pane);
	viewer_return(viewer);
}

void viewer_ask(struct viewer *viewer, enum viewer_request request, const char *text)
{
	viewer->question = (struct question){.text = text, .request = request, .before = viewer->mode};
	viewer->mode = MODE_QUESTION;
}

enum viewer_request viewer_end_question(struct viewer *viewer)
{
	if (viewer->mode != MODE_QUESTION)
		return VIEWER_NOTHING;
	viewer->mode = viewer->question.before;
	return viewer->question.request;
}

/* --- what is shown --- */

void viewer_note(struct viewer *viewer, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(viewer->sentence, sizeof viewer->sentence, format, arguments);
	va_end(arguments);
}

void viewer_refresh(struct viewer *viewer)
{
	table_view_refresh(&viewer->table, viewer_shown(viewer));
}

bool viewer_compare(struct viewer *viewer)
{
	bool done = since_mark_choose(&viewer->since, marks_chosen(&viewer->marks));

	if (!viewer->since.mark)
		viewer->table.deltas = false;
	viewer_refresh(viewer);
	if (!done)
		viewer_note(viewer, "there is not enough memory to compare with the mark");
	return done;
}

void viewer_keep_selection(struct viewer *viewer)
{
	viewer->before_finding = viewer->table.selection;
}

/* The lines may be others by now, so what was selected is looked up again. */
void viewer_restore_selection(struct viewer *viewer)
{
	viewer->table.selection = viewer->before_finding;
	viewer_refresh(viewer);
}

bool viewer_pause(struct viewer *viewer)
{
	viewer->frozen_copy = frozen_copy_new(viewer->history);
	if (!viewer->frozen_copy)
		return false;
	if (viewer->latest_paths.snapshot)
		viewer->frozen_copy_paths = frozen_copy_new(viewer->watch.history);
	if (viewer->frozen_copy_paths)
		viewer->frozen_copy->metrics.paths = &viewer->frozen_copy_paths->metrics;
	table_view_refresh(&viewer->table, &viewer->frozen_copy->metrics);
	return true;
}

void viewer_go_on(struct viewer *viewer)
{
	struct frozen_copy *frozen_copy = viewer->frozen_copy, *frozen_copy_paths = viewer->frozen_copy_paths;

	viewer->frozen_copy = viewer->frozen_copy_paths = NULL;
	table_view_refresh(&viewer->table, &viewer->latest);
	frozen_copy_free(frozen_copy);
	frozen_copy_free(frozen_copy_paths);
}

void viewer_begin_gc(struct viewer *viewer)
{
	gc_view_ask(&viewer->gc, &viewer->watch, viewer->latest.snapshot, table_view_selected(&viewer->table),
	            viewer->charset);
}

/* --- what a person prefers --- */

bool viewer_change_interval(struct viewer *viewer, bool shorter)
{
	double before = viewer->interval, interval = before;

	if (shorter) {
		for (size_t i = 0; i < INTERVALS && intervals[i] < before; i++)
			interval = intervals[i];
	} else {
		for (size_t i = INTERVALS; i-- && intervals[i] > before;)
			interval = intervals[i];
	}
	viewer->interval = interval;
	return interval != before;
}

void viewer_change_theme(struct viewer *viewer)
{
	viewer->theme = theme_after(viewer->theme);
	viewer_note(viewer, "the theme is %s: %s", viewer->theme->name, viewer->theme->help);
	settings_keep(viewer);
}

bool viewer_toggle_mouse(struct viewer *viewer)
{
	return viewer->mouse = !viewer->mouse;
}

void viewer_keep_columns(struct viewer *viewer)
{
	settings_keep(viewer);
}
