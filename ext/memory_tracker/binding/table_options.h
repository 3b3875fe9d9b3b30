/* What tables are to be like, from options in Ruby. */
#ifndef MEMORY_TRACKER_BINDING_TABLE_OPTIONS_H
#define MEMORY_TRACKER_BINDING_TABLE_OPTIONS_H

#include <ruby.h>

#include "source/table_run.h"

/*
 * Takes :interval, :iterations, :sort, :limit, :gc, :internal and :ascii from a Hash. Raises ArgumentError for what makes no sense. GVL
 */
struct table_options table_options_parse(VALUE options);

#endif
