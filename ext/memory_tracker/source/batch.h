/*
 * The table of classes as plain text: one line about the program, one of titles, one for each class, and below it the lines that
 * allocated most of what counts.
 *
 *     2026-11-22 10:41:07  pid 4711  ruby shop.rb  live 1,240,113  retained 1,180,020  …  exact
 *       RETAINED  GROWTH/s      LIVE   ALLOC/s  CLASS
 *         81,204    +502.0    93,511     12.1k  Hash
 *         80,911    +502.0    80,995     502.0    99.6 %  Shop::SessionStore#write  shop.rb:41
 *
 * No escape codes. Beyond ASCII there is only what class names have and the sign before an upper bound.
 */
#ifndef MEMORY_TRACKER_SOURCE_BATCH_H
#define MEMORY_TRACKER_SOURCE_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/batch_list.h"
#include "base/buffer.h"
#include "table/column.h"
#include "analysis/metrics.h"
#include "analysis/path_watch.h"

struct batch_options {
	const struct column *sort; /* NULL: growth */
	size_t limit;              /* classes at most; 0: all */
	const char *command;       /* the program, as a person would name it; NULL: not shown */
	int32_t utc_offset;        /* of the times shown, seconds east of UTC */
	bool internal;             /* list hidden and internal objects too */
	enum text_charset charset;

	/* What the latest snapshot's call paths were fed to. NULL: they are not shown. */
	const struct path_watch *paths;

	/* The processes of the program, above the titles. NULL: they are not listed. */
	const struct batch_list *list;
};

/* So many call paths are shown below a class. */
#define BATCH_PATHS 3

/*
 * Appends a table of the metrics, followed by an empty line; nothing if they have no snapshot. Trends are not asked
 * for. Returns false without memory, with the buffer as it was. One thread at a time; any thread.
 */
bool batch_print(struct buffer *out, const struct metrics *metrics, const struct batch_options *options);

#endif
