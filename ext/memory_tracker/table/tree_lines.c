#include "table/tree_lines.h"

#include <stdlib.h>
#include <string.h>

#include "table/class_line.h"
#include "table/line_search.h"
#include "table/path_cell.h"

#define PLACE_SIZE 1024

/* So many are unfolded at once at most; a screen of more lines helps nobody. */
#define UNFOLD_MOST 20000

void tree_lines_deinit(struct tree_lines *tree)
{
	key_set_deinit(&tree->unfolded);
	call_paths_deinit(&tree->own);
	free(tree->lines);
	free(tree->waiting);
	free(tree->rows);
	*tree = (struct tree_lines){0};
}

uint64_t tree_lines_key(const struct column_line *line)
{
	return line->row->id;
}

/* How many call paths can be lines: those directly below something that is unfolded. */
static size_t count_below_unfolded(const struct tree_lines *tree, const struct snapshot_class *classes)
{
	const struct call_paths *paths = tree->paths;
	size_t count = 0;

	for (size_t i = 0; tree->unfolded.count && i < paths->count; i++) {
		const struct call_path *path = &paths->paths[i];
		uint64_t above =
		    path->parent == CALL_PATHS_NONE ? classes[path->class_index].id : paths->paths[path->parent].key;
		count += key_set_has(&tree->unfolded, above);
	}
	return count;
}

static bool reserve(struct tree_lines *tree, size_t classes, size_t paths)
{
	size_t count = classes + paths + 1;

	if (count > tree->capacity) {
		free(tree->lines);
		free(tree->waiting);
		tree->lines = malloc(count * sizeof *tree->lines);
		tree->waiting = malloc(count * sizeof *tree->waiting);
		tree->capacity = tree->lines && tree->waiting ? count : 0;
	}
	if (paths + 1 > tree->row_capacity) {
		free(tree->rows);
		tree->rows = malloc((paths + 1) * sizeof *tree->rows);
		tree->row_capacity = tree->rows ? paths + 1 : 0;
	}
	return tree->capacity && tree->row_capacity;
}

/* --- filter --- */

static bool frame_matches(const struct snapshot_header *snapshot, uint32_t index, const struct line_edit *filter)
{
	const struct snapshot_frame *frame = &snapshot_frames(snapshot)[index];
	struct column_path path = {.line = frame->line};
	char place[PLACE_SIZE];
	uint32_t length;
	const char *label = snapshot_string(snapshot, frame->label, &length);

	if (line_edit_find(filter, label, length) != LINE_EDIT_NONE)
		return true;
	path.file = snapshot_string(snapshot, frame->path, &path.file_length);
	return line_edit_find(filter, place, path_cell_place(place, sizeof place, &path)) != LINE_EDIT_NONE;
}

/* Marks in `matches` the classes that have a call path with a frame that the filter finds. False without memory. */
static bool match_frames(const struct snapshot_header *snapshot, const struct line_edit *filter, bool *matches)
{
	bool *frames = calloc((size_t)snapshot->frame_count + 1, sizeof *frames);
	const struct snapshot_node *nodes = snapshot_nodes(snapshot);

	if (!frames)
		return false;
	for (uint32_t i = 0; i < snapshot->frame_count; i++)
		frames[i] = frame_matches(snapshot, i, filter);
	for (uint32_t i = 0; i < snapshot->node_count; i++)
		matches[nodes[i].class_index] |= frames[nodes[i].frame] && nodes[i].counts.allocated;
	free(frames);
	return true;
}

/* --- lines --- */

static struct column_line line_of_class(const struct tree_lines *tree, const struct metrics *metrics,
                                        const struct tree_order *order, uint32_t index)
{
	struct column_line line = class_line(metrics->snapshot, metrics->rows, index, tree->charset);

	line.metrics = metrics;
	line.deltas = order->deltas;
	if (order->since)
		line.change = since_mark_class(order->since, &snapshot_classes(metrics->snapshot)[index]);
	line.path.below = tree->paths->snapshot && tree->paths->any[index];
	line.path.unfolded = line.path.below && key_set_has(&tree->unfolded, line.row->id);
	return line;
}

/* What is known of a call path: its history, or else only its counts. */
static void find_row(const struct metrics *watched, const struct call_path *path, struct column_line *line,
                     struct history_row *spare)
{
	line->metrics = watched;
	line->row = watched ? metrics_find(watched, path->key) : NULL;
	if (line->row)
		return;
	*spare = (struct history_row){
	    .id = path->key, .counts = path->counts, .allocated_rate = -1, .freed_rate = -1, .untracked = true};
	line->row = spare;
	line->metrics = NULL;
}

