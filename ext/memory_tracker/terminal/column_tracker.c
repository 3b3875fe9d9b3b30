#include "terminal/column_tracker.h"

#define TAB_CELLS 8

static void move(struct column_tracker *tracker, const struct vt_sequence *sequence)
{
	/* Of a place it is the last number. */
	unsigned number = sequence->count ? sequence->values[sequence->count - 1] : 0;

	number = number ? number : 1;
	if (sequence->final == 'C')
		tracker->column += number;
	else if (sequence->final == 'D')
		tracker->column = tracker->column > number ? tracker->column - number : 0;
	else if (sequence->final == 'G' || sequence->final == '`' || sequence->final == 'H' || sequence->final == 'f')
		tracker->column = number - 1;
	else if (sequence->final == 'E' || sequence->final == 'F')
		tracker->column = 0;
}

static void take_control(struct column_tracker *tracker, char byte)
{
	if (byte == '\r' || byte == '\n')
		tracker->column = 0;
	else if (byte == '\b')
		tracker->column -= tracker->column > 0;
	else if (byte == '\t')
		tracker->column += TAB_CELLS - tracker->column % TAB_CELLS;
}

void column_tracker_take(struct column_tracker *tracker, enum vt_event event, const struct vt_sequence *sequence,
                         const char *bytes, size_t length, unsigned columns)
{
	if (event == VT_PRINT) {
		for (size_t i = 0; i < length; i++)
			tracker->column += ((unsigned char)bytes[i] & 0xc0) != 0x80;
	} else if (event == VT_CONTROL) {
		take_control(tracker, bytes[length - 1]);
	} else if (event == VT_CSI && !sequence->marker && !sequence->intermediates[0]) {
		move(tracker, sequence);
	}
	if (columns && tracker->column >= columns)
		tracker->column = columns - 1;
}
