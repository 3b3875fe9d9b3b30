#include "vm/capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "model/light.h"
#include "vm/compat.h"
#include "vm/delivery.h"
#include "vm/heap_figures.h"
#include "vm/hooks.h"
#include "vm/living.h"
#include "vm/naming.h"
#include "vm/tracked.h"
#include "vm/walk.h"

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

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
}

/* What a capture takes beside the tracker's memory. */
#define OTHER_BYTES (sizeof(struct capture) + sizeof(struct kept_tracker) + EVENT_QUEUE_LIMIT * sizeof(struct event))

/* A tracker with its memory. */
struct kept_tracker {
	struct tracker tracker; /* first, so that it tells where all of it is */
	struct memory memory;
	struct kept_tracker *next;
};

static struct kept_tracker *kept(struct tracker *tracker)
{
	return (struct kept_tracker *)tracker;
}

static size_t tracker_bytes(struct tracker *tracker)
{
	return tracker ? memory_used(&kept(tracker)->memory) + sizeof(struct kept_tracker) : 0;
}

/* Frees a tracker that no reader can find any more, unless one is still inside. */
static bool discard(struct kept_tracker *kept)
{
	if (!tracker_pause_readers(&kept->tracker))
		return false;
	tracker_resume_readers(&kept->tracker);
	tracker_deinit(&kept->tracker);
	free(kept);
	return true;
}

static void discard_retired(struct capture *capture)
{
	struct kept_tracker **link = &capture->retired;

	while (*link) {
		struct kept_tracker *kept = *link, *next = kept->next;

		if (discard(kept))
			*link = next;
		else
			link = &kept->next;
	}
}

static void retire(struct capture *capture, struct tracker *tracker)
{
	if (tracker) {
		kept(tracker)->next = capture->retired;
		capture->retired = kept(tracker);
	}
	discard_retired(capture);
}

static void forget_choice(struct text *chosen, uint32_t count)
{
	for (uint32_t index = 0; index < count; index++)
		free((char *)chosen[index].bytes);
	free(chosen);
}

bool capture_free(struct capture *capture)
{
	/* The registry marks running captures, so the process is ending; a native thread may still be reading. */
	if (capture->running)
		return false;
	retire(capture, capture->tracker);
	events_free(&capture->events);
	forget_choice(capture->chosen, capture->chosen_count);
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
	living_mark(capture);
	rb_gc_mark(capture->deliverer);
	rb_gc_mark(capture->stopped_classes);
}

size_t capture_bytes(const struct capture *capture)
{
	size_t events = capture->events.events ? EVENT_QUEUE_LIMIT * sizeof(struct event) : 0;

	size_t bytes = sizeof(*capture) + capture->tracked_capacity * sizeof(*capture->tracked) + events;

	for (struct kept_tracker *kept = capture->retired; kept; kept = kept->next)
		bytes += tracker_bytes(&kept->tracker);
	return bytes + tracker_bytes(capture->tracker);
}

bool capture_choose(struct capture *capture, struct text name)
{
	struct text *grown = realloc(capture->chosen, (capture->chosen_count + 1) * sizeof(*grown));

	if (!grown)
		return false;
	capture->chosen = grown;
	char *bytes = malloc((size_t)name.length + 1);
	if (!bytes)
		return false;
	memcpy(bytes, name.bytes, name.length);
	grown[capture->chosen_count++] = (struct text){bytes, name.length};
	return true;
}

/* --- start and stop --- */

static struct tracker *make_tracker(struct capture *capture, enum capture_result *result, const char **reason)
{
	struct tracker_options options = {
	    .stride = compat_stride(),
	    .depth = capture->depth,
	    .path_interval = capture->path_interval,
	    .light = capture->light,
	    .chosen = capture->chosen,
	    .chosen_count = capture->chosen_count,
	};

	*result = CAPTURE_REFUSED;
	*reason = "the heap of this Ruby is laid out in a way that cannot be tracked";
	if (!options.stride)
		return NULL;
	*result = CAPTURE_NO_MEMORY;
	struct kept_tracker *kept = calloc(1, sizeof(*kept));
	if (!kept)
		return NULL;
	memory_init(&kept->memory);
	kept->memory.limit = capture->memory_limit - OTHER_BYTES;
	if (tracker_init(&kept->tracker, &kept->memory, &naming_source, &options) != STATUS_OK) {
		free(kept);
		return NULL;
	}
	*result = CAPTURE_DONE;
	return &kept->tracker;
}

