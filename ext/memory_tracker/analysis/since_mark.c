#include "analysis/since_mark.h"

#include <stdlib.h>
#include <string.h>

static void free_table(struct since_mark_table *table)
{
	free(table->rows);
	*table = (struct since_mark_table){0};
}

void since_mark_deinit(struct since_mark *since)
{
	call_paths_deinit(&since->plain);
	call_paths_deinit(&since->inverted);
	free_table(&since->table);
	free_table(&since->inverted_table);
	*since = (struct since_mark){0};
}

/* --- counts at the mark --- */

static int by_key(const void *left, const void *right)
{
	const struct since_mark_counts *l = left, *r = right;

	return (l->key > r->key) - (l->key < r->key);
}

/* Makes a table of some classes and paths. False without memory. */
static bool make_table(struct since_mark_table *table, const struct snapshot_class *classes, size_t class_count,
                       const struct call_paths *paths)
{
	size_t count = class_count + paths->count;

	free_table(table);
	table->rows = malloc((count + 1) * sizeof *table->rows);
	if (!table->rows)
		return false;
	for (size_t i = 0; i < class_count; i++)
		table->rows[i] = (struct since_mark_counts){classes[i].id, classes[i].counts};
	for (size_t i = 0; i < paths->count; i++) {
		const struct call_path *path = &paths->paths[i];
		table->rows[class_count + i] = (struct since_mark_counts){path->key, path->counts};
	}
	table->count = count;
	qsort(table->rows, count, sizeof *table->rows, by_key);
	return true;
}

static const struct since_mark_counts *find(const struct since_mark_table *table, uint64_t key)
{
	const struct since_mark_counts wanted = {.key = key};

	return table->count ? bsearch(&wanted, table->rows, table->count, sizeof *table->rows, by_key) : NULL;
}

/* What was not there at the mark had no objects. */
static struct counts counts_then(const struct since_mark_counts *then)
{
	return then ? then->counts : (struct counts){0};
}

bool since_mark_choose(struct since_mark *since, const struct snapshot_header *mark)
{
	since_mark_deinit(since);
	if (!mark)
		return true;
	if (!call_paths_build(&since->plain, mark) ||
	    !make_table(&since->table, snapshot_classes(mark), mark->class_count, &since->plain)) {
		since_mark_deinit(since);
		return false;
	}
	since->mark = mark;
	return true;
}

/* --- paths that may have had another identity --- */

/* The last word of a method's name, which it has from the first: "write" of "Shop::SessionStore#write". */
static const char *last_word(const char *label, uint32_t length, uint32_t *word_length)
{
	uint32_t start = length;

	while (start && label[start - 1] != '#' && label[start - 1] != '.' && label[start - 1] != ' ')
		start--;
	*word_length = length - start;
	return label + start;
}

static bool same_text(const char *left, uint32_t left_length, const char *right, uint32_t right_length)
{
	return left_length == right_length && !memcmp(left, right, left_length);
}

/* Whether a frame of the mark and one of now can be the same line of the same method. */
static bool may_be(const struct snapshot_header *mark, uint32_t then, const struct snapshot_header *now, uint32_t frame)
{
	const struct snapshot_frame *old = &snapshot_frames(mark)[then], *new = &snapshot_frames(now)[frame];
	uint32_t old_length, new_length, old_word_length, new_word_length;

	if (old->line != new->line)
		return false;
	const char *old_path = snapshot_string(mark, old->path, &old_length);
	const char *new_path = snapshot_string(now, new->path, &new_length);
	if (!same_text(old_path, old_length, new_path, new_length))
		return false;
	const char *old_label = snapshot_string(mark, old->label, &old_length);
	const char *new_label = snapshot_string(now, new->label, &new_length);
	const char *old_word = last_word(old_label, old_length, &old_word_length);
	const char *new_word = last_word(new_label, new_length, &new_word_length);
	return same_text(old_word, old_word_length, new_word, new_word_length);
}

static bool same_label(const struct snapshot_header *mark, uint32_t then, const struct snapshot_header *now,
                       uint32_t frame)
{
	uint32_t old_length, new_length;
	const char *old = snapshot_string(mark, snapshot_frames(mark)[then].label, &old_length);
	const char *new = snapshot_string(now, snapshot_frames(now)[frame].label, &new_length);

	return same_text(old, old_length, new, new_length);
}

/* Whether a path of now may be one that was there at the mark and has gone since. */
static bool may_have_gone(const struct since_mark *since, const struct snapshot_header *now,
                          const struct call_path *path)
{
	const struct snapshot_node *nodes = snapshot_nodes(since->mark);
	const struct snapshot_class *classes = snapshot_classes(since->mark);
	uint64_t id = snapshot_classes(now)[path->class_index].id;

	if (since->gone_count > SINCE_MARK_GONE_MAX)
		return true;
	for (size_t i = 0; i < since->gone_count; i++) {
		const struct snapshot_node *node = &nodes[since->gone[i]];
		if (classes[node->class_index].id == id && may_be(since->mark, node->frame, now, path->frame))
			return true;
	}
	return false;
}

