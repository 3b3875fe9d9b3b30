#include "input/actions.h"
#include "app/viewer_state.h"

bool action_has_console(const struct viewer *viewer)
{
	return viewer->console && !viewer->ended;
}

bool action_has_processes(const struct viewer *viewer)
{
	return viewer->processes.count > 1;
}

enum viewer_request action_open_console(struct viewer *viewer, uint32_t key)
{
	return VIEWER_CONSOLE;
}

enum viewer_request action_toggle_processes(struct viewer *viewer, uint32_t key)
{
	viewer->processes.open = !viewer->processes.open;
	viewer->source.open = viewer->pane.open = false;
	viewer->mode = MODE_TABLE;
	return VIEWER_NOTHING;
}

/* The first time only the list is opened: it tells where Tab is going to lead. */
enum viewer_request action_walk_processes(struct viewer *viewer, uint32_t key)
{
	if (!viewer->processes.open)
		return action_toggle_processes(viewer, key);
	return key == INPUT_KEY_TAB ? VIEWER_NEXT : VIEWER_PREVIOUS;
}
