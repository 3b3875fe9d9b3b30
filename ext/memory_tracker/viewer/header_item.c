#include "viewer/header_item.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "viewer/column.h"
#include "viewer/format.h"
#include "viewer/grid.h"
#include "viewer/sparkline.h"

#define FULL HEADER_FULL
#define WIDE 120

#define RUNTIME_CELLS 24
#define COMMAND_CELLS 48
#define SPARK_CELLS 8
#define TEXT_SIZE 512

bool header_has_numbers(const struct header_facts *facts)
{
	return facts->figures->snapshot != NULL;
}

static bool always(const struct header_facts *facts)
{
	return true;
}

static bool is_replay(const struct header_facts *facts)
{
	return facts->place != NULL;
}

static bool has_ended(const struct header_facts *facts)
{
	return facts->ended || (header_has_numbers(facts) && (facts->figures->snapshot->flags & SNAPSHOT_ENDED));
}

static bool has_ended_live(const struct header_facts *facts)
{
	return has_ended(facts) && !is_replay(facts);
}

static bool goes_on(const struct header_facts *facts)
{
	return header_has_numbers(facts) && !has_ended(facts);
}

static bool is_live(const struct header_facts *facts)
{
	return goes_on(facts) && !is_replay(facts);
}

bool header_is_exact(const struct header_facts *facts)
{
	return facts->figures->snapshot->flags & SNAPSHOT_EXACT;
}

bool header_is_light(const struct header_facts *facts)
{
	return facts->figures->snapshot->flags & SNAPSHOT_LIGHT;
}

const char *header_exactness(const struct header_facts *facts)
{
	return header_is_exact(facts) ? "exact" : header_is_light(facts) ? "light" : "inexact";
}

static bool is_inexact(const struct header_facts *facts)
{
	return header_has_numbers(facts) && !header_is_exact(facts);
}

static bool is_paused(const struct header_facts *facts)
{
	return facts->paused;
}

static void put_name(struct buffer *out, const struct header_facts *facts)
{
	buffer_puts(out, "memory-tracker");
}

/* What is not known. */
static const char *dash(const struct header_facts *facts)
{
	return facts->charset == TEXT_UTF8 ? "–" : "-";
}

static void put_command(struct buffer *out, const struct header_facts *facts)
{
	const struct snapshot_header *snapshot = facts->figures->snapshot;
	char text[TEXT_SIZE];
	uint32_t length = 0;
	const char *command = facts->command;

	if (command)
		length = (uint32_t)strlen(command);
	else if (snapshot)
		command = snapshot_string(snapshot, snapshot->command, &length);
	if (length)
		buffer_add(out, text, text_fit(text, sizeof text, command, length, COMMAND_CELLS, facts->charset));
}

static void put_pid(struct buffer *out, const struct header_facts *facts)
{
	char text[FORMAT_SIZE];

	snprintf(text, sizeof text, "%" PRIu32, facts->figures->snapshot->pid);
	buffer_puts(out, text);
}

static void put_runtime(struct buffer *out, const struct header_facts *facts)
{
	const struct snapshot_header *snapshot = facts->figures->snapshot;
	char text[TEXT_SIZE];
	uint32_t length;
	const char *runtime = snapshot_string(snapshot, snapshot->runtime, &length);

	buffer_add(out, text, text_fit(text, sizeof text, runtime, length, RUNTIME_CELLS, facts->charset));
}

static void put_uptime(struct buffer *out, const struct header_facts *facts)
{
	const struct snapshot_header *snapshot = facts->figures->snapshot;
	char text[FORMAT_SIZE];

	buffer_add(out, text, format_duration(text, snapshot_up_ns(snapshot)));
}

static void put_end(struct buffer *out, const struct header_facts *facts)
{
	char text[TEXT_SIZE];
	const char *how = facts->ended ? facts->ended : "ended";

	buffer_add(out, text, text_fit(text, sizeof text, how, strlen(how), COMMAND_CELLS, facts->charset));
}

