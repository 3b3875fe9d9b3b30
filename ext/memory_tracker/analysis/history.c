#include "analysis/history.h"

#include <stdlib.h>
#include <string.h>

#include "analysis/history_state.h"

/* Rates between snapshots closer to each other than this would be noise: the rates before stay. */
#define RATE_MIN_NS UINT64_C(50000000)

/* Fewer counts after GCs than this say nothing about a slope. */
#define LOWS_MIN 4

/* As many major GCs are looked at even if they are older than the window, but not than so many windows. */
#define MAJORS_MIN 3
#define WINDOWS_MAX 10

/*
 * Even after a GC that took no new objects for old, a count is off by a few: the GC keeps whatever a machine word
 * on the stack happens to look like.
 */
#define STACK_TOLERANCE 4

/* The new ones are shared out by guess; the guess may be off by this factor. */
#define MARK_FACTOR 2

#define RATE_UNKNOWN (-1.0)

/* Rows between the one that is computed and the one whose samples are prefetched. */
#define FETCH_AHEAD 8

/* What is looked at of the samples there are: of the window, and of its latest part. */
struct windows {
	struct series_window post_gc_minima, majors;
	struct series_window short_post_gc_minima, short_majors;
};

/* What is the same for all classes of one update. */
struct update {
	struct history *history;
	const struct snapshot_header *snapshot;
	bool first;      /* there are no earlier snapshots */
	bool low, major; /* there is a sample of that kind */
	struct series_place tick_place, low_place, major_place;
	struct windows windows;
	bool same_majors, same_short_majors;       /* there is nothing to see in them that was not there before */
	uint64_t post_gc_minima_from, majors_from; /* the first samples of these */
	uint64_t rates_since;                      /* the history's rates_at before this update */
	double seconds;                            /* since then; 0: too few for new rates */
};

struct history *history_new(uint64_t window_ns)
{
	struct history *history = calloc(1, sizeof *history);

	if (history)
		history->window_ns = window_ns ? window_ns : HISTORY_WINDOW_NS;
	return history;
}

struct history *history_new_watching(uint64_t window_ns)
{
	struct history *history = history_new(window_ns);

	if (history)
		history->watching = true;
	return history;
}

/* Frees the rows of the latest snapshot. */
static void free_rows(struct history *history)
{
	uint32_t count = history->snapshot ? history->snapshot->class_count : 0;

	for (uint32_t i = 0; i < count; i++) {
		history->samples_count -= history->rows[i].samples != NULL;
		free(history->rows[i].samples);
	}
	free(history->rows);
	history->rows = NULL;
}

/* Back to the state after history_new. */
static void forget(struct history *history)
{
	uint64_t window_ns = history->window_ns;
	bool watching = history->watching;

	free_rows(history);
	free(history->totals.samples);
	free(history->snapshot);
	id_index_deinit(&history->index);
	memset(history, 0, sizeof *history);
	history->window_ns = window_ns;
	history->watching = watching;
}

void history_free(struct history *history)
{
	if (!history)
		return;
	forget(history);
	free(history);
}

/* The samples of counts that were the same at every sample so far. */
static struct history_samples *samples_new(struct counts counts)
{
	struct history_samples *samples = malloc(sizeof *samples);

	if (!samples)
		return NULL;
	for (unsigned i = 0; i < SERIES_LENGTH; i++) {
		samples->live[i] = samples->post_gc_minima[i] = saturated(counts_live(counts));
		samples->retained[i] = samples->majors[i] = saturated(counts.retained);
	}
	return samples;
}

static void record(const struct update *update, struct history_row *row)
{
	struct history_samples *samples = row->samples;
	uint32_t live = saturated(counts_live(row->counts));

	samples->live[update->tick_place.slot] = live;
	samples->retained[update->tick_place.slot] = saturated(row->counts.retained);
	if (update->major)
		samples->majors[update->major_place.slot] = saturated(row->counts.retained);
	if (update->low) {
		uint32_t *low = &samples->post_gc_minima[update->low_place.slot];
		if (!update->low_place.merged || live < *low)
			*low = live;
	}
}

