/* The gem's exceptions, as defined in Ruby. */
#ifndef MEMORY_TRACKER_BINDING_ERRORS_H
#define MEMORY_TRACKER_BINDING_ERRORS_H

#include <ruby.h>

extern VALUE error_class; /* Memory::Tracker::Error */
extern VALUE error_limit; /* Memory::Tracker::LimitError */

/* Once; the classes are there already. GVL */
void errors_define(VALUE tracker);

#endif
