/*
 * What tests of the viewer say about its screen, which is drawn for that.
 */
#ifndef MEMORY_TRACKER_VIEWER_ASSERTS_H
#define MEMORY_TRACKER_VIEWER_ASSERTS_H

#include <stdint.h>

#include "shop_viewer.h"

/* The selected line of the table, which is the one that is reversed as a whole, ends in this text. */
void assert_selected(struct shop_viewer *shop, const char *end);

/* Presses a key that asks for nothing from whoever runs the viewer. */
void press(struct shop_viewer *shop, uint32_t key);

#endif
