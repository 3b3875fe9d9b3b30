/*
 * What comes from a terminal: a key that was pressed, or what the mouse did.
 */
#ifndef MEMORY_TRACKER_SCREEN_INPUT_EVENT_H
#define MEMORY_TRACKER_SCREEN_INPUT_EVENT_H

#include <stdbool.h>
#include <stdint.h>

/* Keys that are no characters; characters are their code points. */
enum input_key {
	INPUT_KEY_UP = 0x110000,
	INPUT_KEY_DOWN,
	INPUT_KEY_LEFT,
	INPUT_KEY_RIGHT,
	INPUT_KEY_PAGE_UP,
	INPUT_KEY_PAGE_DOWN,
	INPUT_KEY_HOME,
	INPUT_KEY_END,
	INPUT_KEY_BACKSPACE,
	INPUT_KEY_DELETE,
	INPUT_KEY_ENTER,
	INPUT_KEY_ESCAPE,
	INPUT_KEY_TAB,
	INPUT_KEY_BACK_TAB,
	INPUT_KEY_F1, /* F2 to F12 follow */
	INPUT_KEY_F12 = INPUT_KEY_F1 + 11,
	INPUT_MOUSE_CLICK,  /* with the left button */
	INPUT_MOUSE_DOUBLE, /* a second click at the same place at once, after the first */
	INPUT_MOUSE_UP,     /* the wheel */
	INPUT_MOUSE_DOWN,
};

/* What a person did: a key, or something with the mouse. */
struct input_event {
	uint32_t key; /* a character or an enum input_key */
	/* Where, for what the mouse does. */
	unsigned column;
	unsigned line;
	bool pasted; /* the character was, and is no key that was pressed */
};

#endif
