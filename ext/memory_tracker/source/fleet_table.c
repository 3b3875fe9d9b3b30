#include "source/fleet_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/snapshot_sum.h"
#include "base/format.h"

/* --- the list --- */

static bool is_of_this_table(const struct fleet_process *process, bool last)
{
	/* What became of one that was lost is known a moment later. */
	return process->state != FLEET_LOST || last;
}

/* What there is to say of a process besides its numbers. */
static void write_note(char note[FLEET_NOTE_SIZE], const struct fleet_process *process, int32_t utc_offset)
{
	const struct snapshot_header *snapshot = fleet_snapshot(process);
	bool over = process->state == FLEET_ENDED || process->state == FLEET_LOST;
	const char *what = process->how;
	char when[FORMAT_SIZE];

	if (over && !process->how[0])
		what = "ended by a signal, exit! or exec";
	else if (process->silent || process->state == FLEET_CONNECTING)
		what = process->silent || !snapshot ? "does not answer" : "";
	note[0] = 0;
	if (!what[0])
		return;
	/* Numbers of now need no date. */
	if (!snapshot || process->final) {
		snprintf(note, FLEET_NOTE_SIZE, "%s%s", what, snapshot ? "" : "; it gave no numbers");
		return;
	}
	format_clock(when, snapshot->wall_ns, utc_offset);
	snprintf(note, FLEET_NOTE_SIZE, "%s; its numbers are of %s", what, when);
}

/* The process that was started comes first, the others as they are numbered. */
static int compare_processes(const void *left, const void *right)
{
	const struct fleet_process *a = *(const struct fleet_process *const *)left;
	const struct fleet_process *b = *(const struct fleet_process *const *)right;

	if (a->own != b->own)
		return a->own ? -1 : 1;
	return a->pid < b->pid ? -1 : a->pid > b->pid;
}

static size_t select_processes(struct fleet_table *table, const struct fleet *fleet, bool last)
{
	size_t count = 0;

	for (size_t i = 0; i < fleet->count; i++) {
		if (is_of_this_table(fleet->all[i], last))
			table->sources[count++] = fleet->all[i];
	}
	qsort(table->sources, count, sizeof *table->sources, compare_processes);
	return count;
}

/* The process that was started may have ended before its title could be read. */
static const char *title_of(const struct fleet_table *table, const struct fleet_process *process)
{
	return !process->title[0] && process->own && table->options.command ? table->options.command : process->title;
}

static void list_processes(struct fleet_table *table, const struct fleet *fleet, bool last)
{
	table->list = (struct batch_list){
	    .processes = table->processes, .ended = fleet->unlisted, .beyond = last ? 0 : fleet->beyond};
	table->list.count = select_processes(table, fleet, last);
	for (size_t i = 0; i < table->list.count; i++) {
		const struct fleet_process *process = table->sources[i];

		write_note(table->notes[i], process, table->options.utc_offset);
		table->processes[i] = (struct batch_process){.pid = (uint32_t)process->pid,
		                                             .title = title_of(table, process),
		                                             .snapshot = fleet_snapshot(process),
		                                             .note = table->notes[i]};
	}
}

/* Whether there is more to say than the table of one process does. */
static bool is_listed(const struct fleet_table *table)
{
	const struct fleet_process *first = table->list.count ? table->sources[0] : NULL;

	if (table->list.count != 1 || table->list.ended || table->list.beyond)
		return true;
	return table->notes[0][0] && !first->final;
}

/* --- the sum --- */

static bool is_summed(const struct fleet_process *process, bool last)
{
	return fleet_snapshot(process) && (last || process->state != FLEET_ENDED);
}

static double sum_of_rates(double rate, double other)
{
	return other < 0 ? rate : rate < 0 ? other : rate + other;
}

static void add_row(struct history_row *sum, const struct history_row *row)
{
	counts_add(&sum->counts, row->counts);
	sum->allocated_rate = sum_of_rates(sum->allocated_rate, row->allocated_rate);
	sum->freed_rate = sum_of_rates(sum->freed_rate, row->freed_rate);
	if (row->certainty == HISTORY_UNKNOWN)
		return;
	sum->growth += row->growth;
	/* A part that is a guess makes the whole a guess. */
	if (sum->certainty == HISTORY_UNKNOWN || row->certainty < sum->certainty)
		sum->certainty = row->certainty;
	sum->sustained = sum->sustained || row->sustained;
}

static const struct history_row none = {.allocated_rate = -1, .freed_rate = -1};

