/*
 * The numbers in the header's second and third line, each as one function that writes it and, where it has one, its style.
 */
#ifndef MEMORY_TRACKER_PANES_HEADER_NUMBERS_H
#define MEMORY_TRACKER_PANES_HEADER_NUMBERS_H

#include <stdint.h>

#include "base/buffer.h"
#include "panes/header_metadata.h"

/* For header_item's `put` and `style`. */
void header_put_live(struct buffer *out, const struct header_metadata *metadata);
void header_put_trend(struct buffer *out, const struct header_metadata *metadata);
void header_put_retained(struct buffer *out, const struct header_metadata *metadata);
void header_put_heap(struct buffer *out, const struct header_metadata *metadata);
void header_put_heap_share(struct buffer *out, const struct header_metadata *metadata);
void header_put_rss(struct buffer *out, const struct header_metadata *metadata);
void header_put_tracker(struct buffer *out, const struct header_metadata *metadata);
void header_put_allocated(struct buffer *out, const struct header_metadata *metadata);
void header_put_freed(struct buffer *out, const struct header_metadata *metadata);
void header_put_gc_short(struct buffer *out, const struct header_metadata *metadata);
void header_put_gc(struct buffer *out, const struct header_metadata *metadata);
void header_put_last_major(struct buffer *out, const struct header_metadata *metadata);
void header_put_growth(struct buffer *out, const struct header_metadata *metadata);
uint16_t header_style_growth(const struct header_metadata *metadata);

#endif
