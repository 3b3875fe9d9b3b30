/*
 * Memory::Tracker::Reporter: prints tables of a capture's classes while the program runs.
 */
#ifndef MEMORY_TRACKER_BINDING_REPORTER_H
#define MEMORY_TRACKER_BINDING_REPORTER_H

#include <ruby.h>

#include "binding/printer.h"

/*
 * What a Hash of a reporter's options means, but for :command. Raises ArgumentError and TypeError. GVL
 */
struct printer_options reporter_options(VALUE options);

/* Defines the class under Memory::Tracker. GVL */
void reporter_define(VALUE tracker_module);

#endif
