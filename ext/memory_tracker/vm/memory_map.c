#include "vm/memory_map.h"

#include <sys/mman.h>
#include <unistd.h>

bool memory_map_readable(uintptr_t address)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
#ifdef __APPLE__
	char present;
#else
	unsigned char present;
#endif

	return mincore((void *)(address & ~(page - 1)), page, &present) == 0;
}
