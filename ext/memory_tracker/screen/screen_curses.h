/*
 * What a screen with ncurses is made of. For the files that make it up: screen_curses.c, screen_curses_pairs.c and
 * screen_curses_keys.c.
 */
#ifndef MEMORY_TRACKER_SCREEN_SCREEN_CURSES_H
#define MEMORY_TRACKER_SCREEN_SCREEN_CURSES_H

/* Wide characters. */
#ifndef _XOPEN_SOURCE_EXTENDED
#define _XOPEN_SOURCE_EXTENDED 1
#endif

#include <curses.h>
#include <stdio.h>

#include "base/descriptor.h"
#include "screen/escape.h"
#include "screen/outbox.h"
#include "screen/screen.h"

/* Pairs of colours up to this one are those that mean something. */
#define SCREEN_PAIRS_FIRST 16

/* As many pairs for what the program prints. */
#define SCREEN_PAIRS 240

struct screen {
	struct descriptor terminal; /* borrowed */
	int flags;                  /* of the descriptor, as they were */
	FILE *input;                /* owned, as all of these */
	FILE *output;
	struct descriptor input_fd; /* what the streams were opened on; borrowed from them */
	struct descriptor output_fd;
	SCREEN *curses;
	struct outbox outbox;  /* where curses writes to, once the screen is set up */
	struct term *before;   /* borrowed; what the program's own use of terminfo had current */
	WINDOW *keys;          /* a pad: reading from it never draws */
	struct grid_cell *old; /* what is shown, columns * lines of them, or NULL */
	cchar_t *row;          /* one line for curses */
	unsigned columns;
	unsigned lines;
	bool colours;
	bool default_colours; /* its own background can be left as it is */
	bool utf8;
	const struct theme *theme; /* borrowed */

	struct screen_pair {
		uint16_t fg;
		uint16_t bg;
	} pairs[SCREEN_PAIRS]; /* colours of output that curses knows by now */
	short pair_count;
	bool pairs_full; /* there was no room for one */

	bool has_mouse;     /* the terminal knows of one */
	bool mouse;         /* it tells what the mouse does */
	bool pasting;       /* what comes is being pasted */
	uint64_t pasted_at; /* nanoseconds */
	struct escape escape;
	bool escaped;          /* a sequence has begun that has no end yet */
	uint64_t escaped_at;   /* nanoseconds */
	uint64_t clicked_at;   /* nanoseconds; 0: not yet, or it was a double click */
	unsigned click_column; /* where that was */
	unsigned click_line;
};

/* The number of a pair of colours, as struct grid_cell has them; 0 where that cannot be had. */
short screen_pair(struct screen *screen, uint16_t fg, uint16_t bg);

/* Forgets pairs when there are too many. Returns whether it did; then all cells need theirs anew. */
bool screen_forget_pairs(struct screen *screen);

/* Whether the terminal can be asked to tell what is pasted: those that know no such modes pass over them. */
bool screen_tells_of_paste(void);

/* Makes keys come one by one, without waiting for them. False without memory. */
bool screen_set_up_keys(struct screen *screen);

#endif
