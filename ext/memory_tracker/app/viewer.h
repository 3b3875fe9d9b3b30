/*
 * The viewer: takes snapshots and keys, and draws a screen into a grid. It knows nothing of terminals, sockets or
 * Ruby; whoever runs it carries out what it asks for.
 *
 * One thread at a time; any thread, no GVL.
 */
#ifndef MEMORY_TRACKER_APP_VIEWER_H
#define MEMORY_TRACKER_APP_VIEWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "input/request.h"
#include "model/snapshot.h"
#include "screen/grid.h"
#include "screen/input_event.h"
#include "base/text.h"
#include "screen/theme.h"

struct viewer;

/* What options say about something that is kept. */
enum viewer_choice {
	VIEWER_AS_KEPT, /* nothing: as it was the last time */
	VIEWER_ON,
	VIEWER_OFF,
};

struct viewer_options {
	double interval; /* seconds between snapshots; 0: as it was the last time, or 1 */
	enum text_charset charset;
	const char *sort;         /* a column's key; NULL: as it was the last time, or growth */
	const char *command;      /* the program as a person would name it; copied */
	enum viewer_choice mouse; /* whether it is used; at first it is */
	bool settings;            /* use what was kept the last time, and keep what changes; else all begins anew */
	int32_t utc_offset;       /* of the times shown, seconds east of UTC */
	bool console;             /* the program has a console that can be opened */
	bool silent;              /* what the program prints is not known here */
	bool replay;              /* it is a recording that is shown */
	bool attached;            /* the program was not started for the viewer, but attached to */
};

/* NULL without memory. */
struct viewer *viewer_new(const struct viewer_options *options);
void viewer_free(struct viewer *viewer);

/* Takes the next snapshot and owns it from here on. False without memory. */
bool viewer_feed(struct viewer *viewer, struct snapshot_header *snapshot);

/* Does what a person wants; viewer_press for a key alone. */
enum viewer_request viewer_take(struct viewer *viewer, const struct input_event *input);
enum viewer_request viewer_press(struct viewer *viewer, uint32_t key);

/* Whether the terminal shall tell what the mouse does. */
bool viewer_uses_mouse(const struct viewer *viewer);

/*
 * Keeps what a person has changed by keys for the next time, where the options allow it. When it cannot be kept, a
 * sentence above the keys says so.
 */
void viewer_keep_settings(struct viewer *viewer);

/* Seconds between snapshots that the person asked for; while paused snapshots may be fed, and are not shown. */
double viewer_interval(const struct viewer *viewer);

/* How the person wants colours to look. */
const struct theme *viewer_theme(const struct viewer *viewer);

/* Draws the whole screen; the grid's size is the screen's. */
void viewer_draw(struct viewer *viewer, struct grid *grid);

/*
 * A GC that was asked for took this long; the snapshots fed before and after it tell what it freed. Shown until
 * the next key. `done` false: it could not be run, and `reason` says why.
 */
void viewer_gc_done(struct viewer *viewer, bool done, uint64_t nanoseconds, const char *reason);

/* A sentence above the keys, until the next key. Copied. */
void viewer_say(struct viewer *viewer, const char *sentence);

/* Bytes that the program has printed, for the output pane; any cut, any bytes. */
void viewer_output(struct viewer *viewer, const char *bytes, size_t length);

/* All processes of the program, when there may be several. Copied. */
struct process_summary;
void viewer_processes(struct viewer *viewer, const struct process_summary *processes, size_t count);

/* Where in a recording it is ("0:12 of 3:40"), and how that goes on; stands in the header from now on. Copied. */
void viewer_replaying(struct viewer *viewer, const char *place);

/* The program has ended: `how` ("ended with status 0 after 5:44") stands in the header from now on. Copied. */
void viewer_ended(struct viewer *viewer, const char *how);

#endif
