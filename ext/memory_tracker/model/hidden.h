/*
 * Objects that the VM hides after their allocation, and reveals.
 *
 * No event tells of either. So each object is counted for the class it was allocated with, and whoever reads the numbers
 * of a class that may have hidden objects walks over the map first: the entry of an object that is hidden by then moves
 * to the root of a pseudo class of its kind, such as "(hidden Array)", and back when it is revealed. What was allocated
 * and freed moves along, so no number becomes negative, and all classes together have what they had.
 *
 * Kinds are numbers below HIDDEN_KINDS, given by the runtime.
 */
#ifndef MEMORY_TRACKER_MODEL_HIDDEN_H
#define MEMORY_TRACKER_MODEL_HIDDEN_H

#include <stdbool.h>
#include <stdint.h>

#include "model/tracker.h"

struct hidden_source {
	/* Whether a page can be read; NULL: all can. */
	bool (*readable)(uintptr_t page);
	/*
	 * The kind that an object at this address has when it is hidden, and whether it is; HIDDEN_KINDS when there is no
	 * object, or none that could be hidden.
	 */
	uint32_t (*kind)(uintptr_t address, bool *hidden);
	/* The key of the class of one that is not. */
	uintptr_t (*key)(uintptr_t address);
};

/*
 * Counts every object for what it is at the moment: reads the entries of the map and an object's first word each, some
 * 15 ms for a million objects. Not for a light tracker, which has no objects. HOOK
 */
void hidden_settle(struct tracker *tracker, const struct hidden_source *source);

#endif
