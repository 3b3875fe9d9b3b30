#include "source/batch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table/class_line.h"
#include "base/format.h"
#include "table/tree_lines.h"

/* The longest reason for inexact numbers that is shown whole. */
#define REASON_CELLS 200

/* Likewise for the command. */
#define COMMAND_CELLS 40

/* Appends a label and a number without commas. */
static void put_number(struct buffer *out, const char *label, uint64_t value)
{
	char digits[FORMAT_SIZE];

	snprintf(digits, sizeof digits, "%" PRIu64, value);
	buffer_puts(out, label);
	buffer_puts(out, digits);
}

static void put_exact(struct buffer *out, const char *label, uint64_t value)
{
	char digits[FORMAT_SIZE];

	buffer_puts(out, label);
	buffer_add(out, digits, format_exact(digits, value));
}

static void put_rate(struct buffer *out, const char *label, double per_second)
{
	char digits[FORMAT_SIZE];

	buffer_puts(out, label);
	if (per_second < 0)
		buffer_puts(out, "-");
	else
		buffer_add(out, digits, format_rate(digits, per_second));
}

static void put_program(struct buffer *out, const struct snapshot_header *snapshot, const struct batch_options *options)
{
	char text[FORMAT_SIZE];
	char command[COMMAND_CELLS * 4 + 1];

	buffer_add(out, text, format_time(text, snapshot->wall_ns, options->utc_offset));
	if (options->list && options->list->summed > 1) {
		put_number(out, "  ", options->list->summed);
		buffer_puts(out, " processes");
	} else {
		put_number(out, "  pid ", snapshot->pid);
	}
	if (options->command) {
		buffer_puts(out, "  ");
		buffer_add(out, command,
		           text_fit(command, sizeof command, options->command, strlen(options->command), COMMAND_CELLS,
		                    options->charset));
	}
	if (!(snapshot->flags & SNAPSHOT_ENDED))
		return;
	buffer_puts(out, "  ended after ");
	buffer_add(out, text, format_duration(text, snapshot_up_ns(snapshot)));
}

static void put_heap(struct buffer *out, const struct snapshot_header *snapshot)
{
	char text[FORMAT_SIZE];

	buffer_puts(out, "  heap ");
	buffer_add(out, text, format_thousands(text, snapshot->heap_live_slots));
	buffer_puts(out, "/");
	buffer_add(out, text, format_thousands(text, snapshot->heap_total_slots));
	buffer_puts(out, "  rss ");
	if (snapshot->rss_bytes)
		buffer_add(out, text, format_bytes(text, snapshot->rss_bytes));
	else
		buffer_puts(out, "-");
}

static void put_not_recorded(struct buffer *out, const struct snapshot_header *snapshot)
{
	char text[FORMAT_SIZE];

	if (snapshot->dropped)
		put_number(out, "  objects not recorded ", snapshot->dropped);
	if (snapshot->classes_dropped)
		put_number(out, "  objects of classes not recorded ", snapshot->classes_dropped);
	if (snapshot->paths_dropped)
		put_number(out, "  paths not recorded ", snapshot->paths_dropped);
	if (snapshot->flags & SNAPSHOT_LIMIT_REACHED &&
	    (snapshot->dropped || snapshot->classes_dropped || snapshot->paths_dropped)) {
		buffer_puts(out, "  memory limit ");
		buffer_add(out, text, format_bytes(text, snapshot->memory_limit));
		buffer_puts(out, " reached");
	}
}

static bool retained_is_bound(const struct snapshot_header *snapshot)
{
	return snapshot->flags & SNAPSHOT_RETAINED_BOUND;
}

/* A sum of what is retained may lack that of some processes. */
static void put_lack(struct buffer *out, const struct batch_list *list)
{
	if (!list || list->summed < 2 || list->retained_known == list->summed)
		return;
	put_number(out, " (of ", list->retained_known);
	put_number(out, " of ", list->summed);
	buffer_puts(out, ")");
}

static void put_header(struct buffer *out, const struct metrics *metrics, const struct batch_options *options)
{
	const struct snapshot_header *snapshot = metrics->snapshot;
	const struct history_row *totals = metrics->totals;
	bool bound = retained_is_bound(snapshot) && totals->counts.retained;

	put_program(out, snapshot, options);
	put_exact(out, "  live ", counts_live(totals->counts));
	buffer_puts(out, "  retained ");
	if (snapshot->majors_seen)
		put_exact(out, bound ? column_bound_sign(options->charset) : "", totals->counts.retained);
	else
		buffer_puts(out, "-");
	if (snapshot->majors_seen)
		put_lack(out, options->list);
	put_heap(out, snapshot);
	put_number(out, "  gc ", snapshot->gc_minor);
	put_number(out, "+", snapshot->gc_major);
	put_rate(out, "  alloc/s ", totals->allocated_rate);
	put_rate(out, "  freed/s ", totals->freed_rate);
	batch_list_put_exactness(out, snapshot, options->charset);
	put_not_recorded(out, snapshot);
	if (snapshot->flags & SNAPSHOT_PATHS_ESTIMATED) {
		put_number(out, "  paths of 1 in ", snapshot->path_interval);
		buffer_puts(out, "*");
	}
	buffer_puts(out, "\n");
}

/* Between columns there is one space, before the last one two. */
static void put_titles(struct buffer *out)
{
	for (size_t i = 0; i < column_count; i++) {
		const struct column *column = &column_table[i];
		size_t length = strlen(column->title);

		buffer_spaces(out, column->width > length ? column->width - length : 0);
		buffer_puts(out, column->title);
		buffer_puts(out, i + 2 == column_count ? "  " : i + 1 < column_count ? " " : "\n");
	}
}

