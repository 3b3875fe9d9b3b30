/* Memory::Tracker::Recording. */
#ifndef MEMORY_TRACKER_BINDING_RUBY_RECORDING_H
#define MEMORY_TRACKER_BINDING_RUBY_RECORDING_H

#include <ruby.h>

/* Defines the class below `tracker`. GVL */
void ruby_recording_define(VALUE tracker);

/*
 * A recorder for a path, or NULL for nil. With `overwrite` true a recording that is there is replaced. Raises Error when
 * nothing can be recorded there. GVL
 */
struct recorder *ruby_recording_recorder(VALUE path, VALUE overwrite);

#endif
