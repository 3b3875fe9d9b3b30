/*
 * When hidden objects and singleton classes are told from the objects of their classes: see model/hidden.h.
 *
 * Whoever asks for the numbers of a class that may have some gets them as of that moment. A viewer, and the marks of
 * major GCs that retained counts are of, are content with less: their walks take a hundredth and a two hundredth of the
 * time at most, so in a heap of a million objects they are up to one and a half and three seconds old.
 */
#ifndef MEMORY_TRACKER_VM_VISIBILITY_H
#define MEMORY_TRACKER_VM_VISIBILITY_H

#include <ruby.h>
#include <stdbool.h>
#include <stdint.h>

struct capture;

/* Parts of the time that walks may take one of. */
enum { VISIBILITY_FOR_VIEWER = 100, VISIBILITY_FOR_GC = 200 };

/* Whether objects of this class may be hidden. ANY THREAD */
bool visibility_concerns(VALUE klass);

/* Of a capture that runs, and is not light. HOOK */
void visibility_settle(struct capture *capture);
void visibility_settle_sparingly(struct capture *capture, uint64_t parts);

#endif
