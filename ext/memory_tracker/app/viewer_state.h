/*
 * What a viewer is made of. For the files of app/ that make it up; all others know it by app/viewer.h, and actions by
 * input/viewer_control.h.
 */
#ifndef MEMORY_TRACKER_APP_VIEWER_STATE_H
#define MEMORY_TRACKER_APP_VIEWER_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/metrics.h"
#include "base/format.h"
#include "analysis/gc_report.h"
#include "input/viewer_control.h"
#include "panes/header_view.h"
#include "panes/help_view.h"
#include "analysis/history.h"
#include "analysis/marks.h"
#include "panes/panes.h"
#include "analysis/path_watch.h"
#include "panes/picker.h"
#include "app/settings.h"
#include "analysis/since_mark.h"
#include "panes/status_line.h"
#include "panes/table_view.h"
#include "screen/theme.h"

/* What is asked before it is done. */
struct question {
	const char *text;
	enum viewer_request request;
	enum viewer_mode before; /* the mode to return to */
};

#define VIEWER_SENTENCE_SIZE STATUS_LINE_SIZE
#define VIEWER_PLACE_SIZE 128

struct viewer {
	enum viewer_mode mode;
	enum text_charset charset;
	const struct theme *theme;
	double interval;
	int32_t utc_offset; /* of the times shown, seconds east of UTC */
	bool mouse;         /* the terminal shall tell what it does */
	char *command;      /* owned, may be NULL */
	char *ended;        /* owned, NULL while the program runs */
	bool console;       /* the program has one that can be opened */

	struct history *history;         /* owned: of all that was fed */
	struct metrics latest;           /* the history's */
	struct frozen_copy *frozen_copy; /* owned: what is shown instead while paused, else NULL */
	struct table_view table;         /* of the one that is shown */

	struct path_watch watch;               /* the history of call paths */
	struct metrics latest_paths;           /* its metrics */
	struct frozen_copy *frozen_copy_paths; /* owned: as `frozen_copy` */
	struct key_set on_screen;              /* the call paths that are lines of the table */

	struct marks marks;
	struct since_mark since; /* the chosen one of them */

	struct panes panes;
	struct help_view help;

	struct question question;
	struct picker picker;
	struct selection before_finding;
	struct line_edit file_name; /* of what is written */

	char *settings_path;  /* owned; NULL: nothing is kept */
	struct settings kept; /* as they are there, but for what the options say */

	struct gc_report gc;
	bool silent;                   /* there is no output to show */
	bool replay;                   /* it is a recording that is shown */
	bool attached;                 /* the program was only attached to */
	char place[VIEWER_PLACE_SIZE]; /* where in it */

	char sentence[VIEWER_SENTENCE_SIZE]; /* above the keys until the next one; empty: none */

	/* Where the share of time that GCs take is counted from: the first snapshot of this capture. */
	uint64_t first_started_ns;
	uint64_t first_ns;
	uint64_t first_gc_ns;
};

/* The numbers that are on the screen. */
const struct metrics *viewer_shown(const struct viewer *viewer);

/* The mode whose screen is seen: a question stands above the one before it. */
static inline enum viewer_mode viewer_mode_shown(const struct viewer *viewer)
{
	return viewer->mode == MODE_QUESTION ? viewer->question.before : viewer->mode;
}

/* What the header shows; a time that it names is put into `since`. */
struct header_metadata viewer_metadata(const struct viewer *viewer, char since[FORMAT_SIZE]);

#endif
