#include "viewer/scrollback.h"

#include <stdlib.h>
#include <string.h>

#define ESCAPE_BYTE 0x1b
#define BELL 0x07
#define CANCEL 0x18
#define SUBSTITUTE 0x1a
#define DELETE 0x7f
#define TAB_CELLS 8

enum state {
	STATE_TEXT,
	STATE_ESCAPE,     /* after ESC */
	STATE_CONTROL,    /* after ESC [: up to a letter */
	STATE_STRING,     /* after ESC ], P, X, ^ or _: up to BEL or ESC \ */
	STATE_STRING_END, /* after an ESC in a string */
};

void scrollback_deinit(struct scrollback *scrollback)
{
	for (size_t i = 0; i < SCROLLBACK_LINES; i++)
		free(scrollback->lines[i].text);
	memset(scrollback, 0, sizeof *scrollback);
}

static void finish_line(struct scrollback *scrollback)
{
	struct scrollback_line *line = &scrollback->lines[scrollback->total % SCROLLBACK_LINES];

	free(line->text);
	*line = (struct scrollback_line){0};
	if (scrollback->length && (line->text = malloc(scrollback->length))) {
		memcpy(line->text, scrollback->current, scrollback->length);
		line->length = scrollback->length;
	}
	scrollback->total++;
	scrollback->count += scrollback->count < SCROLLBACK_LINES;
	scrollback->length = 0;
	scrollback->returned = false;
}

static void add_byte(struct scrollback *scrollback, char byte)
{
	bool continues = ((unsigned char)byte & 0xc0) == 0x80;

	if (scrollback->returned) {
		scrollback->returned = false;
		scrollback->length = 0;
	}
	/* A long line goes on in the next, and no character is torn as long as it is one. */
	if (scrollback->length > SCROLLBACK_LINE_SIZE - 4 && !continues)
		finish_line(scrollback);
	if (scrollback->length == SCROLLBACK_LINE_SIZE)
		finish_line(scrollback);
	scrollback->current[scrollback->length++] = byte;
}

static void erase_character(struct scrollback *scrollback)
{
	while (scrollback->length && ((unsigned char)scrollback->current[--scrollback->length] & 0xc0) == 0x80)
		;
}

static void add_tab(struct scrollback *scrollback)
{
	do
		add_byte(scrollback, ' ');
	while (scrollback->length % TAB_CELLS);
}

/* A byte that is no part of a control sequence. */
static enum state take_text(struct scrollback *scrollback, unsigned char byte)
{
	if (byte == ESCAPE_BYTE)
		return STATE_ESCAPE;
	if (byte == '\n')
		finish_line(scrollback);
	else if (byte == '\r')
		scrollback->returned = true;
	else if (byte == '\b')
		erase_character(scrollback);
	else if (byte == '\t')
		add_tab(scrollback);
	else if (byte >= 0x20 && byte != DELETE)
		add_byte(scrollback, (char)byte);
	return STATE_TEXT;
}

static enum state after_escape(unsigned char byte)
{
	if (byte == '[')
		return STATE_CONTROL;
	if (byte == ']' || byte == 'P' || byte == 'X' || byte == '^' || byte == '_')
		return STATE_STRING;
	return byte >= 0x20 && byte < 0x30 ? STATE_ESCAPE : STATE_TEXT;
}

/* A byte within a control sequence. A new line ends every sequence, lest one that is never ended eats all. */
static enum state take_control(struct scrollback *scrollback, enum state state, unsigned char byte)
{
	if (byte == '\n' || byte == CANCEL || byte == SUBSTITUTE)
		return take_text(scrollback, byte);
	if (state == STATE_ESCAPE)
		return byte == ESCAPE_BYTE ? STATE_ESCAPE : after_escape(byte);
	if (state == STATE_CONTROL) {
		if (byte == ESCAPE_BYTE)
			return STATE_ESCAPE;
		return byte >= 0x40 && byte < DELETE ? STATE_TEXT : STATE_CONTROL;
	}
	if (state == STATE_STRING_END && byte != '\\')
		return byte == ESCAPE_BYTE ? STATE_ESCAPE : after_escape(byte);
	if (state == STATE_STRING_END || byte == BELL)
		return STATE_TEXT;
	return byte == ESCAPE_BYTE ? STATE_STRING_END : STATE_STRING;
}

void scrollback_add(struct scrollback *scrollback, const char *bytes, size_t length)
{
	enum state state = scrollback->state;

	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)bytes[i];
		state = state == STATE_TEXT ? take_text(scrollback, byte) : take_control(scrollback, state, byte);
	}
	scrollback->state = state;
}

size_t scrollback_count(const struct scrollback *scrollback)
{
	return scrollback->count + (scrollback->length > 0);
}

const char *scrollback_line(const struct scrollback *scrollback, size_t nth, size_t *length)
{
	if (nth >= scrollback->count) {
		*length = scrollback->length;
		return scrollback->current;
	}
	const struct scrollback_line *line =
	    &scrollback->lines[(scrollback->total - scrollback->count + nth) % SCROLLBACK_LINES];
	*length = line->length;
	return line->text ? line->text : "";
}
