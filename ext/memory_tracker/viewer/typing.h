/*
 * What is being typed into the last line of the screen, and what happens while it is.
 */
#ifndef MEMORY_TRACKER_VIEWER_TYPING_H
#define MEMORY_TRACKER_VIEWER_TYPING_H

#include <stdbool.h>
#include <stdint.h>

#include "viewer/typed.h"
#include "viewer/viewer.h"

/* What is being typed now, NULL if nothing is. */
struct typed *typing_now(struct viewer *viewer);

/* Whether what is being typed takes the key. */
bool typing_press(struct viewer *viewer, uint32_t key);

#endif
