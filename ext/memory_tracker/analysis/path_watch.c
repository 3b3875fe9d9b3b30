#include "analysis/path_watch.h"

#include <stdlib.h>

bool path_watch_init(struct path_watch *watch)
{
	*watch = (struct path_watch){.history = history_new_watching(0)};
	return watch->history != NULL;
}

void path_watch_deinit(struct path_watch *watch)
{
	history_free(watch->history);
	call_paths_deinit(&watch->plain);
	call_paths_deinit(&watch->inverted);
	watch->history = NULL;
}

static bool is_watched(const struct call_path *path, const struct call_paths *paths, const struct key_set *shown)
{
	return (path->parent == CALL_PATHS_NONE && !paths->inverted) || key_set_has(shown, path->key);
}

/* Puts the paths that are watched into `out`. Returns how many they are. */
static size_t choose(const struct call_paths *paths, const struct key_set *shown, struct snapshot_class *out,
                     size_t room)
{
	size_t count = 0;

	for (size_t i = 0; i < paths->count && count < room; i++) {
		const struct call_path *path = &paths->paths[i];

		if (!is_watched(path, paths, shown))
			continue;
		out[count++] = (struct snapshot_class){.id = path->key, .counts = path->counts};
	}
	return count;
}

/* A snapshot whose classes are the paths that are watched. */
static struct snapshot_header *snapshot_of(const struct path_watch *watch, const struct snapshot_header *snapshot,
                                           const struct key_set *shown)
{
	size_t room = watch->inverted.count + watch->plain.count;
	struct snapshot_header *made;

	room = room < PATH_WATCH_MAX ? room : PATH_WATCH_MAX;
	/* Memory that is not written to costs nothing. */
	made = malloc(sizeof *made + room * sizeof(struct snapshot_class));
	if (!made)
		return NULL;
	struct snapshot_class *classes = (struct snapshot_class *)(made + 1);
	size_t count = choose(&watch->inverted, shown, classes, room);
	count += choose(&watch->plain, shown, classes + count, room - count);
	size_t size = sizeof *made + count * sizeof *classes;
	*made = *snapshot;
	made->size = made->nodes_offset = made->frames_offset = made->strings_offset = size;
	made->strings_size = 0;
	made->reason = made->command = made->runtime = made->unmatched = 0;
	made->node_count = made->frame_count = 0;
	made->classes_offset = sizeof *made;
	made->class_count = (uint32_t)count;
	return made;
}

bool path_watch_feed(struct path_watch *watch, const struct snapshot_header *snapshot, const struct key_set *shown,
                     const struct key_set *inverted)
{
	watch->inverted.count = 0;
	if (!call_paths_build(&watch->plain, snapshot) ||
	    (inverted && !call_paths_build_inverted(&watch->inverted, snapshot, inverted)))
		return false;
	struct snapshot_header *made = snapshot_of(watch, snapshot, shown);
	return made && history_update(watch->history, made);
}