static void sum_rows(struct fleet_table *table, const struct fleet_process *const *parts, size_t count,
                     const uint32_t *places)
{
	const struct snapshot_class *classes = snapshot_classes(table->sum);
	struct history_row *totals = &table->rows[table->sum->class_count];

	for (uint32_t i = 0; i <= table->sum->class_count; i++)
		table->rows[i] = none;
	for (uint32_t i = 0; i < table->sum->class_count; i++)
		table->rows[i].id = classes[i].id;
	for (size_t part = 0; part < count; part++) {
		const struct history_row *rows = history_rows(parts[part]->history);
		uint32_t class_count = fleet_snapshot(parts[part])->class_count;

		for (uint32_t i = 0; i < class_count; i++)
			add_row(&table->rows[places[i]], &rows[i]);
		add_row(totals, history_totals(parts[part]->history));
		places += class_count;
	}
	table->metrics = (struct metrics){.snapshot = table->sum, .rows = table->rows, .totals = totals};
}

static void watch_paths(struct fleet_table *table)
{
	static const struct key_set no_keys;

	table->paths = NULL;
	table->watches = table->watches || path_watch_init(&table->watch);
	if (table->watches && path_watch_feed(&table->watch, table->sum, &no_keys, NULL))
		table->paths = &table->watch;
}

static bool fill_sum(struct fleet_table *table, const struct fleet_process *const *parts, size_t count)
{
	const struct snapshot_header *snapshots[FLEET_MAX];
	char command[256];
	size_t classes = 0;

	for (size_t i = 0; i < count; i++) {
		snapshots[i] = fleet_snapshot(parts[i]);
		classes += snapshots[i]->class_count;
	}
	snprintf(command, sizeof command, "%zu processes of %s", count,
	         table->options.command ? table->options.command : "a program");
	uint32_t *places = malloc((classes + 1) * sizeof *places);
	struct snapshot_header *sum =
	    places ? snapshot_sum(snapshots, count, command, ++table->sequence, places) : NULL;
	struct history_row *rows = sum ? malloc(((size_t)sum->class_count + 1) * sizeof *rows) : NULL;
	if (rows) {
		free(table->sum);
		free(table->rows);
		table->sum = sum;
		table->rows = rows;
		sum_times_enter(&table->times, sum, snapshots, count);
		sum_rows(table, parts, count, places);
		watch_paths(table);
	} else {
		free(sum);
	}
	free(places);
	return rows != NULL;
}

static void fill_single(struct fleet_table *table, const struct fleet_process *process)
{
	table->times = (struct sum_times){0};
	table->metrics = metrics_of(process->history);
	table->paths = &process->paths;
}

bool fleet_table_fill(struct fleet_table *table, const struct fleet *fleet, bool last)
{
	const struct fleet_process *parts[FLEET_MAX];
	size_t count = 0;

	list_processes(table, fleet, last);
	for (size_t i = 0; i < table->list.count; i++) {
		const struct snapshot_header *snapshot = fleet_snapshot(table->sources[i]);

		if (!is_summed(table->sources[i], last))
			continue;
		parts[count++] = table->sources[i];
		table->list.retained_known += snapshot->majors_seen > 0;
	}
	table->list.summed = count;
	if (count == 1)
		fill_single(table, parts[0]);
	return count == 1 || (count > 1 && fill_sum(table, parts, count));
}

const struct snapshot_header *fleet_table_snapshot(const struct fleet_table *table)
{
	return table->metrics.snapshot;
}

/* --- printing --- */

static bool print_process(const struct fleet_table *table, size_t index, struct buffer *out)
{
	const struct fleet_process *process = table->sources[index];
	struct batch_options options = table->options;
	struct metrics metrics = metrics_of(process->history);

	options.command = title_of(table, process);
	options.paths = &process->paths;
	return batch_print(out, &metrics, &options);
}

bool fleet_table_print(const struct fleet_table *table, struct buffer *out)
{
	struct batch_options options = table->options;
	size_t before = out->length;
	bool whole;

	options.paths = table->paths;
	options.list = is_listed(table) ? &table->list : NULL;
	whole = batch_print(out, &table->metrics, &options);
	for (size_t i = 0; i < table->list.count && options.list && table->per_process && whole; i++)
		whole = !fleet_snapshot(table->sources[i]) || print_process(table, i, out);
	if (!whole)
		out->length = before;
	return whole;
}

void fleet_table_deinit(struct fleet_table *table)
{
	free(table->sum);
	free(table->rows);
	if (table->watches)
		path_watch_deinit(&table->watch);
}
