#include "input/actions.h"

#include "input/viewer_control.h"

static enum viewer_request collect(struct viewer *viewer)
{
	if (!action_can_collect(viewer))
		return VIEWER_NOTHING;
	viewer_begin_gc(viewer);
	return VIEWER_GC;
}

/* A full GC may stop a process for seconds, and one that was only attached to may be in production. */
enum viewer_request action_collect(struct viewer *viewer, uint32_t key)
{
	if (!viewer_status(viewer).attached)
		return collect(viewer);
	viewer_ask(viewer, VIEWER_GC, "run a full GC in the program? y/n ");
	return VIEWER_NOTHING;
}

/* Where there is no program any more, there is nothing to ask. */
enum viewer_request action_quit(struct viewer *viewer, uint32_t key)
{
	if (viewer_status(viewer).ended)
		return VIEWER_LEAVE;
	viewer_ask(viewer, VIEWER_QUIT, "end the program? y/n ");
	return VIEWER_NOTHING;
}

enum viewer_request action_confirm(struct viewer *viewer, uint32_t key)
{
	enum viewer_request request = viewer_end_question(viewer);

	if (request == VIEWER_GC)
		return collect(viewer);
	return request == VIEWER_QUIT && viewer_status(viewer).ended ? VIEWER_LEAVE : request;
}
