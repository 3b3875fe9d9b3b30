/*
 * What the header says: one table of items, each with its line, its side, and the widths of screens that have it.
 * To add one, add a row in header_item.c.
 */
#ifndef MEMORY_TRACKER_PANES_HEADER_ITEM_H
#define MEMORY_TRACKER_PANES_HEADER_ITEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "panes/header_metadata.h"

/* From this width on the header is the full one. */
#define HEADER_FULL 100

enum header_side {
	HEADER_LEFT,
	HEADER_RIGHT,
};

struct header_item {
	unsigned line;
	enum header_side side;
	unsigned from, to; /* the widths of screens that have it; to 0: all from there on */
	const char *label; /* dim, before it; NULL: none */
	void (*put)(struct buffer *out, const struct header_metadata *metadata);
	const char *unit;                                          /* dim, behind it; NULL: none */
	bool (*applies)(const struct header_metadata *metadata);   /* NULL: once there is a snapshot */
	uint16_t (*style)(const struct header_metadata *metadata); /* enum grid_style; NULL: plain */
	bool gives_way;                                            /* it is cut before anything else is left out */
};

/* In the order of the screen. */
extern const struct header_item header_items[];
extern const size_t header_item_count;

/* Whether a screen of this width has the item now. */
bool header_item_applies(const struct header_item *item, const struct header_metadata *metadata, unsigned columns);

/* Whether a snapshot has come. */
bool header_has_numbers(const struct header_metadata *metadata);

/* Whether its numbers are exact. */
bool header_is_exact(const struct header_metadata *metadata);

/* Whether the capture is a light one. */
bool header_is_light(const struct header_metadata *metadata);

/* "exact", "light" or "inexact". */
const char *header_exactness(const struct header_metadata *metadata);

#endif
