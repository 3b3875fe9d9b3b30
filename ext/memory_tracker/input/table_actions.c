#include "input/actions.h"

#include <string.h>

#include "table/column_order.h"
#include "table/layout.h"
#include "input/viewer_control.h"

bool action_has_lines(const struct viewer *viewer)
{
	return viewer_status(viewer).table->tree.count > 0;
}

bool action_has_numbers(const struct viewer *viewer)
{
	return viewer_status(viewer).metrics->snapshot != NULL;
}

bool action_has_paths(const struct viewer *viewer)
{
	const struct snapshot_header *snapshot = viewer_status(viewer).metrics->snapshot;

	return snapshot && snapshot->node_count;
}

bool action_can_unfold(const struct viewer *viewer)
{
	const struct column_line *line = table_view_selected(viewer_status(viewer).table);

	return line && line->path.below && !line->path.unfolded;
}

bool action_can_unfold_more(const struct viewer *viewer)
{
	const struct column_line *line = table_view_selected(viewer_status(viewer).table);

	return line && line->path.below;
}

bool action_can_fold(const struct viewer *viewer)
{
	const struct column_line *line = table_view_selected(viewer_status(viewer).table);

	return line && (line->path.depth || line->path.unfolded);
}

static long page(unsigned height)
{
	return height > 1 ? (long)height - 1 : 1;
}

enum viewer_request action_move(struct viewer *viewer, uint32_t key)
{
	struct table_view *table = viewer_table(viewer);

	if (key == INPUT_KEY_HOME)
		table_view_home(table);
	else if (key == INPUT_KEY_END)
		table_view_end(table);
	else if (key == INPUT_KEY_PAGE_UP || key == INPUT_KEY_PAGE_DOWN)
		table_view_move(table, key == INPUT_KEY_PAGE_UP ? -page(table->height) : page(table->height));
	else
		table_view_move(table, key == INPUT_KEY_UP || key == 'k' ? -1 : 1);
	return VIEWER_NOTHING;
}

enum viewer_request action_sort_neighbour(struct viewer *viewer, uint32_t key)
{
	struct table_view *table = viewer_table(viewer);

	table_view_sort(table, table_view_neighbour(table, key == '<' ? -1 : 1));
	return VIEWER_NOTHING;
}

/* Sorts by a column, and shows it: an order that nothing on the screen explains looks like none. */
static void sort_by(struct viewer *viewer, const struct column *column)
{
	size_t index = layout_index(column->key, strlen(column->key));
	struct table_view *table = viewer_table(viewer);

	if (column->on_request && !layout_wants(table->choice, index)) {
		table->choice ^= (layout_choice)1 << index;
		viewer_note(viewer, "%s is shown too: C chooses the columns", column->title);
	}
	table_view_sort(table, column);
}

enum viewer_request action_sort_nth(struct viewer *viewer, uint32_t key)
{
	const struct column *column = table_view_nth(key - '1');

	if (!column)
		viewer_note(viewer, "there is no column %c to sort by", (char)key);
	else if (column->compare == column_order_change && !viewer_marks(viewer)->count)
		viewer_note(viewer, "there is no mark to compare with: b sets one");
	else
		sort_by(viewer, column);
	return VIEWER_NOTHING;
}

enum viewer_request action_reverse(struct viewer *viewer, uint32_t key)
{
	table_view_reverse(viewer_table(viewer));
	return VIEWER_NOTHING;
}

enum viewer_request action_unfold(struct viewer *viewer, uint32_t key)
{
	enum table_unfold how = key == '*' ? TABLE_UNFOLD_ALL : key == 'e' ? TABLE_UNFOLD_CHAIN : TABLE_UNFOLD_ONE;

	if (!table_view_unfold(viewer_table(viewer), how))
		viewer_note(viewer, "there is not enough memory to unfold this");
	return VIEWER_NOTHING;
}

enum viewer_request action_fold(struct viewer *viewer, uint32_t key)
{
	table_view_fold(viewer_table(viewer));
	return VIEWER_NOTHING;
}

enum viewer_request action_invert(struct viewer *viewer, uint32_t key)
{
	struct table_view *table = viewer_table(viewer);

	table_view_invert(table);
	viewer_note(viewer, table->tree.inverted
	                        ? "call paths begin with the outermost caller, the allocating line is at their end"
	                        : "call paths begin with the allocating line");
	return VIEWER_NOTHING;
}

enum viewer_request action_begin_filter(struct viewer *viewer, uint32_t key)
{
	viewer_enter(viewer, MODE_FILTER);
	return VIEWER_NOTHING;
}

enum viewer_request action_toggle_internal(struct viewer *viewer, uint32_t key)
{
	struct table_view *table = viewer_table(viewer);

	table->internal = !table->internal;
	viewer_refresh(viewer);
	viewer_note(viewer, table->internal ? "hidden and internal objects are listed too"
	                                    : "hidden and internal objects are not listed");
	return VIEWER_NOTHING;
}
