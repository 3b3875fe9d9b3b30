#include "input/actions.h"

#include "app/viewer_state.h"

static enum viewer_request ask(struct viewer *viewer, enum viewer_request request, const char *question)
{
	viewer->question = (struct question){.text = question, .request = request, .before = viewer->mode};
	viewer->mode = MODE_QUESTION;
	return VIEWER_NOTHING;
}

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
	if (viewer->attached)
		return ask(viewer, VIEWER_GC, "run a full GC in the program? y/n ");
	return collect(viewer);
}

/* Where there is no program any more, there is nothing to ask. */
enum viewer_request action_quit(struct viewer *viewer, uint32_t key)
{
	return viewer->ended ? VIEWER_LEAVE : ask(viewer, VIEWER_QUIT, "end the program? y/n ");
}

enum viewer_request action_confirm(struct viewer *viewer, uint32_t key)
{
	enum viewer_request request = viewer->question.request;

	action_cancel(viewer);
	if (request == VIEWER_GC)
		return collect(viewer);
	return request == VIEWER_QUIT && viewer->ended ? VIEWER_LEAVE : request;
}

void action_cancel(struct viewer *viewer)
{
	if (viewer->mode == MODE_QUESTION)
		viewer->mode = viewer->question.before;
}
