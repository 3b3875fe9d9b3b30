/*
 * The columns of a table of classes. To add one, add a row in column.c, and its place on the screen below.
 */
#ifndef MEMORY_TRACKER_TABLE_COLUMN_H
#define MEMORY_TRACKER_TABLE_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "table/column_line.h"
#include "analysis/history_row.h"
#include "base/text.h"

/* What a cell tells besides its text. How that looks is up to panes/. */
enum cell_meaning {
	CELL_PLAIN,
	CELL_CLASS,         /* the name of a class */
	CELL_GROWS,         /* sustained growth: a leak suspect */
	CELL_GROWING_TREND, /* the counts of what has that */
	CELL_SHRINKS,
	CELL_UNCONFIRMED, /* a change that the next major GC may contradict */
	CELL_UNCHANGED,   /* no change, which is not confirmed either */
};

/* What titles say besides the names of their columns. */
struct column_context {
	bool marked;         /* there is a mark to compare with, */
	uint64_t elapsed_ns; /* which was set so long ago */
	bool deltas;         /* counts are shown as changes since then */
	enum text_charset charset;
};

/* Room for a title, the zero included. */
#define COLUMN_TITLE_SIZE 48

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
	bool with_mark;   /* only shown while there is a mark, and counts are not shown as changes anyway */
	void (*show)(struct buffer *out, const struct column_line *line, unsigned cells); /* NULL: as `print` */
	enum cell_meaning (*meaning)(const struct column_line *line);                     /* NULL: plain */

	/* Its title as things are. NULL: `title`. */
	void (*title_now)(const struct column_context *context, char out[COLUMN_TITLE_SIZE]);

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

/* What stands above a column of a screen. */
void column_title(const struct column *column, const struct column_context *context, char out[COLUMN_TITLE_SIZE]);

/* Whether a screen can have the column now, be it wide enough or not. */
bool column_applies(const struct column *column, const struct column_context *context);

/* Writes a change since the mark: its sign, "~" before what is not exact, "-" for what is not known. */
void column_print_change(struct buffer *out, int64_t change, bool known, bool bound);

/* The same for a rate. */
void column_print_rate(struct buffer *out, double per_second, enum history_certainty certainty);

/* The column of plain text with this key, NULL if there is none. ANY THREAD. */
const struct column *column_find(const char *key);

#endif
