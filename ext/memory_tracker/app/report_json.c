#include "app/report_json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/format.h"
#include "app/json.h"
#include "app/viewer_state.h"

#define NANOSECONDS 1e9

static void put_snapshot_string(struct json *json, const char *name, const struct snapshot_header *snapshot,
                                snapshot_string_ref reference)
{
	uint32_t length;
	const char *text = snapshot_string(snapshot, reference, &length);

	json_text(json, name, length ? text : NULL, length);
}

static void put_time(struct json *json, uint64_t wall_ns, int32_t utc_offset)
{
	char text[FORMAT_SIZE], time[FORMAT_SIZE * 2];
	unsigned minutes = (unsigned)(utc_offset < 0 ? -utc_offset : utc_offset) / 60;

	format_time(text, wall_ns, utc_offset);
	*strchr(text, ' ') = 'T';
	int length = snprintf(time, sizeof time, "%s%c%02u:%02u", text, utc_offset < 0 ? '-' : '+', minutes / 60 % 100,
	                      minutes % 60);
	json_text(json, "time", time, (size_t)length);
}

static void put_program(struct json *json, const struct viewer *viewer, const struct snapshot_header *snapshot)
{
	const char *command = viewer->command;

	json_open(json, "program", '{');
	if (command)
		json_text(json, "command", command, strlen(command));
	else
		put_snapshot_string(json, "command", snapshot, snapshot->command);
	json_count(json, "pid", snapshot->pid);
	put_snapshot_string(json, "runtime", snapshot, snapshot->runtime);
	json_number(json, "counted_for_seconds", (double)(snapshot->monotonic_ns - snapshot->started_ns) / NANOSECONDS);
	json_text(json, "ended", viewer->ended, viewer->ended ? strlen(viewer->ended) : 0);
	json_close(json, '}');
}

/* The numbers that classes, call paths and the sums over all classes have; `allocated_only`: nothing else is known. */
static void put_row(struct json *json, const struct history_row *row, bool unknown, bool bound, bool allocated_only)
{
	static const char *const certainties[] = {
	    [HISTORY_UNKNOWN] = NULL, [HISTORY_UNCONFIRMED] = "unconfirmed", [HISTORY_CONFIRMED] = "confirmed"};
	const char *certainty = allocated_only ? NULL : certainties[row->certainty];

	if (allocated_only)
		json_number(json, "live", NAN);
	else
		json_count(json, "live", counts_live(row->counts));
	if (unknown || allocated_only)
		json_number(json, "retained", NAN);
	else
		json_count(json, "retained", row->counts.retained);
	json_truth(json, "retained_is_upper_bound", !unknown && !allocated_only && bound && row->counts.retained);
	json_number(json, "growth_per_second", certainty ? row->growth : NAN);
	json_text(json, "growth_is", certainty, certainty ? strlen(certainty) : 0);
	json_truth(json, "growth_is_sustained", row->sustained);
	json_number(json, "allocated_per_second", row->allocated_rate < 0 ? NAN : row->allocated_rate);
	json_number(json, "freed_per_second", allocated_only || row->freed_rate < 0 ? NAN : row->freed_rate);
}

static void put_metrics(struct json *json, const struct metrics *metrics)
{
	const struct snapshot_header *snapshot = metrics->snapshot;

	json_open(json, "figures", '{');
	json_truth(json, "exact", snapshot->flags & SNAPSHOT_EXACT);
	json_truth(json, "light", snapshot->flags & SNAPSHOT_LIGHT);
	put_snapshot_string(json, "inexact_reason", snapshot, snapshot->reason);
	json_count(json, "objects_not_recorded", snapshot->dropped);
	json_count(json, "paths_not_recorded", snapshot->paths_dropped);
	json_count(json, "objects_of_classes_not_recorded", snapshot->classes_dropped);
	json_count(json, "memory_limit", snapshot->memory_limit);
	put_row(json, metrics->totals, !snapshot->majors_seen, snapshot->flags & SNAPSHOT_RETAINED_BOUND, false);
	json_count(json, "allocated", snapshot->counts.allocated);
	json_count(json, "freed", snapshot->counts.freed);
	json_count(json, "heap_live_slots", snapshot->heap_live_slots);
	json_count(json, "heap_total_slots", snapshot->heap_total_slots);
	if (snapshot->rss_bytes)
		json_count(json, "rss_bytes", snapshot->rss_bytes);
	else
		json_number(json, "rss_bytes", NAN);
	json_count(json, "tracker_bytes", snapshot->tracker_bytes);
	json_count(json, "gc_minor", snapshot->gc_minor);
	json_count(json, "gc_major", snapshot->gc_major);
	json_number(json, "gc_seconds", (double)snapshot->gc_time_ns / NANOSECONDS);
	json_close(json, '}');
}

static void put_table(struct json *json, const struct table_view *table)
{
	const struct line_edit *filter = &table->filter;

	json_open(json, "table", '{');
	json_text(json, "sorted_by", table->sort->key, strlen(table->sort->key));
	json_truth(json, "reversed", table->reversed);
	json_truth(json, "frozen", table->frozen);
	json_text(json, "filter", filter->length ? filter->text : NULL, filter->length);
	json_truth(json, "callers_first", table->tree.inverted);
	json_close(json, '}');
}

static void put_path(struct json *json, const struct column_line *line)
{
	const struct column_path *path = &line->path;

	json_text(json, "method", line->name, line->name_length);
	json_text(json, "path", path->file_length ? path->file : NULL, path->file_length);
	if (path->line)
		json_count(json, "line", path->line);
	else
		json_number(json, "line", NAN);
	json_number(json, "share", path->share < 0 ? NAN : path->share);
}

static void put_line(struct json *json, const struct snapshot_header *snapshot, const struct column_line *line)
{
	json_open(json, NULL, '{');
	put_snapshot_string(json, "class", snapshot, snapshot_classes(snapshot)[line->class_index].name);
	json_count(json, "depth", line->path.depth);
	if (line->path.depth)
		put_path(json, line);
	put_row(json, line->row, line->unknown, line->bound, line->allocated_only);
	json_truth(json, "estimated", line->mark == '*');
	json_truth(json, "births_are_estimated", line->light || line->mark == '*');
	json_close(json, '}');
}

bool report_json(struct buffer *out, const struct viewer *viewer)
{
	const struct metrics *metrics = viewer_shown(viewer);
	const struct tree_lines *tree = &viewer->table.tree;
	struct json json = {.out = out};

	json_open(&json, NULL, '{');
	json_count(&json, "format", 1);
	put_time(&json, metrics->snapshot->wall_ns, viewer->utc_offset);
	put_program(&json, viewer, metrics->snapshot);
	put_metrics(&json, metrics);
	put_table(&json, &viewer->table);
	json_open(&json, "lines", '[');
	for (size_t i = 0; i < tree->count; i++)
		put_line(&json, metrics->snapshot, &tree->lines[i]);
	json_close(&json, ']');
	json_close(&json, '}');
	buffer_puts(out, "\n");
	return !out->failed;
}
