#include "input/actions.h"

#include <stdio.h>

#include "base/format.h"
#include "input/viewer_control.h"

/* After the end there is nothing more to come that could be compared; in a recording one can go back. */
bool action_can_mark(const struct viewer *viewer)
{
	const struct viewer_status status = viewer_status(viewer);

	return status.running || (status.replay && status.metrics->snapshot);
}

bool action_has_marks(const struct viewer *viewer)
{
	return viewer_status(viewer).marks->count > 0;
}

bool action_has_other_marks(const struct viewer *viewer)
{
	return viewer_status(viewer).marks->count > 1;
}

/* The name of the chosen mark: when it was set. */
static const char *name_of_mark(const struct viewer *viewer, char out[FORMAT_SIZE])
{
	const struct viewer_status status = viewer_status(viewer);

	format_clock(out, marks_chosen(status.marks)->wall_ns, status.utc_offset);
	return out;
}

static void note_set(struct viewer *viewer)
{
	char name[FORMAT_SIZE];

	name_of_mark(viewer, name);
	if (marks_chosen(viewer_marks(viewer))->majors_seen)
		viewer_note(viewer, "marked %s: B clears it, d shows changes only", name);
	else
		viewer_note(viewer, "marked %s, but no major GC has told yet what is retained: press g, then b again",
		            name);
}

/* It is the moment on the screen that is marked, also of a screen that is paused. */
enum viewer_request action_set_mark(struct viewer *viewer, uint32_t key)
{
	char name[FORMAT_SIZE];

	switch (marks_set(viewer_marks(viewer), viewer_status(viewer).metrics->snapshot)) {
	case MARKS_FULL:
		viewer_note(viewer, "there are %d marks, which is the most: B clears the one compared with", MARKS_MAX);
		return VIEWER_NOTHING;
	case MARKS_NO_MEMORY:
		viewer_note(viewer, "there is not enough memory for a mark");
		return VIEWER_NOTHING;
	case MARKS_KNOWN:
		if (viewer_compare(viewer))
			viewer_note(viewer, "this moment is marked already: %s", name_of_mark(viewer, name));
		return VIEWER_NOTHING;
	default:
		if (viewer_compare(viewer))
			note_set(viewer);
		return VIEWER_NOTHING;
	}
}

/* Says which mark is compared with, and which of how many it is. */
static void note_chosen(struct viewer *viewer, const char *before)
{
	const struct viewer_status status = viewer_status(viewer);
	uint64_t now = status.metrics->snapshot->monotonic_ns, then = marks_chosen(status.marks)->monotonic_ns;
	char name[FORMAT_SIZE], elapsed[FORMAT_SIZE];

	format_duration(elapsed, now > then ? now - then : 0);
	viewer_note(viewer, "%scompared with the mark of %s, %s ago (%u of %u)", before, name_of_mark(viewer, name),
	            elapsed, status.marks->chosen + 1, status.marks->count);
}

enum viewer_request action_clear_mark(struct viewer *viewer, uint32_t key)
{
	char name[FORMAT_SIZE], text[FORMAT_SIZE * 2];

	snprintf(text, sizeof text, "%s is cleared; ", name_of_mark(viewer, name));
	marks_clear_chosen(viewer_marks(viewer));
	if (!viewer_compare(viewer))
		return VIEWER_NOTHING;
	if (viewer_marks(viewer)->count)
		note_chosen(viewer, text);
	else
		viewer_note(viewer, "the mark of %s is cleared", name);
	return VIEWER_NOTHING;
}

enum viewer_request action_other_mark(struct viewer *viewer, uint32_t key)
{
	marks_choose_other(viewer_marks(viewer));
	if (viewer_compare(viewer))
		note_chosen(viewer, "");
	return VIEWER_NOTHING;
}

enum viewer_request action_toggle_deltas(struct viewer *viewer, uint32_t key)
{
	struct table_view *table = viewer_table(viewer);

	table->deltas = !table->deltas;
	viewer_refresh(viewer);
	if (table->deltas)
		note_chosen(viewer, "counts are changes, ");
	return VIEWER_NOTHING;
}

void action_name_deltas(const struct viewer *viewer, char out[COMMAND_NAME_SIZE])
{
	snprintf(out, COMMAND_NAME_SIZE, "%s", viewer_status(viewer).table->deltas ? "counts" : "deltas");
}
