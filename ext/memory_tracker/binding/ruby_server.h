/* Memory::Tracker::Server. */
#ifndef MEMORY_TRACKER_BINDING_RUBY_SERVER_H
#define MEMORY_TRACKER_BINDING_RUBY_SERVER_H

#include <ruby.h>

/* Defines the class below `tracker`. GVL */
void ruby_server_define(VALUE tracker);

#endif
