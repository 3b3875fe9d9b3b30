#include "program/console.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "terminal/tty.h"

#define PIECE 65536

/* So many pieces at once, and then whoever calls is to look after other things. */
#define PIECES 16

/* The part of a line that is written again below a hint: a prompt, and what was typed there. */
#define LINE_MAX_BYTES 2048

#define PLAIN_TEXT "\033[0m"

_Static_assert(PRIVATE_MODES_MAX + sizeof(PLAIN_TEXT) <= CONSOLE_RESET_MAX, "there is room for both");

void console_init(struct console *console, struct job *job)
{
	*console = (struct console){.job = job};
}

/* --- from the program --- */

static void send_input(struct console *console)
{
	ssize_t written = 0;

	while (console->pending) {
		written = write(console->job->master, console->input, console->pending);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			break;
		console->pending -= (size_t)written;
		memmove(console->input, console->input + written, console->pending);
	}
	/* Nobody is going to take them. */
	if (written < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
		console->pending = 0;
}

/* Puts the line ends back in place that the program has written. Returns the length. */
static size_t undo_line_ends(struct console *console, const char *bytes, size_t length, char *out)
{
	size_t count = 0;

	for (size_t i = 0; i < length; i++) {
		if (console->carriage && bytes[i] != '\n')
			out[count++] = '\r';
		console->carriage = bytes[i] == '\r';
		if (!console->carriage)
			out[count++] = bytes[i];
	}
	return count;
}

/* As if it had been typed. Returns false when there is no room for it. */
static bool type(struct console *console, const char *text, size_t length)
{
	if (console->pending + length > sizeof(console->input))
		return false;
	memcpy(console->input + console->pending, text, length);
	console->pending += length;
	send_input(console);
	return true;
}

static void answer(void *context, const char *text)
{
	struct console *console = context;

	console->answered |= type(console, text, strlen(text));
}

/* When the terminal does not get it now, it cannot answer what is asked there. */
static bool keep(struct console *console, struct output_log *output_log, const char *bytes, size_t length, bool passes)
{
	char text[PIECE + 1], kept[QUESTIONS_ROOM(PIECE + 1)];
	struct questions_answerer answerer = {.answer = passes ? NULL : answer, .context = console};

	length = undo_line_ends(console, bytes, length, text);
	job_size(console->job, &answerer.columns, &answerer.lines);
	length = questions_take(&console->questions, text, length, kept, &answerer);
	return console->discarded || output_log_append(output_log, kept, length);
}

enum console_flow console_pump(struct console *console, struct output_log *output_log, int tty)
{
	char bytes[PIECE];
	ssize_t length = 0;
	int pieces = 0;

	while (!console->dry && pieces < PIECES) {
		length = read(console->job->master, bytes, sizeof(bytes));
		if (length <= 0)
			break;
		pieces++;
		private_modes_feed(&console->modes, bytes, (size_t)length);
		if (tty >= 0)
			tty_write(tty, bytes, (size_t)length);
		if (!keep(console, output_log, bytes, (size_t)length, tty >= 0))
			return CONSOLE_LOST;
		if (tty >= 0)
			output_log_skip(output_log);
	}
	/* As long as the monitor has the pty open there is somebody. */
	if (length == 0 || (length < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
		console->dry = console->job->ended || console->job->unwatched;
	return pieces == PIECES ? CONSOLE_MORE : pieces ? CONSOLE_SOME : CONSOLE_QUIET;
}

int console_fd(const struct console *console)
{
	return console->dry ? -1 : console->job->master;
}

/* --- to the program --- */

bool console_is_full(struct console *console)
{
	send_input(console);
	return console->pending > 0;
}

bool console_keys(struct console *console, int tty, bool leaves)
{
	if (console_is_full(console) || !tty_readable(tty))
		return false;
	size_t cut = leave_key_resume(&console->leave_key, console->input);
	ssize_t length = read(tty, console->input + cut, sizeof(console->input) - cut);
	bool left = false;
	console->pending = cut + (length > 0 ? (size_t)length : 0);
	if (leaves)
		left = leave_key_find(&console->leave_key, console->input, console->pending, &console->pending);
	send_input(console);
	return left;
}

void console_type(struct console *console, char key)
{
	type(console, &key, 1);
}

/* --- whose screen it is --- */

static void say(int tty, const char *text)
{
	tty_write(tty, text, strlen(text));
}

/* Where a line was begun, the rest of it moves below the hint. */
static void show_hint(const struct output_log *output_log, int tty, const char *hint)
{
	char text[LINE_MAX_BYTES];
	size_t length = output_log_last(output_log, text, sizeof(text));
	const char *line = text + length;

	while (line > text && line[-1] != '\n')
		line--;
	say(tty, *line ? "\033[0m\r\n" : "\033[0m");
	say(tty, hint);
	say(tty, "\r\n");
	if (line > text || length < sizeof(text) - 1)
		say(tty, line);
}

void console_show(struct console *console, const struct output_log *output_log, int tty, const char *hint)
{
	char modes[PRIVATE_MODES_MAX];

	if (*hint && !private_modes_alternate(&console->modes))
		show_hint(output_log, tty, hint);
	private_modes_put(&console->modes, true, modes);
	console->modes.keys_set = true;
	console->leave_key = (struct leave_key){0};
	say(tty, modes);
	/* What it was told of its cursor was not true. */
	if (private_modes_alternate(&console->modes) || console->answered)
		job_redraw(console->job);
	console->answered = false;
}

size_t console_reset(const struct console *console, char buffer[CONSOLE_RESET_MAX])
{
	private_modes_put(&console->modes, false, buffer);
	strcat(buffer, PLAIN_TEXT);
	return strlen(buffer);
}

void console_hide(struct console *console, int tty)
{
	char reset[CONSOLE_RESET_MAX];

	tty_write(tty, reset, console_reset(console, reset));
	console->modes.keys_set = false;
}
