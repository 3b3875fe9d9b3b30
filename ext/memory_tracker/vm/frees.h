/*
 * Whether every free was reported: FREEOBJ events compared with what the VM counted.
 *
 * The VM counts what it frees page by page, and Ruby 4.1 reports all of it before it frees the first object. So both are
 * compared only while nothing is being swept. Objects that wait for their finalizers had their event, and are counted as
 * freed later: they are added. Moved objects count as freed in some Rubies.
 */
#ifndef MEMORY_TRACKER_VM_FREES_H
#define MEMORY_TRACKER_VM_FREES_H

#include <stdbool.h>
#include <stdint.h>

struct frees {
	uint64_t seen;     /* events since the process loaded us */
	uint64_t expected; /* what the VM had counted when `seen` was `checked` */
	uint64_t checked;
	uint64_t missed; /* found by a comparison, and not yet taken */
	bool comparable; /* nothing was being swept at that moment */
};

extern struct frees frees;

/* At each event. HOOK */
static inline void frees_saw_one(void)
{
	frees.seen++;
}

/* GVL */
void frees_init(void);

/* Events come from now on. GVL */
void frees_begin(void);

/* Compares; nothing is being swept. HOOK */
void frees_compare(void);

/* The same, when nothing is being swept. GVL */
void frees_compare_if_idle(void);

/* So many objects were moved since the latest comparison, and counted as freed. HOOK */
void frees_moved(uint64_t count);

/* How many were missed since this was called last. GVL */
uint64_t frees_take_missed(void);

#endif