static double share(uint64_t part, uint64_t whole)
{
	return whole && part <= whole ? (double)part / (double)whole : -1;
}

/* Of what was allocated on all call paths together. */
static double share_of_allocated(const struct call_paths *paths, const struct call_path *path)
{
	if (path->parent == CALL_PATHS_NONE)
		return share(path->counts.allocated, paths->allocated[path->class_index]);
	return share(path->counts.allocated, paths->paths[path->parent].counts.allocated);
}

/* Of what is retained, where that is known, else of what is there. An estimate may be more than the whole. */
static double share_of(const struct call_path *path, const struct column_line *above)
{
	uint64_t whole = above->row->counts.retained, part = path->counts.retained;

	if (!whole) {
		whole = counts_live(above->row->counts);
		part = counts_live(path->counts);
	}
	if (above->mark && part > whole)
		part = whole;
	return share(part, whole);
}

struct column_line tree_lines_path(const struct call_paths *paths, uint32_t index, const struct metrics *watched,
                                   const struct column_line *above, struct history_row *spare)
{
	const struct snapshot_header *snapshot = paths->snapshot;
	const struct call_path *path = &paths->paths[index];
	const struct snapshot_frame *frame = &snapshot_frames(snapshot)[path->frame];
	struct column_line line = {.class_index = path->class_index,
	                           .bound = above->bound,
	                           .unknown = above->unknown,
	                           .mark = above->mark,
	                           .light = above->light,
	                           .allocated_only = above->light,
	                           .charset = above->charset};

	if (line.mark)
		line.mark = frame->flags & SNAPSHOT_FRAME_ALL ? ' ' : '*';
	find_row(watched, path, &line, spare);
	line.name = snapshot_string(snapshot, frame->label, &line.name_length);
	line.path =
	    (struct column_path){.index = index,
	                         .depth = above->path.depth + 1,
	                         .below = path->first != CALL_PATHS_NONE,
	                         .pseudo = frame->flags & SNAPSHOT_FRAME_PSEUDO,
	                         .share = line.allocated_only ? share_of_allocated(paths, path) : share_of(path, above),
	                         .line = frame->line};
	line.path.file = snapshot_string(snapshot, frame->path, &line.path.file_length);
	return line;
}

static struct column_line line_of_path(struct tree_lines *tree, const struct metrics *metrics,
                                       const struct tree_order *order, uint32_t index, const struct column_line *above)
{
	struct history_row *spare = &tree->rows[tree->row_count];
	struct column_line line = tree_lines_path(tree->paths, index, metrics->paths, above, spare);

	tree->row_count += line.row == spare;
	line.path.unfolded = line.path.below && key_set_has(&tree->unfolded, tree_lines_key(&line));
	line.deltas = order->deltas;
	if (order->since)
		line.change = since_mark_path(order->since, tree->paths, &tree->paths->paths[index]);
	return line;
}

static void invert(struct column_line *lines, size_t count)
{
	for (size_t i = 0; i < count / 2; i++) {
		struct column_line line = lines[i];
		lines[i] = lines[count - 1 - i];
		lines[count - 1 - i] = line;
	}
}

static int compare_ranks(const void *left, const void *right)
{
	const struct column_line *l = left, *r = right;

	if (l->rank == r->rank)
		return (l->row->id > r->row->id) - (l->row->id < r->row->id);
	return (l->rank > r->rank) - (l->rank < r->rank);
}

/* Puts lines that are in order into the one that lasts. */
static void keep_order(struct column_line *lines, size_t count, struct key_ranks *ranks)
{
	for (size_t i = 0; i < count; i++)
		lines[i].rank = key_ranks_of(ranks, tree_lines_key(&lines[i]));
	qsort(lines, count, sizeof *lines, compare_ranks);
}

/* Puts the lines that wait from some place on in order, so that the first is the last: it goes first. */
static void put_in_order(struct tree_lines *tree, size_t from, const struct tree_order *order)
{
	struct column_line *lines = tree->waiting + from;
	size_t count = tree->waiting_count - from;
	bool last_first = order->reversed;

	qsort(lines, count, sizeof *lines, order->sort->compare);
	if (order->ranks) {
		if (last_first)
			invert(lines, count);
		keep_order(lines, count, order->ranks);
		last_first = false;
	}
	if (!last_first)
		invert(lines, count);
}

