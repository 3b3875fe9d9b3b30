#include "input/actions.h"

#include <stdio.h>

#include "app/viewer_state.h"

bool action_can_find_on(const struct viewer *viewer)
{
	return viewer->table.search.length && action_has_lines(viewer);
}

static void say_nothing_found(struct viewer *viewer)
{
	const struct line_edit *search = &viewer->table.search;

	viewer_note(viewer, "no line has \"%.*s\"; a filter (/) also finds it in call paths that are folded",
	            (int)search->length, search->text);
}

/* The lines may be others by now, so what was selected is looked up again. */
static void select_as_before(struct viewer *viewer)
{
	viewer->table.selection = viewer->before_finding;
	table_view_refresh(&viewer->table, viewer_shown(viewer));
}

enum viewer_request action_begin_find(struct viewer *viewer, uint32_t key)
{
	viewer->mode = MODE_FIND;
	viewer->before_finding = viewer->table.selection;
	viewer->table.search.length = 0;
	return VIEWER_NOTHING;
}

void action_find_typed(struct viewer *viewer)
{
	select_as_before(viewer);
	if (action_can_find_on(viewer) && !table_view_search(&viewer->table, viewer->table.selection.position, false))
		say_nothing_found(viewer);
}

enum viewer_request action_find_on(struct viewer *viewer, uint32_t key)
{
	struct table_view *table = &viewer->table;
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
	snprintf(out, COMMAND_NAME_SIZE, "%s",
	         viewer->table.search.length && !viewer->table.filter.length ? "next match" : "");
}

enum viewer_request action_keep_find(struct viewer *viewer, uint32_t key)
{
	viewer->mode = viewer_base_mode(viewer);
	return VIEWER_NOTHING;
}

enum viewer_request action_leave_find(struct viewer *viewer, uint32_t key)
{
	viewer->mode = viewer_base_mode(viewer);
	viewer->table.search.length = 0;
	select_as_before(viewer);
	return VIEWER_NOTHING;
}
