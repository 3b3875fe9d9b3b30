#include "input/actions.h"

#include <limits.h>
#include <stdio.h>

#include "base/format.h"
#include "app/viewer_state.h"

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
	return action_is_live(viewer) && !viewer_status(viewer).collecting;
}

bool action_can_pause(const struct viewer *viewer)
{
	const struct viewer_status status = viewer_status(viewer);

	return status.replay || status.paused || status.goes_on;
}

bool action_can_change_interval(const struct viewer *viewer)
{
	const struct viewer_status status = viewer_status(viewer);

	return status.replay || status.goes_on;
}

bool action_can_go_back(const struct viewer *viewer)
{
	return viewer->mode != MODE_TABLE || viewer->source.open || viewer->graph.open || viewer->processes.open ||
	       has_filter(viewer) || viewer->table.search.length;
}

bool action_runs(const struct viewer *viewer)
{
	return !viewer_status(viewer).ended;
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
	output_view_scroll(&viewer->pane, &viewer->output, distance(key, viewer->pane.height));
	return VIEWER_NOTHING;
}

enum viewer_request action_scroll_help(struct viewer *viewer, uint32_t key)
{
	help_view_scroll(&viewer->help, distance(key, viewer->help.height));
	return VIEWER_NOTHING;
}

enum viewer_request action_pause_or_go_on(struct viewer *viewer, uint32_t key)
{
	const struct viewer_status status = viewer_status(viewer);

	if (status.replay)
		return VIEWER_REPLAY_PAUSE;
	if (status.paused)
		viewer_go_on(viewer);
	else if (!viewer_pause(viewer))
		viewer_note(viewer, "there is not enough memory to pause");
	return VIEWER_NOTHING;
}

enum viewer_request action_change_interval(struct viewer *viewer, uint32_t key)
{
	bool down = key == '[';

	if (viewer_status(viewer).replay)
		return down ? VIEWER_REPLAY_SLOWER : VIEWER_REPLAY_FASTER;
	return viewer_change_interval(viewer, down) ? VIEWER_INTERVAL : VIEWER_NOTHING;
}

enum viewer_request action_toggle_source(struct viewer *viewer, uint32_t key)
{
	viewer->source.open = !viewer->source.open;
	viewer->source.stale = true;
	viewer->pane.open = viewer->graph.open = viewer->processes.open = false;
	viewer->mode = MODE_TABLE;
	return VIEWER_NOTHING;
}

enum viewer_request action_toggle_graph(struct viewer *viewer, uint32_t key)
{
	viewer->graph.open = !viewer->graph.open;
	viewer->pane.open = viewer->source.open = viewer->processes.open = false;
	viewer->mode = MODE_TABLE;
	return VIEWER_NOTHING;
}

enum viewer_request action_toggle_output(struct viewer *viewer, uint32_t key)
{
	viewer->source.open = viewer->graph.open = viewer->processes.open = false;
	viewer->pane.open = !viewer->pane.open;
	viewer->pane.above = 0;
	viewer->mode = viewer_base_mode(viewer);
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
		return action_toggle_output(viewer, key);
	case MODE_FIND:
		return action_leave_find(viewer, key);
	case MODE_SORT:
	case MODE_COLUMNS:
		return action_leave_picker(viewer, key);
	case MODE_NAME:
		viewer->mode = viewer_base_mode(viewer);
		return VIEWER_NOTHING;
	case MODE_TABLE:
		if (viewer->source.open)
			return action_toggle_source(viewer, key);
		if (viewer->graph.open)
			return action_toggle_graph(viewer, key);
		if (viewer->processes.open)
			return action_toggle_processes(viewer, key);
		return clear_filter(viewer);
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
	viewer_change_theme(viewer);
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

	if (viewer->mode == MODE_OUTPUT_SEARCH || viewer->mode == MODE_OUTPUT)
		name = action_has_search(viewer) || viewer->mode == MODE_OUTPUT_SEARCH ? "end the search" : "";
	else if (viewer->mode == MODE_HELP)
		name = "close";
	else if (viewer->mode == MODE_TABLE && viewer->source.open)
		name = "close the source";
	else if (viewer->mode == MODE_TABLE && viewer->graph.open)
		name = "close the trend";
	else if (viewer->mode == MODE_TABLE && viewer->processes.open)
		name = "close the list";
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
	snprintf(out, COMMAND_NAME_SIZE, "%s", !viewer->source.open && line && line->path.depth ? "source" : "");
}

/* As long as nothing is confirmed, the footer says how that is done. */
void action_name_gc(const struct viewer *viewer, char out[COMMAND_NAME_SIZE])
{
	bool confirmed = viewer_status(viewer).metrics->totals->certainty == HISTORY_CONFIRMED;

	snprintf(out, COMMAND_NAME_SIZE, "%s", confirmed ? "GC" : "GC to confirm ~");
}

void action_name_graph(const struct viewer *viewer, char out[COMMAND_NAME_SIZE])
{
	snprintf(out, COMMAND_NAME_SIZE, "%s", viewer->graph.open ? "" : "trend");
}

void action_name_pause(const struct viewer *viewer, char out[COMMAND_NAME_SIZE])
{
	const struct viewer_status status = viewer_status(viewer);

	snprintf(out, COMMAND_NAME_SIZE, "%s", status.replay ? "stop, go on" : status.paused ? "go on" : "pause");
}

/* It is worth a place in the footer only where speed is what a person thinks of. */
void action_name_interval(const struct viewer *viewer, char out[COMMAND_NAME_SIZE])
{
	snprintf(out, COMMAND_NAME_SIZE, "%s", viewer_status(viewer).replay ? "speed" : "");
}

void action_name_output(const struct viewer *viewer, char out[COMMAND_NAME_SIZE])
{
	char count[FORMAT_SIZE];

	format_count(count, output_view_unseen(&viewer->pane, &viewer->output));
	if (viewer->pane.open)
		snprintf(out, COMMAND_NAME_SIZE, "close");
	else if (output_view_unseen(&viewer->pane, &viewer->output))
		snprintf(out, COMMAND_NAME_SIZE, "output (%s new)", count);
	else
		snprintf(out, COMMAND_NAME_SIZE, "output");
}
