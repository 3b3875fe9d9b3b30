/*
 * What the actions of keys and of the mouse may read of a viewer and change in it. They include nothing else of it:
 * struct viewer is defined in app/, which implements this in control.c and control_write.c.
 *
 * What can be read is in one struct: whether a command applies, and its name in the footer, follow from that alone.
 * What an action changes is either a part with functions of its own, or the viewer itself by a function here.
 *
 * One thread at a time; any thread, no GVL.
 */
#ifndef MEMORY_TRACKER_INPUT_VIEWER_CONTROL_H
#define MEMORY_TRACKER_INPUT_VIEWER_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/marks.h"
#include "analysis/metrics.h"
#include "base/line_edit.h"
#include "base/text.h"
#include "input/mode.h"
#include "input/request.h"
#include "panes/help_view.h"
#include "panes/panes.h"
#include "panes/picker.h"
#include "panes/status_line.h"
#include "panes/table_view.h"

struct viewer;

/* --- what there is --- */

/* As things are now. The pointers are borrowed until the viewer changes. */
struct viewer_status {
	enum viewer_mode mode;
	const struct metrics *metrics; /* the numbers that are on the screen; without any, their snapshot is NULL */
	const struct table_view *table;
	const struct marks *marks;
	const struct panes *panes;
	const struct line_edit *file_name; /* of what is to be written */
	enum text_charset charset;
	int32_t utc_offset; /* of the times shown, seconds east of UTC */

	bool paused;     /* the screen stays as it is */
	bool collecting; /* a GC was asked for, and is not over */
	bool ended;      /* the program does not run any more */
	bool running;    /* the program runs, and has sent numbers */
	bool replay;     /* it is a recording that is shown */
	bool attached;   /* the program was only attached to */
	bool console;    /* the program has a console that can be opened */
	bool silent;     /* what it prints is not known here */
};

struct viewer_status viewer_status(const struct viewer *viewer);

/* --- parts, which change by their own functions --- */

/* After a change of what its lines are made from, viewer_refresh. */
struct table_view *viewer_table(struct viewer *viewer);

/* After a change of them, or of which one is chosen, viewer_compare. */
struct marks *viewer_marks(struct viewer *viewer);

/* Which of them is open changes by viewer_open_pane. */
struct panes *viewer_panes(struct viewer *viewer);

struct help_view *viewer_help(struct viewer *viewer);
struct picker *viewer_picker(struct viewer *viewer);
struct line_edit *viewer_file_name(struct viewer *viewer);

/* --- where keys go --- */

/*
 * Keys go to what `mode` is (a question, a picker, help, a line that is edited) until viewer_return, and from then on to
 * the output where its pane is open, else to the table.
 */
void viewer_enter(struct viewer *viewer, enum viewer_mode mode);
void viewer_return(struct viewer *viewer);

/* Opens a pane in place of the one that is open, and viewer_return; PANE_NONE closes it. */
void viewer_open_pane(struct viewer *viewer, enum pane_id pane);

/*
 * Asks before something is done: keys answer the question until viewer_end_question, which returns what was asked for
 * and lets them go where they went before; without a question it does nothing. The text is borrowed.
 */
void viewer_ask(struct viewer *viewer, enum viewer_request request, const char *text);
enum viewer_request viewer_end_question(struct viewer *viewer);

/* --- what is shown --- */

/* Puts a sentence above the keys until the next key, as printf would; what has no room in STATUS_LINE_SIZE is cut. */
void viewer_note(struct viewer *viewer, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Makes the lines of the table again, from the metrics that are shown. */
void viewer_refresh(struct viewer *viewer);

/* Compares with the chosen mark from here on. False without memory, which a note says; there is no comparison then. */
bool viewer_compare(struct viewer *viewer);

/* Keeps which line is selected, and selects it again, be it at another place by then. */
void viewer_keep_selection(struct viewer *viewer);
void viewer_restore_selection(struct viewer *viewer);

/* Keeps what is shown as it is, and lets it go on again. False without memory. */
bool viewer_pause(struct viewer *viewer);
void viewer_go_on(struct viewer *viewer);

/* A GC is asked for: begins a report on the whole program and the selected line. */
void viewer_begin_gc(struct viewer *viewer);

/* --- what a person prefers, and finds again the next time --- */

/* To the next of the usual intervals between snapshots. Returns whether there is one. */
bool viewer_change_interval(struct viewer *viewer, bool shorter);

/* To the next theme, which a note describes. */
void viewer_change_theme(struct viewer *viewer);

/* Uses the mouse, or leaves it to the terminal. Returns whether it is used now. */
bool viewer_toggle_mouse(struct viewer *viewer);

/* Keeps the choice of columns. */
void viewer_keep_columns(struct viewer *viewer);

/* --- files --- */

enum report_format { REPORT_TEXT, REPORT_JSON };

/* Writes what is shown, with all lines of the table, to a file that must not be there yet. Returns 0 or an errno. */
int viewer_write(struct viewer *viewer, const char *path, enum report_format format);

#endif
