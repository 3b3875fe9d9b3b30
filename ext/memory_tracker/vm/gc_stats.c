#include "vm/gc_stats.h"

#include <ruby.h>
#include <stdatomic.h>
#include <string.h>

#define COUNT (sizeof(struct gc_stats) / sizeof(uint64_t))

/*
 * In the order of struct gc_stats. Live slots are worked out as the VM does: where its JIT does not count what it
 * allocates they are less than none, which rb_gc_stat would make a bignum of, and objects cannot be made inside a GC.
 */
enum { MINOR, MAJOR, TIME, ALLOCATED, AVAILABLE, FREED, FINAL, KEYS };
static const char *const names[KEYS] = {
    [MINOR] = "minor_gc_count",
    [MAJOR] = "major_gc_count",
    [TIME] = "time",
    [ALLOCATED] = "total_allocated_objects",
    [AVAILABLE] = "heap_available_slots",
    [FREED] = "total_freed_objects",
    [FINAL] = "heap_final_slots",
};

static struct {
	VALUE keys[KEYS];
	_Atomic uint32_t version; /* odd while being written */
	_Atomic uint64_t values[COUNT];
} metrics;

void gc_stats_init(void)
{
	for (size_t index = 0; index < KEYS; index++) {
		metrics.keys[index] = ID2SYM(rb_intern(names[index]));
		rb_gc_stat(metrics.keys[index]);
	}
}

static uint64_t live_slots(uint64_t allocated)
{
	uint64_t gone = rb_gc_stat(metrics.keys[FREED]) + rb_gc_stat(metrics.keys[FINAL]);

	return allocated > gone ? allocated - gone : 0;
}

/* A seqlock with one writer, who holds the GVL: Boehm, Can seqlocks get along with programming language memory
 * models? (MSPC 2012). */
void gc_stats_update(void)
{
	uint32_t version = atomic_load_explicit(&metrics.version, memory_order_relaxed);

	atomic_store_explicit(&metrics.version, version + 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	for (size_t index = 0; index < COUNT; index++) {
		uint64_t value = rb_gc_stat(metrics.keys[index]);

		/* The VM counts milliseconds. */
		if (index == TIME)
			value *= 1000000u;
		else if (index == ALLOCATED)
			value = live_slots(value);
		atomic_store_explicit(&metrics.values[index], value, memory_order_relaxed);
	}
	atomic_store_explicit(&metrics.version, version + 2, memory_order_release);
}

struct gc_stats gc_stats_read(void)
{
	uint64_t copy[COUNT];
	struct gc_stats read;
	uint32_t before, after;

	do {
		before = atomic_load_explicit(&metrics.version, memory_order_acquire);
		for (size_t index = 0; index < COUNT; index++)
			copy[index] = atomic_load_explicit(&metrics.values[index], memory_order_relaxed);
		atomic_thread_fence(memory_order_acquire);
		after = atomic_load_explicit(&metrics.version, memory_order_relaxed);
	} while (before != after || (before & 1));
	memcpy(&read, copy, sizeof(read));
	return read;
}

void gc_stats_forked(void)
{
	atomic_store(&metrics.version, atomic_load(&metrics.version) & ~UINT32_C(1));
}
