/*
 * How a program wants its output to look, as cells of a grid can: what the control sequences that end in "m" say.
 */
#ifndef MEMORY_TRACKER_SCREEN_TEXT_STYLE_H
#define MEMORY_TRACKER_SCREEN_TEXT_STYLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/vt_parser.h"

/* All zero is the terminal's own. */
struct text_style {
	uint16_t style; /* of enum grid_style: bold, dim, underlined and reversed */
	uint16_t fg;    /* as in struct grid_cell, and so is the paper */
	uint16_t bg;
};

/* Changes a style by the parameters of a sequence that ends in "m". What is not known changes nothing. ANY THREAD. */
void text_style_change(struct text_style *text_style, const struct vt_sequence *sequence);

bool text_style_equal(const struct text_style *a, const struct text_style *b);

#endif