static void put_end_note(struct buffer *out, const struct header_facts *facts)
{
	buffer_puts(out, "(numbers as they were at the end)");
}

static void put_place(struct buffer *out, const struct header_facts *facts)
{
	char text[TEXT_SIZE];

	buffer_add(out, text,
	           text_fit(text, sizeof text, facts->place, strlen(facts->place), COMMAND_CELLS, facts->charset));
}

static void put_paused(struct buffer *out, const struct header_facts *facts)
{
	buffer_puts(out, "paused");
}

static bool shows_changes(const struct header_facts *facts)
{
	return facts->changes_since != NULL;
}

static void put_changes(struct buffer *out, const struct header_facts *facts)
{
	buffer_puts(out, "changes since ");
	buffer_puts(out, facts->changes_since);
}

/* Where there is no third line the second has what matters most of it. */
static bool lacks_third_line(const struct header_facts *facts)
{
	return header_has_numbers(facts) && facts->lines < 3;
}

static bool has_third_line(const struct header_facts *facts)
{
	return header_has_numbers(facts) && facts->lines >= 3;
}

static void put_exactness(struct buffer *out, const struct header_facts *facts)
{
	buffer_puts(out, header_exactness(facts));
}

/* What was met when a table was full, or there was no memory. */
static uint64_t not_recorded(const struct header_facts *facts)
{
	const struct snapshot_header *snapshot = facts->figures->snapshot;

	if (snapshot->dropped)
		return snapshot->dropped;
	return snapshot->classes_dropped ? snapshot->classes_dropped : snapshot->paths_dropped;
}

static bool lacks_records(const struct header_facts *facts)
{
	return header_has_numbers(facts) && not_recorded(facts);
}

static void put_not_recorded(struct buffer *out, const struct header_facts *facts)
{
	const struct snapshot_header *snapshot = facts->figures->snapshot;
	char text[FORMAT_SIZE];

	buffer_add(out, text, format_count(text, not_recorded(facts)));
	if (snapshot->dropped)
		buffer_puts(out, " objects not recorded");
	else if (snapshot->classes_dropped)
		buffer_puts(out, " objects of classes not recorded");
	else
		buffer_puts(out, " paths not recorded");
	if (!(snapshot->flags & SNAPSHOT_LIMIT_REACHED))
		return;
	buffer_puts(out, ": memory limit ");
	buffer_add(out, text, format_bytes(text, snapshot->memory_limit));
}

static uint16_t style_not_recorded(const struct header_facts *facts)
{
	return GRID_UNCONFIRMED;
}

static void put_depth(struct buffer *out, const struct header_facts *facts)
{
	const struct snapshot_header *snapshot = facts->figures->snapshot;
	char text[FORMAT_SIZE];

	snprintf(text, sizeof text, "%" PRIu32, snapshot->depth);
	buffer_puts(out, text);
	if (snapshot->chosen_count) {
		snprintf(text, sizeof text, " for %" PRIu32, snapshot->chosen_count);
		buffer_puts(out, text);
		buffer_puts(out, snapshot->chosen_count == 1 ? " class" : " classes");
	}
	if (snapshot->flags & SNAPSHOT_PATHS_ESTIMATED) {
		snprintf(text, sizeof text, ", 1 in %" PRIu32 "*", snapshot->path_interval);
		buffer_puts(out, text);
	}
}

/* One decimal, more only where it needs them; put together from whole numbers, so that no locale has a say. */
static void put_interval(struct buffer *out, const struct header_facts *facts)
{
	uint64_t milliseconds = (uint64_t)(facts->interval * 1000 + 0.5);
	char text[FORMAT_SIZE];

	snprintf(text, sizeof text, milliseconds % 100 ? "%" PRIu64 ".%03" PRIu64 : "%" PRIu64 ".%01" PRIu64,
	         milliseconds / 1000, milliseconds % 100 ? milliseconds % 1000 : milliseconds % 1000 / 100);
	buffer_puts(out, text);
	buffer_puts(out, " s");
}

