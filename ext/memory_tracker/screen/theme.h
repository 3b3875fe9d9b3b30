/*
 * How what cells mean looks on a terminal that has colours. To add a theme, add a row in theme.c.
 */
#ifndef MEMORY_TRACKER_SCREEN_THEME_H
#define MEMORY_TRACKER_SCREEN_THEME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "screen/grid.h"

/* The place of a style's colour in a theme; 0 has none. */
#define THEME_COLOUR(style) (((style)&GRID_COLOUR) / GRID_GROWS)
#define THEME_COLOURS (THEME_COLOUR(GRID_COLOUR) + 1)

/* A colour by its number; -1 is what the terminal writes in anyhow. */
struct theme_colour {
	short few;  /* of 8 */
	short many; /* of 256 */
};

struct theme {
	const char *name; /* what settings call it */
	const char *help;
	bool monochrome; /* as on a terminal without colours */
	bool no_dim;     /* nothing steps back by being dim */
	struct theme_colour colours[THEME_COLOURS];
};

extern const struct theme theme_table[];
extern const size_t theme_count;

/* A style without its colour: the meanings that must not be missed are told by other means. ANY THREAD. */
uint16_t theme_monochrome(uint16_t style);

/* The theme with this name, NULL if there is none. ANY THREAD. */
const struct theme *theme_find(const char *name, size_t length);

/* The one that comes after, round the end. ANY THREAD. */
const struct theme *theme_after(const struct theme *theme);

#endif