static void put_line(struct buffer *out, struct buffer *cell, const struct column_line *line)
{
	for (size_t i = 0; i < column_count; i++) {
		buffer_clear(cell);
		column_table[i].print(cell, line);
		size_t width = text_width(cell->text, cell->length, TEXT_UTF8);

		buffer_spaces(out, column_table[i].width > width ? column_table[i].width - width : 0);
		buffer_add(out, cell->text, cell->length);
		buffer_puts(out, i + 2 == column_count ? "  " : i + 1 < column_count ? " " : "\n");
		out->failed |= cell->failed;
	}
}

/* The lines of all classes that are listed, unsorted. Returns how many; `lines` has room for every class. */
static size_t collect(struct column_line *lines, const struct metrics *metrics, const struct batch_options *options)
{
	const struct snapshot_header *snapshot = metrics->snapshot;
	const struct snapshot_class *classes = snapshot_classes(snapshot);
	const struct history_row *rows = metrics->rows;
	size_t count = 0;

	for (uint32_t i = 0; i < snapshot->class_count; i++) {
		if ((classes[i].flags & SNAPSHOT_CLASS_INTERNAL) && !options->internal)
			continue;
		lines[count++] = class_line(snapshot, rows, i, options->charset);
	}
	return count;
}

/* A line of a call path, and the counts of one that is not watched. */
struct path_line {
	struct column_line line;
	struct history_row spare;
};

/* The lines directly below a class. NULL without memory or where there are none; the caller frees them. */
static struct path_line *collect_paths(const struct path_watch *watch, const struct column_line *class, size_t *count)
{
	const struct call_paths *paths = &watch->plain;
	const struct metrics watched = metrics_of(watch->history);
	uint32_t first = call_paths_below(paths, class->class_index, CALL_PATHS_NONE);
	size_t room = 0;

	for (uint32_t index = first; index != CALL_PATHS_NONE; index = paths->paths[index].next)
		room++;
	struct path_line *lines = room ? malloc(room * sizeof *lines) : NULL;
	*count = 0;
	for (uint32_t index = first; lines && index != CALL_PATHS_NONE; index = paths->paths[index].next) {
		struct path_line *line = &lines[*count];
		if (!paths->paths[index].counts.allocated)
			continue;
		line->line = tree_lines_path(paths, index, &watched, class, &line->spare);
		++*count;
	}
	return lines;
}

/* Whether any of the lines is a place in the program. */
static bool tells_a_place(const struct path_line *lines, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!lines[i].line.path.pseudo)
			return true;
	}
	return false;
}

/* The first few lines below a class, in the order of the table. */
static void put_paths(struct buffer *out, struct buffer *cell, const struct path_watch *watch,
                      const struct column_line *class, const struct column *sort)
{
	size_t count;
	struct path_line *lines = collect_paths(watch, class, &count);
	/* That all were there before the start, as without call paths, is not worth a line. */
	struct column_line *sorted = lines && tells_a_place(lines, count) ? malloc((count + 1) * sizeof *sorted) : NULL;

	/* Apart from the counts, which some lines point to. */
	for (size_t i = 0; sorted && i < count; i++)
		sorted[i] = lines[i].line;
	if (sorted)
		qsort(sorted, count, sizeof *sorted, sort->compare);
	for (size_t i = 0; sorted && i < count && i < BATCH_PATHS; i++)
		put_line(out, cell, &sorted[i]);
	free(sorted);
	free(lines);
}

/* At the end: the classes that call paths were asked for and that never came. */
static void put_unmatched(struct buffer *out, const struct snapshot_header *snapshot, enum text_charset charset)
{
	char names[REASON_CELLS * 4 + 1];
	uint32_t length;
	const char *unmatched = snapshot_string(snapshot, snapshot->unmatched, &length);

	if (!length || !(snapshot->flags & SNAPSHOT_ENDED))
		return;
	buffer_puts(out, "no object was seen of: ");
	buffer_add(out, names, text_fit(names, sizeof names, unmatched, length, REASON_CELLS, charset));
	buffer_puts(out, "\n");
}

bool batch_print(struct buffer *out, const struct metrics *metrics, const struct batch_options *options)
{
	const struct snapshot_header *snapshot = metrics->snapshot;
	const struct column *sort = options->sort ? options->sort : column_find("growth");
	struct buffer cell = {0};
	const struct buffer before = *out;

	if (!snapshot)
		return true;
	struct column_line *lines = calloc((size_t)snapshot->class_count + 1, sizeof *lines);
	if (!lines)
		return false;
	size_t count = collect(lines, metrics, options);
	qsort(lines, count, sizeof *lines, sort->compare);
	put_header(out, metrics, options);
	if (options->list)
		batch_list_put(out, options->list, options->charset);
	put_titles(out);
	/* What is not of this snapshot has no place in this table. */
	bool paths = options->paths && options->paths->plain.snapshot == snapshot;
	for (size_t i = 0; i < count && (!options->limit || i < options->limit); i++) {
		put_line(out, &cell, &lines[i]);
		if (paths)
			put_paths(out, &cell, options->paths, &lines[i], sort);
	}
	put_unmatched(out, snapshot, options->charset);
	buffer_puts(out, "\n");
	free(lines);
	buffer_deinit(&cell);
	if (!out->failed)
		return true;
	out->length = before.length;
	out->failed = before.failed;
	return false;
}
