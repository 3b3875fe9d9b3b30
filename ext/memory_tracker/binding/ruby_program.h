/* Memory::Tracker::Program: a program on a pty of its own, with the viewer before it. See lib/memory/tracker/program.rb. */
#ifndef MEMORY_TRACKER_BINDING_RUBY_PROGRAM_H
#define MEMORY_TRACKER_BINDING_RUBY_PROGRAM_H

#include <ruby.h>

/* Defines the class. GVL */
void ruby_program_define(VALUE tracker);

#endif
