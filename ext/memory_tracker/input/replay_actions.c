#include "input/actions.h"

#include "input/viewer_control.h"

bool action_is_replay(const struct viewer *viewer)
{
	return viewer_status(viewer).replay;
}

bool action_is_live(const struct viewer *viewer)
{
	const struct viewer_status status = viewer_status(viewer);

	return !status.replay && status.running;
}

bool action_has_output(const struct viewer *viewer)
{
	return !viewer_status(viewer).silent;
}

/* Whether there is one that could be ended. */
bool action_has_program(const struct viewer *viewer)
{
	return !viewer_status(viewer).replay;
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
