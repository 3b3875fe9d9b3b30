#include "input/actions.h"

#include "app/viewer_state.h"

bool action_can_scroll_output(const struct viewer *viewer)
{
	return scrollback_count(&viewer->panes.printed) > viewer->panes.output.height;
}

bool action_can_search(const struct viewer *viewer)
{
	return scrollback_count(&viewer->panes.printed) > 0;
}

bool action_has_search(const struct viewer *viewer)
{
	return viewer->panes.output.search.length > 0;
}

enum viewer_request action_begin_search(struct viewer *viewer, uint32_t key)
{
	action_end_search(viewer);
	viewer->mode = MODE_OUTPUT_SEARCH;
	return VIEWER_NOTHING;
}

void action_search_typed(struct viewer *viewer)
{
	output_view_search_anew(&viewer->panes.output, &viewer->panes.printed);
}

enum viewer_request action_keep_search(struct viewer *viewer, uint32_t key)
{
	viewer->mode = MODE_OUTPUT;
	if (viewer->panes.output.search.length && !viewer->panes.output.found)
		viewer_note(viewer, "no line of the output has this");
	return VIEWER_NOTHING;
}

enum viewer_request action_search_next(struct viewer *viewer, uint32_t key)
{
	bool older = key != 'N' && key != INPUT_KEY_DOWN;

	if (!output_view_search(&viewer->panes.output, &viewer->panes.printed, older))
		viewer_note(viewer, older ? "no older line has this" : "no newer line has this");
	return VIEWER_NOTHING;
}

void action_end_search(struct viewer *viewer)
{
	viewer->panes.output.search.length = 0;
	viewer->panes.output.found = 0;
	viewer->mode = MODE_OUTPUT;
}