static void add_below(struct tree_lines *tree, const struct metrics *metrics, const struct tree_order *order,
                      const struct column_line *above)
{
	size_t from = tree->waiting_count;
	uint32_t index = call_paths_below(tree->paths, above->class_index, above->path.index);

	for (; index != CALL_PATHS_NONE; index = tree->paths->paths[index].next) {
		if (tree->paths->paths[index].counts.allocated)
			tree->waiting[tree->waiting_count++] = line_of_path(tree, metrics, order, index, above);
	}
	put_in_order(tree, from, order);
}

static bool add_classes(struct tree_lines *tree, const struct metrics *metrics, const struct tree_order *order)
{
	const struct snapshot_header *snapshot = metrics->snapshot;
	bool *matches = calloc((size_t)snapshot->class_count + 1, sizeof *matches);

	if (!matches || (order->filter->length && !match_frames(snapshot, order->filter, matches))) {
		free(matches);
		return false;
	}
	for (uint32_t i = 0; i < snapshot->class_count; i++) {
		struct column_line line = line_of_class(tree, metrics, order, i);

		if ((snapshot_classes(snapshot)[i].flags & SNAPSHOT_CLASS_INTERNAL) && !order->internal)
			continue;
		if (matches[i] || line_search_matches(&line, order->filter))
			tree->waiting[tree->waiting_count++] = line;
	}
	free(matches);
	put_in_order(tree, 0, order);
	return true;
}

static bool build_paths(struct tree_lines *tree, const struct snapshot_header *snapshot, const struct call_paths *plain)
{
	tree->paths = &tree->own;
	if (tree->inverted)
		return call_paths_build_inverted(&tree->own, snapshot, &tree->unfolded);
	if (!plain)
		return call_paths_build(&tree->own, snapshot);
	tree->paths = plain;
	return true;
}

bool tree_lines_make(struct tree_lines *tree, const struct metrics *metrics, const struct tree_order *order)
{
	const struct snapshot_header *snapshot = metrics->snapshot;

	tree->count = tree->waiting_count = tree->row_count = 0;
	if (!snapshot)
		return true;
	if (!build_paths(tree, snapshot, metrics->plain) ||
	    !reserve(tree, snapshot->class_count, count_below_unfolded(tree, snapshot_classes(snapshot))))
		return false;
	/* Without memory changes are not known, and all the rest is. */
	if (order->since)
		since_mark_update(order->since, snapshot, &tree->unfolded, tree->inverted);
	if (!add_classes(tree, metrics, order))
		return false;
	while (tree->waiting_count) {
		struct column_line *line = &tree->lines[tree->count++];
		*line = tree->waiting[--tree->waiting_count];
		if (line->path.unfolded)
			add_below(tree, metrics, order, line);
	}
	return true;
}

/* --- unfolding --- */

/* The inverted paths of a class are built once it is unfolded. */
static bool unfold(struct tree_lines *tree, const struct column_line *line)
{
	if (!key_set_add(&tree->unfolded, tree_lines_key(line)))
		return false;
	return line->path.depth || !tree->inverted || build_paths(tree, tree->paths->snapshot, NULL);
}

/* Whether a call path is somewhere below a line of the same class. */
static bool is_below(const struct call_paths *paths, uint32_t index, uint32_t above)
{
	while (index != above && index != CALL_PATHS_NONE)
		index = paths->paths[index].parent;
	return index == above;
}

bool tree_lines_unfold_all(struct tree_lines *tree, const struct column_line *line)
{
	uint32_t class_index = line->class_index, above = line->path.index;

	if (!unfold(tree, line))
		return false;
	for (uint32_t i = 0; i < tree->paths->count && tree->unfolded.count < UNFOLD_MOST; i++) {
		const struct call_path *path = &tree->paths->paths[i];

		if (path->class_index != class_index || path->first == CALL_PATHS_NONE ||
		    !is_below(tree->paths, i, above))
			continue;
		if (!key_set_add(&tree->unfolded, path->key))
			return false;
	}
	return true;
}

bool tree_lines_unfold_chain(struct tree_lines *tree, const struct column_line *line)
{
	uint32_t class_index = line->class_index, index = line->path.index;

	if (!unfold(tree, line))
		return false;
	for (index = call_paths_below(tree->paths, class_index, index); index != CALL_PATHS_NONE;
	     index = tree->paths->paths[index].first) {
		const struct call_path *path = &tree->paths->paths[index];

		if (path->next != CALL_PATHS_NONE)
			break;
		if (!key_set_add(&tree->unfolded, path->key))
			return false;
	}
	return true;
}
