#include "input/actions.h"

#include "input/viewer_control.h"

bool action_can_scroll_output(const struct viewer *viewer)
{
	const struct panes *panes = viewer_status(viewer).panes;

	return scrollback_count(&panes->printed) > panes->output.height;
}

bool action_can_search(const struct viewer *viewer)
{
	return scrollback_count(&viewer_status(viewer).panes->printed) > 0;
}

bool action_has_search(const struct viewer *viewer)
{
	return viewer_status(viewer).panes->output.search.length > 0;
}

enum viewer_request action_begin_search(struct viewer *viewer, uint32_t key)
{
	action_end_search(viewer);
	viewer_enter(viewer, MODE_OUTPUT_SEARCH);
	return VIEWER_NOTHING;
}

void action_search_changed(struct viewer *viewer)
{
	struct panes *panes = viewer_panes(viewer);

	output_view_search_anew(&panes->output, &panes->printed);
}

enum viewer_request action_keep_search(struct viewer *viewer, uint32_t key)
{
	const struct output_view *output = &viewer_panes(viewer)->output;

	viewer_return(viewer);
	if (output->search.length && !output->found)
		viewer_note(viewer, "no line of the output has this");
	return VIEWER_NOTHING;
}

enum viewer_request action_search_next(struct viewer *viewer, uint32_t key)
{
	struct panes *panes = viewer_panes(viewer);
	bool older = key != 'N' && key != INPUT_KEY_DOWN;

	if (!output_view_search(&panes->output, &panes->printed, older))
		viewer_note(viewer, older ? "no older line has this" : "no newer line has this");
	return VIEWER_NOTHING;
}

void action_end_search(struct viewer *viewer)
{
	struct output_view *output = &viewer_panes(viewer)->output;

	output->search.length = 0;
	output->found = 0;
	viewer_return(viewer);
}
