#include "terminal/column_tracker.h"

#define ESCAPE 0x1b
#define BELL 0x07
#define NUMBER_MOST 10000
#define TAB_CELLS 8

enum { TEXT, AFTER_ESCAPE, CONTROL, STRING };

static void move(struct column_tracker *tracker, unsigned char final)
{
	unsigned number = tracker->number ? tracker->number : 1;

	if (final == 'C')
		tracker->column += number;
	else if (final == 'D')
		tracker->column = tracker->column > number ? tracker->column - number : 0;
	else if (final == 'G' || final == '`' || final == 'H' || final == 'f')
		/* Of a place it is the last number. */
		tracker->column = number - 1;
	else if (final == 'E' || final == 'F')
		tracker->column = 0;
}

static unsigned take_control(struct column_tracker *tracker, unsigned char byte)
{
	if (byte >= '0' && byte <= '9') {
		if (tracker->number < NUMBER_MOST)
			tracker->number = tracker->number * 10 + byte - '0';
		return CONTROL;
	}
	if (byte == ';')
		tracker->number = 0;
	if (byte < 0x40)
		return CONTROL;
	move(tracker, byte);
	return TEXT;
}

static unsigned after_escape(struct column_tracker *tracker, unsigned char byte)
{
	tracker->number = 0;
	if (byte == '[')
		return CONTROL;
	return byte == ']' || byte == 'P' || byte == '_' || byte == '^' || byte == 'X' ? STRING : TEXT;
}

static void take_text(struct column_tracker *tracker, unsigned char byte)
{
	if (byte == '\r' || byte == '\n')
		tracker->column = 0;
	else if (byte == '\b')
		tracker->column -= tracker->column > 0;
	else if (byte == '\t')
		tracker->column += TAB_CELLS - tracker->column % TAB_CELLS;
	else if (byte >= 0x20 && byte != 0x7f && (byte & 0xc0) != 0x80)
		tracker->column++;
}

void column_tracker_take(struct column_tracker *tracker, unsigned char byte, unsigned columns)
{
	if (byte == ESCAPE)
		tracker->state = AFTER_ESCAPE;
	else if (tracker->state == AFTER_ESCAPE)
		tracker->state = after_escape(tracker, byte);
	else if (tracker->state == CONTROL)
		tracker->state = take_control(tracker, byte);
	else if (tracker->state == STRING)
		tracker->state = byte == BELL ? TEXT : STRING;
	else
		take_text(tracker, byte);
	if (columns && tracker->column >= columns)
		tracker->column = columns - 1;
}
