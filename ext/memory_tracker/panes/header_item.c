#include "panes/header_item.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/format.h"
#include "screen/grid.h"
#include "panes/header_numbers.h"

#define FULL HEADER_FULL
#define WIDE 120

#define RUNTIME_CELLS 24
#define COMMAND_CELLS 48
#define TEXT_SIZE 512

bool header_has_numbers(const struct header_metadata *metadata)
{
	return metadata->metrics->snapshot != NULL;
}

static bool always(const struct header_metadata *metadata)
{
	return true;
}

static bool is_replay(const struct header_metadata *metadata)
{
	return metadata->place != NULL;
}

static bool has_ended(const struct header_metadata *metadata)
{
	return metadata->ended ||
	       (header_has_numbers(metadata) && (metadata->metrics->snapshot->flags & SNAPSHOT_ENDED));
}

static bool has_ended_live(const struct header_metadata *metadata)
{
	return has_ended(metadata) && !is_replay(metadata);
}

static bool goes_on(const struct header_metadata *metadata)
{
	return header_has_numbers(metadata) && !has_ended(metadata);
}

static bool is_live(const struct header_metadata *metadata)
{
	return goes_on(metadata) && !is_replay(metadata);
}

bool header_is_exact(const struct header_metadata *metadata)
{
	return metadata->metrics->snapshot->flags & SNAPSHOT_EXACT;
}

bool header_is_light(const struct header_metadata *metadata)
{
	return metadata->metrics->snapshot->flags & SNAPSHOT_LIGHT;
}

const char *header_exactness(const struct header_metadata *metadata)
{
	return header_is_exact(metadata) ? "exact" : header_is_light(metadata) ? "light" : "inexact";
}

static bool is_inexact(const struct header_metadata *metadata)
{
	return header_has_numbers(metadata) && !header_is_exact(metadata);
}

static bool is_paused(const struct header_metadata *metadata)
{
	return metadata->paused;
}

static void put_name(struct buffer *out, const struct header_metadata *metadata)
{
	buffer_puts(out, "memory-tracker");
}

static void put_command(struct buffer *out, const struct header_metadata *metadata)
{
	const struct snapshot_header *snapshot = metadata->metrics->snapshot;
	char text[TEXT_SIZE];
	uint32_t length = 0;
	const char *command = metadata->command;

	if (command)
		length = (uint32_t)strlen(command);
	else if (snapshot)
		command = snapshot_string(snapshot, snapshot->command, &length);
	if (length)
		buffer_add(out, text, text_fit(text, sizeof text, command, length, COMMAND_CELLS, metadata->charset));
}

static void put_pid(struct buffer *out, const struct header_metadata *metadata)
{
	char text[FORMAT_SIZE];

	snprintf(text, sizeof text, "%" PRIu32, metadata->metrics->snapshot->pid);
	buffer_puts(out, text);
}

static void put_runtime(struct buffer *out, const struct header_metadata *metadata)
{
	const struct snapshot_header *snapshot = metadata->metrics->snapshot;
	char text[TEXT_SIZE];
	uint32_t length;
	const char *runtime = snapshot_string(snapshot, snapshot->runtime, &length);

	buffer_add(out, text, text_fit(text, sizeof text, runtime, length, RUNTIME_CELLS, metadata->charset));
}

static void put_uptime(struct buffer *out, const struct header_metadata *metadata)
{
	const struct snapshot_header *snapshot = metadata->metrics->snapshot;
	char text[FORMAT_SIZE];

	buffer_add(out, text, format_duration(text, snapshot_up_ns(snapshot)));
}

static void put_end(struct buffer *out, const struct header_metadata *metadata)
{
	char text[TEXT_SIZE];
	const char *how = metadata->ended ? metadata->ended : "ended";

	buffer_add(out, text, text_fit(text, sizeof text, how, strlen(how), COMMAND_CELLS, metadata->charset));
}

static void put_end_note(struct buffer *out, const struct header_metadata *metadata)
{
	buffer_puts(out, "(numbers as they were at the end)");
}

static void put_place(struct buffer *out, const struct header_metadata *metadata)
{
	char text[TEXT_SIZE];

	buffer_add(
	    out, text,
	    text_fit(text, sizeof text, metadata->place, strlen(metadata->place), COMMAND_CELLS, metadata->charset));
}

static void put_paused(struct buffer *out, const struct header_metadata *metadata)
{
	buffer_puts(out, "paused");
}

static bool shows_changes(const struct header_metadata *metadata)
{
	return metadata->changes_since != NULL;
}

static void put_changes(struct buffer *out, const struct header_metadata *metadata)
{
	buffer_puts(out, "changes since ");
	buffer_puts(out, metadata->changes_since);
}

/* Where there is no third line the second has what matters most of it. */
static bool lacks_third_line(const struct header_metadata *metadata)
{
	return header_has_numbers(metadata) && metadata->lines < 3;
}

static bool has_third_line(const struct header_metadata *metadata)
{
	return header_has_numbers(metadata) && metadata->lines >= 3;
}

static void put_exactness(struct buffer *out, const struct header_metadata *metadata)
{
	buffer_puts(out, header_exactness(metadata));
}

/* What was met when a table was full, or there was no memory. */
static uint64_t not_recorded(const struct header_metadata *metadata)
{
	const struct snapshot_header *snapshot = metadata->metrics->snapshot;

	if (snapshot->dropped)
		return snapshot->dropped;
	return snapshot->classes_dropped ? snapshot->classes_dropped : snapshot->paths_dropped;
}

static bool lacks_records(const struct header_metadata *metadata)
{
	return header_has_numbers(metadata) && not_recorded(metadata);
}

