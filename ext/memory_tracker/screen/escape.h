/*
 * What a terminal sends behind an Escape: Alt and a key, a key that terminfo does not know, or what the mouse does.
 * Its characters are no keys that somebody has pressed.
 *
 * ANY THREAD.
 */
#ifndef MEMORY_TRACKER_SCREEN_ESCAPE_H
#define MEMORY_TRACKER_SCREEN_ESCAPE_H

#include <stdbool.h>
#include <stdint.h>

#define ESCAPE_LENGTH 32

/* All zero is one of which only the Escape has come. */
struct escape {
	uint32_t text[ESCAPE_LENGTH]; /* characters behind the Escape */
	unsigned length;
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

/* What makes the terminal send what the mouse does, and what makes it stop. */
#define ESCAPE_MOUSE_ON "\033[?1000h\033[?1006h"
#define ESCAPE_MOUSE_OFF "\033[?1006l\033[?1000l"

#endif
