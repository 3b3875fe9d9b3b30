#include "vm/capture.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "vm/compat.h"
#include "vm/delivery.h"
#include "vm/forks.h"
#include "vm/gc_stats.h"
#include "vm/hooks.h"
#include "vm/kept_tracker.h"
#include "vm/class_walk.h"
#include "vm/naming.h"
#include "vm/census.h"
#include "vm/tracked.h"
#include "vm/visibility.h"
#include "vm/vm_layout.h"
#include "vm/vm_symbols.h"
#include "vm/walk.h"

/* --- life --- */

void capture_init(struct capture *capture)
{
	memset(capture, 0, sizeof(*capture));
	capture->self = Qnil;
	capture->path_interval = 1;
	capture->memory_limit = CAPTURE_MEMORY_LIMIT;
	capture->deliverer = Qnil;
	capture->stopped_classes = Qnil;
	capture->stack = (struct stack){.addresses = capture->frames, .lines = capture->lines};
	pthread_mutex_init(&capture->swap, NULL);
	forks_remember(capture);
}

static void forget_choice(struct text *class_filter, uint32_t count)
{
	for (uint32_t index = 0; index < count; index++)
		free((char *)class_filter[index].bytes);
	free(class_filter);
}

bool capture_free(struct capture *capture)
{
	/* The registry marks running captures, so the process is ending; a native thread may still be reading. */
	if (capture->running)
		return false;
	forks_forget(capture);
	kept_tracker_retire(capture, capture->tracker);
	events_free(&capture->events);
	forget_choice(capture->class_filter, capture->class_filter_count);
	free(capture->tracked);
	pthread_mutex_destroy(&capture->swap);
	return true;
}

void capture_mark(struct capture *capture)
{
	for (uint32_t index = 0; index < capture->tracked_count; index++) {
		rb_gc_mark(capture->tracked[index].klass);
		rb_gc_mark(capture->tracked[index].block);
	}
	class_walk_mark(capture);
	rb_gc_mark(capture->deliverer);
	rb_gc_mark(capture->stopped_classes);
}

size_t capture_bytes(const struct capture *capture)
{
	size_t events = capture->events.events ? EVENT_QUEUE_LIMIT * sizeof(struct event) : 0;
	size_t tracked = capture->tracked_capacity * sizeof(*capture->tracked);

	return sizeof(*capture) + tracked + events + kept_tracker_bytes(capture);
}

bool capture_choose(struct capture *capture, struct text name)
{
	struct text *grown = realloc(capture->class_filter, (capture->class_filter_count + 1) * sizeof(*grown));

	if (!grown)
		return false;
	capture->class_filter = grown;
	char *bytes = malloc((size_t)name.length + 1);
	if (!bytes)
		return false;
	memcpy(bytes, name.bytes, name.length);
	grown[capture->class_filter_count++] = (struct text){bytes, name.length};
	return true;
}

/* --- start and stop --- */

static struct tracker *make_tracker(struct capture *capture, enum capture_result *result, const char **reason)
{
	*result = CAPTURE_REFUSED;
	*reason = vm_symbols_missing(COMPAT_HOOKS_GLOBAL);
	if (*reason)
		return NULL;
	struct tracker *tracker = kept_tracker_new(capture);
	*result = tracker ? CAPTURE_DONE : CAPTURE_NO_MEMORY;
	return tracker;
}

/* Readers see the old numbers or the new ones, never a mixture. */
static void replace(struct capture *capture, struct tracker *tracker)
{
	pthread_mutex_lock(&capture->swap);
	struct tracker *old = capture->tracker;
	capture->tracker = tracker;
	capture->sequence = 0;
	capture->started_ns = clock_now();
	atomic_store(&capture->unseen, 0);
	atomic_store(&capture->unreported, 0);
	capture->asked = 0;
	capture->visibility = (struct visibility){0};
	capture->missed_events = 0;
	capture->put_off = 0;
	pthread_mutex_unlock(&capture->swap);
	kept_tracker_retire(capture, old);
	events_clear(&capture->events);
	tracked_forget_records(capture);
	capture->stopped_classes = Qnil;
}

static bool choose_all(struct capture *capture, const char *names)
{
	for (const char *name = names; name && *name; name += strlen(name) + 1) {
		if (!capture_choose(capture, (struct text){name, (uint32_t)strlen(name)}))
			return false;
	}
	return true;
}

bool capture_configure(struct capture *capture, const struct capture_settings *settings)
{
	struct text *before = capture->class_filter;
	uint32_t count_before = capture->class_filter_count;

	capture->class_filter = NULL;
	capture->class_filter_count = 0;
	if (!choose_all(capture, settings->classes)) {
		forget_choice(capture->class_filter, capture->class_filter_count);
		capture->class_filter = before;
		capture->class_filter_count = count_before;
		return false;
	}
	forget_choice(before, count_before);
	/* What was counted with the settings before must not be read as if it were with these. */
	replace(capture, NULL);
	capture->light = settings->light;
	capture->existing = settings->existing;
	capture->depth = settings->depth;
	capture->path_interval = settings->path_interval;
	capture->memory_limit = settings->memory_limit;
	return true;
}

struct beginning {
	struct capture *capture;
	struct tracker *tracker;
	bool alone;
};

static void begin_exclusively(void *data)
{
	struct beginning *beginning = data;
	struct capture *capture = beginning->capture;

	if (capture->running) {
		census_close_window(capture);
		hooks_remove(capture);
	}
	replace(capture, beginning->tracker);
	capture->running = true;
	if (capture->light) {
		capture->census = (struct census){0};
		hooks_pause(capture);
		return;
	}
	hooks_add(capture, beginning->alone);
	tracked_apply(capture);
	if (capture->existing)
		walk_existing(beginning->tracker);
}

