/*
 * What a viewer is made of. For the files that make it up: viewer.c, command.c, footer.c and help_view.c.
 */
#ifndef MEMORY_TRACKER_VIEWER_VIEWER_STATE_H
#define MEMORY_TRACKER_VIEWER_VIEWER_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "viewer/figures.h"
#include "viewer/gc_report.h"
#include "viewer/help_view.h"
#include "viewer/history.h"
#include "viewer/output_view.h"
#include "viewer/path_watch.h"
#include "viewer/process_view.h"
#include "viewer/scrollback.h"
#include "viewer/source_view.h"
#include "viewer/table_view.h"
#include "viewer/viewer.h"

/* What keys go to. */
enum viewer_mode {
	MODE_TABLE = 1,
	MODE_FILTER = 2, /* a filter is being typed */
	MODE_OUTPUT = 4, /* the output pane is open */
	MODE_HELP = 8,
};

#define VIEWER_SENTENCE_SIZE 512
#define VIEWER_PLACE_SIZE 128

struct viewer {
	enum viewer_mode mode;
	enum text_charset charset;
	double interval;
	char *command; /* owned, may be NULL */
	bool console;  /* the program has one that can be opened */
	char *ended;   /* owned, NULL while the program runs */

	struct history *history; /* owned: of all that was fed */
	struct figures latest;   /* the history's */
	struct still *still;     /* owned: what is shown instead while paused, else NULL */
	struct table_view table; /* of the one that is shown */

	struct path_watch watch;     /* the history of call paths */
	struct figures latest_paths; /* its figures */
	struct still *still_paths;   /* owned: as `still` */
	struct key_set on_screen;    /* the call paths that are lines of the table */

	struct scrollback output;
	struct output_view pane; /* at most one of these three is open */
	struct source_view source;
	struct process_view processes;
	struct help_view help;

	struct gc_report gc;
	bool silent;                   /* there is no output to show */
	bool replay;                   /* it is a recording that is shown */
	char place[VIEWER_PLACE_SIZE]; /* where in it */

	char sentence[VIEWER_SENTENCE_SIZE]; /* above the keys until the next one; empty: none */

	/* Where the share of time that GCs take is counted from: the first snapshot of this capture. */
	uint64_t first_started_ns;
	uint64_t first_ns;
	uint64_t first_gc_ns;
};

/* The numbers that are on the screen. */
const struct figures *viewer_shown(const struct viewer *viewer);

/* Whether the program still runs and has sent numbers. */
bool viewer_goes_on(const struct viewer *viewer);

/* Keeps what is shown as it is, and lets it go on again. False without memory. */
bool viewer_pause(struct viewer *viewer);
void viewer_go_on(struct viewer *viewer);

/* Puts a sentence above the keys, as printf would. */
void viewer_note(struct viewer *viewer, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
