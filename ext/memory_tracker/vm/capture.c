#include "vm/capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <ruby/version.h>

#include "model/light.h"
#include "model/snapshot_builder.h"
#include "vm/compat.h"
#include "vm/delivery.h"
#include "vm/forks.h"
#include "vm/heap_figures.h"
#include "vm/hooks.h"
#include "vm/living.h"
#include "vm/naming.h"
#include "vm/tracked.h"
#include "vm/vm_layout.h"
#include "vm/vm_symbols.h"
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
	capture->deliverer = Qnil;
	capture->stopped_classes = Qnil;
	capture->stack = (struct stack){.addresses = capture->frames, .lines = capture->lines};
	pthread_mutex_init(&capture->swap, NULL);
	forks_remember(capture);
}

static void discard(struct capture *capture, struct tracker *tracker)
{
	if (!tracker)
		return;
	tracker_deinit(tracker);
	memory_release(&capture->memory, tracker, sizeof(*tracker));
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
	forks_forget(capture);
	discard(capture, capture->tracker);
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
	rb_gc_mark(capture->deliverer);
	rb_gc_mark(capture->stopped_classes);
}

size_t capture_bytes(const struct capture *capture)
{
	size_t events = capture->events.events ? EVENT_QUEUE_LIMIT * sizeof(struct event) : 0;

	return sizeof(*capture) + capture->tracked_capacity * sizeof(*capture->tracked) + events +
	       (capture->tracker ? memory_used(&capture->memory) : 0);
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
	    .slot_size = vm_slot_size,
	    .depth = capture->depth,
	    .path_interval = capture->path_interval,
	    .light = capture->light,
	    .chosen = capture->chosen,
	    .chosen_count = capture->chosen_count,
	};

	*result = CAPTURE_REFUSED;
	*reason = vm_symbols_missing();
	if (*reason)
		return NULL;
	*result = CAPTURE_NO_MEMORY;
	if (!capture->tracker)
		memory_init(&capture->memory);
	struct tracker *tracker = memory_allocate(&capture->memory, sizeof(*tracker));
	if (!tracker)
		return NULL;
	if (tracker_init(tracker, &capture->memory, &naming_source, &options) != STATUS_OK) {
		memory_release(&capture->memory, tracker, sizeof(*tracker));
		return NULL;
	}
	*result = CAPTURE_DONE;
	return tracker;
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
	atomic_store(&capture->unreported, 0);
	capture->asked = 0;
	capture->visibility = (struct visibility){0};
	capture->doubts = 0;
	capture->first_certain = 1;
	pthread_mutex_unlock(&capture->swap);
	discard(capture, old);
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
		survey_close_window(capture);
		hooks_remove(capture);
	}
	replace(capture, beginning->tracker);
	capture->running = true;
	if (capture->light) {
		capture->survey = (struct survey){0};
		hooks_rest(capture);
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
		survey_take(capture);
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
static void refresh(void *data)
{
	struct capture *capture = data;

	hooks_check();
	heap_figures_update();
	living_complete_names(capture, true);
}

static void refresh_and_settle(void *data)
{
	refresh(data);
	visibility_settle(data);
}

static void refresh_sparingly(void *data)
{
	refresh(data);
	visibility_settle_sparingly(data, VISIBILITY_FOR_VIEWER);
}

static void settle_visibility(void *data)
{
	visibility_settle(data);
}

static void remember(void *map, const struct living_classes *classes)
{
	for (size_t index = 0; index < classes->count; index++)
		rb_hash_aset((VALUE)map, rb_obj_id(RARRAY_AREF(classes->held, (long)index)),
		             UINT2NUM(classes->known[index].number));
}

struct ending {
	struct capture *capture;
	VALUE map;
	VALUE classes; /* an Array for those that are there */
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
		survey_end(capture, ending->alone);
	} else {
		refresh_and_settle(capture);
		living_classes(capture, ending->classes, remember, (void *)ending->map);
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
	compat_exclusively(end_exclusively, &(struct ending){capture, map, rb_ary_new(), alone});
	delivery_review();
	return CAPTURE_DONE;
}

bool capture_delivers(const struct capture *capture)
{
	return !NIL_P(capture->deliverer) && capture->deliverer_pid == getpid();
}

/* --- reading --- */

void capture_refresh(struct capture *capture)
{
	if (!capture->tracker || !capture->running)
		return;
	if (capture->light) {
		survey_take(capture);
		return;
	}
	compat_exclusively(refresh_and_settle, capture);
}

void capture_refresh_sparingly(struct capture *capture)
{
	if (!capture->tracker || !capture->running)
		return;
	if (capture->light) {
		survey_take_sparingly(capture);
		return;
	}
	compat_exclusively(refresh_sparingly, capture);
}

void capture_prepare_sums(struct capture *capture)
{
	if (capture->light && capture->tracker && capture->running)
		survey_take(capture);
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

static uint64_t load(const _Atomic uint64_t *counter)
{
	return atomic_load_explicit((_Atomic uint64_t *)counter, memory_order_relaxed);
}

/* A free that no event told of is found by the VM's own count, and again when its address is used. */
static uint64_t frees_missed(const struct capture *capture)
{
	uint64_t unreported = load(&capture->unreported);
	uint64_t lost = capture->tracker ? load(&capture->tracker->lost) : 0;

	return lost > unreported ? lost : unreported;
}

uint64_t capture_missed(const struct capture *capture)
{
	uint64_t lost = capture->tracker ? load(&capture->tracker->lost) : 0;

	return load(&capture->unseen) + load(&capture->unreported) + lost;
}

/* What a light capture knows, and what it only has an idea of. */
static void light_reason(const struct capture *capture, char *buffer, size_t size)
{
	const struct light *light = capture->tracker->light;

	if (capture->survey.hindered)
		snprintf(buffer, size, "the heap cannot be walked while other Ractors run: these numbers are old");
	else
		snprintf(buffer, size,
		         "live is exact, retained at most this; allocations* are estimated from %llu of %llu",
		         (unsigned long long)light->sampled, (unsigned long long)light->sampled_of);
}

static const char *reason_of(const struct capture *capture, char *buffer, size_t size)
{
	const struct tracker *tracker = capture->tracker;
	uint64_t unseen = load(&capture->unseen);
	uint64_t frees = frees_missed(capture);
	uint64_t dropped = tracker ? load(&tracker->dropped) : 0;

	buffer[0] = 0;
	if (capture->light && tracker && !dropped)
		light_reason(capture, buffer, size);
	else if (tracker && compat_jit_hides_objects())
		snprintf(buffer, size, "ZJIT of this Ruby allocates objects without an event for them");
	else if (unseen)
		snprintf(buffer, size,
		         "at least %llu objects were born unseen: in another tool's hook, a Ractor, or without hooks",
		         (unsigned long long)unseen);
	else if (frees)
		snprintf(buffer, size, "at least %llu frees were not reported while another tool's hook ran",
		         (unsigned long long)frees);
	else if (dropped)
		snprintf(buffer, size, "%llu objects could not be recorded for want of memory",
		         (unsigned long long)dropped);
	return buffer;
}

const char *capture_reason(const struct capture *capture, char *buffer, size_t size)
{
	struct capture *shared = (struct capture *)capture;

	pthread_mutex_lock(&shared->swap);
	reason_of(capture, buffer, size);
	pthread_mutex_unlock(&shared->swap);
	return buffer;
}

static void fill_header(struct capture *capture, struct snapshot_header *header)
{
	struct heap_figures figures = heap_figures_read();

	header->sequence = ++capture->sequence;
	header->wall_ns = clock_ns(CLOCK_REALTIME);
	header->monotonic_ns = clock_ns(CLOCK_MONOTONIC);
	header->started_ns = capture->started_ns;
	header->process_ns = compat_process_started();
	header->gc_minor = figures.minor_count;
	header->gc_major = figures.major_count;
	header->gc_time_ns = figures.time_ns;
	header->heap_live_slots = figures.live_slots;
	header->heap_total_slots = figures.total_slots;
	header->rss_bytes = compat_resident_bytes();
	header->pid = (uint32_t)getpid();
	header->depth = capture->depth;
	header->path_interval = capture->path_interval;
	header->flags |= capture->running ? SNAPSHOT_RUNNING : 0;
	header->flags |= capture->existing || capture->light ? SNAPSHOT_EXISTING : 0;
	header->flags |= capture->path_interval > 1 ? SNAPSHOT_PATHS_ESTIMATED : 0;
}

static struct snapshot_header *snapshot_of(struct capture *capture)
{
	struct snapshot_facts facts = {0};
	char runtime[64], reason[160];

	fill_header(capture, &facts.header);
	facts.runtime.bytes = runtime;
	facts.runtime.length = (uint32_t)snprintf(runtime, sizeof(runtime), "ruby %s", ruby_version);
	reason_of(capture, reason, sizeof(reason));
	facts.reason = (struct text){reason, (uint32_t)strlen(reason)};
	facts.command = (struct text){capture->command, (uint32_t)strlen(capture->command)};
	facts.header.flags |= reason[0] ? 0 : SNAPSHOT_EXACT;
	return tracker_snapshot(capture->tracker, &facts);
}

struct snapshot_header *capture_snapshot(struct capture *capture)
{
	pthread_mutex_lock(&capture->swap);
	struct snapshot_header *header = capture->tracker ? snapshot_of(capture) : NULL;
	pthread_mutex_unlock(&capture->swap);
	return header;
}

void capture_name(struct capture *capture, const char *command)
{
	pthread_mutex_lock(&capture->swap);
	snprintf(capture->command, sizeof(capture->command), "%s", command);
	pthread_mutex_unlock(&capture->swap);
}

void capture_forked(struct capture *capture)
{
	pthread_mutex_init(&capture->swap, NULL);
	if (capture->tracker)
		tracker_reset_gate(capture->tracker);
}
