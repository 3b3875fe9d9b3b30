/* Memory::Tracker::Remote. */
#ifndef MEMORY_TRACKER_BINDING_RUBY_REMOTE_H
#define MEMORY_TRACKER_BINDING_RUBY_REMOTE_H

#include <ruby.h>

/* Defines the class below `tracker`. GVL */
void ruby_remote_define(VALUE tracker);

#endif
