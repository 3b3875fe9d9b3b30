#include "screen/screen.h"

#include <stdio.h>

#ifndef HAVE_CURSES

const char *screen_problem(int fd, char *buffer, size_t size)
{
	snprintf(buffer, size,
	         "the extension was built without ncurses; install libncurses-dev (Debian), ncurses-devel (Fedora) or "
	         "ncurses (Homebrew) and install memory-tracker again");
	return buffer;
}

enum text_charset screen_charset(void)
{
	return TEXT_ASCII;
}

struct screen *screen_open(int fd, bool interrupt_key)
{
	return NULL;
}

void screen_close(struct screen *screen)
{
}

bool screen_lost(const struct screen *screen)
{
	return false;
}

size_t screen_end_sequence(char buffer[SCREEN_END_SEQUENCE_MAX])
{
	return 0;
}

bool screen_measure(struct screen *screen, unsigned *columns, unsigned *lines)
{
	return false;
}

void screen_set_theme(struct screen *screen, const struct theme *theme)
{
}

void screen_show(struct screen *screen, const struct grid *grid)
{
}

void screen_redraw(struct screen *screen)
{
}

bool screen_send(struct screen *screen)
{
	return true;
}

void screen_mouse(struct screen *screen, bool on)
{
}

bool screen_key(struct screen *screen, struct input_event *input)
{
	return false;
}

#endif
