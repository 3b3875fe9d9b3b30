#include "input/actions.h"
#include "app/viewer_state.h"

bool action_is_replay(const struct viewer *viewer)
{
	return viewer->replay;
}

bool action_is_live(const struct viewer *viewer)
{
	return !viewer->replay && viewer_goes_on(viewer);
}

bool action_has_output(const struct viewer *viewer)
{
	return !viewer->silent;
}

/* Whether there is one that could be ended. */
bool action_has_program(const struct viewer *viewer)
{
	return !viewer->replay;
}

enum viewer_request action_move_replay(struct viewer *viewer, uint32_t key)
{
	switch (key) {
	case ',':
		return VIEWER_REPLAY_BACK;
	case '.':
		return VIEWER_REPLAY_STEP;
	case '{':
		return VIEWER_REPLAY_REWIND;
	default:
		return VIEWER_REPLAY_FORWARD;
	}
}
