/* Goes with binding/printer.c, which keeps plain numbers. */
#ifndef MEMORY_TRACKER_VM_FORK_CLOSE_H
#define MEMORY_TRACKER_VM_FORK_CLOSE_H

#include "base/descriptor.h"

static inline bool fork_close_add(int fd)
{
	struct descriptor descriptor = descriptor_of(fd);

	return descriptor_close_on_fork(&descriptor);
}

static inline void fork_close_remove(int fd)
{
	struct descriptor descriptor = {.fd = fd};

	descriptor_keep_on_fork(&descriptor);
}

#endif
