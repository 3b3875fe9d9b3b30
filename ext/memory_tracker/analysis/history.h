/*
 * What successive snapshots of one capture say about each class: rates, growth, a trend.
 *
 * The arithmetic of growth is in series.h. Its samples are:
 *
 * - After each major GC that a snapshot is the first to know of, each class's retained count, at the time of that
 *   GC (of a sum of processes, after each round of theirs). With two or more of them in the window (60 seconds unless told otherwise) growth is HISTORY_CONFIRMED.
 * - At each snapshot that is the first after a GC of either kind, each class's live count. With fewer than two
 *   major GCs in the window but at least four of these, growth is the slope of the lowest of them and only
 *   HISTORY_UNCONFIRMED: what minor GCs leave over may be garbage.
 *
 * Where the window has a major GC but fewer than three, the ones before it count too, as far as ten windows back: so
 * programs whose major GCs are rare have growth as well.
 *
 * With less than that it is HISTORY_UNKNOWN and 0. A class that a snapshot shows for the first time had no
 * objects before, except in the first snapshot of all.
 *
 * Memory: about 100 bytes for each class in the latest snapshot, and 1 KB for each of those whose counts ever
 * changed, of at most HISTORY_SAMPLES_MAX; the growth of classes beyond that is unknown. What is not in the latest
 * snapshot is forgotten. Counts beyond 4,294,967,295 are kept as that in trends and growth.
 *
 * One thread at a time; any thread, no GVL.
 */
#ifndef MEMORY_TRACKER_ANALYSIS_HISTORY_H
#define MEMORY_TRACKER_ANALYSIS_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/snapshot.h"
#include "analysis/history_row.h"
#include "analysis/series.h"

#define HISTORY_WINDOW_NS (UINT64_C(60) * 1000000000)
#define HISTORY_SHORT_NS (UINT64_C(10) * 1000000000)
#define HISTORY_SAMPLES_MAX 20000

enum history_trend {
	HISTORY_TREND_LIVE,
	HISTORY_TREND_RETAINED,
};

struct history;

/* A new, empty history, or NULL without memory. `window_ns` 0 stands for HISTORY_WINDOW_NS. */
struct history *history_new(uint64_t window_ns);

/*
 * The same for things that may have been there before they are seen for the first time: of each nothing is known
 * until then, and no rate, growth or trend looks further back.
 */
struct history *history_new_watching(uint64_t window_ns);

/* NULL is fine. */
void history_free(struct history *history);

/*
 * Takes the next snapshot, which must come from malloc and be well formed, and owns it from here on, whatever is
 * returned. A snapshot of another start of the capture, or of another process, begins the history again. Returns
 * false without memory; the history then stays as it was before.
 */
bool history_update(struct history *history, struct snapshot_header *snapshot);

/* The latest snapshot, NULL if there was none. Borrowed until the next update. */
const struct snapshot_header *history_snapshot(const struct history *history);

/* The rows of the latest snapshot, in the order of its classes, class_count of them. Borrowed likewise. */
const struct history_row *history_rows(const struct history *history);

/* The row of a class by its id, NULL if the latest snapshot has no such class. Borrowed likewise. */
const struct history_row *history_find(const struct history *history, uint64_t id);

/* The sums over all classes as if they were one class, its id 0. Borrowed likewise. */
const struct history_row *history_totals(const struct history *history);

/*
 * A row's counts at the latest snapshots, the oldest first: of those that come faster than that, at so many that
 * they span the window. Returns how many there are, 0 where they are not
 * known.
 */
unsigned history_trend(const struct history *history, const struct history_row *row, enum history_trend which,
                       uint32_t out[SERIES_LENGTH]);

/*
 * When the latest snapshots were taken, as monotonic_ns, the oldest first. Returns how many they are. Of a row's
 * counts, which may be fewer, the last belongs to the last of these.
 */
unsigned history_times(const struct history *history, uint64_t out[SERIES_LENGTH]);

#endif
