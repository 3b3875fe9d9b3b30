#include "table/selection.h"

void selection_move_to(struct selection *selection, size_t position, size_t count)
{
	selection->position = position < count ? position : count ? count - 1 : 0;
}

void selection_move_by(struct selection *selection, long lines, size_t count)
{
	size_t distance = lines < 0 ? (size_t)-lines : (size_t)lines;
	size_t from = selection->position;

	if (lines < 0)
		selection_move_to(selection, from > distance ? from - distance : 0, count);
	else
		selection_move_to(selection, from + distance, count);
}

void selection_go_along(struct selection *selection, size_t position, size_t count)
{
	size_t line = selection->position - selection->top;

	selection_move_to(selection, position, count);
	if (selection->followed)
		selection->top = selection->position > line ? selection->position - line : 0;
}

void selection_hold(struct selection *selection, uint64_t id)
{
	if (selection->id != id)
		selection->followed = false;
	selection->held = true;
	selection->id = id;
}

bool selection_scroll(struct selection *selection, long lines, size_t count, size_t height)
{
	size_t last_top = count > height ? count - height : 0, before = selection->position;
	size_t distance = lines < 0 ? (size_t)-lines : (size_t)lines;

	if (!height)
		return false;
	if (lines < 0)
		selection->top -= distance < selection->top ? distance : selection->top;
	else
		selection->top += distance;
	if (selection->top > last_top)
		selection->top = last_top;
	if (selection->position < selection->top)
		selection->position = selection->top;
	else if (selection->position - selection->top >= height)
		selection->position = selection->top + height - 1;
	return selection->position != before;
}

void selection_rest(struct selection *selection)
{
	*selection = (struct selection){0};
}

void selection_reveal(struct selection *selection, size_t count, size_t height)
{
	size_t last_top = count > height ? count - height : 0;

	if (selection->top > last_top)
		selection->top = last_top;
	if (selection->position < selection->top)
		selection->top = selection->position;
	else if (height && selection->position - selection->top >= height)
		selection->top = selection->position - height + 1;
}
