/*
 * What the VM says of its heap, for readers that may not ask it.
 */
#ifndef MEMORY_TRACKER_VM_HEAP_FIGURES_H
#define MEMORY_TRACKER_VM_HEAP_FIGURES_H

#include <stdint.h>

/* As of the latest GC or check. */
struct heap_figures {
	uint64_t minor_count;
	uint64_t major_count;
	uint64_t time_ns;
	uint64_t live_slots;
	uint64_t total_slots;
};

/* Once, when the extension is loaded. GVL */
void heap_figures_init(void);

/* Asks the VM. GVL or HOOK */
void heap_figures_update(void);

/* What it said. ANY THREAD */
struct heap_figures heap_figures_read(void);

/* After a fork, in the child: the thread that was writing may not have come along. */
void heap_figures_forked(void);

#endif
