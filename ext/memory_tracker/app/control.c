#include "input/viewer_control.h"

#include "app/settings_use.h"
#include "app/viewer_state.h"

/* Seconds between snapshots. */
static const double intervals[] = {0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60};

#define INTERVALS (sizeof intervals / sizeof *intervals)

/* --- what there is --- */

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
	                              .goes_on = viewer_goes_on(viewer),
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
	viewer->mode = viewer_base_mode(viewer);
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
