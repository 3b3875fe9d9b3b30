#include "input/actions.h"

#include <limits.h>
#include <stdio.h>

#include "base/format.h"
#include "input/viewer_control.h"

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

	return status.replay || status.paused || status.running;
}

bool action_can_change_interval(const struct viewer *viewer)
{
	const struct viewer_status status = viewer_status(viewer);

	return status.replay || status.running;
}

bool action_can_go_back(const struct viewer *viewer)
{
	const struct viewer_status status = viewer_status(viewer);

	return status.mode != MODE_TABLE || status.panes->open || status.table->filter.length ||
	       status.table->search.length;
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
	struct panes *panes = viewer_panes(viewer);

	panes_scroll(panes, distance(key, panes->output.height));
	return VIEWER_NOTHING;
}

enum viewer_request action_scroll_help(struct viewer *viewer, uint32_t key)
{
	struct help_view *help = viewer_help(viewer);

	help_view_scroll(help, distance(key, help->height));
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

enum viewer_request action_toggle_pane(struct viewer *viewer, uint32_t key)
{
	enum pane_id pane = pane_of_key(key);

	viewer_open_pane(viewer, viewer_panes(viewer)->open == pane ? PANE_NONE : pane);
	return VIEWER_NOTHING;
}

enum viewer_request action_toggle_help(struct viewer *viewer, uint32_t key)
{
	viewer_help(viewer)->top = 0;
	if (viewer_status(viewer).mode == MODE_HELP)
		viewer_return(viewer);
	else
		viewer_enter(viewer, MODE_HELP);
	return VIEWER_NOTHING;
}

static enum viewer_request clear_filter(struct viewer *viewer)
{
	struct table_view *table = viewer_table(viewer);

	viewer_return(viewer);
	table->filter.length = table->search.length = 0;
	viewer_refresh(viewer);
	return VIEWER_NOTHING;
}

enum viewer_request action_go_back(struct viewer *viewer, uint32_t key)
{
	switch (viewer_status(viewer).mode) {
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
		viewer_return(viewer);
		return VIEWER_NOTHING;
	case MODE_TABLE:
		if (!viewer_panes(viewer)->open)
			return clear_filter(viewer);
		viewer_open_pane(viewer, PANE_NONE);
		return VIEWER_NOTHING;
	default:
		return clear_filter(viewer);
	}
}

enum viewer_request action_keep_filter(struct viewer *viewer, uint32_t key)
{
	struct table_view *table = viewer_table(viewer);

	viewer_return(viewer);
	/* To go from one match to the next when the filter is off again. */
	table->search = table->filter;
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
	const struct viewer_status status = viewer_status(viewer);
	const char *name = status.table->filter.length ? "clear the filter" : "clear the search";

	if (status.mode == MODE_TABLE && status.panes->open) {
		snprintf(out, COMMAND_NAME_SIZE, "close the %s", pane_table[status.panes->open].name);
		return;
	}
	if (status.mode == MODE_OUTPUT_SEARCH || status.mode == MODE_OUTPUT)
		name = action_has_search(viewer) || status.mode == MODE_OUTPUT_SEARCH ? "end the search" : "";
	else if (status.mode == MODE_HELP)
		name = "close";
	else if (status.mode == MODE_FILTER)
		name = "clear the filter";
	else if (status.mode != MODE_TABLE)
		name = "back";
	snprintf(out, COMMAND_NAME_SIZE, "%s", name);
}

void action_name_source(const struct viewer *viewer, char out[COMMAND_NAME_SIZE])
{
	const struct viewer_status status = viewer_status(viewer);
	const struct column_line *line = table_view_selected(status.table);

	/* On a class there is nothing to see, and an open pane is closed with Esc as everything is. */
	snprintf(out, COMMAND_NAME_SIZE, "%s",
	         status.panes->open != PANE_SOURCE && line && line->path.depth ? "source" : "");
}

/* As long as nothing is confirmed, the footer says how that is done. */
void action_name_gc(const struct viewer *viewer, char out[COMMAND_NAME_SIZE])
{
	bool confirmed = viewer_status(viewer).metrics->totals->certainty == HISTORY_CONFIRMED;

	snprintf(out, COMMAND_NAME_SIZE, "%s", confirmed ? "GC" : "GC to confirm ~");
}

void action_name_graph(const struct viewer *viewer, char out[COMMAND_NAME_SIZE])
{
	snprintf(out, COMMAND_NAME_SIZE, "%s", viewer_status(viewer).panes->open == PANE_TREND ? "" : "trend");
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
	const struct panes *panes = viewer_status(viewer).panes;
	uint64_t unseen = output_view_unseen(&panes->output, &panes->printed);
	char count[FORMAT_SIZE];

	format_count(count, unseen);
	if (panes->open == PANE_OUTPUT)
		snprintf(out, COMMAND_NAME_SIZE, "close");
	else if (unseen)
		snprintf(out, COMMAND_NAME_SIZE, "output (%s new)", count);
	else
		snprintf(out, COMMAND_NAME_SIZE, "output");
}
