#include "input/actions.h"

#include <limits.h>
#include <stdio.h>

#include "base/format.h"
#include "app/viewer_state.h"

static const double intervals[] = {0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60};

#define INTERVALS (sizeof intervals / sizeof *intervals)

static bool has_filter(const struct viewer *viewer)
{
	return viewer->table.filter.length > 0;
}

static long page(unsigned height)
{
	return height > 1 ? (long)height - 1 : 1;
}

bool action_can_collect(const struct viewer *viewer)
{
	return action_is_live(viewer) && viewer->gc.stage != GC_RUNNING;
}

bool action_can_pause(const struct viewer *viewer)
{
	return viewer->replay || viewer->frozen_copy || viewer_goes_on(viewer);
}

bool action_can_change_interval(const struct viewer *viewer)
{
	return viewer->replay || viewer_goes_on(viewer);
}

bool action_can_go_back(const struct viewer *viewer)
{
	return viewer->mode != MODE_TABLE || viewer->panes.open || has_filter(viewer) || viewer->table.search.length;
}

bool action_runs(const struct viewer *viewer)
{
	return !viewer->ended;
}

/* How far a key moves what is scrolled. */
static long distance(uint32_t key, unsigned height)
{
	switch (key) {
	case INPUT_KEY_HOME:
		return LONG_MIN;
	case INPUT_KEY_END:
		return LONG_MAX;
	case INPUT_KEY_PAGE_UP:
		return -page(height);
	case INPUT_KEY_PAGE_DOWN:
	case ' ':
		return page(height);
	default:
		return key == INPUT_KEY_UP || key == 'k' ? -1 : 1;
	}
}

enum viewer_request action_scroll_output(struct viewer *viewer, uint32_t key)
{
	panes_scroll(&viewer->panes, distance(key, viewer->panes.output.height));
	return VIEWER_NOTHING;
}

enum viewer_request action_scroll_help(struct viewer *viewer, uint32_t key)
{
	help_view_scroll(&viewer->help, distance(key, viewer->help.height));
	return VIEWER_NOTHING;
}

enum viewer_request action_pause_or_go_on(struct viewer *viewer, uint32_t key)
{
	if (viewer->replay)
		return VIEWER_REPLAY_PAUSE;
	if (viewer->frozen_copy)
		viewer_go_on(viewer);
	else if (!viewer_pause(viewer))
		viewer_note(viewer, "there is not enough memory to pause");
	return VIEWER_NOTHING;
}

enum viewer_request action_change_interval(struct viewer *viewer, uint32_t key)
{
	double interval = viewer->interval;

	if (viewer->replay)
		return key == '[' ? VIEWER_REPLAY_SLOWER : VIEWER_REPLAY_FASTER;
	if (key == '[') {
		for (size_t i = 0; i < INTERVALS && intervals[i] < viewer->interval; i++)
			interval = intervals[i];
	} else {
		for (size_t i = INTERVALS; i-- && intervals[i] > viewer->interval;)
			interval = intervals[i];
	}
	if (interval == viewer->interval)
		return VIEWER_NOTHING;
	viewer->interval = interval;
	return VIEWER_INTERVAL;
}

enum viewer_request action_toggle_pane(struct viewer *viewer, uint32_t key)
{
	enum pane_id pane = pane_of_key(key);

	viewer_open_pane(viewer, viewer->panes.open == pane ? PANE_NONE : pane);
	return VIEWER_NOTHING;
}

enum viewer_request action_toggle_help(struct viewer *viewer, uint32_t key)
{
	viewer->help.top = 0;
	viewer->mode = viewer->mode == MODE_HELP ? viewer_base_mode(viewer) : MODE_HELP;
	return VIEWER_NOTHING;
}

static enum viewer_request clear_filter(struct viewer *viewer)
{
	viewer->mode = viewer_base_mode(viewer);
	viewer->table.filter.length = viewer->table.search.length = 0;
	table_view_refresh(&viewer->table, viewer_shown(viewer));
	return VIEWER_NOTHING;
}

enum viewer_request action_go_back(struct viewer *viewer, uint32_t key)
{
	switch (viewer->mode) {
	case MODE_HELP:
		return action_toggle_help(viewer, key);
	case MODE_OUTPUT_SEARCH:
		action_end_search(viewer);
		return VIEWER_NOTHING;
	case MODE_OUTPUT:
		if (action_has_search(viewer)) {
			action_end_search(viewer);
			return VIEWER_NOTHING;
		}
		viewer_open_pane(viewer, PANE_NONE);
		return VIEWER_NOTHING;
	case MODE_FIND:
		return action_leave_find(viewer, key);
	case MODE_SORT:
	case MODE_COLUMNS:
		return action_leave_picker(viewer, key);
	case MODE_NAME:
		viewer->mode = viewer_base_mode(viewer);
		return VIEWER_NOTHING;
	case MODE_TABLE:
		if (!viewer->panes.open)
			return clear_filter(viewer);
		viewer_open_pane(viewer, PANE_NONE);
		return VIEWER_NOTHING;
	default:
		return clear_filter(viewer);
	}
}

