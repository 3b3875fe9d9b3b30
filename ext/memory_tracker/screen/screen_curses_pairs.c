#include "screen/screen_curses.h"

#include "screen/palette.h"

/* -1 is the terminal's own. */
static short colour_of(uint16_t colour)
{
	return colour ? (short)palette_reduce((uint8_t)(colour - 1), (unsigned)COLORS) : -1;
}

static short pairs_possible(void)
{
	int possible = COLOR_PAIRS - SCREEN_PAIRS_FIRST;

	return (short)(possible < 0 ? 0 : possible < SCREEN_PAIRS ? possible : SCREEN_PAIRS);
}

short screen_pair(struct screen *screen, uint16_t fg, uint16_t bg)
{
	if (!screen->colours || (!fg && !bg))
		return 0;
	for (short i = 0; i < screen->pair_count; i++) {
		if (screen->pairs[i].fg == fg && screen->pairs[i].bg == bg)
			return (short)(SCREEN_PAIRS_FIRST + i);
	}
	short pair = (short)(SCREEN_PAIRS_FIRST + screen->pair_count);
	if (screen->pair_count == pairs_possible()) {
		screen->pairs_full = true;
		return 0;
	}
	if (init_pair(pair, colour_of(fg), colour_of(bg)) == ERR)
		return 0;
	screen->pairs[screen->pair_count++] = (struct screen_pair){fg, bg};
	return pair;
}

bool screen_forget_pairs(struct screen *screen)
{
	if (!screen->pairs_full)
		return false;
	screen->pair_count = 0;
	screen->pairs_full = false;
	return true;
}
