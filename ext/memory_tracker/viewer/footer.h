/*
 * The line of keys at the bottom: those that do something now, as many as there is room for.
 */
#ifndef MEMORY_TRACKER_VIEWER_FOOTER_H
#define MEMORY_TRACKER_VIEWER_FOOTER_H

#include "viewer/grid.h"
#include "viewer/viewer.h"

void footer_draw(struct viewer *viewer, struct grid *grid, unsigned line);

#endif
