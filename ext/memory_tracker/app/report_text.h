/*
 * What is on the screen as plain text: the header, and all lines of the table, not only those that the screen has
 * room for.
 */
#ifndef MEMORY_TRACKER_APP_REPORT_TEXT_H
#define MEMORY_TRACKER_APP_REPORT_TEXT_H

#include <stdbool.h>

#include "base/buffer.h"
#include "app/viewer.h"

/* Appends it. Returns false without memory. */
bool report_text(struct buffer *out, struct viewer *viewer);

#endif
