#include "input/actions.h"

#include <stdio.h>

#include "app/viewer_state.h"

/* --- the order of lines --- */

bool action_can_freeze(const struct viewer *viewer)
{
	return viewer->table.frozen || (action_has_lines(viewer) && viewer_goes_on(viewer));
}

enum viewer_request action_freeze(struct viewer *viewer, uint32_t key)
{
	table_view_freeze(&viewer->table, !viewer->table.frozen);
	viewer_note(viewer, viewer->table.frozen ? "the order of lines stays as it is; the numbers go on"
	                                         : "lines are put in order again");
	return VIEWER_NOTHING;
}

enum viewer_request action_follow(struct viewer *viewer, uint32_t key)
{
	struct table_view *table = &viewer->table;

	table_view_follow(table, !table->selection.followed);
	if (table->selection.followed)
		viewer_note(viewer, "%s stays where it is on the screen, until another line is selected",
		            table->followed);
	return VIEWER_NOTHING;
}

void action_name_freeze(const struct viewer *viewer, char out[COMMAND_NAME_SIZE])
{
	snprintf(out, COMMAND_NAME_SIZE, "%s", viewer->table.frozen ? "unfreeze order" : "freeze order");
}

void action_name_follow(const struct viewer *viewer, char out[COMMAND_NAME_SIZE])
{
	snprintf(out, COMMAND_NAME_SIZE, "%s", viewer->table.selection.followed ? "stop following" : "");
}

/* --- picking columns --- */

/* What the column is that can be picked now. */
static void explain(struct viewer *viewer)
{
	const struct picker *picker = &viewer->picker;
	const struct column *column = column_screen[picker->at];
	bool missing = picker->purpose == PICKER_COLUMNS && layout_wants(viewer->table.choice, picker->at) &&
	               !table_view_has_room(&viewer->table, column);

	viewer_note(viewer, "%s: %s%s", column->title, column->help,
	            missing ? "; there is no room for it on this screen" : "");
}

enum viewer_request action_begin_sort(struct viewer *viewer, uint32_t key)
{
	picker_open(&viewer->picker, &viewer->table, PICKER_SORT);
	viewer->mode = MODE_SORT;
	explain(viewer);
	return VIEWER_NOTHING;
}

enum viewer_request action_begin_columns(struct viewer *viewer, uint32_t key)
{
	picker_open(&viewer->picker, &viewer->table, PICKER_COLUMNS);
	viewer->mode = MODE_COLUMNS;
	explain(viewer);
	return VIEWER_NOTHING;
}

enum viewer_request action_pick(struct viewer *viewer, uint32_t key)
{
	bool back = key == INPUT_KEY_LEFT || key == '<' || key == INPUT_KEY_BACK_TAB;

	picker_move(&viewer->picker, &viewer->table, back ? -1 : 1);
	if (viewer->mode == MODE_SORT)
		table_view_sort(&viewer->table, column_screen[viewer->picker.at]);
	explain(viewer);
	return VIEWER_NOTHING;
}

enum viewer_request action_toggle_column(struct viewer *viewer, uint32_t key)
{
	viewer->table.choice ^= (layout_choice)1 << viewer->picker.at;
	explain(viewer);
	return VIEWER_NOTHING;
}

enum viewer_request action_keep_pick(struct viewer *viewer, uint32_t key)
{
	bool columns = viewer->mode == MODE_COLUMNS;

	viewer->mode = viewer_base_mode(viewer);
	if (columns)
		viewer_keep_settings(viewer);
	return VIEWER_NOTHING;
}

enum viewer_request action_leave_picker(struct viewer *viewer, uint32_t key)
{
	const struct picker *picker = &viewer->picker;
	struct table_view *table = &viewer->table;

	viewer->mode = viewer_base_mode(viewer);
	table->choice = picker->choice;
	if (table->sort != picker->sort || table->reversed != picker->reversed) {
		table_view_sort(table, picker->sort);
		if (picker->reversed)
			table_view_reverse(table);
	}
	return VIEWER_NOTHING;
}