/* What is known of a row in some time. */
static struct history_change change_in(const struct history_row *row, const struct series_window *majors,
                                       const struct series_window *post_gc_minima)
{
	const struct history_samples *samples = row->samples;

	if (majors->count > 1)
		return (struct history_change){samples ? series_change(majors, samples->majors) : 0, HISTORY_CONFIRMED};
	if (post_gc_minima->count >= LOWS_MIN)
		return (struct history_change){samples ? series_low_slope(post_gc_minima, samples->post_gc_minima) : 0,
		                               HISTORY_UNCONFIRMED};
	return (struct history_change){0, HISTORY_UNKNOWN};
}

/* The windows as far as the row is known. */
static struct windows later_windows(const struct windows *windows, const struct history_row *row)
{
	return (struct windows){
	    .post_gc_minima = series_later(windows->post_gc_minima, row->since_ns),
	    .majors = series_later(windows->majors, row->majors_since_ns),
	    .short_post_gc_minima = series_later(windows->short_post_gc_minima, row->since_ns),
	    .short_majors = series_later(windows->short_majors, row->majors_since_ns),
	};
}

/*
 * How much of a rise of the row's retained count may be no rise. Objects allocated while the latest major GC marked
 * count as retained; those of the GCs before only make the rise smaller. How many of them are of this class is not
 * known, but it makes about the same share of them as of all objects.
 */
static double tolerance_of(const struct update *update, const struct history_row *row)
{
	uint64_t all = update->snapshot->counts.allocated, own = row->counts.allocated;
	double share = all && own < all ? (double)own / (double)all : 1;

	return STACK_TOLERANCE + MARK_FACTOR * share * (double)update->history->major_allocated;
}

static void compute_growth(const struct update *update, struct history_row *row)
{
	const struct history_samples *samples = row->samples;
	const struct windows *windows = &update->windows;
	struct windows later;

	if (row->untracked) {
		row->growth = 0;
		row->sustained = false;
		row->certainty = HISTORY_UNKNOWN;
		row->short_change = row->long_change = (struct history_change){0, HISTORY_UNKNOWN};
		return;
	}
	if (row->since_ns > update->post_gc_minima_from || row->majors_since_ns > update->majors_from) {
		later = later_windows(windows, row);
		windows = &later;
	}
	/* Most snapshots come without a major GC. */
	if (!update->same_short_majors || row->short_change.certainty != HISTORY_CONFIRMED)
		row->short_change = change_in(row, &windows->short_majors, &windows->short_post_gc_minima);
	if (update->same_majors && row->long_change.certainty == HISTORY_CONFIRMED)
		return;
	row->sustained = false;
	row->long_change = change_in(row, &windows->majors, &windows->post_gc_minima);
	row->certainty = row->long_change.certainty;
	row->growth = row->long_change.per_second;
	if (row->certainty != HISTORY_CONFIRMED || !samples)
		return;
	row->growth = series_growth(&windows->majors, samples->majors);
	row->sustained =
	    row->growth > 0 && series_sustained(&windows->majors, samples->majors, tolerance_of(update, row));
}

/* Objects per second since the count was `before`; a count that went back says nothing. */
static double rate(uint64_t before, uint64_t after, double seconds)
{
	return after < before ? RATE_UNKNOWN : (double)(after - before) / seconds;
}

static void compute_rates(const struct update *update, struct history_row *row)
{
	if (update->seconds > 0) {
		bool known = row->since_ns <= update->rates_since;
		row->allocated_rate =
		    known ? rate(row->rated.allocated, row->counts.allocated, update->seconds) : RATE_UNKNOWN;
		row->freed_rate = known ? rate(row->rated.freed, row->counts.freed, update->seconds) : RATE_UNKNOWN;
		row->rated = row->counts;
	} else if (update->first) {
		row->allocated_rate = row->freed_rate = RATE_UNKNOWN;
		row->rated = row->counts;
	}
}

