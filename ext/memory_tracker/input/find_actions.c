#include "input/actions.h"

#include <stdio.h>

#include "input/viewer_control.h"

bool action_can_find_on(const struct viewer *viewer)
{
	const struct table_view *table = viewer_status(viewer).table;

	return table->search.length && table->tree.count;
}

static void say_nothing_found(struct viewer *viewer)
{
	const struct line_edit *search = &viewer_table(viewer)->search;

	viewer_note(viewer, "no line has \"%.*s\"; a filter (/) also finds it in call paths that are folded",
	            (int)search->length, search->text);
}

enum viewer_request action_begin_find(struct viewer *viewer, uint32_t key)
{
	viewer_enter(viewer, MODE_FIND);
	viewer_keep_selection(viewer);
	viewer_table(viewer)->search.length = 0;
	return VIEWER_NOTHING;
}

void action_find_changed(struct viewer *viewer)
{
	struct table_view *table = viewer_table(viewer);

	viewer_restore_selection(viewer);
	if (action_can_find_on(viewer) && !table_view_search(table, table->selection.position, false))
		say_nothing_found(viewer);
}

enum viewer_request action_find_on(struct viewer *viewer, uint32_t key)
{
	struct table_view *table = viewer_table(viewer);
	size_t count = table->tree.count, before = table->selection.position;

	if (!table->search.length)
		return action_begin_find(viewer, key);
	bool up = key == 'N' || key == INPUT_KEY_UP;

	if (!table_view_search(table, (before + (up ? count - 1 : 1)) % count, up))
		say_nothing_found(viewer);
	else if (table->selection.position == before)
		viewer_note(viewer, "no other line has \"%.*s\"", (int)table->search.length, table->search.text);
	else if (up != (table->selection.position < before))
		viewer_note(viewer,
		            up ? "the search goes on at the last line" : "the search goes on at the first line");
	return VIEWER_NOTHING;
}

void action_name_find(const struct viewer *viewer, char out[COMMAND_NAME_SIZE])
{
	const struct table_view *table = viewer_status(viewer).table;

	snprintf(out, COMMAND_NAME_SIZE, "%s", table->search.length && !table->filter.length ? "next match" : "");
}

enum viewer_request action_keep_find(struct viewer *viewer, uint32_t key)
{
	viewer_return(viewer);
	return VIEWER_NOTHING;
}

enum viewer_request action_leave_find(struct viewer *viewer, uint32_t key)
{
	viewer_return(viewer);
	viewer_table(viewer)->search.length = 0;
	viewer_restore_selection(viewer);
	return VIEWER_NOTHING;
}
