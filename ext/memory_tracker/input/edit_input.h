/*
 * The line that is edited at the bottom of the screen, and what happens at each change of it.
 */
#ifndef MEMORY_TRACKER_INPUT_EDIT_INPUT_H
#define MEMORY_TRACKER_INPUT_EDIT_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/line_edit.h"

struct viewer;

/* The line that is edited now, NULL if there is none. */
struct line_edit *edit_input_now(struct viewer *viewer);

/* Whether the line that is edited takes the key. */
bool edit_input_press(struct viewer *viewer, uint32_t key);

/* Takes a character that was pasted into the line that is being edited, where there is one; else a sentence says so. */
void edit_input_paste(struct viewer *viewer, uint32_t character);

#endif
