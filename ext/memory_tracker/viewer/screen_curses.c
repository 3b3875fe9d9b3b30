/* Wide characters. */
#ifndef _XOPEN_SOURCE_EXTENDED
#define _XOPEN_SOURCE_EXTENDED 1
#endif

#include "viewer/screen.h"

#include <curses.h>
#include <fcntl.h>
#include <langinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include <term.h>
/* It makes macros of these words. */
#undef columns
#undef lines

#include "viewer/viewer.h"

/* Milliseconds that the rest of an escape sequence may take; a key of its own is answered after that. */
#define ESCAPE_DELAY 25

/* What ncurses sets handlers for. */
static const int signals[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
#define SIGNAL_COUNT (sizeof(signals) / sizeof(signals[0]))

struct screen {
	int fd; /* borrowed */
	FILE *input;
	FILE *output;
	SCREEN *curses;
	TERMINAL *before;      /* what the program's own use of terminfo had current */
	WINDOW *keys;          /* a pad: reading from it never draws */
	struct grid_cell *old; /* owned; what is shown, columns * lines of them, or NULL */
	cchar_t *row;          /* owned; one line for curses */
	unsigned columns;
	unsigned lines;
	bool colours;
	bool default_colours; /* its own background can be left as it is */
	bool utf8;
	const struct theme *theme;
};

/* --- what the terminal can do --- */

enum text_charset screen_charset(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") ? TEXT_ASCII : TEXT_UTF8;
}

static bool can_place_cursor(void)
{
	const char *address = tigetstr((char *)"cup");

	return address && address != (char *)-1;
}

const char *screen_problem(int fd, char *buffer, size_t size)
{
	const char *name = getenv("TERM");
	TERMINAL *before = cur_term;
	int error = 0;

	if (!name || !*name) {
		snprintf(buffer, size, "TERM is not set");
		return buffer;
	}
	bool known = setupterm(NULL, fd, &error) == OK;
	bool usable = known && can_place_cursor();
	if (known && cur_term != before)
		del_curterm(cur_term);
	set_curterm(before);
	if (usable)
		return NULL;
	snprintf(buffer, size,
	         known ? "a terminal of the type TERM=%.40s cannot show a screen"
	               : "the terminal type TERM=%.40s is not known",
	         name);
	return buffer;
}

/* --- taking and giving back --- */

/* curses wants streams; a copy of the descriptor for each, so that each can be closed. */
static FILE *stream(int fd, const char *mode)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	FILE *file = copy < 0 ? NULL : fdopen(copy, mode);

	if (!file && copy >= 0)
		close(copy);
	return file;
}

/* Handlers of a library are not for the program to live with: newterm sets some, and does not give them back. */
static SCREEN *newterm_without_handlers(FILE *output, FILE *input)
{
	struct sigaction before[SIGNAL_COUNT];

	for (size_t i = 0; i < SIGNAL_COUNT; i++)
		sigaction(signals[i], NULL, &before[i]);
	SCREEN *curses = newterm(NULL, output, input);
	for (size_t i = 0; i < SIGNAL_COUNT; i++)
		sigaction(signals[i], &before[i], NULL);
	return curses;
}

/* Keys one by one and unchanged, but those that are signals for the program. */
static void set_modes(int fd, bool interrupt_key)
{
	struct termios modes;

	cbreak();
	noecho();
	nonl();
	if (tcgetattr(fd, &modes) < 0)
		return;
	modes.c_iflag &= ~(tcflag_t)(IXON | ICRNL);
	modes.c_lflag &= ~(tcflag_t)IEXTEN;
	modes.c_cc[VSUSP] = _POSIX_VDISABLE;
	if (interrupt_key)
		modes.c_cc[VINTR] = _POSIX_VDISABLE;
	tcsetattr(fd, TCSADRAIN, &modes);
	def_prog_mode();
}

static void set_colours(struct screen *screen)
{
	const char *no_color = getenv("NO_COLOR");

	screen->colours = has_colors() && !(no_color && *no_color) && start_color() == OK && COLORS >= 8;
	screen->default_colours = screen->colours && use_default_colors() == OK;
}

static bool set_up(struct screen *screen, bool interrupt_key)
{
	set_escdelay(ESCAPE_DELAY);
	set_modes(screen->fd, interrupt_key);
	set_colours(screen);
	curs_set(0);
	leaveok(stdscr, TRUE);
	screen->keys = newpad(1, 1);
	if (!screen->keys)
		return false;
	keypad(screen->keys, TRUE);
	nodelay(screen->keys, TRUE);
	intrflush(screen->keys, FALSE);
	return true;
}

struct screen *screen_open(int fd, bool interrupt_key)
{
	struct screen *screen = calloc(1, sizeof *screen);

	if (!screen)
		return NULL;
	*screen = (struct screen){.fd = fd, .before = cur_term, .utf8 = screen_charset() == TEXT_UTF8};
	screen->input = stream(fd, "r");
	screen->output = stream(fd, "w");
	if (screen->input && screen->output)
		screen->curses = newterm_without_handlers(screen->output, screen->input);
	if (screen->curses && set_up(screen, interrupt_key)) {
		screen_set_theme(screen, &theme_table[0]);
		return screen;
	}
	screen_close(screen, true);
	return NULL;
}