/* Readers see the old numbers or the new ones, never a mixture. */
static void replace(struct capture *capture, struct tracker *tracker)
{
	pthread_mutex_lock(&capture->swap);
	struct tracker *old = capture->tracker;
	capture->tracker = tracker;
	capture->sequence = 0;
	capture->started_ns = clock_ns(CLOCK_MONOTONIC);
	atomic_store(&capture->unseen, 0);
	capture->asked = 0;
	capture->doubts = 0;
	capture->put_off = 0;
	pthread_mutex_unlock(&capture->swap);
	retire(capture, old);
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
	struct text *before = capture->chosen;
	uint32_t count_before = capture->chosen_count;

	capture->chosen = NULL;
	capture->chosen_count = 0;
	if (!choose_all(capture, settings->classes)) {
		forget_choice(capture->chosen, capture->chosen_count);
		capture->chosen = before;
		capture->chosen_count = count_before;
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

static void begin_light(struct capture *capture)
{
	capture->survey = (struct survey){0};
	hooks_rest(capture);
	capture->running = true;
	survey_take(capture);
}

static void begin(struct capture *capture, struct tracker *tracker, bool allowed)
{
	replace(capture, tracker);
	if (capture->light) {
		begin_light(capture);
		return;
	}
	hooks_add(capture, allowed);
	capture->running = true;
	tracked_apply(capture);
	if (capture->existing)
		walk_existing(tracker);
}

enum capture_result capture_start(struct capture *capture, VALUE self, const char **reason)
{
	enum capture_result result;
	/* Asking lets other threads run, and may be interrupted. */
	bool allowed = compat_hooks_allowed();

	if (capture->running)
		return CAPTURE_NOTHING;
	*reason = "a capture can only be started in the main Ractor";
	if (!compat_main_ractor())
		return CAPTURE_REFUSED;
	*reason = "this Ruby would crash if a Ractor started meanwhile; no capture can be started while there are any";
	if (!allowed)
		return CAPTURE_REFUSED;
	if (hooks_full())
		return CAPTURE_TOO_MANY;
	struct tracker *tracker = make_tracker(capture, &result, reason);
	if (tracker) {
		capture->self = self;
		begin(capture, tracker, true);
	}
	return result;
}

enum capture_result capture_clear(struct capture *capture, const char **reason)
{
	enum capture_result result;
	/* Asking lets other threads run, and may be interrupted. */
	bool allowed = compat_hooks_allowed();
	bool running = capture->running;

	if (!capture->tracker)
		return CAPTURE_NOTHING;
	struct tracker *tracker = make_tracker(capture, &result, reason);
	if (!tracker)
		return result;
	if (running) {
		survey_close_window(capture);
		hooks_remove(capture);
	}
	capture->running = false;
	if (running)
		begin(capture, tracker, allowed);
	else
		replace(capture, tracker);
	return CAPTURE_DONE;
}

static void remember(void *map, const struct living_class *classes, size_t count)
{
	for (size_t index = 0; index < count; index++)
		rb_hash_aset((VALUE)map, rb_obj_id(classes[index].klass), UINT2NUM(classes[index].number));
}

static void end_light(struct capture *capture, bool alone)
{
	survey_end(capture, alone);
	hooks_remove(capture);
	capture->running = false;
	tracker_end(capture->tracker);
}

enum capture_result capture_stop(struct capture *capture, VALUE map)
{
	if (capture->light) {
		/* Asking lets other threads run, and may be interrupted. */
		bool alone = compat_alone();

		if (!capture->running)
			return CAPTURE_NOTHING;
		end_light(capture, alone);
		return CAPTURE_DONE;
	}
	if (!capture->running)
		return CAPTURE_NOTHING;
	delivery_wait(capture);
	/* A block, or another thread, may have stopped it. */
	if (!capture->running)
		return CAPTURE_DONE;
	capture_refresh(capture);
	/*
	 * Without hooks nothing tells that a class was freed and another stands at its address, so classes are found by
	 * their object ids from now on, in a map that does not hold them. A sweep that has begun meanwhile ends while the
	 * hooks still see it; after it nothing is allocated.
	 */
	living_classes(capture, remember, (void *)map);
	naming_end_sweep();
	capture->stopped_classes = map;
	hooks_remove(capture);
	capture->running = false;
	tracker_end(capture->tracker);
	delivery_review();
	return CAPTURE_DONE;
}

/* --- records --- */

VALUE capture_stopped_number(const struct capture *capture, VALUE klass)
{
	return rb_hash_lookup(capture->stopped_classes, rb_obj_id(klass));
}

struct class_record *capture_class(const struct capture *capture, VALUE klass)
{
	if (!capture->tracker)
		return NULL;
	if (capture->light)
		return rb_class_real(klass) == klass ? light_class(capture->tracker, (uintptr_t)klass) : NULL;
	if (!NIL_P(capture->stopped_classes)) {
		VALUE number = capture_stopped_number(capture, klass);

		return NIL_P(number) ? NULL : class_at(&capture->tracker->classes, NUM2UINT(number));
	}
	struct class_record *record = class_table_find(&capture->tracker->classes, (uintptr_t)klass);
	/* A singleton class leads to the class that it is of, but has no objects itself. */
	return record && record->address == (uintptr_t)klass ? record : NULL;
}

bool capture_classes_incomplete(const struct capture *capture)
{
	return capture->tracker && atomic_load(&capture->tracker->classes_dropped) > 0;
}

bool capture_delivers(const struct capture *capture)
{
	return !NIL_P(capture->deliverer) && capture->deliverer_pid == getpid();
}

/* --- reading --- */

static void refresh(struct capture *capture, bool urgent)
{
	discard_retired(capture);
	hooks_check();
	heap_figures_update();
	living_complete_names(capture, true, urgent);
}

void capture_refresh(struct capture *capture)
{
	if (!capture->tracker || !capture->running)
		return;
	if (capture->light)
		survey_take(capture);
	else
		refresh(capture, true);
}

void capture_refresh_sparingly(struct capture *capture)
{
	if (!capture->tracker || !capture->running)
		return;
	if (capture->light)
		survey_take_sparingly(capture);
	else
		refresh(capture, false);
}

void capture_check(struct capture *capture)
{
	if (!capture->tracker || !capture->running)
		return;
	if (capture->light)
		survey_take(capture);
	else
		hooks_check();
}

void capture_prepare_counts(struct capture *capture)
{
	if (capture->light && capture->tracker && capture->running)
		survey_take(capture);
}

void capture_forked(struct capture *capture)
{
	pthread_mutex_init(&capture->swap, NULL);
	tracker_reset_reader_lock(capture->tracker);
	for (struct kept_tracker *kept = capture->retired; kept; kept = kept->next)
		tracker_reset_reader_lock(&kept->tracker);
}
