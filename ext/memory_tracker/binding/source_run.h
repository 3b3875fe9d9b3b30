/*
 * Shows numbers that come from somewhere else, another process or a recording, as a Ruby method does: what Ruby has
 * for the calling thread meanwhile is seen to.
 */
#ifndef MEMORY_TRACKER_BINDING_SOURCE_RUN_H
#define MEMORY_TRACKER_BINDING_SOURCE_RUN_H

#include <ruby.h>

#include "source/snapshot_source.h"

/*
 * Shows the full-screen viewer until it is left, with the Hash of options that Memory::Tracker::Viewer takes. Returns
 * :left, or :quit. Raises Error when it cannot be shown, Interrupt, and what handlers of signals raise. GVL
 */
VALUE source_run_view(const struct snapshot_source *source, VALUE options);

/*
 * Prints tables to a file descriptor, with the Hash of options that Memory::Tracker::Batch takes. Returns how the
 * program has ended, or nil. GVL
 */
VALUE source_run_tables(const struct snapshot_source *source, VALUE fd, VALUE options, bool at_once);

#endif