/* Without endwin, because that sets modes, and another process may have set its own by now. */
static void say_farewell(int fd)
{
	char farewell[SCREEN_FAREWELL_MAX];
	size_t length = screen_farewell(farewell);

	if (write(fd, farewell, length) < 0)
		return;
}

void screen_close(struct screen *screen, bool ours)
{
	if (screen->curses) {
		if (ours)
			endwin();
		else
			say_farewell(screen->fd);
		if (screen->keys)
			delwin(screen->keys);
		delscreen(screen->curses);
	}
	/* Without it Reline, which uses the same terminfo, finds none. */
	set_curterm(screen->before);
	if (screen->input)
		fclose(screen->input);
	if (screen->output)
		fclose(screen->output);
	free(screen->old);
	free(screen->row);
	free(screen);
}

/* Capabilities without parameters that undo what a screen has done, in this order. */
static const char *const farewells[] = {"sgr0", "op", "cnorm", "rmkx", "rmcup"};

/* Adds a capability without its padding, which is "$<...>". */
static size_t add_capability(char *buffer, size_t length, const char *text)
{
	while (*text && length < SCREEN_FAREWELL_MAX) {
		const char *end = strncmp(text, "$<", 2) ? NULL : strchr(text, '>');

		if (end)
			text = end + 1;
		else
			buffer[length++] = *text++;
	}
	return length;
}

size_t screen_farewell(char buffer[SCREEN_FAREWELL_MAX])
{
	size_t length = 0;

	for (size_t i = 0; i < sizeof(farewells) / sizeof(farewells[0]); i++) {
		const char *text = tigetstr((char *)farewells[i]);

		if (text && text != (char *)-1)
			length = add_capability(buffer, length, text);
	}
	return length;
}

/* --- showing --- */

static bool resize(struct screen *screen, unsigned columns, unsigned lines)
{
	struct grid_cell *old = calloc((size_t)columns * lines, sizeof(*old));
	cchar_t *row = calloc((size_t)columns + 1, sizeof(*row));

	if (!old || !row) {
		free(old);
		free(row);
		return false;
	}
	free(screen->old);
	free(screen->row);
	screen->old = old;
	screen->row = row;
	screen->columns = columns;
	screen->lines = lines;
	/* Even if ncurses has found the same size: an environment variable may have told it another one. */
	resize_term((int)lines, (int)columns);
	screen_redraw(screen);
	return true;
}

bool screen_measure(struct screen *screen, unsigned *columns, unsigned *lines)
{
	struct winsize size = {0};

	*columns = screen->columns;
	*lines = screen->lines;
	bool known = ioctl(screen->fd, TIOCGWINSZ, &size) == 0 && size.ws_col && size.ws_row;
	unsigned new_columns = known ? size.ws_col : (unsigned)COLS, new_lines = known ? size.ws_row : (unsigned)LINES;
	if (new_columns == *columns && new_lines == *lines)
		return false;
	if (!resize(screen, new_columns, new_lines))
		return false;
	*columns = new_columns;
	*lines = new_lines;
	return true;
}

void screen_set_theme(struct screen *screen, const struct theme *theme)
{
	if (theme == screen->theme)
		return;
	screen->theme = theme;
	for (short i = 1; screen->colours && i < (short)THEME_COLOURS; i++) {
		short colour = COLORS >= 256 ? theme->colours[i].many : theme->colours[i].few;

		init_pair(i, colour, screen->default_colours ? -1 : COLOR_BLACK);
	}
	if (screen->old)
		screen_redraw(screen);
}

/* In monochrome the meanings of colours that must not be missed are told by other means. */
static attr_t attributes_of(const struct screen *screen, uint16_t style, short *pair)
{
	unsigned colour = style & GRID_COLOUR;
	bool colours = screen->colours && !screen->theme->monochrome;
	attr_t attributes = A_NORMAL;

	attributes |= style & GRID_BOLD ? A_BOLD : 0;
	attributes |= style & GRID_UNDERLINE ? A_UNDERLINE : 0;
	attributes |= style & GRID_REVERSE ? A_REVERSE : 0;
	/* Dim and reversed is not readable everywhere. */
	if ((style & (GRID_DIM | GRID_REVERSE)) == GRID_DIM && !screen->theme->no_dim)
		attributes |= A_DIM;
	*pair = colours ? (short)THEME_COLOUR(style) : 0;
	if (!colours && colour == GRID_GROWS)
		attributes |= A_BOLD;
	if (!colours && colour == GRID_UNCONFIRMED)
		attributes |= A_UNDERLINE;
	return attributes;
}