static void put_not_recorded(struct buffer *out, const struct header_metadata *metadata)
{
	const struct snapshot_header *snapshot = metadata->metrics->snapshot;
	char text[FORMAT_SIZE];

	buffer_add(out, text, format_count(text, not_recorded(metadata)));
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

static uint16_t style_not_recorded(const struct header_metadata *metadata)
{
	return GRID_UNCONFIRMED;
}

static void put_depth(struct buffer *out, const struct header_metadata *metadata)
{
	const struct snapshot_header *snapshot = metadata->metrics->snapshot;
	char text[FORMAT_SIZE];

	snprintf(text, sizeof text, "%" PRIu32, snapshot->depth);
	buffer_puts(out, text);
	if (snapshot->class_filter_count) {
		snprintf(text, sizeof text, " for %" PRIu32, snapshot->class_filter_count);
		buffer_puts(out, text);
		buffer_puts(out, snapshot->class_filter_count == 1 ? " class" : " classes");
	}
	if (snapshot->flags & SNAPSHOT_PATHS_ESTIMATED) {
		snprintf(text, sizeof text, ", 1 in %" PRIu32 "*", snapshot->path_interval);
		buffer_puts(out, text);
	}
}

/* One decimal, more only where it needs them; put together from whole numbers, so that no locale has a say. */
static void put_interval(struct buffer *out, const struct header_metadata *metadata)
{
	uint64_t milliseconds = (uint64_t)(metadata->interval * 1000 + 0.5);
	char text[FORMAT_SIZE];

	snprintf(text, sizeof text, milliseconds % 100 ? "%" PRIu64 ".%03" PRIu64 : "%" PRIu64 ".%01" PRIu64,
	         milliseconds / 1000, milliseconds % 100 ? milliseconds % 1000 : milliseconds % 1000 / 100);
	buffer_puts(out, text);
	buffer_puts(out, " s");
}

static uint16_t style_bold(const struct header_metadata *metadata)
{
	return GRID_BOLD;
}

static uint16_t style_dim(const struct header_metadata *metadata)
{
	return GRID_DIM;
}

static uint16_t style_paused(const struct header_metadata *metadata)
{
	return GRID_REVERSE;
}

static uint16_t style_exactness(const struct header_metadata *metadata)
{
	return header_is_exact(metadata) || header_is_light(metadata) ? GRID_PLAIN : GRID_UNCONFIRMED | GRID_BOLD;
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
    {.line = 0, .side = HEADER_RIGHT, .to = 59, .put = header_put_growth, .style = header_style_growth},
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

    {.line = 1, .side = HEADER_LEFT, .from = 60, .label = "live", .put = header_put_live, .style = style_bold},
    {.line = 1, .side = HEADER_LEFT, .from = FULL, .put = header_put_trend},
    {.line = 1, .side = HEADER_LEFT, .from = 80, .to = FULL - 1, .put = header_put_trend, .applies = has_third_line},
    {.line = 1, .side = HEADER_LEFT, .from = 60, .label = "retained", .put = header_put_retained, .style = style_bold},
    {.line = 1,
     .side = HEADER_LEFT,
     .from = 80,
     .to = FULL - 1,
     .label = "growth",
     .put = header_put_growth,
     .style = header_style_growth},
    {.line = 1, .side = HEADER_LEFT, .from = WIDE, .label = "heap", .put = header_put_heap, .unit = "slots"},
    {.line = 1, .side = HEADER_LEFT, .from = FULL, .to = WIDE - 1, .label = "heap", .put = header_put_heap_share},
    {.line = 1,
     .side = HEADER_LEFT,
     .from = 80,
     .to = FULL - 1,
     .label = "heap",
     .put = header_put_heap_share,
     .applies = lacks_third_line},
    {.line = 1, .side = HEADER_LEFT, .from = 60, .to = 79, .put = header_put_growth, .style = header_style_growth},
    {.line = 1, .side = HEADER_LEFT, .from = 60, .label = "RSS", .put = header_put_rss},
    {.line = 1, .side = HEADER_LEFT, .from = FULL, .label = "tracker", .put = header_put_tracker},
    {.line = 1,
     .side = HEADER_LEFT,
     .from = 80,
     .to = FULL - 1,
     .label = "GC",
     .put = header_put_gc_short,
     .applies = lacks_third_line},

    {.line = 2, .side = HEADER_LEFT, .from = 80, .label = "alloc", .put = header_put_allocated},
    {.line = 2, .side = HEADER_LEFT, .from = 80, .label = "freed", .put = header_put_freed},
    {.line = 2,
     .side = HEADER_LEFT,
     .from = FULL,
     .label = "growth",
     .put = header_put_growth,
     .style = header_style_growth},
    {.line = 2, .side = HEADER_LEFT, .from = FULL, .label = "GC", .put = header_put_gc},
    {.line = 2, .side = HEADER_LEFT, .from = FULL, .label = "last major", .put = header_put_last_major},
    {.line = 2, .side = HEADER_LEFT, .from = 80, .to = FULL - 1, .label = "GC", .put = header_put_gc_short},
    {.line = 2, .side = HEADER_LEFT, .from = 80, .to = FULL - 1, .label = "heap", .put = header_put_heap_share},
    {.line = 2, .side = HEADER_LEFT, .from = 80, .to = FULL - 1, .label = "tracker", .put = header_put_tracker},
};

const size_t header_item_count = sizeof header_items / sizeof *header_items;

bool header_item_applies(const struct header_item *item, const struct header_metadata *metadata, unsigned columns)
{
	if (columns < item->from || (item->to && columns > item->to))
		return false;
	return item->applies ? item->applies(metadata) : header_has_numbers(metadata);
}
