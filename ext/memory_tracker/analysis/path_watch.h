/*
 * The history of call paths: of all allocating lines, and of the paths that are on the screen.
 *
 * A history of every path would cost too much for what is hardly ever looked at. What comes to be watched later has
 * rates, growth and a trend from then on only. One thread at a time; any thread.
 */
#ifndef MEMORY_TRACKER_ANALYSIS_PATH_WATCH_H
#define MEMORY_TRACKER_ANALYSIS_PATH_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analysis/call_paths.h"
#include "analysis/history.h"

/* Paths beyond this many are not watched. */
#define PATH_WATCH_MAX 20000

struct path_watch {
	struct history *history; /* owned: its classes are the paths, by their keys */
	struct call_paths plain; /* of the snapshot that was fed last */
	struct call_paths inverted;
};

/* False without memory; there is nothing to deinit then. */
bool path_watch_init(struct path_watch *watch);
void path_watch_deinit(struct path_watch *watch);

/*
 * Takes the counts of the next snapshot, which is borrowed for the call. `shown` has the keys of what is on the
 * screen; `inverted` has the ids of the classes whose inverted paths may be among them, and is NULL if none are. False
 * without memory; then it may have forgotten what it knew.
 */
bool path_watch_feed(struct path_watch *watch, const struct snapshot_header *snapshot, const struct key_set *shown,
                     const struct key_set *inverted);

#endif
