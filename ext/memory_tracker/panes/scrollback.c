#include "panes/scrollback.h"

#include <stdlib.h>
#include <string.h>

#define TAB_CELLS 8

/* Up to here the next character has room, whatever it is. */
#define LINE_SAFE (SCROLLBACK_LINE_SIZE - 4)

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

/* A long line goes on in the next, and no character is torn as long as it is one. Returns how much was added. */
static size_t add_some(struct scrollback *scrollback, const char *text, size_t length)
{
	bool continues = ((unsigned char)*text & 0xc0) == 0x80;
	size_t room;

	if ((scrollback->length > LINE_SAFE && !continues) || scrollback->length == SCROLLBACK_LINE_SIZE)
		finish_line(scrollback);
	room = scrollback->length <= LINE_SAFE ? LINE_SAFE + 1 - scrollback->length : 1;
	length = length < room ? length : room;
	note_look(scrollback);
	memcpy(scrollback->current + scrollback->length, text, length);
	scrollback->length += length;
	return length;
}

static void add_text(struct scrollback *scrollback, const char *text, size_t length)
{
	if (scrollback->returned)
		clear_line(scrollback);
	for (size_t added = 0; added < length;)
		added += add_some(scrollback, text + added, length - added);
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
		add_text(scrollback, " ", 1);
	while (scrollback->length % TAB_CELLS);
}

static void take_control(struct scrollback *scrollback, char byte)
{
	if (byte == '\r')
		scrollback->returned = true;
	else if (byte == '\b')
		erase_character(scrollback);
	else if (byte == '\t')
		add_tab(scrollback);
}

static void take_csi(struct scrollback *scrollback, const struct vt_sequence *sequence)
{
	unsigned number = vt_value(sequence, 0, 0);

	if (sequence->marker || sequence->intermediates[0])
		return;
	if (sequence->final == 'm')
		text_style_change(&scrollback->text_style, sequence);
	else if (sequence->final == 'G' && number <= 1)
		scrollback->returned = true;
	else if (sequence->final == 'K' && (number == 2 || (number == 0 && scrollback->returned)))
		clear_line(scrollback);
}

/* What stands between two new lines. */
static void add_piece(struct scrollback *scrollback, const char *bytes, size_t length)
{
	while (length) {
		enum vt_event event;
		size_t used = vt_parser_next(&scrollback->parser, bytes, length, &event);

		if (event == VT_PRINT)
			add_text(scrollback, bytes, used);
		else if (event == VT_CONTROL)
			take_control(scrollback, bytes[used - 1]);
		else if (event == VT_CSI)
			take_csi(scrollback, &scrollback->parser.sequence);
		bytes += used;
		length -= used;
	}
}

void scrollback_add(struct scrollback *scrollback, const char *bytes, size_t length)
{
	const char *end = bytes + length, *line_end;

	/* A new line ends every sequence, lest one that is never ended eats all. */
	while (length && (line_end = memchr(bytes, '\n', length))) {
		add_piece(scrollback, bytes, (size_t)(line_end - bytes));
		vt_parser_reset(&scrollback->parser);
		finish_line(scrollback);
		bytes = line_end + 1;
		length = (size_t)(end - bytes);
	}
	add_piece(scrollback, bytes, length);
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
