/* Whether addresses can be read without a fault. */
#ifndef MEMORY_TRACKER_VM_MEMORY_MAP_H
#define MEMORY_TRACKER_VM_MEMORY_MAP_H

#include <stdbool.h>
#include <stdint.h>

/* Whether the page of an address is mapped. HOOK */
bool memory_map_readable(uintptr_t address);

#endif
