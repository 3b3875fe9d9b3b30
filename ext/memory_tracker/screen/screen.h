/*
 * A grid on a real terminal, and keys from there. screen_curses.c does it with ncurses; where that was not found
 * when the extension was built, screen_none.c says so.
 *
 * One screen at a time in a process, used by one thread at a time; any thread, no GVL.
 */
#ifndef MEMORY_TRACKER_SCREEN_SCREEN_H
#define MEMORY_TRACKER_SCREEN_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "screen/grid.h"
#include "base/text.h"
#include "screen/theme.h"
#include "screen/input_event.h"

struct screen;

/* What Ctrl-C and Ctrl-Z are, where they are keys. */
#define SCREEN_KEY_INTERRUPT 3
#define SCREEN_KEY_SUSPEND 26

/* Bytes that screen_end_sequence needs at most. */
#define SCREEN_END_SEQUENCE_MAX 256

/* Why a screen cannot be had on this terminal, as a sentence in `buffer`, or NULL when it can. */
const char *screen_problem(int fd, char *buffer, size_t size);

/* What the locale of the process can show. */
enum text_charset screen_charset(void);

/*
 * Takes the screen of the terminal `fd`, which is borrowed, and makes it give keys one by one. Ctrl-Z is a key, and
 * with `interrupt_key` Ctrl-C too; else that goes to the program as a signal. NULL when it cannot be done.
 */
struct screen *screen_open(int fd, bool interrupt_key);

/* Gives the screen back: what was on it before is there again. The terminal's modes are for the caller to restore. */
void screen_close(struct screen *screen);

/* Whether the program has closed descriptors that it works with; then it can only be closed. */
bool screen_lost(const struct screen *screen);

/* The bytes that give the screen back, for another process to write if this one cannot. Returns their length. */
size_t screen_end_sequence(char buffer[SCREEN_END_SEQUENCE_MAX]);

/* Asks the terminal how large it is. True when that has changed since it was asked last. */
bool screen_measure(struct screen *screen, unsigned *columns, unsigned *lines);

/* Lets colours look so, from the next grid on; as long as the terminal has any and NO_COLOR is not set. */
void screen_set_theme(struct screen *screen, const struct theme *theme);

/* Shows a grid, which has the size that was measured. */
/*
 * Shows a grid, which has the size that was measured. Only what has changed is written, and of that as much as the
 * terminal takes without waiting.
 */
void screen_show(struct screen *screen, const struct grid *grid);

/* Writes what the terminal takes now of what is left. True when nothing is: only then is there sense in showing more. */
bool screen_send(struct screen *screen);

/* Makes the terminal tell what the mouse does, if it has one, or leave that to itself; from the next grid on. */
void screen_mouse(struct screen *screen, bool on);

/* Writes all of the screen anew when a grid is shown the next time. */
void screen_redraw(struct screen *screen);

/* The next key that was pressed, or what the mouse did. False when there is nothing, without waiting. */
bool screen_key(struct screen *screen, struct input_event *input);

#endif