/* Brings a row, which has the state of the snapshot before, up to the counts of this one. */
static void advance(const struct update *update, struct history_row *row, struct counts counts)
{
	struct history *history = update->history;
	bool changed = counts_live(counts) != counts_live(row->counts) || counts.retained != row->counts.retained;

	if (changed && !update->first && !row->samples && !row->untracked) {
		if (history->samples_count < HISTORY_SAMPLES_MAX)
			row->samples = samples_new(row->counts);
		row->untracked = !row->samples;
		history->samples_count += row->samples != NULL;
	}
	row->counts = counts;
	compute_rates(update, row);
	if (row->samples)
		record(update, row);
	compute_growth(update, row);
}

static bool same_classes(const struct history *history, const struct snapshot_header *snapshot)
{
	const struct snapshot_class *classes = snapshot_classes(snapshot);

	if (!history->snapshot || history->snapshot->class_count != snapshot->class_count)
		return false;
	for (uint32_t i = 0; i < snapshot->class_count; i++) {
		if (history->rows[i].id != classes[i].id)
			return false;
	}
	return true;
}

static struct history_row new_row(const struct history *history, const struct snapshot_header *snapshot,
                                  const struct snapshot_class *class)
{
	struct history_row row = {.id = class->id};

	if (!history->watching)
		return row;
	row.counts = class->counts;
	row.allocated_rate = row.freed_rate = RATE_UNKNOWN;
	row.since_ns = snapshot->monotonic_ns;
	row.majors_since_ns = snapshot->major_at_ns;
	return row;
}

/* Moves the rows of classes that are still there to `rows`, in the order of the new snapshot. */
static void carry_over(struct history *history, const struct snapshot_header *snapshot, struct history_row *rows)
{
	const struct snapshot_class *classes = snapshot_classes(snapshot);

	for (uint32_t i = 0; i < snapshot->class_count; i++) {
		uint32_t before = id_index_find(&history->index, classes[i].id);
		if (before == ID_INDEX_NONE) {
			rows[i] = new_row(history, snapshot, &classes[i]);
			continue;
		}
		rows[i] = history->rows[before];
		history->rows[before].samples = NULL;
	}
}

/* Makes the rows those of the new snapshot's classes. Returns false without memory, with nothing changed. */
static bool arrange_rows(struct history *history, const struct snapshot_header *snapshot)
{
	struct id_index index;

	if (same_classes(history, snapshot))
		return true;
	struct history_row *rows = calloc((size_t)snapshot->class_count + 1, sizeof *rows);
	if (!rows || !id_index_init(&index, snapshot_classes(snapshot), snapshot->class_count)) {
		free(rows);
		return false;
	}
	carry_over(history, snapshot, rows);
	free_rows(history);
	id_index_deinit(&history->index);
	history->rows = rows;
	history->index = index;
	return true;
}

static uint64_t time_before(uint64_t at, uint64_t span)
{
	return at > span ? at - span : 0;
}

static bool is_same(struct series_window window, struct series_window before)
{
	return window.first == before.first && window.count == before.count;
}

static void take_windows(struct update *update)
{
	struct history *history = update->history;
	uint64_t now = update->snapshot->monotonic_ns, window = history->window_ns;
	uint64_t recent = HISTORY_SHORT_NS < window ? HISTORY_SHORT_NS : window;
	struct windows windows = {
	    .post_gc_minima = series_since(&history->post_gc_minima, time_before(now, window)),
	    .majors = series_since(&history->majors, time_before(now, window)),
	    .short_post_gc_minima = series_since(&history->post_gc_minima, time_before(now, recent)),
	    .short_majors = series_since(&history->majors, time_before(now, recent)),
	};

	if (windows.majors.count && windows.majors.count < MAJORS_MIN)
		windows.majors =
		    series_latest(series_since(&history->majors, time_before(now, WINDOWS_MAX * window)), MAJORS_MIN);
	update->windows = windows;
	update->same_majors = !update->major && is_same(windows.majors, history->majors_seen);
	update->same_short_majors = !update->major && is_same(windows.short_majors, history->short_majors_seen);
	history->majors_seen = windows.majors;
	history->short_majors_seen = windows.short_majors;
	update->post_gc_minima_from = series_first_time(&windows.post_gc_minima);
	update->majors_from = series_first_time(&windows.majors);
}

