/*
 * What the VM says of its heap, for readers that may not ask it.
 */
#ifndef MEMORY_TRACKER_VM_GC_STATS_H
#define MEMORY_TRACKER_VM_GC_STATS_H

#include <stdint.h>

/* As of the latest GC or check. */
struct gc_stats {
	uint64_t minor_count;
	uint64_t major_count;
	uint64_t time_ns;
	uint64_t live_slots;
	uint64_t total_slots;
};

/* Once, when the extension is loaded. GVL */
void gc_stats_init(void);

/* Asks the VM. GVL or HOOK */
void gc_stats_update(void);

/* What it said. ANY THREAD */
struct gc_stats gc_stats_read(void);

/* After a fork, in the child: the thread that was writing may not have come along. */
void gc_stats_forked(void);

#endif