static void put_live(struct buffer *out, const struct header_facts *facts)
{
	char text[FORMAT_SIZE];

	buffer_add(out, text, format_count(text, facts->figures->totals->live));
}

static void put_trend(struct buffer *out, const struct header_facts *facts)
{
	uint32_t counts[SERIES_LENGTH];
	unsigned count = figures_trend(facts->figures, facts->figures->totals, HISTORY_TREND_LIVE, counts);

	sparkline_print(out, counts, count, SPARK_CELLS, facts->charset);
}

static void put_retained(struct buffer *out, const struct header_facts *facts)
{
	uint64_t retained = facts->figures->totals->retained;
	char text[FORMAT_SIZE];

	if (!facts->figures->snapshot->majors_seen) {
		buffer_puts(out, dash(facts));
		return;
	}
	if (retained && (facts->figures->snapshot->flags & SNAPSHOT_RETAINED_BOUND))
		buffer_puts(out, column_bound_sign(facts->charset));
	buffer_add(out, text, format_count(text, retained));
}

static void put_heap(struct buffer *out, const struct header_facts *facts)
{
	const struct snapshot_header *snapshot = facts->figures->snapshot;
	char text[FORMAT_SIZE];

	buffer_add(out, text, format_count(text, snapshot->heap_live_slots));
	buffer_puts(out, " of ");
	buffer_add(out, text, format_count(text, snapshot->heap_total_slots));
}

static void put_percent(struct buffer *out, double share)
{
	uint64_t tenths = (uint64_t)(share * 1000 + 0.5);
	char text[FORMAT_SIZE];

	if (tenths % 10)
		snprintf(text, sizeof text, "%" PRIu64 ".%" PRIu64 " %%", tenths / 10, tenths % 10);
	else
		snprintf(text, sizeof text, "%" PRIu64 " %%", tenths / 10);
	buffer_puts(out, text);
}

static void put_heap_share(struct buffer *out, const struct header_facts *facts)
{
	const struct snapshot_header *snapshot = facts->figures->snapshot;
	double total = (double)snapshot->heap_total_slots, live = (double)snapshot->heap_live_slots;

	/* Whole percents: this is the short form. */
	put_percent(out, total > 0 && live <= total ? (double)(unsigned)(live / total * 100 + 0.5) / 100 : 0);
}

static void put_rss(struct buffer *out, const struct header_facts *facts)
{
	char text[FORMAT_SIZE];
	uint64_t bytes = facts->figures->snapshot->rss_bytes;

	if (bytes)
		buffer_add(out, text, format_bytes(text, bytes));
	else
		buffer_puts(out, dash(facts));
}

static void put_tracker(struct buffer *out, const struct header_facts *facts)
{
	char text[FORMAT_SIZE];

	buffer_add(out, text, format_bytes(text, facts->figures->snapshot->tracker_bytes));
}

static void put_rate(struct buffer *out, const struct header_facts *facts, double rate)
{
	char text[FORMAT_SIZE];

	if (rate < 0) {
		buffer_puts(out, dash(facts));
		return;
	}
	buffer_add(out, text, format_rate(text, rate));
	buffer_puts(out, "/s");
}

static void put_allocated(struct buffer *out, const struct header_facts *facts)
{
	put_rate(out, facts, facts->figures->totals->allocated_rate);
}

static void put_freed(struct buffer *out, const struct header_facts *facts)
{
	put_rate(out, facts, facts->figures->totals->freed_rate);
}

/* Minor and major ones; what of the time they took has room in the third line. */
static void put_gc_short(struct buffer *out, const struct header_facts *facts)
{
	const struct snapshot_header *snapshot = facts->figures->snapshot;
	char text[2 * FORMAT_SIZE];

	snprintf(text, sizeof text, "%" PRIu64 "+%" PRIu64, snapshot->gc_minor, snapshot->gc_major);
	buffer_puts(out, text);
	if (facts->lines >= 3 && facts->gc_share >= 0) {
		buffer_puts(out, ", ");
		put_percent(out, facts->gc_share);
	}
}

