/* What tables are to be like, from options in Ruby. */
#ifndef MEMORY_TRACKER_BINDING_TABLE_OPTIONS_H
#define MEMORY_TRACKER_BINDING_TABLE_OPTIONS_H

#include <ruby.h>
#include <stdint.h>

#include "viewer/batch.h"

struct table_options {
	uint64_t interval_ns;       /* between two tables */
	uint64_t tables;            /* how many are printed, not counting the one at the end */
	uint64_t gc_ns;             /* between two full GCs; 0: none */
	struct batch_options batch; /* what it points to is borrowed */
};

/*
 * Takes :interval, :iterations, :sort, :limit, :gc, :internal and :ascii from a Hash. Raises ArgumentError for what makes no sense. GVL
 */
struct table_options table_options_parse(VALUE options);

#endif
