#include "input/actions.h"

#include <stdio.h>

#include "input/viewer_control.h"

/* --- the order of lines --- */

bool action_can_freeze(const struct viewer *viewer)
{
	const struct viewer_status status = viewer_status(viewer);

	return status.table->frozen || (status.table->tree.count && status.running);
}

enum viewer_request action_freeze(struct viewer *viewer, uint32_t key)
{
	struct table_view *table = viewer_table(viewer);

	table_view_freeze(table, !table->frozen);
	viewer_note(viewer, table->frozen ? "the order of lines stays as it is; the numbers go on"
	                                  : "lines are put in order again");
	return VIEWER_NOTHING;
}

enum viewer_request action_follow(struct viewer *viewer, uint32_t key)
{
	struct table_view *table = viewer_table(viewer);

	table_view_follow(table, !table->selection.followed);
	if (table->selection.followed)
		viewer_note(viewer, "%s stays where it is on the screen, until another line is selected",
		            table->followed);
	return VIEWER_NOTHING;
}

void action_name_freeze(const struct viewer *viewer, char out[COMMAND_NAME_SIZE])
{
	snprintf(out, COMMAND_NAME_SIZE, "%s", viewer_status(viewer).table->frozen ? "unfreeze order" : "freeze order");
}

void action_name_follow(const struct viewer *viewer, char out[COMMAND_NAME_SIZE])
{
	bool followed = viewer_status(viewer).table->selection.followed;

	snprintf(out, COMMAND_NAME_SIZE, "%s", followed ? "stop following" : "");
}

/* --- picking columns --- */

/* What the column is that can be picked now. */
static void explain(struct viewer *viewer)
{
	const struct picker *picker = viewer_picker(viewer);
	const struct column *column = column_screen[picker->at];
	const struct table_view *table = viewer_table(viewer);
	bool missing = picker->purpose == PICKER_COLUMNS && layout_wants(table->choice, picker->at) &&
	               !table_view_has_room(table, column);

	viewer_note(viewer, "%s: %s%s", column->title, column->help,
	            missing ? "; there is no room for it on this screen" : "");
}

enum viewer_request action_begin_sort(struct viewer *viewer, uint32_t key)
{
	picker_open(viewer_picker(viewer), viewer_table(viewer), PICKER_SORT);
	viewer_enter(viewer, MODE_SORT);
	explain(viewer);
	return VIEWER_NOTHING;
}

enum viewer_request action_begin_columns(struct viewer *viewer, uint32_t key)
{
	picker_open(viewer_picker(viewer), viewer_table(viewer), PICKER_COLUMNS);
	viewer_enter(viewer, MODE_COLUMNS);
	explain(viewer);
	return VIEWER_NOTHING;
}

enum viewer_request action_pick(struct viewer *viewer, uint32_t key)
{
	bool back = key == INPUT_KEY_LEFT || key == '<' || key == INPUT_KEY_BACK_TAB;
	struct picker *picker = viewer_picker(viewer);

	picker_move(picker, viewer_table(viewer), back ? -1 : 1);
	if (picker->purpose == PICKER_SORT)
		table_view_sort(viewer_table(viewer), column_screen[picker->at]);
	explain(viewer);
	return VIEWER_NOTHING;
}

enum viewer_request action_toggle_column(struct viewer *viewer, uint32_t key)
{
	viewer_table(viewer)->choice ^= (layout_choice)1 << viewer_picker(viewer)->at;
	explain(viewer);
	return VIEWER_NOTHING;
}

enum viewer_request action_keep_pick(struct viewer *viewer, uint32_t key)
{
	viewer_return(viewer);
	if (viewer_picker(viewer)->purpose == PICKER_COLUMNS)
		viewer_keep_columns(viewer);
	return VIEWER_NOTHING;
}

enum viewer_request action_leave_picker(struct viewer *viewer, uint32_t key)
{
	const struct picker *picker = viewer_picker(viewer);
	struct table_view *table = viewer_table(viewer);

	viewer_return(viewer);
	table->choice = picker->choice;
	if (table->sort != picker->sort || table->reversed != picker->reversed) {
		table_view_sort(table, picker->sort);
		if (picker->reversed)
			table_view_reverse(table);
	}
	return VIEWER_NOTHING;
}
