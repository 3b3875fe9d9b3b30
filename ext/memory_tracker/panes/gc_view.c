#include "panes/gc_view.h"

#include <stdio.h>
#include <string.h>

#include "table/class_line.h"
#include "base/format.h"
#include "table/path_cell.h"

#define NAME_CELLS 40
#define PLACE_SIZE 4096
#define MILLISECOND UINT64_C(1000000)

/* --- the selected line --- */

static const struct call_path *find_path(const struct call_paths *paths, const struct snapshot_header *snapshot,
                                         uint64_t key)
{
	for (size_t i = 0; paths->snapshot == snapshot && i < paths->count; i++) {
		if (paths->paths[i].key == key)
			return &paths->paths[i];
	}
	return NULL;
}

struct gc_row gc_view_row(const struct path_watch *watch, const struct snapshot_header *snapshot, uint64_t key)
{
	const struct snapshot_class *classes = snapshot_classes(snapshot);
	const struct call_path *path = find_path(&watch->plain, snapshot, key);

	if (!path)
		path = find_path(&watch->inverted, snapshot, key);
	if (path)
		return (struct gc_row){true, path->counts};
	for (uint32_t i = 0; i < snapshot->class_count; i++) {
		if (classes[i].id == key)
			return (struct gc_row){true, classes[i].counts};
	}
	return (struct gc_row){0};
}

/* A class by its name; a call path by the name of the file too, because a method alone may be on several lines. */
static void name_line(const struct column_line *line, enum text_charset charset, char out[GC_REPORT_NAME])
{
	char place[PLACE_SIZE];
	size_t length = class_line_name(out, GC_REPORT_NAME, line, NAME_CELLS);

	if (!line->path.depth || GC_REPORT_NAME - length < 2 || line->path.pseudo)
		return;
	size_t whole = path_cell_place(place, sizeof place, &line->path), start = whole;
	while (start && place[start - 1] != '/')
		start--;
	out[length++] = ' ';
	text_fit(out + length, GC_REPORT_NAME - length, place + start, whole - start, NAME_CELLS / 2, charset);
}

void gc_view_ask(struct gc_report *report, const struct path_watch *watch, const struct snapshot_header *snapshot,
                 const struct column_line *line, enum text_charset charset)
{
	uint64_t key = line ? tree_lines_key(line) : 0;
	char name[GC_REPORT_NAME] = "";

	if (line)
		name_line(line, charset, name);
	gc_report_ask(report, snapshot, key, name,
	              snapshot && key ? gc_view_row(watch, snapshot, key) : (struct gc_row){0});
}

/* --- the sentence --- */

static void put_count(char *out, size_t *length, const char *label, uint64_t count)
{
	char digits[FORMAT_SIZE];

	format_count(digits, count);
	*length += (size_t)snprintf(out + *length, STATUS_LINE_SIZE - *length, "%s%s", label, digits);
}

/* Against the mark. What is retained now, `now`, may have changed since the GC, which left `stayed`. */
static void put_change(const struct gc_view *view, char *out, size_t *length, const struct since_mark_change *change,
                       uint64_t now, uint64_t stayed)
{
	int64_t since_mark = change->retained + (int64_t)(stayed - now);
	char digits[FORMAT_SIZE];

	if (!view->since->mark || !change->retained_known)
		return;
	bool bound = view->since->mark->flags & SNAPSHOT_RETAINED_BOUND;
	format_change(digits, since_mark);
	*length += (size_t)snprintf(out + *length, STATUS_LINE_SIZE - *length, ", %s%s since the mark",
	                            bound && since_mark ? "~" : "", digits);
}

static void describe_row(const struct gc_view *view, char *out, size_t *length)
{
	const struct tree_lines *tree = view->tree;
	const struct gc_report *gc = view->report;

	*length += (size_t)snprintf(out + *length, STATUS_LINE_SIZE - *length, STATUS_LINE_GAP "%s: ", gc->name);
	put_count(out, length, "freed ", gc->row.freed);
	put_count(out, length, ", stayed ", gc->row.stayed);
	for (size_t i = 0; view->latest && i < tree->count; i++) {
		if (tree_lines_key(&tree->lines[i]) == gc->key) {
			put_change(view, out, length, &tree->lines[i].change, tree->lines[i].row->counts.retained,
			           gc->row.stayed);
			return;
		}
	}
}

void gc_view_describe(const struct gc_view *view, char out[STATUS_LINE_SIZE])
{
	const struct gc_report *gc = view->report;
	size_t length = 0;

	out[0] = '\0';
	if (gc->stage == GC_RUNNING)
		snprintf(out, STATUS_LINE_SIZE, "GC: asked for");
	if (gc->stage != GC_OVER && gc->stage != GC_KNOWN)
		return;
	put_count(out, &length, "GC ", (gc->nanoseconds + MILLISECOND - 1) / MILLISECOND);
	length += (size_t)snprintf(out + length, STATUS_LINE_SIZE - length, " ms");
	if (gc->stage == GC_OVER)
		return;
	put_count(out, &length, ": freed ", gc->all.freed);
	put_count(out, &length, " of ", gc->all.freed + gc->all.stayed);
	put_count(out, &length, ", stayed ", gc->all.stayed);
	if (gc->has_row) {
		describe_row(view, out, &length);
	} else if (view->latest) {
		const struct since_mark_change all = since_mark_totals(view->since, view->latest);
		put_change(view, out, &length, &all, view->latest->counts.retained, gc->all.stayed);
	}
}