static void begin(struct capture *capture, struct tracker *tracker, bool alone)
{
	compat_exclusively(begin_exclusively, &(struct beginning){capture, tracker, alone});
	if (capture->light)
		census_take(capture);
	else
		hooks_renew();
}

enum capture_result capture_start(struct capture *capture, VALUE self, const char **reason)
{
	enum capture_result result;
	/* Asking lets other threads run, and may be interrupted. */
	bool alone = compat_alone();

	vm_layout_see_jit();
	compat_try_jit();
	if (capture->running)
		return CAPTURE_NOTHING;
	*reason = "a capture can only be started in the main Ractor";
	if (!compat_main_ractor())
		return CAPTURE_REFUSED;
	*reason = "this Ruby would crash if a Ractor started meanwhile; no capture can be started while there are any";
	if (!alone && COMPAT_RACTORS_FRAGILE)
		return CAPTURE_REFUSED;
	if (hooks_full())
		return CAPTURE_TOO_MANY;
	struct tracker *tracker = make_tracker(capture, &result, reason);
	if (tracker) {
		capture->self = self;
		begin(capture, tracker, alone);
	}
	return result;
}

enum capture_result capture_clear(struct capture *capture, const char **reason)
{
	enum capture_result result;
	/* Asking lets other threads run, and may be interrupted. */
	bool alone = compat_alone();

	if (!capture->tracker)
		return CAPTURE_NOTHING;
	struct tracker *tracker = make_tracker(capture, &result, reason);
	if (!tracker)
		return result;
	if (capture->running)
		begin(capture, tracker, alone);
	else
		replace(capture, tracker);
	return CAPTURE_DONE;
}

/* Integrity check, GC figures, names. */
static void refresh(struct capture *capture, bool urgent)
{
	kept_tracker_discard_retired(capture);
	hooks_check();
	gc_stats_update();
	class_walk_complete_names(capture, true, urgent);
}

static void refresh_and_settle(void *data)
{
	refresh(data, true);
	visibility_settle(data);
}

static void refresh_sparingly(void *data)
{
	refresh(data, false);
	visibility_settle_sparingly(data, VISIBILITY_FOR_VIEWER);
}

static void settle_visibility(void *data)
{
	visibility_settle(data);
}

static void remember(void *map, const struct walked_class *classes, size_t count)
{
	for (size_t index = 0; index < count; index++)
		rb_hash_aset((VALUE)map, rb_obj_id(classes[index].klass), UINT2NUM(classes[index].number));
}

struct ending {
	struct capture *capture;
	VALUE map;
	bool alone;
};

/*
 * Without hooks no event tells that a class was freed and another stands at its address, so classes are found by their object
 * ids from now on, in a map that does not hold them. Collecting them ends a sweep that is under way, while the hooks still
 * see it; after it nothing is allocated.
 */
static void end_exclusively(void *data)
{
	const struct ending *ending = data;
	struct capture *capture = ending->capture;

	if (capture->light) {
		census_end(capture, ending->alone);
	} else {
		refresh_and_settle(capture);
		class_walk_classes(capture, remember, (void *)ending->map);
		naming_end_sweep();
		capture->stopped_classes = ending->map;
	}
	hooks_remove(capture);
	capture->running = false;
	tracker_end(capture->tracker);
}

enum capture_result capture_stop(struct capture *capture, VALUE map)
{
	/* Asking lets other threads run, and may be interrupted. */
	bool alone = !capture->light || compat_alone();

	if (!capture->running)
		return CAPTURE_NOTHING;
	if (!capture->light)
		delivery_wait(capture);
	/* A block, or another thread, may have stopped it. */
	if (!capture->running)
		return CAPTURE_DONE;
	compat_exclusively(end_exclusively, &(struct ending){capture, map, alone});
	delivery_review();
	return CAPTURE_DONE;
}

/* --- reading --- */

void capture_refresh(struct capture *capture)
{
	if (!capture->tracker || !capture->running)
		return;
	if (capture->light)
		census_take(capture);
	else
		compat_exclusively(refresh_and_settle, capture);
}

void capture_refresh_sparingly(struct capture *capture)
{
	if (!capture->tracker || !capture->running)
		return;
	if (capture->light)
		census_take_sparingly(capture);
	else
		compat_exclusively(refresh_sparingly, capture);
}

static void check(void *unused)
{
	(void)unused;
	hooks_check();
}

void capture_check(struct capture *capture)
{
	if (!capture->tracker || !capture->running)
		return;
	if (capture->light)
		census_take(capture);
	else
		compat_exclusively(check, NULL);
}

void capture_prepare_sums(struct capture *capture)
{
	if (capture->light && capture->tracker && capture->running)
		census_take(capture);
}

void capture_prepare_classes(struct capture *capture)
{
	capture_prepare_sums(capture);
	if (!capture->light && capture->tracker && capture->running)
		compat_exclusively(settle_visibility, capture);
}

void capture_prepare_class(struct capture *capture, VALUE klass)
{
	if (visibility_concerns(klass))
		capture_prepare_classes(capture);
	else
		capture_prepare_sums(capture);
}

/* --- tracked classes --- */

bool capture_track(struct capture *capture, VALUE klass, VALUE block, uint32_t depth)
{
	bool done = tracked_set(capture, klass, block, depth);

	if (done && capture->light)
		capture_prepare_sums(capture);
	delivery_review();
	return done;
}

bool capture_untrack(struct capture *capture, VALUE klass)
{
	if (!tracked_find(capture, klass))
		return false;
	capture_track(capture, klass, Qnil, UINT32_MAX);
	tracked_remove(capture, klass);
	return true;
}
