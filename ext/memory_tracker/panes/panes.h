/*
 * The panes below the table: one table with a row for each, and the index of the one that is open.
 *
 *     pane_table:  PANE_OUTPUT     l    draw, scroll, …          panes.open ──▶ one of these, or PANE_NONE
 *                  PANE_SOURCE     v
 *                  PANE_TREND      t
 *                  PANE_PROCESSES  P    as many lines as there are processes
 *
 * At most one is open, because there is one index: opening a pane closes the one before. A pane that is closed keeps its
 * state. Whether it can be opened now is decided by the row of its key in input/command.c.
 * To add a pane, add its row here and the row of its key there.
 *
 * One thread at a time; the viewer owns them, actions open, close and scroll them.
 */
#ifndef MEMORY_TRACKER_PANES_PANES_H
#define MEMORY_TRACKER_PANES_PANES_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/marks.h"
#include "panes/output_view.h"
#include "panes/process_view.h"
#include "panes/scrollback.h"
#include "panes/source_view.h"
#include "table/column.h"

enum pane_id { PANE_NONE, PANE_OUTPUT, PANE_SOURCE, PANE_TREND, PANE_PROCESSES, PANE_COUNT };

/* All zero: none is open, and nothing is known to show. */
struct panes {
	enum pane_id open;

	struct scrollback printed; /* what the program printed */
	struct output_view output;
	struct source_view source;
	struct process_view processes;

	unsigned line;   /* where the open one was drawn the last time: its title */
	unsigned height; /* 0: none was drawn */
};

/* What a pane is drawn into, and what it may show. */
struct pane_frame {
	struct grid *grid;
	unsigned line, height;         /* of the grid, the title among them */
	const struct column_line *row; /* the selected line; NULL: none */
	const struct marks *marks;
	enum text_charset charset;
};

struct pane {
	const char *name; /* as in "close the trend" */
	uint32_t key;     /* opens and closes it */
	void (*draw)(struct panes *panes, const struct pane_frame *frame);
	unsigned (*height)(const struct panes *panes);   /* the most lines that it needs; NULL: all that it gets */
	void (*opened)(struct panes *panes);             /* resets what it shows; NULL: it is as it was left */
	void (*scroll)(struct panes *panes, long lines); /* up when negative; NULL: it does not scroll */
};

/* By enum pane_id; the row of PANE_NONE is all zero. */
extern const struct pane pane_table[PANE_COUNT];

void panes_deinit(struct panes *panes);

/* The pane that a key opens; PANE_NONE: it opens none. */
enum pane_id pane_of_key(uint32_t key);

/* Opens a pane, in place of the one that is open; PANE_NONE only closes that. */
void panes_open(struct panes *panes, enum pane_id pane);

/* Scrolls the open pane by lines, up when negative. */
void panes_scroll(struct panes *panes, long lines);

/* How many of so many lines the open pane takes: at most half of them; 0 where none is open or has room. */
unsigned panes_height(const struct panes *panes, unsigned lines);

/* Draws the open pane into as many lines as panes_height gave, which may be none. */
void panes_draw(struct panes *panes, const struct pane_frame *frame);

/* Whether a line of the screen belongs to the open pane, as it was drawn the last time. */
bool panes_cover(const struct panes *panes, unsigned line);

#endif
