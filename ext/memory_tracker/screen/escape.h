/*
 * What a terminal sends behind an Escape: Alt and a key, a key that terminfo does not know, what the mouse does, or where
 * something is pasted. Its characters are no keys that were pressed.
 *
 * ANY THREAD.
 */
#ifndef MEMORY_TRACKER_SCREEN_ESCAPE_H
#define MEMORY_TRACKER_SCREEN_ESCAPE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/vt_parser.h"

/* No sequence is longer. */
#define ESCAPE_LENGTH 32

/* Behind "CSI M", as old terminals tell of the mouse: the button, the column and the line. */
#define ESCAPE_OLD_MOUSE 3

/* All zero is one of which only the Escape has come. */
struct escape {
	struct vt_parser parser;
	enum vt_event event; /* what it is by now */
	unsigned length;     /* characters behind the Escape */
	uint32_t old_mouse[ESCAPE_OLD_MOUSE];
	unsigned old_length;
};

/* What the mouse did, at a cell that counts from 0. */
struct escape_mouse {
	unsigned button; /* 0 the left one, 64 the wheel up, 65 the wheel down */
	bool pressed;
	unsigned column;
	unsigned line;
};

/* Takes the next character. Returns whether more of them belong to the sequence. */
bool escape_add(struct escape *escape, uint32_t character);

/* Reads a sequence that has ended. False if it is not about the mouse. Shift, Alt and Ctrl make no difference. */
bool escape_read_mouse(const struct escape *escape, struct escape_mouse *mouse);

/* Whether a sequence that has ended stands where something pasted begins, or where it ends. */
bool escape_begins_paste(const struct escape *escape);
bool escape_ends_paste(const struct escape *escape);

/* What makes the terminal send what the mouse does, and what makes it stop. */
#define ESCAPE_MOUSE_ON "\033[?1000h\033[?1006h"
#define ESCAPE_MOUSE_OFF "\033[?1006l\033[?1000l"

/* What makes it tell where something pasted begins and ends, and what makes it stop. */
#define ESCAPE_PASTE_ON "\033[?2004h"
#define ESCAPE_PASTE_OFF "\033[?2004l"

#endif
