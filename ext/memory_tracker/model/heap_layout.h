/* Which heaps the map of addresses can index: see model/shadow_map.h. */
#ifndef MEMORY_TRACKER_MODEL_HEAP_LAYOUT_H
#define MEMORY_TRACKER_MODEL_HEAP_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

/*
 * The stride for a heap with slots of these sizes in bytes: a number that divides every object's address, of which two
 * objects never have the same multiple. 0 where there is none, because pages of slots that are no multiples of one
 * another lie side by side, or where no size is known.
 */
uint32_t heap_layout_stride(const size_t *slot_sizes, size_t count);

#endif
