#include "vm/heap_figures.h"

#include <ruby.h>
#include <stdatomic.h>
#include <string.h>

#define COUNT (sizeof(struct heap_figures) / sizeof(uint64_t))

/* In the order of struct heap_figures. */
static const char *const names[COUNT] = {"minor_gc_count", "major_gc_count", "time", "heap_live_slots",
                                         "heap_available_slots"};
#define TIME 2

static struct {
	VALUE keys[COUNT];
	_Atomic uint32_t version; /* odd while being written */
	_Atomic uint64_t values[COUNT];
} figures;

void heap_figures_init(void)
{
	for (size_t index = 0; index < COUNT; index++) {
		figures.keys[index] = ID2SYM(rb_intern(names[index]));
		rb_gc_stat(figures.keys[index]);
	}
}

/* A seqlock with one writer, who holds the GVL: Boehm, Can seqlocks get along with programming language memory
 * models? (MSPC 2012). */
void heap_figures_update(void)
{
	uint32_t version = atomic_load_explicit(&figures.version, memory_order_relaxed);

	atomic_store_explicit(&figures.version, version + 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	for (size_t index = 0; index < COUNT; index++) {
		uint64_t value = rb_gc_stat(figures.keys[index]);

		/* The VM counts milliseconds. */
		value *= index == TIME ? 1000000u : 1u;
		atomic_store_explicit(&figures.values[index], value, memory_order_relaxed);
	}
	atomic_store_explicit(&figures.version, version + 2, memory_order_release);
}

struct heap_figures heap_figures_read(void)
{
	uint64_t copy[COUNT];
	struct heap_figures read;
	uint32_t before, after;

	do {
		before = atomic_load_explicit(&figures.version, memory_order_acquire);
		for (size_t index = 0; index < COUNT; index++)
			copy[index] = atomic_load_explicit(&figures.values[index], memory_order_relaxed);
		atomic_thread_fence(memory_order_acquire);
		after = atomic_load_explicit(&figures.version, memory_order_relaxed);
	} while (before != after || (before & 1));
	memcpy(&read, copy, sizeof(read));
	return read;
}

void heap_figures_forked(void)
{
	atomic_store(&figures.version, atomic_load(&figures.version) & ~UINT32_C(1));
}
