/*
 * A heap map for tests. Each of these functions checks what always holds.
 */
#ifndef MEMORY_TRACKER_MAPPED_HEAP_H
#define MEMORY_TRACKER_MAPPED_HEAP_H

#include <stdint.h>

#include "fake_program.h"
#include "model/heap_map.h"

#define PAGE ((uintptr_t)HEAP_MAP_PAGE_SIZE)

extern struct fake_allocator mapped_allocator;
extern struct memory mapped_memory;
extern struct heap_map mapped_heap;
extern int mapped_status; /* of the latest mapped_heap_set */

void mapped_heap_begin(heap_map_slot_size function);
void mapped_heap_end(void);
void mapped_heap_set(uintptr_t address, uint32_t value);
/* What was found is cached, and leads back. NULL for nowhere. */
uint32_t *mapped_heap_find(uintptr_t address);
uint32_t mapped_heap_value(uintptr_t address);
void mapped_heap_clear(uintptr_t address);

#endif
