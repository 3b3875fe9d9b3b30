/* Whether addresses can be read without a fault: asked of the kernel, which says EFAULT where a read would end in SIGSEGV. */
#ifndef MEMORY_TRACKER_BASE_MEMORY_MAP_H
#define MEMORY_TRACKER_BASE_MEMORY_MAP_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Whether the 8 bytes at an address can be read: false where nothing is mapped, and where the mapping forbids reading, as
 * guard pages of stacks do. A system call, which takes no memory and no lock, and leaves errno as it was. HOOK
 */
bool memory_map_readable(uintptr_t address);

#endif