/* What curses shall show for a cell; where it takes another width for it, every cell behind would be out of place. */
static unsigned characters_of(const struct screen *screen, const struct grid_cell *cell, wchar_t *text)
{
	unsigned count = 0;

	text[count++] = (wchar_t)cell->base;
	if (cell->base >= 0x80 && (!screen->utf8 || wcwidth((wchar_t)cell->base) != cell->width))
		return 0;
	for (unsigned i = 0; i < GRID_MARKS && cell->marks[i]; i++) {
		if (wcwidth((wchar_t)cell->marks[i]) == 0)
			text[count++] = (wchar_t)cell->marks[i];
	}
	text[count] = 0;
	return count;
}

static unsigned add_cell(const struct screen *screen, const struct grid_cell *cell, cchar_t *row)
{
	wchar_t text[GRID_MARKS + 2];
	short pair;
	attr_t attributes = attributes_of(screen, cell->style, &pair);

	if (characters_of(screen, cell, text)) {
		setcchar(row, text, attributes, pair, NULL);
		return 1;
	}
	for (unsigned i = 0; i < cell->width; i++)
		setcchar(&row[i], L"?", attributes, pair, NULL);
	return cell->width;
}

static void show_line(struct screen *screen, const struct grid *grid, unsigned line)
{
	const struct grid_cell *cells = &grid->cells[(size_t)line * grid->columns];
	static const struct grid_cell space = {.base = ' ', .width = 1};
	unsigned length = 0;

	for (unsigned column = 0; column < grid->columns; column++) {
		const struct grid_cell *cell = &cells[column];
		bool second = cell->base == 0 && column > 0 && cells[column - 1].width == 2;

		if (!second)
			length += add_cell(screen, cell->base >= ' ' ? cell : &space, &screen->row[length]);
	}
	mvwadd_wchnstr(stdscr, (int)line, 0, screen->row, (int)length);
}

void screen_show(struct screen *screen, const struct grid *grid)
{
	if (grid->columns != screen->columns || grid->lines != screen->lines)
		return;
	for (unsigned line = 0; line < grid->lines; line++) {
		size_t start = (size_t)line * grid->columns, size = grid->columns * sizeof(*grid->cells);

		if (memcmp(&screen->old[start], &grid->cells[start], size) == 0)
			continue;
		memcpy(&screen->old[start], &grid->cells[start], size);
		show_line(screen, grid, line);
	}
	wnoutrefresh(stdscr);
	doupdate();
}

void screen_redraw(struct screen *screen)
{
	/* No grid has cells of this style, so all lines differ. */
	memset(screen->old, 0xff, (size_t)screen->columns * screen->lines * sizeof(*screen->old));
	clearok(stdscr, TRUE);
}

/* --- keys --- */

static const struct {
	int curses;
	uint32_t key;
} keys[] = {
    {KEY_UP, VIEWER_KEY_UP},       {KEY_DOWN, VIEWER_KEY_DOWN},     {KEY_LEFT, VIEWER_KEY_LEFT},
    {KEY_RIGHT, VIEWER_KEY_RIGHT}, {KEY_PPAGE, VIEWER_KEY_PAGE_UP}, {KEY_NPAGE, VIEWER_KEY_PAGE_DOWN},
    {KEY_HOME, VIEWER_KEY_HOME},   {KEY_END, VIEWER_KEY_END},       {KEY_BACKSPACE, VIEWER_KEY_BACKSPACE},
    {KEY_DC, VIEWER_KEY_DELETE},   {KEY_ENTER, VIEWER_KEY_ENTER},   {KEY_BTAB, VIEWER_KEY_BACK_TAB},
};

/* 0 for a key that means nothing to the viewer. */
static uint32_t special_key(wint_t code)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if ((wint_t)keys[i].curses == code)
			return keys[i].key;
	}
	for (int n = 1; n <= 12; n++) {
		if (code == (wint_t)KEY_F(n))
			return VIEWER_KEY_F1 + (uint32_t)n - 1;
	}
	return 0;
}

/*
 * What follows an Escape at once belongs to it: Alt and a key, or a sequence that terminfo does not know. Its
 * characters are no keys that somebody has pressed.
 */
static uint32_t escape(struct screen *screen)
{
	wint_t code;

	if (wget_wch(screen->keys, &code) == ERR)
		return VIEWER_KEY_ESCAPE;
	if (code == '[' || code == 'O') {
		while (wget_wch(screen->keys, &code) == OK && (code < 0x40 || code > 0x7e))
			;
	}
	return 0;
}

static uint32_t character(struct screen *screen, wint_t code)
{
	switch (code) {
	case 27:
		return escape(screen);
	case '\r':
	case '\n':
		return VIEWER_KEY_ENTER;
	case '\t':
		return VIEWER_KEY_TAB;
	case 8:
	case 127:
		return VIEWER_KEY_BACKSPACE;
	default:
		return (uint32_t)code;
	}
}

bool screen_key(struct screen *screen, uint32_t *key)
{
	wint_t code;
	int kind;

	while ((kind = wget_wch(screen->keys, &code)) != ERR) {
		*key = kind == KEY_CODE_YES ? special_key(code) : character(screen, code);
		if (*key)
			return true;
	}
	return false;
}
