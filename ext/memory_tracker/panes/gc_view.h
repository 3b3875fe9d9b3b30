/*
 * The GC that a person has asked for: which line it is to be told of, and the sentence about it. For the files that
 * make up the viewer.
 */
#ifndef MEMORY_TRACKER_PANES_GC_VIEW_H
#define MEMORY_TRACKER_PANES_GC_VIEW_H

#include "app/viewer_state.h"

/* Begins a report on the whole program and the selected line. */
void gc_view_ask(struct viewer *viewer);

/* What a snapshot, which must be the one that call paths were built from last, says of a class or a call path. */
struct gc_row gc_view_row(const struct viewer *viewer, const struct snapshot_header *snapshot, uint64_t key);

/* The sentence, as far as its numbers are known; an empty text if no GC was asked for. */
void gc_view_describe(const struct viewer *viewer, char out[VIEWER_SENTENCE_SIZE]);

#endif
