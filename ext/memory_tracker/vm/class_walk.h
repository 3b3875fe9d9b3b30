/*
 * What is known weakly and still there: only that may be asked for its name, or handed out.
 *
 * As long as there is an event for every allocation and free, that is what the tables know. Where allocations were
 * missed, in a Ractor or in another tool's hook, frees may have been, too: code is then met anew, and classes are found
 * by themselves.
 */
#ifndef MEMORY_TRACKER_VM_CLASS_WALK_H
#define MEMORY_TRACKER_VM_CLASS_WALK_H

#include <ruby.h>

#include "vm/capture_state.h"

/*
 * Completes the names of code, and of classes when asked, if any wait. During a sweep that has to wait for its end: what is
 * `urgent` ends it, all else is put off, as long as the program goes on allocating. GVL,
 * compat_exclusively, never inside an event
 */
void class_walk_complete_names(struct capture *capture, bool classes, bool urgent);

/* A class that is still there, and what is known of it: copies, so that nothing of the tracker is held. */
struct walked_class {
	VALUE klass;
	uint64_t id;
	uint32_t number;
	struct counts counts;
};

/*
 * Collects the classes that have a record, and then calls `use` with a copy of them, which the capture keeps alive. Only then may
 * Ruby code run, another thread may clear the capture meanwhile, and `use` may raise. Raises NoMemoryError itself. GVL,
 * never inside an event
 */
void class_walk_classes(struct capture *capture,
                        void (*use)(void *context, const struct walked_class *classes, size_t count), void *context);

/* Marks the classes that are being handed out. */
void class_walk_mark(const struct capture *capture);

#endif
