/*
 * The columns of a table of classes. To add one, add a row in column.c, and its place on the screen below.
 */
#ifndef MEMORY_TRACKER_VIEWER_COLUMN_H
#define MEMORY_TRACKER_VIEWER_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "viewer/buffer.h"
#include "viewer/figures.h"
#include "viewer/history.h"
#include "viewer/text.h"

/* What only lines of call paths have. */
struct column_path {
	uint32_t index;   /* in the call paths of the table; CALL_PATHS_NONE: the line is a class */
	unsigned depth;   /* 0 for a class, 1 directly below it, … */
	bool below;       /* there is something below, */
	bool unfolded;    /* and it is shown */
	bool pseudo;      /* the frame is no code: it has no place */
	double share;     /* of what is above it, 0 to 1; negative: not known */
	const char *file; /* as the program has it */
	uint32_t file_length;
	uint32_t line; /* 0: not known */
};

/* One line of a table and what its columns are made from. Everything is borrowed. */
struct column_line {
	const struct history_row *row;
	const struct figures *figures; /* what trends are drawn from; NULL: there is none */
	uint32_t class_index;          /* in the snapshot */
	struct column_path path;
	const char *name; /* of the class or the method, as the program has it */
	uint32_t name_length;
	uint32_t rank; /* in an order that is frozen */
	bool bound;    /* retained is an upper bound */
	bool unknown;  /* no major GC was seen yet, so what is retained is not known */
	enum text_charset charset;
};

struct column {
	const char *key;   /* what --sort and the API call it */
	const char *title; /* what stands above it */
	const char *help;  /* what it is, for the help screen */

	/* In plain text. */
	unsigned width; /* cells, right-aligned; 0: left-aligned, as wide as it gets (the last column) */
	void (*print)(struct buffer *out,
	              const struct column_line *line); /* appends the cell's text; NULL: not there */

	/* On a screen. */
	unsigned cells;   /* how wide it is; 0: what the others leave (the last column) */
	unsigned stretch; /* how wide it may become where there is room; 0: no wider */
	unsigned least;   /* the narrowest screen, in columns, that has it */
	bool on_request;  /* only shown when a person asks for it, then on any screen with room for it */
	void (*show)(struct buffer *out, const struct column_line *line, unsigned cells); /* NULL: as `print` */
	uint16_t (*style)(const struct column_line *line); /* enum grid_style; NULL: plain */

	/* Of two struct column_line, for qsort; never 0. NULL: nothing can be sorted by it. */
	int (*compare)(const void *left, const void *right);
};

/* The columns of plain text. Tables can be sorted by any of them. */
extern const struct column column_table[];
extern const size_t column_count;

/* The columns of a screen: those, and what only a screen can show. */
extern const struct column *const column_screen[];
extern const size_t column_screen_count;

/* What stands before an upper bound. */
const char *column_bound_sign(enum text_charset charset);

/* What stands behind sustained growth. */
const char *column_growth_sign(enum text_charset charset);

/* The column of plain text with this key, NULL if there is none. ANY THREAD. */
const struct column *column_find(const char *key);

#endif
