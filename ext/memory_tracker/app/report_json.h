/*
 * What is on the screen as JSON: the metrics of the program, and all lines of the table in their order.
 *
 *     {"format": 1, "time": "2026-11-22T10:41:07+01:00", "program": {...}, "figures": {...}, "table": {...},
 *      "lines": [{"class": "Hash", "depth": 0, "retained": 81204, ...}, ...]}
 *
 * Names end in their unit where they have one; a number that is not known is null. README.md says what each is.
 */
#ifndef MEMORY_TRACKER_APP_REPORT_JSON_H
#define MEMORY_TRACKER_APP_REPORT_JSON_H

#include <stdbool.h>

#include "base/buffer.h"
#include "app/viewer.h"

/* Appends it. Returns false without memory. */
bool report_json(struct buffer *out, const struct viewer *viewer);

#endif