static void put_gc(struct buffer *out, const struct header_facts *facts)
{
	const struct snapshot_header *snapshot = facts->figures->snapshot;
	char text[FORMAT_SIZE];

	buffer_add(out, text, format_exact(text, snapshot->gc_minor));
	buffer_puts(out, " minor, ");
	buffer_add(out, text, format_exact(text, snapshot->gc_major));
	buffer_puts(out, " major");
	if (facts->gc_share >= 0) {
		buffer_puts(out, ", ");
		put_percent(out, facts->gc_share);
		buffer_puts(out, " of the time");
	}
}

static void put_last_major(struct buffer *out, const struct header_facts *facts)
{
	const struct snapshot_header *snapshot = facts->figures->snapshot;
	char text[FORMAT_SIZE];

	if (!snapshot->major_at_ns || snapshot->major_at_ns > snapshot->monotonic_ns)
		return;
	buffer_add(out, text, format_duration(text, snapshot->monotonic_ns - snapshot->major_at_ns));
	buffer_puts(out, " ago");
}

static void put_growth(struct buffer *out, const struct header_facts *facts)
{
	const struct history_row *totals = facts->figures->totals;
	char text[FORMAT_SIZE];

	if (totals->certainty == HISTORY_UNKNOWN) {
		buffer_puts(out, dash(facts));
		return;
	}
	if (totals->certainty == HISTORY_UNCONFIRMED)
		buffer_puts(out, "~");
	buffer_add(out, text, format_growth(text, totals->growth));
	buffer_puts(out, "/s");
	if (totals->sustained) {
		buffer_puts(out, " ");
		buffer_puts(out, column_growth_sign(facts->charset));
	}
}

static uint16_t style_growth(const struct header_facts *facts)
{
	const struct history_row *totals = facts->figures->totals;

	if (totals->sustained)
		return GRID_GROWS | GRID_BOLD;
	if (totals->certainty == HISTORY_UNCONFIRMED && totals->growth != 0)
		return GRID_UNCONFIRMED;
	return totals->certainty == HISTORY_CONFIRMED && totals->growth < 0 ? GRID_SHRINKS : GRID_PLAIN;
}

static uint16_t style_bold(const struct header_facts *facts)
{
	return GRID_BOLD;
}

static uint16_t style_dim(const struct header_facts *facts)
{
	return GRID_DIM;
}

static uint16_t style_paused(const struct header_facts *facts)
{
	return GRID_REVERSE;
}

static uint16_t style_exactness(const struct header_facts *facts)
{
	return header_is_exact(facts) || header_is_light(facts) ? GRID_PLAIN : GRID_UNCONFIRMED | GRID_BOLD;
}

