#include "viewer/actions.h"
#include "viewer/viewer_state.h"

bool action_has_console(const struct viewer *viewer)
{
	return viewer->console && !viewer->ended;
}

enum viewer_request action_open_console(struct viewer *viewer, uint32_t key)
{
	return VIEWER_CONSOLE;
}
