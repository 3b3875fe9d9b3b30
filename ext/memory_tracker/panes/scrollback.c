#include "panes/scrollback.h"

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
		free((void *)scrollback->lines[i].runs);
	memset(scrollback, 0, sizeof *scrollback);
}

static void finish_line(struct scrollback *scrollback)
{
	struct scrollback_line *line = &scrollback->lines[scrollback->total % SCROLLBACK_LINES];
	size_t run_size = scrollback->run_count * sizeof *scrollback->runs;

	free((void *)line->runs);
	*line = (struct scrollback_line){0};
	struct scrollback_run *runs = scrollback->length ? malloc(run_size + scrollback->length) : NULL;
	if (runs) {
		char *text = (char *)runs + run_size;
		memcpy(runs, scrollback->runs, run_size);
		memcpy(text, scrollback->current, scrollback->length);
		*line = (struct scrollback_line){text, scrollback->length, runs, scrollback->run_count};
	}
	scrollback->total++;
	scrollback->count += scrollback->count < SCROLLBACK_LINES;
	scrollback->length = scrollback->run_count = 0;
	scrollback->returned = false;
}

static void clear_line(struct scrollback *scrollback)
{
	scrollback->length = scrollback->run_count = 0;
	scrollback->returned = false;
}

/* Begins a run where the look of the next byte differs from that of the last. */
static void note_look(struct scrollback *scrollback)
{
	static const struct text_style plain;
	size_t count = scrollback->run_count;
	const struct text_style *last = count ? &scrollback->runs[count - 1].text_style : &plain;

	if (!text_style_equal(last, &scrollback->text_style) && count < SCROLLBACK_RUNS)
		scrollback->runs[scrollback->run_count++] =
		    (struct scrollback_run){(uint16_t)scrollback->length, scrollback->text_style};
}

static void add_byte(struct scrollback *scrollback, char byte)
{
	bool continues = ((unsigned char)byte & 0xc0) == 0x80;

	if (scrollback->returned)
		clear_line(scrollback);
	/* A long line goes on in the next, and no character is torn as long as it is one. */
	if (scrollback->length > SCROLLBACK_LINE_SIZE - 4 && !continues)
		finish_line(scrollback);
	if (scrollback->length == SCROLLBACK_LINE_SIZE)
		finish_line(scrollback);
	note_look(scrollback);
	scrollback->current[scrollback->length++] = byte;
}

static void erase_character(struct scrollback *scrollback)
{
	while (scrollback->length && ((unsigned char)scrollback->current[--scrollback->length] & 0xc0) == 0x80)
		;
	while (scrollback->run_count && scrollback->runs[scrollback->run_count - 1].start >= scrollback->length)
		scrollback->run_count--;
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

static enum state begin_control(struct scrollback *scrollback, enum state state)
{
	scrollback->control_length = 0;
	return state;
}

/* "1;31m" and the like, without the letter. */
static bool control_is(const struct scrollback *scrollback, const char *parameters)
{
	return scrollback->control_length == strlen(parameters) &&
	       !memcmp(scrollback->control, parameters, scrollback->control_length);
}

static void obey_control(struct scrollback *scrollback, char letter)
{
	bool first = control_is(scrollback, "") || control_is(scrollback, "0");

	if (scrollback->control_length > SCROLLBACK_CONTROL)
		return;
	if (letter == 'm')
		text_style_change(&scrollback->text_style, scrollback->control, scrollback->control_length);
	else if (letter == 'G' && (first || control_is(scrollback, "1")))
		scrollback->returned = true;
	else if (letter == 'K' && (control_is(scrollback, "2") || (first && scrollback->returned)))
		clear_line(scrollback);
}

static enum state take_parameter(struct scrollback *scrollback, unsigned char byte)
{
	if (byte == ESCAPE_BYTE)
		return STATE_ESCAPE;
	if (byte >= 0x40 && byte < DELETE) {
		obey_control(scrollback, (char)byte);
		return STATE_TEXT;
	}
	if (scrollback->control_length < SCROLLBACK_CONTROL)
		scrollback->control[scrollback->control_length] = (char)byte;
	scrollback->control_length += scrollback->control_length <= SCROLLBACK_CONTROL;
	return STATE_CONTROL;
}

/* A byte within a control sequence. A new line ends every sequence, lest one that is never ended eats all. */
static enum state take_control(struct scrollback *scrollback, enum state state, unsigned char byte)
{
	if (byte == '\n' || byte == CANCEL || byte == SUBSTITUTE)
		return take_text(scrollback, byte);
	if (state == STATE_CONTROL)
		return take_parameter(scrollback, byte);
	if (state == STATE_ESCAPE || (state == STATE_STRING_END && byte != '\\'))
		return byte == ESCAPE_BYTE ? STATE_ESCAPE : begin_control(scrollback, after_escape(byte));
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

struct scrollback_line scrollback_line(const struct scrollback *scrollback, size_t nth)
{
	if (nth >= scrollback->count)
		return (struct scrollback_line){scrollback->current, scrollback->length, scrollback->runs,
		                                scrollback->run_count};
	struct scrollback_line line =
	    scrollback->lines[(scrollback->total - scrollback->count + nth) % SCROLLBACK_LINES];
	line.text = line.text ? line.text : "";
	return line;
}
