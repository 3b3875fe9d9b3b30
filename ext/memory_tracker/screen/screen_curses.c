#include "screen/screen_curses.h"

#include <errno.h>
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

/* What ncurses sets handlers for. */
static const int signals[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
#define SIGNAL_COUNT (sizeof(signals) / sizeof(signals[0]))

/* --- what the terminal can do --- */

enum text_charset screen_charset(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") ? TEXT_ASCII : TEXT_UTF8;
}

/* What the terminal's description has under a name, or NULL. */
static const char *capability(const char *name)
{
	const char *text = tigetstr((char *)name);

	return text && text != (char *)-1 ? text : NULL;
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
	bool usable = known && capability("cup");
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
static FILE *stream(int fd, const char *mode, struct descriptor *descriptor)
{
	*descriptor = descriptor_adopt(fcntl(fd, F_DUPFD_CLOEXEC, 3));
	FILE *file = descriptor->fd < 0 ? NULL : fdopen(descriptor->fd, mode);

	if (!file)
		descriptor_close(descriptor);
	return file;
}

/* A stream whose descriptor is the program's by now is left as it is: closing it would close that. */
static void close_stream(FILE *stream, const struct descriptor *descriptor)
{
	if (stream && !descriptor_lost(descriptor))
		fclose(stream);
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

/*
 * From here on what curses writes goes into the box, and reaches the terminal as fast as that takes it. Before, curses
 * had to see the terminal itself.
 */
static bool write_through_box(struct screen *screen)
{
	fflush(screen->output);
	if (!outbox_redirect(&screen->outbox, fileno(screen->output)))
		return false;
	screen->output_fd = descriptor_of(fileno(screen->output));
	fcntl(descriptor_fd(&screen->terminal), F_SETFL, screen->flags | O_NONBLOCK);
	return true;
}

static bool set_up(struct screen *screen, bool interrupt_key)
{
	set_modes(descriptor_fd(&screen->terminal), interrupt_key);
	if (!write_through_box(screen))
		return false;
	set_colours(screen);
	curs_set(0);
	leaveok(stdscr, TRUE);
	/* An update that was begun is not left off for a key. */
	typeahead(-1);
	return screen_set_up_keys(screen);
}

struct screen *screen_open(int fd, bool interrupt_key)
{
	struct screen *screen = calloc(1, sizeof *screen);

	if (!screen)
		return NULL;
	*screen = (struct screen){.terminal = descriptor_of(fd),
	                          .flags = fcntl(fd, F_GETFL),
	                          .before = cur_term,
	                          .utf8 = screen_charset() == TEXT_UTF8};
	screen->input = stream(fd, "r", &screen->input_fd);
	screen->output = stream(fd, "w", &screen->output_fd);
	if (outbox_init(&screen->outbox) && screen->input && screen->output)
		screen->curses = newterm_without_handlers(screen->output, screen->input);
	if (screen->curses && set_up(screen, interrupt_key)) {
		screen_set_theme(screen, &theme_table[0]);
		return screen;
	}
	screen_close(screen);
	return NULL;
}

/*
 * Without endwin, because that sets modes, and another process may have set its own by now. What is still queued is
 * of no use any more.
 */
static void send_end_sequence(struct screen *screen)
{
	char end_sequence[SCREEN_END_SEQUENCE_MAX];
	size_t length = screen_end_sequence(end_sequence), written = 0;

	fcntl(descriptor_fd(&screen->terminal), F_SETFL, screen->flags);
	while (written < length) {
		ssize_t got = write(descriptor_fd(&screen->terminal), end_sequence + written, length - written);

		if (got < 0 && errno != EINTR)
			return;
		written += got > 0 ? (size_t)got : 0;
	}
}

void screen_close(struct screen *screen)
{
	if (screen->curses) {
		send_end_sequence(screen);
		if (screen->keys)
			delwin(screen->keys);
		delscreen(screen->curses);
	}
	/* Without it Reline, which uses the same terminfo, finds none. */
	set_curterm(screen->before);
	close_stream(screen->input, &screen->input_fd);
	close_stream(screen->output, &screen->output_fd);
	outbox_deinit(&screen->outbox);
	free(screen->old);
	free(screen->row);
	free(screen);
}

bool screen_lost(const struct screen *screen)
{
	return descriptor_lost(&screen->terminal) || descriptor_lost(&screen->input_fd) ||
	       descriptor_lost(&screen->output_fd) || descriptor_lost(&screen->outbox.file);
}

/* Adds a capability without its padding, which is "$<...>". */
static size_t add_capability(char *buffer, size_t length, const char *text)
{
	while (text && *text && length < SCREEN_END_SEQUENCE_MAX) {
		const char *end = strncmp(text, "$<", 2) ? NULL : strchr(text, '>');

		if (end)
			text = end + 1;
		else
			buffer[length++] = *text++;
	}
	return length;
}

bool screen_tells_of_paste(void)
{
	const char *place = capability("cup");

	return place && strncmp(place, "\033[", 2) == 0;
}

size_t screen_end_sequence(char buffer[SCREEN_END_SEQUENCE_MAX])
{
	static const char *const undone[] = {"sgr0", "op", "cnorm", "rmkx"};
	const char *place = capability("cup");
	size_t length = 0;

	if (capability("kmous"))
		length = add_capability(buffer, length, ESCAPE_MOUSE_OFF);
	if (screen_tells_of_paste())
		length = add_capability(buffer, length, ESCAPE_PASTE_OFF);
	for (size_t i = 0; i < sizeof(undone) / sizeof(undone[0]); i++)
		length = add_capability(buffer, length, capability(undone[i]));
	if (capability("rmcup"))
		return add_capability(buffer, length, capability("rmcup"));
	/* Where the screen stays, the shell goes on in its last line. */
	if (place)
		length = add_capability(buffer, length, tparm((char *)place, LINES - 1, 0, 0, 0, 0, 0, 0, 0, 0));
	return add_capability(buffer, length, capability("el"));
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
	bool known = ioctl(descriptor_fd(&screen->terminal), TIOCGWINSZ, &size) == 0 && size.ws_col && size.ws_row;
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

static attr_t attributes_of(struct screen *screen, const struct grid_cell *cell, short *pair)
{
	bool colours = screen->colours && !screen->theme->monochrome;
	uint16_t style = colours ? cell->style : theme_monochrome(cell->style);
	attr_t attributes = A_NORMAL;

	attributes |= style & GRID_BOLD ? A_BOLD : 0;
	attributes |= style & GRID_UNDERLINE ? A_UNDERLINE : 0;
	attributes |= style & GRID_REVERSE ? A_REVERSE : 0;
	/* Dim and reversed is not readable everywhere. */
	if ((style & (GRID_DIM | GRID_REVERSE)) == GRID_DIM && !screen->theme->no_dim)
		attributes |= A_DIM;
	*pair = colours ? (short)THEME_COLOUR(style) : 0;
	if (!*pair && colours)
		*pair = screen_pair(screen, cell->fg, cell->bg);
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

static unsigned add_cell(struct screen *screen, const struct grid_cell *cell, cchar_t *row)
{
	wchar_t text[GRID_MARKS + 2];
	short pair;
	attr_t attributes = attributes_of(screen, cell, &pair);

	if (characters_of(screen, cell, text)) {
		setcchar(row, text, attributes, pair, NULL);
		return 1;
	}
	for (unsigned i = 0; i < cell->width; i++)
		setcchar(&row[i], L"?", attributes, pair, NULL);
	return cell->width;
}

/* The second half of a wide character is no cell of its own. */
static bool is_second_half(const struct grid_cell *cells, unsigned column)
{
	return cells[column].base == 0 && column > 0 && cells[column - 1].width == 2;
}

static void show_cells(struct screen *screen, const struct grid_cell *cells, unsigned line, unsigned start,
                       unsigned end)
{
	static const struct grid_cell space = {.base = ' ', .width = 1};
	unsigned length = 0;

	for (unsigned column = start; column < end; column++) {
		const struct grid_cell *cell = &cells[column];

		if (!is_second_half(cells, column))
			length += add_cell(screen, cell->base >= ' ' ? cell : &space, &screen->row[length]);
	}
	mvwadd_wchnstr(stdscr, (int)line, (int)start, screen->row, (int)length);
}

/* Curses is told of what has changed only: converting a cell takes longer than comparing it. */
static void show_line(struct screen *screen, const struct grid *grid, unsigned line)
{
	const struct grid_cell *cells = &grid->cells[(size_t)line * grid->columns];
	struct grid_cell *old = &screen->old[(size_t)line * grid->columns];

	for (unsigned column = 0; column < grid->columns; column++) {
		unsigned start = column;

		for (; column < grid->columns && memcmp(&old[column], &cells[column], sizeof(*cells)) != 0; column++)
			old[column] = cells[column];
		if (column > start)
			show_cells(screen, cells, line, is_second_half(cells, start) ? start - 1 : start, column);
	}
}

/* Every line is taken for another one than is shown. */
static void forget_shown(struct screen *screen)
{
	/* No grid has cells of this style. */
	memset(screen->old, 0xff, (size_t)screen->columns * screen->lines * sizeof(*screen->old));
}

void screen_show(struct screen *screen, const struct grid *grid)
{
	if (grid->columns != screen->columns || grid->lines != screen->lines || screen_lost(screen))
		return;
	if (screen_forget_pairs(screen))
		forget_shown(screen);
	for (unsigned line = 0; line < grid->lines; line++)
		show_line(screen, grid, line);
	wnoutrefresh(stdscr);
	doupdate();
	fflush(screen->output);
	if (!outbox_collect(&screen->outbox))
		screen_redraw(screen);
	screen_send(screen);
}

bool screen_send(struct screen *screen)
{
	return outbox_send(&screen->outbox, descriptor_fd(&screen->terminal));
}

void screen_mouse(struct screen *screen, bool on)
{
	if (!screen->has_mouse || screen->mouse == on || descriptor_lost(&screen->output_fd))
		return;
	screen->mouse = on;
	/* Nothing stays in the stream, which would be written at the end of the program, whatever has its number then. */
	fputs(on ? ESCAPE_MOUSE_ON : ESCAPE_MOUSE_OFF, screen->output);
	fflush(screen->output);
}

void screen_redraw(struct screen *screen)
{
	forget_shown(screen);
	clearok(stdscr, TRUE);
}
