#include "input/actions.h"

#include "input/viewer_control.h"

bool action_has_console(const struct viewer *viewer)
{
	const struct viewer_status status = viewer_status(viewer);

	return status.console && !status.ended;
}

bool action_has_processes(const struct viewer *viewer)
{
	return viewer_status(viewer).panes->processes.count > 1;
}

enum viewer_request action_open_console(struct viewer *viewer, uint32_t key)
{
	return VIEWER_CONSOLE;
}

/* The first time only the list is opened: it tells where Tab is going to lead. */
enum viewer_request action_walk_processes(struct viewer *viewer, uint32_t key)
{
	if (viewer_status(viewer).panes->open != PANE_PROCESSES) {
		viewer_open_pane(viewer, PANE_PROCESSES);
		return VIEWER_NOTHING;
	}
	return key == INPUT_KEY_TAB ? VIEWER_NEXT : VIEWER_PREVIOUS;
}
