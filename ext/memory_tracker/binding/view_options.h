/* What a Hash of a viewer's options says, for all who show one. All GVL; they raise ArgumentError and TypeError. */
#ifndef MEMORY_TRACKER_BINDING_VIEW_OPTIONS_H
#define MEMORY_TRACKER_BINDING_VIEW_OPTIONS_H

#include <ruby.h>

#include "app/viewer.h"

/* Seconds between 0.1 and 86,400; 0 when it is not said. */
double view_options_seconds(VALUE options, const char *name);

/* :interval, :mouse and :settings, and the clocks of this place; no texts, which somebody must keep. */
struct viewer_options view_options_parse(VALUE options);

#endif
