/* Memory::Tracker::Capture. */
#ifndef MEMORY_TRACKER_BINDING_RUBY_CAPTURE_H
#define MEMORY_TRACKER_BINDING_RUBY_CAPTURE_H

#include <ruby.h>

#include "vm/capture.h"

/* Defines the class below `tracker`. GVL */
void ruby_capture_define(VALUE tracker);

/* What a Ruby object of the class wraps. Raises TypeError for other objects. GVL */
struct capture *ruby_capture_get(VALUE object);

#endif
