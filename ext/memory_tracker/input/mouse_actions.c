#include "input/actions.h"

#include "table/path_cell.h"
#include "input/viewer_control.h"

/* Lines that one step of the wheel scrolls. */
#define WHEEL_LINES 3

/* What the mouse can point at. */
enum part { PART_NOTHING, PART_TITLE, PART_LINE, PART_MARK, PART_PANE };

struct target {
	enum part part;
	const struct column *column; /* the title's */
	size_t position;             /* the line's */
};

/* The first cell behind a title belongs to it: the mark of the order may stand there. */
static struct target title_at(const struct layout *drawn, unsigned column)
{
	for (size_t i = 0; i < drawn->count; i++) {
		const struct layout_place *title = &drawn->places[i];

		if (title->column->compare && column >= title->start && column <= title->start + title->cells)
			return (struct target){.part = PART_TITLE, .column = title->column};
	}
	return (struct target){.part = PART_NOTHING};
}

/* The mark stands at the beginning of the last column, behind the guides. */
static bool is_mark(const struct table_view *table, const struct column_line *line, unsigned column)
{
	const struct layout_place *title = &table->layout.places[table->layout.count - 1];
	unsigned mark = title->start + path_cell_guides(&line->path, title->cells);

	return line->path.below && column >= mark && column < mark + PATH_CELL_MARK;
}

static struct target target_of(const struct viewer *viewer, const struct input_event *input)
{
	const struct viewer_status status = viewer_status(viewer);
	const struct table_view *table = status.table;
	unsigned titles = table->titles, line = input->line;

	if (panes_cover(status.panes, line))
		return (struct target){.part = PART_PANE};
	if (line == titles)
		return title_at(&table->layout, input->column);
	size_t position = table->selection.top + line - titles - 1;
	if (line < titles || line - titles > table->height || position >= table->tree.count)
		return (struct target){.part = PART_NOTHING};
	bool mark = is_mark(table, &table->tree.lines[position], input->column);
	return (struct target){.part = mark ? PART_MARK : PART_LINE, .position = position};
}

static void turn_fold(struct viewer *viewer)
{
	if (action_can_unfold(viewer))
		action_unfold(viewer, INPUT_KEY_RIGHT);
	else
		action_fold(viewer, INPUT_KEY_LEFT);
}

/* What is below the line, or where there is nothing, the source of it. */
static void open_line(struct viewer *viewer)
{
	const struct column_line *line = table_view_selected(viewer_table(viewer));

	if (line->path.below)
		turn_fold(viewer);
	else if (line->path.depth && viewer_panes(viewer)->open != PANE_SOURCE)
		viewer_open_pane(viewer, PANE_SOURCE);
}

static void click(struct viewer *viewer, const struct input_event *input)
{
	struct target target = target_of(viewer, input);
	struct table_view *table = viewer_table(viewer);
	bool twice = input->key == INPUT_MOUSE_DOUBLE;

	if (target.part == PART_TITLE) {
		if (table->sort == target.column)
			table_view_reverse(table);
		else
			table_view_sort(table, target.column);
	} else if (target.part == PART_LINE || target.part == PART_MARK) {
		table_view_select(table, target.position);
		if (target.part == PART_MARK)
			turn_fold(viewer);
		else if (twice)
			open_line(viewer);
	}
}

static void turn_wheel(struct viewer *viewer, const struct input_event *input)
{
	long lines = input->key == INPUT_MOUSE_UP ? -WHEEL_LINES : WHEEL_LINES;

	if (viewer_status(viewer).mode == MODE_HELP)
		help_view_scroll(viewer_help(viewer), lines);
	else if (target_of(viewer, input).part == PART_PANE)
		panes_scroll(viewer_panes(viewer), lines);
	else
		table_view_scroll(viewer_table(viewer), lines);
}

void action_mouse(struct viewer *viewer, const struct input_event *input)
{
	if (input->key == INPUT_MOUSE_UP || input->key == INPUT_MOUSE_DOWN)
		turn_wheel(viewer, input);
	else if (viewer_status(viewer).mode != MODE_HELP)
		click(viewer, input);
}

enum viewer_request action_toggle_mouse(struct viewer *viewer, uint32_t key)
{
	bool used = viewer_toggle_mouse(viewer);

	viewer_note(viewer, used ? "the mouse is used here: Shift and the mouse select text in most terminals"
	                         : "the mouse is the terminal's");
	return VIEWER_NOTHING;
}
