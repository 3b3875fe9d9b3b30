/*
 * A compaction: objects, classes and code have other addresses now, and a tracker's entries follow them.
 */
#ifndef MEMORY_TRACKER_MODEL_RELOCATION_H
#define MEMORY_TRACKER_MODEL_RELOCATION_H

#include <stdbool.h>
#include <stdint.h>

#include "model/tracker.h"

/*
 * Follows all objects and keys that have moved, in one pass in order of address, so nothing may have moved to where
 * something further up has only just moved away from; `locate` tells an object's new address. Where frees were missed
 * there may be entries whose memory is gone, or is no heap any more: `readable`, when given, is asked for each page of
 * old and new addresses before `locate`'s answer or a slot size is made use of, and what is on a page that it denies is
 * taken for freed. So is what is on a page whose slots have another size now. HOOK
 */
struct relocation {
	bool (*readable)(uintptr_t page); /* the address of its first byte */
	uintptr_t (*locate)(uintptr_t address);
};
void relocation_follow(struct tracker *tracker, const struct relocation *relocation);

#endif
