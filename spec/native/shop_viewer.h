/*
 * A viewer of a made-up shop, for tests of screens: a leak, a cache that is full, churn, names that are hostile.
 */
#ifndef MEMORY_TRACKER_SHOP_VIEWER_H
#define MEMORY_TRACKER_SHOP_VIEWER_H

#include "base/buffer.h"
#include "screen/grid.h"
#include "app/viewer.h"

struct shop_viewer {
	struct viewer *viewer; /* owned */
	struct grid grid;      /* owned */
	struct buffer text;    /* owned */
	struct snapshot_header head;
	unsigned second;    /* since the capture started */
	const char *reason; /* why numbers are not exact; NULL: they are */
	uint64_t session_freed;
	bool paths;            /* its snapshots have call paths */
	bool anonymous;        /* its last classes have no names */
	const char *path;      /* the file of its methods; NULL: one that is not there */
	const char *unmatched; /* classes that call paths were asked for and that have not come; NULL: none */
};

/* A viewer that has seen the shop's first five seconds, on a screen of this size. */
void shop_open(struct shop_viewer *shop, unsigned columns, unsigned lines, enum text_charset charset);

/* The same with call paths below two of its classes. */
void shop_open_with_paths(struct shop_viewer *shop, unsigned columns, unsigned lines, enum text_charset charset);

void shop_close(struct shop_viewer *shop);

/* A shop as the state of a test, with call paths or without; for what cmocka calls before the test. Returns 0. */
int shop_enter(void **state, unsigned columns, unsigned lines, bool paths);

/* The same for what it calls behind it. */
int shop_leave(void **state);

/* The shop a second later; with a major GC or without one. */
void shop_second(struct shop_viewer *shop, int major);

/* The screen as text, drawn now. Owned by the shop, until the next one. */
const char *shop_screen(struct shop_viewer *shop);

/* Presses the keys of a text, one after the other. Returns what the last one asked for. */
enum viewer_request shop_press(struct shop_viewer *shop, const char *keys);

/* Fails the test when a text is not on the screen, or is. */
void assert_shown(struct shop_viewer *shop, const char *text);
void assert_not_shown(struct shop_viewer *shop, const char *text);

#endif
