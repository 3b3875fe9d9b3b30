/* Memory::Tracker::Viewer, the live viewer inside the process that it shows. */
#ifndef MEMORY_TRACKER_BINDING_RUBY_VIEWER_H
#define MEMORY_TRACKER_BINDING_RUBY_VIEWER_H

#include <ruby.h>

/* Defines the class below `tracker`. GVL */
void ruby_viewer_define(VALUE tracker);

#endif
