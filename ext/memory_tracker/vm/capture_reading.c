#include "vm/capture_reading.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <ruby.h>
#include <ruby/version.h>

#include "base/clock.h"
#include "model/light.h"
#include "model/snapshot_builder.h"
#include "vm/compat.h"
#include "vm/gc_stats.h"

static uint64_t load(const _Atomic uint64_t *counter)
{
	return atomic_load_explicit((_Atomic uint64_t *)counter, memory_order_relaxed);
}

/* A free without an event is found by the VM's own count, and again when its address is used. */
static uint64_t frees_missed(const struct capture *capture)
{
	uint64_t unreported = load(&capture->unreported);
	uint64_t lost = capture->tracker ? load(&capture->tracker->lost) : 0;

	return lost > unreported ? lost : unreported;
}

/* What a light capture knows, and what it only has an idea of. */
static void light_reason(const struct capture *capture, char *buffer, size_t size)
{
	const struct light *light = capture->tracker->light;

	if (capture->census.blocked)
		snprintf(buffer, size, "the heap cannot be walked while other Ractors run: these numbers are old");
	else if (capture->census.busy)
		snprintf(buffer, size,
		         "the numbers are being read all the time, and could not be renewed: they are old");
	else
		snprintf(buffer, size,
		         "live is exact, retained at most this; allocations* are estimated from %llu of %llu",
		         (unsigned long long)light->sampled, (unsigned long long)light->sampled_of);
}

/* At its limit the map takes no more objects; else the machine has no more memory. */
static void dropped_reason(const struct capture *capture, uint64_t dropped, char *buffer, size_t size)
{
	if (memory_was_refused(&capture->tracker->map_memory))
		snprintf(buffer, size, "the memory limit of %zu MB is reached: %llu objects could not be recorded",
		         capture->memory_limit >> 20, (unsigned long long)dropped);
	else
		snprintf(buffer, size, "%llu objects could not be recorded for want of memory",
		         (unsigned long long)dropped);
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
		dropped_reason(capture, dropped, buffer, size);
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

static void fill_process(struct snapshot_header *header)
{
	struct gc_stats metrics = gc_stats_read();

	header->process_ns = compat_process_started();
	header->gc_minor = metrics.minor_count;
	header->gc_major = metrics.major_count;
	header->gc_time_ns = metrics.time_ns;
	header->heap_live_slots = metrics.live_slots;
	header->heap_total_slots = metrics.total_slots;
	header->rss_bytes = compat_resident_bytes();
	header->pid = (uint32_t)getpid();
}

static void fill_capture(struct capture *capture, struct snapshot_header *header)
{
	header->sequence = ++capture->sequence;
	header->wall_ns = clock_wall();
	header->monotonic_ns = clock_now();
	header->started_ns = capture->started_ns;
	header->depth = capture->depth;
	header->path_interval = capture->path_interval;
	header->memory_limit = capture->memory_limit;
	header->flags |= capture->running ? SNAPSHOT_RUNNING : 0;
	header->flags |= capture->existing || capture->light ? SNAPSHOT_EXISTING : 0;
	header->flags |= capture->path_interval > 1 ? SNAPSHOT_PATHS_ESTIMATED : 0;
}

/* What is copied of a capture for one snapshot, so that nothing else of it is read when it may be started anew. */
struct copied {
	struct snapshot_metadata metadata;
	char reason[160];
	char command[CAPTURE_COMMAND_SIZE];
};

/* The tracker, with this reader inside, or NULL. */
static struct tracker *begin_reading(struct capture *capture, struct copied *copied)
{
	struct snapshot_metadata *metadata = &copied->metadata;
	struct tracker *tracker;

	pthread_mutex_lock(&capture->swap);
	tracker = capture->tracker;
	if (tracker) {
		fill_capture(capture, &metadata->header);
		reason_of(capture, copied->reason, sizeof(copied->reason));
		memcpy(copied->command, capture->command, sizeof(copied->command));
		tracker_begin_reading(tracker);
	}
	pthread_mutex_unlock(&capture->swap);
	metadata->reason = (struct text){copied->reason, (uint32_t)strlen(copied->reason)};
	metadata->command = (struct text){copied->command, (uint32_t)strlen(copied->command)};
	metadata->header.flags |= copied->reason[0] ? 0 : SNAPSHOT_EXACT;
	return tracker;
}

struct snapshot_header *capture_snapshot(struct capture *capture)
{
	struct copied copied = {.reason = ""};
	char runtime[64];

	fill_process(&copied.metadata.header);
	copied.metadata.runtime.bytes = runtime;
	copied.metadata.runtime.length = (uint32_t)snprintf(runtime, sizeof(runtime), "ruby %s", ruby_version);
	struct tracker *tracker = begin_reading(capture, &copied);
	if (!tracker)
		return NULL;
	struct snapshot_header *header = tracker_snapshot(tracker, &copied.metadata);
	tracker_end_reading(tracker);
	return header;
}

void capture_name(struct capture *capture, const char *command)
{
	pthread_mutex_lock(&capture->swap);
	snprintf(capture->command, sizeof(capture->command), "%s", command);
	pthread_mutex_unlock(&capture->swap);
}
