/*
 * A grid of cells: what a screen shows, before it is put on one.
 *
 * The viewer draws into a grid; screen_curses.c puts it on a terminal, a test into a string.
 */
#ifndef MEMORY_TRACKER_SCREEN_GRID_H
#define MEMORY_TRACKER_SCREEN_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a cell means; how that looks is up to the terminal. At most one colour and any of the others. */
enum grid_style {
	GRID_PLAIN = 0,
	GRID_BOLD = 1,
	GRID_DIM = 2,
	GRID_REVERSE = 4,
	GRID_UNDERLINE = 8,

	GRID_GROWS = 16,       /* sustained growth: red */
	GRID_UNCONFIRMED = 32, /* yellow */
	GRID_SHRINKS = 48,     /* green */
	GRID_PLACE = 64,       /* file and line: cyan */
	GRID_COLOUR = 0x70,    /* the bits of the colour */
};

/* Marks of a base character that are kept; further ones are left out. */
#define GRID_MARKS 3

struct grid_cell {
	uint32_t base;              /* code point; 0: the right half of a wide character */
	uint32_t marks[GRID_MARKS]; /* combining code points, 0 where there is none */
	uint16_t style;             /* enum grid_style */
	uint16_t width;             /* 1 or 2 cells */
	/* Colours that mean nothing here, of what the program prints: 0 the terminal's own, else 1 + one of the 256. */
	uint16_t fg;
	uint16_t bg;
};

struct grid {
	unsigned columns;
	unsigned lines;
	struct grid_cell *cells; /* owned; columns * lines of them */
};

bool grid_init(struct grid *grid);
void grid_deinit(struct grid *grid);

/* Makes it this large and empty. False without memory; the grid then is 0x0. */
bool grid_resize(struct grid *grid, unsigned columns, unsigned lines);

void grid_clear(struct grid *grid);

/*
 * Puts text at a place, cut at the right edge; what lies outside is left out. The text is UTF-8 and already
 * harmless (viewer/text.h). Returns the column behind it.
 */
unsigned grid_put(struct grid *grid, unsigned line, unsigned column, uint16_t style, const char *text, size_t length);

/* Gives the cells of a part of a line colours, as struct grid_cell has them. */
void grid_paint(struct grid *grid, unsigned line, unsigned column, unsigned width, uint16_t fg, uint16_t bg);

/* Adds a style to all cells of a part of a line. */
void grid_style(struct grid *grid, unsigned line, unsigned column, unsigned width, uint16_t style);

#endif
