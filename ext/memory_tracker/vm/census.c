#include "vm/census.h"

#include <ruby.h>

#include "base/clock.h"
#include "model/light_census.h"
#include "vm/capture_state.h"
#include "vm/compat.h"
#include "vm/gc_stats.h"
#include "vm/hooks.h"
#include "vm/naming.h"
#include "vm/gc_pause.h"
#include "vm/tracked.h"
#include "vm/walk.h"

/* A walk takes at most one part in so many of the time. */
#define SHARE 100

/* A window may take as many samples as there were no windows for, up to a second's; but some in any case. */
#define SAMPLES_LEAST 256

static uint64_t statistic(const char *name)
{
	return rb_gc_stat(ID2SYM(rb_intern(name)));
}

/* --- windows --- */

/* A window is complete by itself. */
static void forget_missed(struct capture *capture)
{
	atomic_store(&capture->unseen, 0);
	atomic_store(&capture->unreported, 0);
}

static void open_window(struct capture *capture, uint64_t now)
{
	struct census *census = &capture->census;
	uint64_t since = census->taken_ns ? now - census->taken_ns : CLOCK_SECOND;
	uint64_t samples = since < CLOCK_SECOND ? since * LIGHT_SAMPLES / CLOCK_SECOND : LIGHT_SAMPLES;

	light_open(capture->tracker->light, (uint32_t)samples + SAMPLES_LEAST);
	forget_missed(capture);
	hooks_resume(capture);
	census->open = true;
}

static void forget(struct capture *capture, bool trusted)
{
	light_forget(capture->tracker, trusted);
	capture->census.compactions = statistic("compact_count");
}

/* A sweep that was under way has ended while the hooks still saw it. */
static void close_window(void *data)
{
	struct capture *capture = data;

	hooks_check();
	/* What was freed without an event may still be in the tables, and must not be looked at. */
	bool trusted = capture_missed(capture) == 0;
	if (trusted) {
		naming_complete_code(capture->tracker);
		naming_complete_classes(capture->tracker, UINT32_MAX);
	}
	hooks_pause(capture);
	forget(capture, trusted);
	forget_missed(capture);
	capture->census.open = false;
}

void census_close_window(struct capture *capture)
{
	if (capture->census.open)
		paused_call(close_window, capture);
}

/* --- walks --- */

static int settle(struct capture *capture, uint64_t now)
{
	uint64_t majors = statistic("major_gc_count");
	uint64_t gcs = statistic("count");
	uint64_t allocated = statistic("total_allocated_objects");
	struct light_metadata metadata = {
	    .allocated = allocated,
	    .gcs = gcs - capture->census.gcs,
	    .majors = majors - capture->census.majors,
	    .allocated_since = allocated - hooks_allocated_by_major(),
	    .monotonic_ns = now,
	};

	int status = light_settle(capture->tracker, &metadata);
	capture->census.busy = status == STATUS_BUSY;
	if (status != STATUS_OK)
		return status;
	capture->census.gcs = gcs;
	capture->census.majors = majors;
	return STATUS_OK;
}

/* While nothing can be freed. */
static void walk(struct capture *capture, uint64_t now)
{
	struct light *light = capture->tracker->light;
	bool moved = statistic("compact_count") != capture->census.compactions;

	light_begin(light);
	walk_counting(light, moved);
	int status = settle(capture, now);
	if (status == STATUS_OK)
		naming_complete_classes(capture->tracker, UINT32_MAX);
	else if (status == STATUS_NO_MEMORY)
		atomic_fetch_add(&capture->tracker->dropped, 1);
	tracked_apply(capture);
	gc_stats_update();
}

struct taking {
	struct capture *capture;
	bool window;
};

/* Runs no Ruby code. */
static void take_paused(void *data)
{
	const struct taking *taking = data;
	struct capture *capture = taking->capture;
	uint64_t began = clock_now();

	census_close_window(capture);
	walk(capture, began);
	if (taking->window)
		open_window(capture, began);
	if (!capture->census.open)
		forget(capture, false);
	capture->census.taken_ns = clock_now();
	capture->census.cost_ns = capture->census.taken_ns - began;
}

static void take(void *data)
{
	paused_call(take_paused, data);
}

void census_take(struct capture *capture)
{
	/* Asking may be interrupted, by another thread that stops the capture too; nothing after it can be. */
	bool alone = compat_alone();

	if (!capture->running)
		return;
	capture->census.blocked = !alone;
	if (alone)
		compat_exclusively(take, &(struct taking){capture, true});
}

void census_take_sparingly(struct capture *capture)
{
	if (clock_now() - capture->census.taken_ns >= capture->census.cost_ns * SHARE)
		census_take(capture);
}

void census_end(struct capture *capture, bool alone)
{
	capture->census.blocked = !alone;
	if (alone)
		take(&(struct taking){capture, false});
}