/* What stands further right goes first where there is no room. */
const struct header_item header_items[] = {
    {.line = 0, .side = HEADER_LEFT, .from = 80, .put = put_name, .applies = always, .style = style_dim},
    {.line = 0, .side = HEADER_LEFT, .put = put_command, .applies = always, .style = style_bold, .gives_way = true},
    {.line = 0, .side = HEADER_LEFT, .from = 60, .put = put_pid},
    {.line = 0, .side = HEADER_LEFT, .from = FULL, .put = put_runtime, .applies = goes_on},
    {.line = 0, .side = HEADER_LEFT, .from = 80, .label = "up", .put = put_uptime, .applies = goes_on},
    {.line = 0, .side = HEADER_LEFT, .from = 60, .put = put_end, .applies = has_ended_live, .style = style_bold},
    {.line = 0, .side = HEADER_LEFT, .from = FULL, .put = put_end_note, .applies = has_ended_live, .style = style_dim},
    {.line = 0,
     .side = HEADER_RIGHT,
     .from = 60,
     .label = "replay",
     .put = put_place,
     .applies = is_replay,
     .style = style_bold},
    {.line = 0, .side = HEADER_RIGHT, .put = put_paused, .applies = is_paused, .style = style_paused},
    {.line = 0, .side = HEADER_RIGHT, .from = 60, .put = put_changes, .applies = shows_changes, .style = style_paused},
    {.line = 0, .side = HEADER_RIGHT, .to = 59, .put = put_growth, .style = style_growth},
    {.line = 0, .side = HEADER_RIGHT, .from = 60, .put = put_exactness, .style = style_exactness},
    {.line = 0, .side = HEADER_RIGHT, .to = 59, .put = put_exactness, .applies = is_inexact, .style = style_exactness},
    {.line = 0,
     .side = HEADER_RIGHT,
     .from = 80,
     .put = put_not_recorded,
     .applies = lacks_records,
     .style = style_not_recorded},
    {.line = 0, .side = HEADER_RIGHT, .from = FULL, .label = "depth", .put = put_depth, .applies = goes_on},
    {.line = 0, .side = HEADER_RIGHT, .from = 60, .to = FULL - 1, .put = put_interval, .applies = is_live},
    {.line = 0, .side = HEADER_RIGHT, .from = FULL, .label = "every", .put = put_interval, .applies = is_live},

    {.line = 1, .side = HEADER_LEFT, .from = 60, .label = "live", .put = put_live, .style = style_bold},
    {.line = 1, .side = HEADER_LEFT, .from = FULL, .put = put_trend},
    {.line = 1, .side = HEADER_LEFT, .from = 80, .to = FULL - 1, .put = put_trend, .applies = has_third_line},
    {.line = 1, .side = HEADER_LEFT, .from = 60, .label = "retained", .put = put_retained, .style = style_bold},
    {.line = 1,
     .side = HEADER_LEFT,
     .from = 80,
     .to = FULL - 1,
     .label = "growth",
     .put = put_growth,
     .style = style_growth},
    {.line = 1, .side = HEADER_LEFT, .from = WIDE, .label = "heap", .put = put_heap, .unit = "slots"},
    {.line = 1, .side = HEADER_LEFT, .from = FULL, .to = WIDE - 1, .label = "heap", .put = put_heap_share},
    {.line = 1,
     .side = HEADER_LEFT,
     .from = 80,
     .to = FULL - 1,
     .label = "heap",
     .put = put_heap_share,
     .applies = lacks_third_line},
    {.line = 1, .side = HEADER_LEFT, .from = 60, .to = 79, .put = put_growth, .style = style_growth},
    {.line = 1, .side = HEADER_LEFT, .from = 60, .label = "RSS", .put = put_rss},
    {.line = 1, .side = HEADER_LEFT, .from = FULL, .label = "tracker", .put = put_tracker},
    {.line = 1,
     .side = HEADER_LEFT,
     .from = 80,
     .to = FULL - 1,
     .label = "GC",
     .put = put_gc_short,
     .applies = lacks_third_line},

    {.line = 2, .side = HEADER_LEFT, .from = 80, .label = "alloc", .put = put_allocated},
    {.line = 2, .side = HEADER_LEFT, .from = 80, .label = "freed", .put = put_freed},
    {.line = 2, .side = HEADER_LEFT, .from = FULL, .label = "growth", .put = put_growth, .style = style_growth},
    {.line = 2, .side = HEADER_LEFT, .from = FULL, .label = "GC", .put = put_gc},
    {.line = 2, .side = HEADER_LEFT, .from = FULL, .label = "last major", .put = put_last_major},
    {.line = 2, .side = HEADER_LEFT, .from = 80, .to = FULL - 1, .label = "GC", .put = put_gc_short},
    {.line = 2, .side = HEADER_LEFT, .from = 80, .to = FULL - 1, .label = "heap", .put = put_heap_share},
    {.line = 2, .side = HEADER_LEFT, .from = 80, .to = FULL - 1, .label = "tracker", .put = put_tracker},
};

const size_t header_item_count = sizeof header_items / sizeof *header_items;

bool header_item_applies(const struct header_item *item, const struct header_facts *facts, unsigned columns)
{
	if (columns < item->from || (item->to && columns > item->to))
		return false;
	return item->applies ? item->applies(facts) : header_has_numbers(facts);
}
