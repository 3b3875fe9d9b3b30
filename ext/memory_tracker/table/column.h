/*
 * The columns of a table of classes. To add one, add a row in column.c, and its place on the screen below.
 */
#ifndef MEMORY_TRACKER_TABLE_COLUMN_H
#define MEMORY_TRACKER_TABLE_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "analysis/metrics.h"
#include "analysis/history.h"
#include "analysis/since_mark.h"
#include "base/text.h"

/* What only lines of call paths have; file and line also a class without a name, which comes from there. */
struct column_path {
	uint32_t index;   /* in the call paths of the table; CALL_PATHS_NONE: the line is a class */
	unsigned depth;   /* 0 for a class, 1 directly below it, … */
	bool below;       /* there is something below, */
	bool unfolded;    /* and it is shown */
	bool pseudo;      /* the frame is no code: it has no place */
	double share;     /* of what is above it, 0 to 1; negative: not known */
	const char *file; /* as the program has it; of a class with `line` 0 the class above it */
	uint32_t file_length;
	uint32_t line; /* 0: not known */
};

/* One line of a table and what its columns are made from. Everything is borrowed. */
struct column_line {
	const struct history_row *row;
	const struct metrics *metrics; /* what trends are drawn from; NULL: there is none */
	uint32_t class_index;          /* in the snapshot */
	struct column_path path;
	const char *name; /* of the class or the method, as the program has it */
	uint32_t name_length;
	uint32_t rank;       /* in an order that is frozen */
	bool anonymous;      /* a class without a name of its own */
	bool bound;          /* retained is an upper bound */
	bool unknown;        /* no major GC was seen yet, so what is retained is not known */
	char mark;           /* behind its numbers: '*' after estimates, ' ' where other lines have that; 0: none */
	bool light;          /* how many are allocated is an estimate, whatever the mark says; */
	bool allocated_only; /* and nothing else is known */
	bool deltas;         /* counts are shown as changes since the mark */
	struct since_mark_change change;
	enum text_charset charset;
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
	uint16_t (*style)(const struct column_line *line); /* enum grid_style; NULL: plain */

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
