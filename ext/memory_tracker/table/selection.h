/*
 * The selected line of a list, and which part of the list is seen.
 *
 * At first the selection rests on the first line, whatever that is, so that what rises to the top is seen. Once a
 * person has moved it, it belongs to the thing on its line, and goes where that goes.
 */
#ifndef MEMORY_TRACKER_TABLE_SELECTION_H
#define MEMORY_TRACKER_TABLE_SELECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero rests on the first line. */
struct selection {
	size_t position; /* the selected line */
	size_t top;      /* the first line that is seen */
	bool held;       /* by the thing with the id, else by the first line */
	uint64_t id;
	bool followed; /* the thing that holds it stays on its line of the screen while the list moves */
};

/* To a line, as near as there is one. The caller then says with selection_hold what is there. */
void selection_move_to(struct selection *selection, size_t position, size_t count);

/* By some lines up (negative) or down, as far as there are any. */
void selection_move_by(struct selection *selection, long lines, size_t count);

/* To where the thing that it belongs to is now. */
void selection_go_along(struct selection *selection, size_t position, size_t count);

/* Belongs to this thing from here on. What was followed before, if it was another, no longer is. */
void selection_hold(struct selection *selection, uint64_t id);

/*
 * Moves the seen part, of `height` lines, by some lines up (negative) or down, and takes the selection along as far as
 * it would be out of sight. Returns whether that has moved.
 */
bool selection_scroll(struct selection *selection, long lines, size_t count, size_t height);

/* To the first line, to rest there. */
void selection_rest(struct selection *selection);

/* Moves the seen part, of `height` lines, as little as needed for the selection to be in it. */
void selection_reveal(struct selection *selection, size_t count, size_t height);

#endif
