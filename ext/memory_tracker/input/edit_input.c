#include "input/edit_input.h"

#include "input/actions.h"
#include "input/viewer_control.h"

/* Ctrl-U, as in a shell. */
#define KEY_ERASE_LINE ('U' - 'A' + 1)

struct line_edit *edit_input_now(struct viewer *viewer)
{
	switch (viewer_status(viewer).mode) {
	case MODE_FILTER:
		return &viewer_table(viewer)->filter;
	case MODE_OUTPUT_SEARCH:
		return &viewer_panes(viewer)->output.search;
	case MODE_FIND:
		return &viewer_table(viewer)->search;
	case MODE_NAME:
		return viewer_file_name(viewer);
	default:
		return NULL;
	}
}

bool edit_input_press(struct viewer *viewer, uint32_t key)
{
	enum viewer_mode mode = viewer_status(viewer).mode;
	struct line_edit *line_edit = edit_input_now(viewer);

	if (!line_edit)
		return false;
	if (key == INPUT_KEY_BACKSPACE)
		line_edit_erase(line_edit);
	else if (key == KEY_ERASE_LINE)
		line_edit->length = 0;
	else if (key >= INPUT_KEY_UP || key < ' ')
		return false;
	else if (!line_edit_add(line_edit, key))
		return true;
	if (mode == MODE_FILTER)
		viewer_refresh(viewer);
	else if (mode == MODE_FIND)
		action_find_changed(viewer);
	else if (mode == MODE_OUTPUT_SEARCH)
		action_search_changed(viewer);
	return true;
}

void edit_input_paste(struct viewer *viewer, uint32_t character)
{
	if (!edit_input_now(viewer))
		viewer_note(viewer, "pasted text was ignored");
	else if (character >= ' ' && character < INPUT_KEY_UP)
		edit_input_press(viewer, character);
}
