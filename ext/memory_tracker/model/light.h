/*
 * Counting without hearing of every allocation and free: a light tracker.
 *
 * Walks over the heap tell how many objects of each class stand there. In between, windows of allocations that are
 * heard of are samples: all allocations since the last walk are shared out among them. So of a class what stands is
 * known and what was allocated is estimated; of a call path only allocations are known, by estimate, and nothing of
 * what became of them.
 *
 * A class's root has the numbers of the whole class then. Nodes below it have allocations alone, each of them freed at
 * once, which are part of the root's.
 *
 * Between windows no event says what is freed and what moves. So no address outlives a window: classes are found again by
 * an identity that is never given twice, and code is met anew.
 *
 * Here is what a window and a walk gather; what it means for a tracker's records is in model/light_census.h. All functions
 * want the GVL unless they say otherwise.
 */
#ifndef MEMORY_TRACKER_MODEL_LIGHT_H
#define MEMORY_TRACKER_MODEL_LIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "model/class_table.h"
#include "model/key_map.h"
#include "model/memory.h"

/* Samples that a window may have. */
#define LIGHT_SAMPLES 4096

/* Of the allocations of a window every nth is one, n being picked at random from 1 to twice this. */
#define LIGHT_STEPS 4

struct light {
	struct memory *memory;     /* borrowed */
	struct key_map identities; /* -> struct class_record * */
	struct key_map known;      /* where recorded classes stood when their addresses were forgotten */

	/* The walk. */
	struct key_map counts;   /* class key -> objects that stand */
	uintptr_t run_key;       /* objects of one class often stand together: those of */
	uint64_t run;            /* this class are not in `counts` yet */
	uint64_t internals;      /* objects that count for no class */
	uint64_t internals_last; /* the same of the walk before */
	uint32_t number;         /* of the walk, from 1; 0: there was none yet */
	bool failed;             /* for want of memory */

	/* The window. */
	uint64_t *samples; /* owned: handles of nodes, LIGHT_SAMPLES of them */
	uint32_t sample_count;
	uint32_t sample_limit;
	uint32_t samples_left; /* that the window before has not taken */
	uint32_t picked;       /* allocations that were to be samples; not all have a class */
	uint32_t skip;         /* allocations until the next one */
	uint64_t random;       /* where the next step comes from; never 0 */
	uint64_t vm_allocated; /* allocations that the VM had counted by the last walk */

	/* Of all classes. */
	uint64_t allocated;
	uint64_t freed;

	/* For readers: when the latest walk was, and what it has shared out. */
	uint64_t taken_ns;
	_Atomic uint64_t sampled;
	_Atomic uint64_t sampled_of;
};

/* Nothing gathered yet; NULL without memory. Freed by light_free. */
struct light *light_new(struct memory *memory);
void light_free(struct light *light);

/* A record is about to be recycled: its identity leads nowhere. HOOK */
void light_drop(struct light *light, const struct class_record *class);

/* --- the window --- */

/* Begins a window of at most so many samples, and those that the window before has left. */
void light_open(struct light *light, uint32_t samples);

/* Whether the window has all its samples. HOOK */
static inline bool light_is_full(const struct light *light)
{
	return light->sample_count >= light->sample_limit;
}

/* Whether the allocation that happens is to be a sample, in a window that is not full. HOOK */
static inline bool light_picks(struct light *light)
{
	if (light->skip > 0) {
		light->skip--;
		return false;
	}
	/* Marsaglia, Xorshift RNGs (2003): a fixed step would keep time with the program's loops. */
	light->random ^= light->random << 13;
	light->random ^= light->random >> 7;
	light->random ^= light->random << 17;
	light->skip = (uint32_t)(light->random % (2 * LIGHT_STEPS));
	light->picked++;
	return true;
}

/* A sample belongs to the node that this handle is of, see node_handle. In a window that is not full. HOOK */
static inline void light_sample(struct light *light, uint64_t handle)
{
	light->samples[light->sample_count++] = handle;
}

/* --- the walk --- */

/* Begins a walk. No object may be freed until light_settle is over. */
void light_begin(struct light *light);

/* For want of memory the walk fails. */
void light_count_run(struct light *light);

/* So many objects of this class, or the class itself, for which `objects` is 0. */
static inline void light_count(struct light *light, uintptr_t key, uint64_t objects)
{
	if (key != light->run_key) {
		light_count_run(light);
		light->run_key = key;
	}
	light->run += objects;
}

/* Whether a recorded class may stand at this address. */
static inline bool light_knows(const struct light *light, uintptr_t address)
{
	return key_map_get(&light->known, address) != 0;
}

#endif
