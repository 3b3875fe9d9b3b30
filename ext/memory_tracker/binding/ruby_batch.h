/* Memory::Tracker::Batch. */
#ifndef MEMORY_TRACKER_BINDING_RUBY_BATCH_H
#define MEMORY_TRACKER_BINDING_RUBY_BATCH_H

#include <ruby.h>

/* Defines the class below `tracker`. GVL */
void ruby_batch_define(VALUE tracker);

#endif
