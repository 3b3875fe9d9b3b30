/*
 * The line of keys at the bottom: those that do something now, as many as there is room for.
 */
#ifndef MEMORY_TRACKER_PANES_FOOTER_H
#define MEMORY_TRACKER_PANES_FOOTER_H

#include "screen/grid.h"
#include "app/viewer.h"

void footer_draw(struct viewer *viewer, struct grid *grid, unsigned line);

#endif