enum viewer_request action_keep_filter(struct viewer *viewer, uint32_t key)
{
	viewer->mode = viewer_base_mode(viewer);
	/* To go from one match to the next when the filter is off again. */
	viewer->table.search = viewer->table.filter;
	return VIEWER_NOTHING;
}

enum viewer_request action_change_theme(struct viewer *viewer, uint32_t key)
{
	viewer->theme = theme_after(viewer->theme);
	viewer_note(viewer, "the theme is %s: %s", viewer->theme->name, viewer->theme->help);
	viewer_keep_settings(viewer);
	return VIEWER_NOTHING;
}

enum viewer_request action_redraw(struct viewer *viewer, uint32_t key)
{
	return VIEWER_REDRAW;
}

enum viewer_request action_suspend(struct viewer *viewer, uint32_t key)
{
	return VIEWER_SUSPEND;
}

enum viewer_request action_leave(struct viewer *viewer, uint32_t key)
{
	return VIEWER_LEAVE;
}

/* While the output is open the key that opened it is the one to name. */
void action_name_back(const struct viewer *viewer, char out[COMMAND_NAME_SIZE])
{
	const char *name = has_filter(viewer) ? "clear the filter" : "clear the search";

	if (viewer->mode == MODE_TABLE && viewer->panes.open) {
		snprintf(out, COMMAND_NAME_SIZE, "close the %s", pane_table[viewer->panes.open].name);
		return;
	}
	if (viewer->mode == MODE_OUTPUT_SEARCH || viewer->mode == MODE_OUTPUT)
		name = action_has_search(viewer) || viewer->mode == MODE_OUTPUT_SEARCH ? "end the search" : "";
	else if (viewer->mode == MODE_HELP)
		name = "close";
	else if (viewer->mode == MODE_FILTER)
		name = "clear the filter";
	else if (viewer->mode != MODE_TABLE)
		name = "back";
	snprintf(out, COMMAND_NAME_SIZE, "%s", name);
}

void action_name_source(const struct viewer *viewer, char out[COMMAND_NAME_SIZE])
{
	const struct column_line *line = table_view_selected(&viewer->table);

	/* On a class there is nothing to see, and an open pane is closed with Esc as everything is. */
	snprintf(out, COMMAND_NAME_SIZE, "%s",
	         viewer->panes.open != PANE_SOURCE && line && line->path.depth ? "source" : "");
}

/* As long as nothing is confirmed, the footer says how that is done. */
void action_name_gc(const struct viewer *viewer, char out[COMMAND_NAME_SIZE])
{
	bool confirmed = viewer_shown(viewer)->totals->certainty == HISTORY_CONFIRMED;

	snprintf(out, COMMAND_NAME_SIZE, "%s", confirmed ? "GC" : "GC to confirm ~");
}

void action_name_graph(const struct viewer *viewer, char out[COMMAND_NAME_SIZE])
{
	snprintf(out, COMMAND_NAME_SIZE, "%s", viewer->panes.open == PANE_TREND ? "" : "trend");
}

void action_name_pause(const struct viewer *viewer, char out[COMMAND_NAME_SIZE])
{
	snprintf(out, COMMAND_NAME_SIZE, "%s",
	         viewer->replay        ? "stop, go on"
	         : viewer->frozen_copy ? "go on"
	                               : "pause");
}

/* It is worth a place in the footer only where speed is what a person thinks of. */
void action_name_interval(const struct viewer *viewer, char out[COMMAND_NAME_SIZE])
{
	snprintf(out, COMMAND_NAME_SIZE, "%s", viewer->replay ? "speed" : "");
}

void action_name_output(const struct viewer *viewer, char out[COMMAND_NAME_SIZE])
{
	uint64_t unseen = output_view_unseen(&viewer->panes.output, &viewer->panes.printed);
	char count[FORMAT_SIZE];

	format_count(count, unseen);
	if (viewer->panes.open == PANE_OUTPUT)
		snprintf(out, COMMAND_NAME_SIZE, "close");
	else if (unseen)
		snprintf(out, COMMAND_NAME_SIZE, "output (%s new)", count);
	else
		snprintf(out, COMMAND_NAME_SIZE, "output");
}
