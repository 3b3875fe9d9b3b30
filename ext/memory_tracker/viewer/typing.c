#include "viewer/typing.h"

#include "viewer/actions.h"
#include "viewer/viewer_state.h"

/* Ctrl-U, as in a shell. */
#define KEY_ERASE_LINE ('U' - 'A' + 1)

struct typed *typing_now(struct viewer *viewer)
{
	switch (viewer->mode) {
	case MODE_FILTER:
		return &viewer->table.filter;
	case MODE_OUTPUT_SEARCH:
		return &viewer->pane.search;
	case MODE_FIND:
		return &viewer->table.search;
	case MODE_NAME:
		return &viewer->file_name;
	default:
		return NULL;
	}
}

bool typing_press(struct viewer *viewer, uint32_t key)
{
	struct typed *typed = typing_now(viewer);

	if (!typed)
		return false;
	if (key == VIEWER_KEY_BACKSPACE)
		typed_erase(typed);
	else if (key == KEY_ERASE_LINE)
		typed->length = 0;
	else if (key >= VIEWER_KEY_UP || key < ' ')
		return false;
	else if (!typed_add(typed, key))
		return true;
	if (viewer->mode == MODE_FILTER)
		table_view_refresh(&viewer->table, viewer_shown(viewer));
	else if (viewer->mode == MODE_FIND)
		action_find_typed(viewer);
	else if (viewer->mode == MODE_OUTPUT_SEARCH)
		action_search_typed(viewer);
	return true;
}
