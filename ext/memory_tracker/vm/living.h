/*
 * What is known weakly and still there: only that may be asked for its name, or handed out.
 *
 * As long as every birth and death is heard of, that is what the tables know. Where births were missed, in a Ractor or
 * in another tool's hook, deaths may have been, too: code is then met anew, and classes are found by themselves.
 */
#ifndef MEMORY_TRACKER_VM_LIVING_H
#define MEMORY_TRACKER_VM_LIVING_H

#include <ruby.h>

#include "vm/capture.h"

/* Completes the names of code, and of classes when asked. GVL, compat_exclusively, never inside an event */
void living_complete_names(struct capture *capture, bool classes);

/* What is known of a class that is still there: copies, so that nothing of the tracker is held. */
struct living_class {
	uint64_t id;
	uint32_t number;
	struct node_counts counts;
};

struct living_classes {
	VALUE held;                       /* the Array of the classes, which keeps them alive, in the order of: */
	const struct living_class *known; /* borrowed */
	size_t count;
};

/*
 * Collects the classes that have a record in `held`, an empty Array, while nothing is freed and, as by compat_exclusively,
 * nothing else runs. Then it calls `use` with them: only then may Ruby code run, another thread may clear the capture
 * meanwhile, and `use` may raise. Raises NoMemoryError itself. GVL, never inside an event
 */
void living_classes(struct capture *capture, VALUE held,
                    void (*use)(void *context, const struct living_classes *classes), void *context);

#endif
