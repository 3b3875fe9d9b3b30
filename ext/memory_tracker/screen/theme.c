#include "screen/theme.h"

#include <string.h>

enum { RED = 1, GREEN, YELLOW, BLUE, MAGENTA, CYAN };

const struct theme theme_table[] = {
    {.name = "default",
     .help = "for dark and most light backgrounds",
     .colours = {[THEME_COLOUR(GRID_GROWS)] = {RED, RED},
                 [THEME_COLOUR(GRID_UNCONFIRMED)] = {YELLOW, YELLOW},
                 [THEME_COLOUR(GRID_SHRINKS)] = {GREEN, GREEN},
                 [THEME_COLOUR(GRID_PLACE)] = {CYAN, CYAN}}},
    {.name = "light",
     .help = "darker colours, for light backgrounds",
     .colours = {[THEME_COLOUR(GRID_GROWS)] = {RED, 160},
                 [THEME_COLOUR(GRID_UNCONFIRMED)] = {MAGENTA, 130},
                 [THEME_COLOUR(GRID_SHRINKS)] = {GREEN, 28},
                 [THEME_COLOUR(GRID_PLACE)] = {BLUE, 25}}},
    {.name = "high-contrast",
     .help = "nothing is dim, and orange and blue instead of red and green",
     .no_dim = true,
     .colours = {[THEME_COLOUR(GRID_GROWS)] = {YELLOW, 208},
                 [THEME_COLOUR(GRID_UNCONFIRMED)] = {MAGENTA, 219},
                 [THEME_COLOUR(GRID_SHRINKS)] = {BLUE, 39},
                 [THEME_COLOUR(GRID_PLACE)] = {CYAN, 51}}},
    {.name = "mono", .help = "no colours", .monochrome = true},
};

const size_t theme_count = sizeof theme_table / sizeof *theme_table;

uint16_t theme_monochrome(uint16_t style)
{
	unsigned colour = style & GRID_COLOUR;

	style &= (uint16_t)~GRID_COLOUR;
	if (colour == GRID_GROWS)
		style |= GRID_BOLD;
	if (colour == GRID_UNCONFIRMED)
		style |= GRID_UNDERLINE;
	return style;
}

const struct theme *theme_find(const char *name, size_t length)
{
	for (size_t i = 0; i < theme_count; i++) {
		if (strlen(theme_table[i].name) == length && !memcmp(theme_table[i].name, name, length))
			return &theme_table[i];
	}
	return NULL;
}

const struct theme *theme_after(const struct theme *theme)
{
	return &theme_table[((size_t)(theme - theme_table) + 1) % theme_count];
}
