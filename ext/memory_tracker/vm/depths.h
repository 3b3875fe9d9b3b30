/* How many frames of call paths a running capture takes, changed while it runs. */
#ifndef MEMORY_TRACKER_VM_DEPTHS_H
#define MEMORY_TRACKER_VM_DEPTHS_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/capture.h"

/*
 * From now on, frames for the classes of this name, where UINT32_MAX stands for what all classes have; or with an
 * empty name for all classes that have no number of their own. Returns false when there is no such class. GVL
 */
bool depths_set(struct capture *capture, const char *name, uint32_t depth);

#endif
