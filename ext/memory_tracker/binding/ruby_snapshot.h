/* Memory::Tracker::Snapshot. */
#ifndef MEMORY_TRACKER_BINDING_RUBY_SNAPSHOT_H
#define MEMORY_TRACKER_BINDING_RUBY_SNAPSHOT_H

#include <ruby.h>

#include "model/snapshot.h"

/* Defines the class below `tracker`. GVL */
void ruby_snapshot_define(VALUE tracker);

/* A Ruby object that owns `header`, which free() gives back. GVL */
VALUE ruby_snapshot_wrap(struct snapshot_header *header);

#endif