static void take_samples(struct update *update)
{
	struct history *history = update->history;
	const struct snapshot_header *snapshot = update->snapshot, *before = history->snapshot;
	/* A few samples fewer than the rings have room for, lest a timer's jitter merge every second one. */
	uint64_t spacing = history->window_ns / (SERIES_LENGTH + 4);

	update->first = !before;
	update->low = snapshot->gcs_seen > (before ? before->gcs_seen : 0);
	update->major = snapshot->major_at_ns > (before ? before->major_at_ns : 0);
	update->tick_place = series_add(&history->ticks, snapshot->monotonic_ns, spacing);
	if (update->low)
		update->low_place = series_add(&history->post_gc_minima, snapshot->monotonic_ns, spacing);
	if (update->major) {
		update->major_place = series_add(&history->majors, snapshot->major_at_ns, spacing);
		history->major_allocated = snapshot->major_allocated;
	}
	take_windows(update);
}

/* The time that new rates are over. Before the first snapshot that is the time since the start. */
static void take_time(struct update *update)
{
	struct history *history = update->history;
	const struct snapshot_header *snapshot = update->snapshot;
	uint64_t since = update->first ? snapshot->started_ns : history->rates_at;
	update->rates_since = since;
	bool usable = since && snapshot->monotonic_ns >= since + RATE_MIN_NS;

	/* What was entered at the start was not allocated since then. */
	if (update->first && (snapshot->flags & SNAPSHOT_EXISTING))
		usable = false;
	if (usable)
		update->seconds = (double)(snapshot->monotonic_ns - since) / 1e9;
	if (usable || update->first)
		history->rates_at = snapshot->monotonic_ns;
}

static bool begins_anew(const struct history *history, const struct snapshot_header *snapshot)
{
	const struct snapshot_header *before = history->snapshot;

	return before && (before->started_ns != snapshot->started_ns || before->pid != snapshot->pid ||
	                  before->sequence > snapshot->sequence);
}

/*
 * Asks for what `advance` will touch of a row's samples. These are spread over the memory, and waiting for each of their
 * places in turn would take most of the time of an update.
 */
static void fetch(const struct update *update, const struct history_row *row)
{
	const struct history_samples *samples = row->samples;
	const struct series_window *majors = &update->windows.majors, *recent = &update->windows.short_majors;

	if (!samples)
		return;
	__builtin_prefetch(&samples->live[update->tick_place.slot], 1);
	__builtin_prefetch(&samples->retained[update->tick_place.slot], 1);
	__builtin_prefetch(&samples->post_gc_minima[update->low_place.slot], 1);
	if (!majors->count)
		return;
	__builtin_prefetch(&samples->majors[series_slot(majors, 0)], 1);
	__builtin_prefetch(&samples->majors[series_slot(majors, majors->middle)]);
	__builtin_prefetch(&samples->majors[series_slot(majors, majors->count - 1)], 1);
	if (recent->count)
		__builtin_prefetch(&samples->majors[series_slot(recent, 0)]);
}

bool history_update(struct history *history, struct snapshot_header *snapshot)
{
	if (begins_anew(history, snapshot))
		forget(history);

	if (!arrange_rows(history, snapshot)) {
		free(snapshot);
		return false;
	}
	struct update update = {.history = history, .snapshot = snapshot};
	take_samples(&update);
	take_time(&update);
	/* The totals come first, so that they are never without samples for want of room. */
	advance(&update, &history->totals, snapshot->counts);
	const struct snapshot_class *classes = snapshot_classes(snapshot);
	for (uint32_t i = 0; i < snapshot->class_count; i++) {
		if (i + FETCH_AHEAD < snapshot->class_count)
			fetch(&update, &history->rows[i + FETCH_AHEAD]);
		advance(&update, &history->rows[i], classes[i].counts);
	}
	free(history->snapshot);
	history->snapshot = snapshot;
	return true;
}

const struct snapshot_header *history_snapshot(const struct history *history)
{
	return history->snapshot;
}

const struct history_row *history_rows(const struct history *history)
{
	return history->rows;
}

const struct history_row *history_find(const struct history *history, uint64_t id)
{
	uint32_t row = id_index_find(&history->index, id);

	return row == ID_INDEX_NONE ? NULL : &history->rows[row];
}

const struct history_row *history_totals(const struct history *history)
{
	return &history->totals;
}