/* Whether an inverted path, which is known by its names, may have had other names at the mark. */
static bool may_have_been_renamed(const struct since_mark *since, const struct snapshot_header *now,
                                  const struct call_path *path)
{
	const struct call_paths *then = &since->inverted;
	uint64_t id = snapshot_classes(now)[path->class_index].id;

	for (size_t i = 0; i < then->count; i++) {
		const struct call_path *old = &then->paths[i];
		if (snapshot_classes(since->mark)[old->class_index].id == id &&
		    may_be(since->mark, old->frame, now, path->frame) &&
		    !same_label(since->mark, old->frame, now, path->frame))
			return true;
	}
	return false;
}

/* Notes the paths below unfolded classes that had objects at the mark and are not there now. False without memory. */
static bool find_gone(struct since_mark *since, const struct key_set *unfolded)
{
	const struct snapshot_header *now = since->now, *mark = since->mark;
	struct key_set there = {0};
	bool done = true;

	since->gone_count = 0;
	for (uint32_t i = 0; done && i < now->node_count; i++) {
		const struct snapshot_node *node = &snapshot_nodes(now)[i];
		if (node->id && key_set_has(unfolded, snapshot_classes(now)[node->class_index].id))
			done = key_set_add(&there, node->id);
	}
	for (uint32_t i = 0; done && i < mark->node_count; i++) {
		const struct call_path *path = &since->plain.paths[i];
		bool had_objects = counts_live(path->counts) || path->counts.retained;
		if (!had_objects || !key_set_has(unfolded, snapshot_classes(mark)[path->class_index].id) ||
		    key_set_has(&there, snapshot_nodes(mark)[i].id))
			continue;
		if (since->gone_count < SINCE_MARK_GONE_MAX)
			since->gone[since->gone_count] = i;
		since->gone_count++;
	}
	key_set_deinit(&there);
	return done;
}

bool since_mark_update(struct since_mark *since, const struct snapshot_header *now, const struct key_set *unfolded,
                       bool inverted)
{
	since->now = now;
	if (!since->mark || !unfolded->count)
		return true;
	if (!inverted && find_gone(since, unfolded))
		return true;
	if (inverted && call_paths_build_inverted(&since->inverted, since->mark, unfolded) &&
	    make_table(&since->inverted_table, NULL, 0, &since->inverted))
		return true;
	since->gone_count = SINCE_MARK_GONE_MAX + 1;
	free_table(&since->inverted_table);
	return false;
}

/* --- changes --- */

static struct since_mark_change change(const struct since_mark *since, const struct snapshot_header *now,
                                       struct counts before, struct counts counts)
{
	const struct snapshot_header *mark = since->mark;
	struct since_mark_change change = {
	    .live_known = true,
	    .retained_known = mark->majors_seen && now->majors_seen,
	    .bound = (mark->flags | now->flags) & SNAPSHOT_RETAINED_BOUND,
	    .live = (int64_t)(counts_live(counts) - counts_live(before)),
	    .retained = (int64_t)(counts.retained - before.retained),
	};

	/* The latest major GC is that of the mark: what is retained has not been told anew. */
	change.growth_known = change.retained_known && now->major_at_ns > mark->major_at_ns;
	if (change.growth_known)
		change.growth = (double)change.retained / ((double)(now->major_at_ns - mark->major_at_ns) / 1e9);
	return change;
}

struct since_mark_change since_mark_class(const struct since_mark *since, const struct snapshot_class *class)
{
	if (!since->mark)
		return (struct since_mark_change){0};
	return change(since, since->now, counts_then(find(&since->table, class->id)), class->counts);
}

struct since_mark_change since_mark_path(const struct since_mark *since, const struct call_paths *paths,
                                         const struct call_path *path)
{
	static const struct since_mark_change unknown;

	if (!since->mark)
		return unknown;
	const struct since_mark_counts *then =
	    find(paths->inverted ? &since->inverted_table : &since->table, path->key);
	if (paths->inverted &&
	    (!since->inverted_table.rows || (!then && may_have_been_renamed(since, paths->snapshot, path))))
		return unknown;
	if (!paths->inverted && may_have_gone(since, paths->snapshot, path))
		return unknown;
	return change(since, paths->snapshot, counts_then(then), path->counts);
}

struct since_mark_change since_mark_totals(const struct since_mark *since, const struct snapshot_header *now)
{
	if (!since->mark)
		return (struct since_mark_change){0};
	return change(since, now, since->mark->counts, now->counts);
}
